package resourcemanager

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"strconv"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/directory"
)

// pageSize is how much a page of a list has. Resource Manager does not promise any number: clients follow nextLink.
const pageSize = 100

// page answers with a page of a list: of at most so many of the objects, in their order, from the one after that which
// $skiptoken names.
func (r *request) page(objects []*directory.Object, size int, show func(*directory.Object) map[string]any) *failure {
	query := r.URL.Query()
	after := ""
	if token := r.query("$skiptoken"); token != "" {
		content, err := base64.RawURLEncoding.DecodeString(token)
		if err != nil {
			return fail(http.StatusBadRequest, "InvalidSkipToken", "The provided skip token '%s' is invalid.", token)
		}
		after = string(content)
	}
	value := []map[string]any{}
	answer := map[string]any{}
	last := ""
	for _, object := range objects {
		if object.ID <= after {
			continue
		}
		if len(value) == size {
			query.Del("$skipToken")
			query.Set("$skiptoken", base64.RawURLEncoding.EncodeToString([]byte(last)))
			next := url.URL{Path: r.URL.Path, RawQuery: query.Encode()}
			answer["nextLink"] = r.service.Origin(r.Request) + next.String()
			break
		}
		value = append(value, show(object))
		last = object.ID
	}
	answer["value"] = value
	return r.answer(http.StatusOK, answer)
}

// top is the page size that a request asks for.
func (r *request) top() (int, *failure) {
	given := r.query("$top")
	if given == "" {
		return pageSize, nil
	}
	size, err := strconv.Atoi(given)
	if err != nil || size < 1 {
		return 0, badRequest("The value '%s' of the query parameter '$top' is not a number of 1 or more.", given)
	}
	return min(size, pageSize), nil
}
