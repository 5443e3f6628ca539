package applicationpart

import (
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/microsoftgraph/msgraph-sdk-go/models"

	"github.com/workloadid/terraform-provider-workloadid/internal/entity"
	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
	"github.com/workloadid/terraform-provider-workloadid/internal/services/application"
	"github.com/workloadid/terraform-provider-workloadid/internal/validate"
)

// NewKnownClientResource is workloadid_application_known_client.
func NewKnownClientResource() resource.Resource { return knownClient.resource() }

var knownClient = &kind{
	noun: "application_known_client", title: "known client", attribute: "api.known_client_applications",
	description: "A client application whose consent covers an API too. The client asks for permissions of the API, so that each of the two applications refers to the other: one of the references is a resource of its own.",
	key:         []string{"known_client_id"}, fixed: true,
	rows: mapping.Table[entra]{clientID("known_client_id", "Client id of the client application.",
		func(from entra) *string {
			if id := first(apiOf(from).GetKnownClientApplications()); id != nil {
				return new(id.String())
			}
			return nil
		},
		func(to entra, id *string) {
			if parsed, err := uuid.Parse(*id); err == nil { // the validator refuses others
				apiOf(to).SetKnownClientApplications([]uuid.UUID{parsed})
			}
		}).Property("api")},
	collections: one(elements[uuid.UUID]{
		name: "api.known_client_applications", in: "api", key: uuid.UUID.String,
		get: ofAPI(models.ApiApplicationable.GetKnownClientApplications),
		set: func(to entra, ids []uuid.UUID) { apiOf(to).SetKnownClientApplications(ids) },
	}),
}

// clientID is the row of a client's id.
func clientID[E any](name, description string, get func(E) *string, set func(E, *string)) mapping.Row[E] {
	return mapping.String(name, schema.StringAttribute{
		Required: true, Validators: []validator.String{validate.UUID()}, MarkdownDescription: description + " Changing it makes a new part.",
	}, get, set).CreateOnly().Alike(strings.EqualFold)
}

// NewPreAuthorizedClientResource is workloadid_application_pre_authorized_client.
func NewPreAuthorizedClientResource() resource.Resource { return preAuthorizedClient.resource() }

type client = models.PreAuthorizedApplicationable

var preAuthorizedClient = &kind{
	noun: "application_pre_authorized_client", title: "pre-authorized client", attribute: "api.pre_authorized_applications",
	description: "A client that needs no consent to use scopes of an application. Microsoft Graph wants the scopes to be there before: refer to the application, or to the `workloadid_application_permission_scope`, that makes them.",
	key:         []string{"authorized_client_id"},
	rows: append(mapping.Part(mapping.Table[client]{
		clientID("authorized_client_id", "Client id of the client application.", client.GetAppId, client.SetAppId).Property("appId"),
	}, firstClient), mapping.Converted("scopes", schema.SetAttribute{
		Required: true, ElementType: types.StringType,
		Validators:          []validator.Set{setvalidator.SizeAtLeast(1)},
		MarkdownDescription: "Scopes of the application that the client may use, by their value or their id.",
	}, func(from entra) []string { return firstClient(from).GetDelegatedPermissionIds() },
		func(to entra, ids []string) { firstClient(to).SetDelegatedPermissionIds(ids) },
		func(from entra, prior attr.Value) attr.Value {
			return application.ScopeNames(from.GetApi(), *firstClient(from).GetAppId(), prior)
		},
		func(value attr.Value, to entra) { firstClient(to).SetDelegatedPermissionIds(mapping.Texts(value)) },
	).Property("api")),
	element: func() entra {
		part := models.NewApplication()
		apiOf(part).SetPreAuthorizedApplications([]client{models.NewPreAuthorizedApplication()})
		return part
	},
	collections: one(elements[client]{
		name: "api.pre_authorized_applications", in: "api",
		get: ofAPI(models.ApiApplicationable.GetPreAuthorizedApplications),
		set: func(to entra, clients []client) { apiOf(to).SetPreAuthorizedApplications(clients) },
		key: func(c client) string {
			if id := c.GetAppId(); id != nil {
				return strings.ToLower(*id)
			}
			return ""
		},
	}),
	complete: resolveScopes,
}

func firstClient(of entra) client { return of.GetApi().GetPreAuthorizedApplications()[0] }

// resolveScopes puts the ids of the application's scopes in the place of their values, and the scopes beside them, by which
// the ids are told again. A scope that is not there may have been made a moment ago.
func resolveScopes(found, part entra) error {
	scopes := permissionScope.collections(nil)[0].(elements[scope]).get(found)
	ids := map[string]string{}
	for _, scope := range scopes {
		if value := scope.GetValue(); value != nil && scope.GetId() != nil {
			ids[*value] = scope.GetId().String()
		}
	}
	apiOf(part).SetOauth2PermissionScopes(scopes)
	client := firstClient(part)
	resolved := slices.Clone(client.GetDelegatedPermissionIds())
	for i, name := range resolved {
		switch id, ok := ids[name]; {
		case ok:
			resolved[i] = id
		case uuid.Validate(name) != nil:
			return &entity.Unseen{Err: &entity.AttributeError{
				Path: path.Root("scopes"), Summary: "there is no such scope",
				Detail: fmt.Sprintf("The application offers no scope %q. Name one by its value or its id.", name),
			}}
		default:
			resolved[i] = strings.ToLower(name)
		}
	}
	slices.Sort(resolved)
	client.SetDelegatedPermissionIds(resolved)
	return nil
}
