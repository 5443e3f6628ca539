package entity

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/workloadid/terraform-provider-workloadid/internal/graph"
	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
)

// Target says what an attribute refers to of which another value replaces the object. The plan of a replacement makes sure that
// it is there.
type Target struct {
	Attribute string
	// What people call it, and how the attribute names it: "application with the object id".
	What string
	// Find looks it up. Any answer but that it does not exist lets the plan go on.
	Find func(ctx context.Context, api *Services, planned mapping.Value) error
	// Remedy says what else can be done where it is right that it is not found.
	Remedy string
	// Named says that it is known by name before it is made, which may be in the same run: the plan can only warn.
	Named bool
}

// To is a Target of Microsoft Graph, which has it in a collection by its id.
func To(attribute, what, collection string) Target {
	return Target{Attribute: attribute, What: what + " with the object id", Find: func(ctx context.Context, api *Services, planned mapping.Value) error {
		_, err := GetByPath(ctx, api, "/"+collection+"/"+planned.String(attribute))
		return err
	}}
}

// ToPrincipal is what can be given something: a user, a group or a service principal, of which managed identities have one.
func ToPrincipal(attribute string) Target {
	return Target{Attribute: attribute, What: "user, group or service principal with the object id", Find: func(ctx context.Context, api *Services, planned mapping.Value) error {
		kind, err := GetByPath(ctx, api, "/directoryObjects/"+planned.String(attribute))
		if err == nil && kind == "#microsoft.graph.application" {
			return graph.NotFound(http.MethodGet+" /directoryObjects/{id}", "It is an application.")
		}
		return err
	}}
}

// GetByPath reads nothing of an object but that it is there, and of what type it is.
func GetByPath(ctx context.Context, api *Services, at string) (kind string, err error) {
	found, err := api.Graph.Object(ctx, "/v1.0"+at, url.Values{"$select": {"id"}})
	if known := graph.Text("@odata.type")(found); known != nil {
		kind = *known
	}
	return kind, err
}

// nowhere reports whether an answer says that something does not exist. A subscription that the caller does not see is as good
// as none, for nothing can be made there.
func nowhere(err error) bool {
	answer, ok := graph.AsError(err)
	return graph.IsNotFound(err) || ok && answer.Status == http.StatusNotFound && answer.Code == "SubscriptionNotFound"
}

// checkTargets refuses a replacement that would only delete: Terraform deletes what is there before the service is asked for
// the new one, and refuses that, because what it refers to does not exist or is something else. Nothing is lost by a create
// that is refused, so that those are not worth the lookup.
func (r *managed) checkTargets(ctx context.Context, change *Change, replaced path.Paths) (diagnostics diag.Diagnostics) {
	ctx = graph.Shared(ctx)
	for _, target := range r.Targets {
		id, at := change.Planned.String(target.Attribute), path.Root(target.Attribute)
		if id == "" || !change.Config.Has(target.Attribute) || !replaced.Contains(at) || strings.EqualFold(id, change.State.String(target.Attribute)) {
			continue
		}
		known := r.api.Knows(id)
		// A replica may not have what this process or another one made a moment ago, but an id of something else is wrong.
		var reason string
		err := repeat(ctx, max(min(patience, r.api.window()), r.api.young.remaining(r.api.window(), id)), func(err error) bool { return reason == "" && !known && nowhere(err) }, func() error {
			err := target.Find(ctx, r.api, change.Planned)
			if nowhere(err) && r.Hint != nil && reason == "" {
				reason = r.Hint(ctx, r.api, change.Planned)
			}
			return err
		})
		if !nowhere(err) || cutShort(err) || known && reason == "" {
			continue
		}
		summary := "Wrong id"
		if reason == "" {
			summary, reason = "It does not exist", strings.TrimSpace(fmt.Sprintf("There is no %s %s. %s", target.What, id, target.Remedy))
		}
		detail := fmt.Sprintf("%s\n\nAnother %s replaces the %s: Terraform would delete the one that there is, and then fail to make the new one.", reason, target.Attribute, r.title())
		if target.Named {
			diagnostics.AddAttributeWarning(at, summary+" yet", fmt.Sprintf("%s That is so unless this run makes it before.", detail))
		} else {
			diagnostics.AddAttributeError(at, summary, detail)
		}
	}
	return diagnostics
}
