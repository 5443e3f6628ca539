package graph

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/directory"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/entitytype"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/odata"
)

// deltaPage is how many objects a page of a delta query has.
const deltaPage = 200

// position is where a delta query stands. It is what $skiptoken and $deltatoken hold, with the query's own options,
// which clients do not repeat.
type position struct {
	Version uint64 `json:"v"`           // changes up to this one are known
	Until   uint64 `json:"u,omitempty"` // in the middle of a round: the last change it covers
	After   string `json:"a,omitempty"` // in the middle of the first round: the last id it has given
	Select  string `json:"s,omitempty"`
	Filter  string `json:"f,omitempty"`
}

// until takes back what a round covers to what its page does: the next page may be another replica's, which has less
// than the first one had. What comes again is no harm, what is left out is.
func (p *position) until(view *directory.View) {
	p.Until = min(p.Until, view.Version())
}

func (p position) token() string {
	content, _ := json.Marshal(p) // strings and numbers: cannot fail
	return base64.RawURLEncoding.EncodeToString(content)
}

// delta answers the delta function of an entity set; see learn.microsoft.com/graph/delta-query-overview.
func delta(t *entitytype.Type) func(*request) error {
	return func(r *request) error {
		at, first, err := r.position()
		if err != nil {
			return err
		}
		query, err := odata.Parse(t.OData(r.version), at.options(), http.Header{})
		if err != nil {
			return err
		}
		values := []odata.Object{}
		answer := func(link, address string) error {
			body := r.collection(t.Set+query.Context(), values)
			body[link] = address
			return r.answer(http.StatusOK, body)
		}
		link := r.service.Origin(r.Request) + r.URL.EscapedPath()
		objects := slices.Values(r.view.Changes(t.Name, at.Version))
		if first {
			objects = r.view.AllAfter(t.Name, directory.Live, at.After)
		}
		for object := range objects {
			if len(values) == deltaPage {
				at.until(r.view)
				return answer("@odata.nextLink", link+"?$skiptoken="+at.token())
			}
			if first {
				at.After = object.ID
			} else {
				at.Version = object.Version
			}
			if !query.Match(object.Properties, r.related) {
				continue
			}
			switch object.State {
			case directory.Live:
				values = append(values, query.Project(r.entity(object), r.related))
			case directory.Deleted:
				values = append(values, removed(object, "changed"))
			case directory.Purged:
				values = append(values, removed(object, "deleted"))
			}
		}
		if first { // what changed since this round began comes in the next one
			at.until(r.view)
			at.Version = at.Until
		} else {
			at.Version = r.view.Version()
		}
		at.Until, at.After = 0, ""
		return answer("@odata.deltaLink", link+"?$deltatoken="+at.token())
	}
}

func removed(object *directory.Object, reason string) odata.Object {
	return odata.Object{"id": object.ID, "@removed": map[string]any{"reason": reason}}
}

var onlyIDs = regexp.MustCompile(`^\s*id eq '[^']*'(\s+or\s+id eq '[^']*')*\s*$`)

// position reads where the query stands; first is whether it is in its first round, which gives everything.
func (r *request) position() (at position, first bool, err error) {
	options := r.URL.Query()
	for name := range options {
		if !slices.Contains([]string{"$select", "$filter", "$deltatoken", "$skiptoken"}, strings.ToLower(name)) && strings.HasPrefix(name, "$") {
			return position{}, false, failure(http.StatusBadRequest, "Request_UnsupportedQuery", "The query parameter '%s' is not supported with delta query.", name)
		}
	}
	token := options.Get("$deltatoken") + options.Get("$skiptoken")
	switch token {
	case "":
		at = position{Until: r.view.Version(), Select: options.Get("$select"), Filter: options.Get("$filter")}
		first = true
	case "latest":
		at = position{Version: r.view.Version(), Select: options.Get("$select"), Filter: options.Get("$filter")}
	default:
		content, decoding := base64.RawURLEncoding.DecodeString(token)
		if decoding != nil || json.Unmarshal(content, &at) != nil {
			return position{}, false, badRequest("Badly formed token.")
		}
		first = at.Until != 0
	}
	if at.Filter != "" && !onlyIDs.MatchString(at.Filter) {
		return position{}, false, failure(http.StatusBadRequest, "Request_UnsupportedQuery", "The specified filter to the delta query is not supported.")
	}
	return at, first, nil
}

func (p position) options() url.Values {
	options := url.Values{}
	if p.Select != "" {
		options.Set("$select", p.Select)
	}
	if p.Filter != "" {
		options.Set("$filter", p.Filter)
	}
	return options
}
