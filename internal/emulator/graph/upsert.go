package graph

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/entitytype"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/odata"
)

// upserts reports whether an update that failed because there is no such object is to create it: the path names it by
// that alternate key, and the request has the header Prefer: create-if-missing.
func (r *request) upserts(err error, parameter, property string) bool {
	failure, ok := errors.AsType[*odata.Error](err)
	if !ok || failure.Status != http.StatusNotFound || r.keys[parameter].property != property {
		return false
	}
	for _, header := range r.Header.Values("Prefer") {
		preferences := strings.FieldsFunc(header, func(c rune) bool { return c == ',' || c == ';' || c == ' ' })
		if slices.ContainsFunc(preferences, func(p string) bool { return strings.EqualFold(p, "create-if-missing") }) {
			return true
		}
	}
	return false
}

// checkUpsert refuses what an upsert cannot create: passwords, whose texts only their own action returns.
func checkUpsert(body entitytype.Body) error {
	if passwords, _ := body.Properties["passwordCredentials"].([]any); len(passwords) > 0 {
		return newPasswords()
	}
	return nil
}

// decode reads a request body against a type.
func (r *request) decode(t *entitytype.Type, create bool) (entitytype.Body, error) {
	content, err := r.object()
	if err != nil {
		return entitytype.Body{}, err
	}
	return t.Decode(content, r.version, create)
}
