package api

import (
	"context"
	"net/http"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/workloadid/terraform-provider-workloadid/internal/entity"
	"github.com/workloadid/terraform-provider-workloadid/internal/graph"
	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
)

// The attributes of a resource that is for one API, of which a configuration has exactly one.
const (
	TargetName = "api"
	TargetID   = "resource_id"
)

// TargetNameAttribute is the schema of the first, TargetIDAttribute of the second.
func TargetNameAttribute() schema.StringAttribute {
	return schema.StringAttribute{
		Optional: true, Computed: true,
		Validators:          []validator.String{stringvalidator.LengthAtLeast(1), stringvalidator.ExactlyOneOf(path.MatchRoot(TargetName), path.MatchRoot(TargetID))},
		MarkdownDescription: "The API: its name, such as `Microsoft Graph`, its client id, or the object id of its service principal. Exactly one of `api` and `resource_id` is needed. Another API makes a new one.",
	}
}

// TargetIDAttribute is said above.
func TargetIDAttribute() schema.StringAttribute {
	return schema.StringAttribute{
		Optional: true, Computed: true, Validators: uuids,
		MarkdownDescription: "Object id of the API's service principal, for which `api` may be given instead. Another API makes a new one.",
	}
}

// PlanTarget finds the API that a planned object is for and completes both attributes. It is nil where the API is not known
// before apply, or where nobody wants it: it is the same as before, and again says that it is needed all the same.
func PlanTarget(ctx context.Context, services *entity.Services, change *entity.Change, again bool) (*API, diag.Diagnostics) {
	given, other := entity.Given(change.Config, TargetName, TargetID)
	same := !change.State.IsNull() && change.Planned.Get(given).Equal(change.State.Get(given))
	if services != nil && same {
		services.Plans.Store(existing(change.Planned.String(given)), true)
	}
	if same && !again {
		return nil, nil
	}
	if !same {
		change.Planned = change.Planned.With(other, types.StringUnknown())
	}
	reference := change.Planned.String(given)
	if services == nil || services.TenantID == "" || reference == "" {
		return nil, nil
	}
	target, err := findTarget(ctx, services, given, reference)
	switch answer, _ := graph.AsError(err); {
	case err == nil:
	case isThere(services, reference) && (graph.IsNotFound(err) || entity.IsNone(err)):
		return nil, nil // a replica does not show it yet
	case given == TargetID && answer != nil && answer.Status == http.StatusForbidden:
		return nil, nil // it adds only names
	default:
		return nil, entity.Failed(path.Root(given), "The API cannot be looked up", err)
	}
	switch {
	case mapping.SameGUID(target.ID, change.State.String(TargetID)) && change.State.Has(TargetName): // however it is written now
		change.Planned = change.Planned.With(TargetName, change.State.Get(TargetName)).With(TargetID, change.State.Get(TargetID))
	case given == TargetName:
		change.Planned = change.Planned.With(TargetID, types.StringValue(target.ID))
	default:
		change.Planned = change.Planned.With(TargetName, types.StringValue(target.DisplayName))
	}
	return target, nil
}

// existing is an API, as it is referred to, for which there was something in the state already. It remains so where that is
// replaced, which is planned as if there had been nothing.
type existing string

// isThere reports whether an API is there, whatever a replica shows: this run makes or manages it, or used it before.
func isThere(services *entity.Services, reference string) bool {
	_, used := services.Plans.Load(existing(reference))
	return used || services.Knows(reference)
}

func findTarget(ctx context.Context, services *entity.Services, given, reference string) (*API, error) {
	if given == TargetID {
		return ByID(ctx, services, reference)
	}
	return Find(ctx, services, reference)
}

// UseTarget has something done with the API of a planned object, at apply. What the API lacks that this run may have given
// it, a replica may not show yet.
func UseTarget(ctx context.Context, services *entity.Services, plan mapping.Value, use func(*API) error) error {
	reference, ask := plan.String(TargetName), Read
	if plan.Has(TargetID) {
		reference, ask = plan.String(TargetID), byID
	}
	return usedBy(ctx, services, reference, ask, func(target *API) error {
		err := use(target)
		if target.MayGet(services, err) {
			return &entity.Unseen{Err: err}
		}
		return err
	})
}

// MayGet reports whether a failure is that the API lacks a permission which this run may give to it, since it manages it.
func (a *API) MayGet(services *entity.Services, err error) bool {
	_, lacking := asProblem(err)
	return lacking && (services.Knows(a.ID) || services.Knows(a.ClientID))
}
