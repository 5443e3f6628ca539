package resourcemanager

import (
	"errors"
	"net/http"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/directory"
)

// change runs a change of the directory.
func (r *request) change(change func(*directory.Txn) *failure) *failure {
	err := r.service.Store.Update(func(txn *directory.Txn) error {
		if f := change(txn); f != nil {
			return f
		}
		return nil
	})
	if err == nil {
		return nil
	}
	if f, ok := errors.AsType[*failure](err); ok {
		return f
	}
	r.service.Logger.Error("request failed", "method", r.Method, "path", r.URL.Path, "error", err)
	return fail(http.StatusInternalServerError, "InternalServerError", "The server encountered an internal error. Please retry the request.")
}
