package applicationpart

import (
	"context"
	"fmt"
	"iter"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/microsoftgraph/msgraph-sdk-go/applications"

	"github.com/workloadid/terraform-provider-workloadid/internal/entity"
	"github.com/workloadid/terraform-provider-workloadid/internal/graph"
	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
	"github.com/workloadid/terraform-provider-workloadid/internal/services/application"
	"github.com/workloadid/terraform-provider-workloadid/internal/validate"
)

// owner is one of the owners of an application, which Microsoft Graph adds and removes one by one.
type owner struct{ application, id *string }

func ownerOf(object mapping.Value) *owner {
	return &owner{new(object.String(parentID)), new(object.String("owner_id"))}
}

// NewOwnerResource is workloadid_application_owner.
func NewOwnerResource() resource.Resource {
	return entity.Resource[*owner]{
		Noun: "application_owner",
		Description: "An owner of an application: a user or a service principal.\n\n" +
			"It adds to the owners that there are and leaves the others as they are. Leave `owners` of the `workloadid_application` unset: it lists all of them. A plan that has both is refused. " +
			"An owner that is there already has to be imported.",
		Table: mapping.Table[*owner]{
			mapping.Derived("id", schema.StringAttribute{Computed: true, MarkdownDescription: "`application_id` and `owner_id`, separated by a slash."}, func(from *owner, prior attr.Value) attr.Value {
				return mapping.Known(prior, types.StringValue(strings.ToLower(*from.application+"/"+*from.id)))
			}).Property(""),
			mapping.String(parentID, schema.StringAttribute{
				Required: true, Validators: []validator.String{validate.UUID()}, MarkdownDescription: "Object id of the application. Changing it makes a new owner.",
			}, func(from *owner) *string { return from.application }, func(to *owner, id *string) { to.application = id }).Property("").CreateOnly().Alike(strings.EqualFold),
			mapping.String("owner_id", schema.StringAttribute{
				Required: true, Validators: []validator.String{validate.UUID()}, MarkdownDescription: "Object id of the user or the service principal. Changing it makes a new owner.",
			}, func(from *owner) *string { return from.id }, func(to *owner, id *string) { to.id = id }).Property("owners").CreateOnly().Alike(strings.EqualFold),
		},
		Identity:    []string{parentID, "owner_id"},
		Permissions: ownerPermissions(),
		New:         func() *owner { return &owner{} },
		Create: func(ctx context.Context, api *entity.Services, write *entity.Write[*owner]) (*owner, error) {
			err := application.Owners.Add(ctx, api, addressed(write.Plan.String(parentID)), write.Plan.String("owner_id"))
			switch {
			case entity.AlreadyLinked(err):
				return nil, fmt.Errorf("%w: %s is an owner of the application: %w", entity.ErrExists, *write.Body.id, err)
			case err != nil:
				return nil, err
			}
			return write.Body, nil
		},
		Read:     readOwner,
		Listings: []*graph.Listing{application.ListingWithOwners},
		Delete: func(ctx context.Context, api *entity.Services, state mapping.Value) error {
			err := application.Owners.Remove(ctx, api, addressed(state.String(parentID)), state.String("owner_id"))
			if err == nil {
				application.RemovePart(api, state.String(parentID), "owners", state.String("owner_id"))
			}
			return err
		},
		Find: func(ctx context.Context, api *entity.Services, plan mapping.Value, _ time.Time) iter.Seq2[*owner, error] {
			return entity.One(readOwner(ctx, api, entity.Query{Value: plan}))
		},
		Keys: []entity.UniqueKey{{parentID, "owner_id"}},
		References: func(object mapping.Value) []string {
			return []string{object.String(parentID), object.String("owner_id")}
		},
		Targets: []entity.Target{entity.To(parentID, "application", "applications"), entity.ToPrincipal("owner_id")},
		Hint: func(ctx context.Context, api *entity.Services, object mapping.Value) string {
			return application.MistakenID(ctx, api, object.String(parentID))
		},
		Parent: func(object mapping.Value) string { return strings.ToLower(object.String(parentID)) },
		Plan: func(_ context.Context, api *entity.Services, change *entity.Change) diag.Diagnostics {
			id, owner := change.Planned.String(parentID), change.Planned.String("owner_id")
			if api == nil || id == "" || owner == "" {
				return nil
			}
			return application.DeclarePart(api, id, "owners", owner, "application owner")
		},
	}.Resource()
}

// ownerPermissions are those of an update with new owners; to remove one takes no more than any update.
func ownerPermissions() entity.Permissions {
	permissions := application.Permissions.OfParts()
	permissions.Features = []entity.Feature{{
		Name:   "any owner",
		Create: entity.Needs{Application: []string{"Directory.Read.All"}, Delegated: []string{"Directory.Read.All"}},
	}}
	return permissions
}

// addressed is the application of an owner, as its links take it.
func addressed(id string) mapping.Value {
	return mapping.NewValue(types.ObjectValueMust(map[string]attr.Type{"id": types.StringType}, map[string]attr.Value{"id": types.StringValue(id)}))
}

func readOwner(ctx context.Context, api *entity.Services, query entity.Query) (*owner, error) {
	part := ownerOf(query.Value)
	for _, ctx := range []context.Context{ctx, graph.Singly(ctx)} { // what a listing does not show is not gone for that
		is, err := owns(ctx, api, part)
		if err != nil || is {
			return part, err
		}
	}
	return nil, graph.NotFound(http.MethodGet+" /applications/"+*part.application+"/owners", fmt.Sprintf("%s is no owner of the application.", *part.id))
}

func owns(ctx context.Context, api *entity.Services, part *owner) (bool, error) {
	found, err := application.Item(api, *part.application).Get(ctx, &applications.ApplicationItemRequestBuilderGetRequestConfiguration{
		QueryParameters: &applications.ApplicationItemRequestBuilderGetQueryParameters{Select: []string{"id"}, Expand: []string{entity.ExpandOwners}},
	})
	if err != nil {
		return false, err
	}
	var ids []string
	for _, owner := range mapping.Present(found.GetOwners()) {
		if id := owner.GetId(); id != nil {
			ids = append(ids, *id)
		}
	}
	is := func(id string) bool { return strings.EqualFold(id, *part.id) }
	if len(ids) < entity.LinksPerExpand || slices.ContainsFunc(ids, is) {
		return slices.ContainsFunc(ids, is), nil
	}
	for id, err := range application.Owners.List(ctx, api, addressed(*part.application)) {
		if err != nil || is(id) {
			return err == nil, err
		}
	}
	return false, nil
}
