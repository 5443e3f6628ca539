package password

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/microsoftgraph/msgraph-sdk-go/applications"
	"github.com/microsoftgraph/msgraph-sdk-go/serviceprincipals"

	"github.com/workloadid/terraform-provider-workloadid/internal/entity"
	"github.com/workloadid/terraform-provider-workloadid/internal/graph"
	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
	"github.com/workloadid/terraform-provider-workloadid/internal/services/application"
	"github.com/workloadid/terraform-provider-workloadid/internal/services/serviceprincipal"
)

// kind is what passwords are for: applications and service principals have the same.
type kind struct {
	noun, parent, parentTitle string
	listing                   *graph.Listing
	permissions               entity.Permissions
	// passwords has all that the parent has, without their texts.
	passwords func(ctx context.Context, api *entity.Services, parentID string) ([]entra, error)
	add       func(ctx context.Context, api *entity.Services, parentID string, body entra) (entra, error)
	remove    func(ctx context.Context, api *entity.Services, parentID string, keyID *uuid.UUID) error
	// mistaken recognises another id where the parent's object id belongs.
	mistaken func(ctx context.Context, api *entity.Services, attribute, id string) string
}

var selected = []string{"id", "passwordCredentials"}

// See https://learn.microsoft.com/graph/api/application-addpassword and application-removepassword.
var ofApplication = kind{
	noun: "application_password", parent: "application_id", parentTitle: "application",
	listing:     &graph.Listing{Path: "/applications", Select: selected},
	permissions: application.Permissions.OfParts(),
	passwords: func(ctx context.Context, api *entity.Services, parentID string) ([]entra, error) {
		parameters := &applications.ApplicationItemRequestBuilderGetQueryParameters{Select: selected}
		object, err := applicationOf(api, parentID).Get(ctx, &applications.ApplicationItemRequestBuilderGetRequestConfiguration{QueryParameters: parameters})
		if err != nil {
			return nil, err
		}
		return mapping.Present(object.GetPasswordCredentials()), nil
	},
	add: func(ctx context.Context, api *entity.Services, parentID string, body entra) (entra, error) {
		request := applications.NewItemAddPasswordPostRequestBody()
		request.SetPasswordCredential(body)
		return applicationOf(api, parentID).AddPassword().Post(ctx, request, nil)
	},
	remove: func(ctx context.Context, api *entity.Services, parentID string, keyID *uuid.UUID) error {
		request := applications.NewItemRemovePasswordPostRequestBody()
		request.SetKeyId(keyID)
		return applicationOf(api, parentID).RemovePassword().Post(ctx, request, nil)
	},
	mistaken: func(ctx context.Context, api *entity.Services, attribute, id string) string {
		found, err := application.ByClientID(ctx, api, id, nil)
		if err != nil || found.GetId() == nil {
			return ""
		}
		return fmt.Sprintf("%s is the client id of an application, and %s takes its object id: %s.", id, attribute, *found.GetId())
	},
}

// See https://learn.microsoft.com/graph/api/serviceprincipal-addpassword and serviceprincipal-removepassword.
var ofServicePrincipal = kind{
	noun: "service_principal_password", parent: "service_principal_id", parentTitle: "service principal",
	listing:     &graph.Listing{Path: "/servicePrincipals", Select: selected},
	permissions: serviceprincipal.Permissions.OfParts(),
	passwords: func(ctx context.Context, api *entity.Services, parentID string) ([]entra, error) {
		parameters := &serviceprincipals.ServicePrincipalItemRequestBuilderGetQueryParameters{Select: selected}
		object, err := principalOf(api, parentID).Get(ctx, &serviceprincipals.ServicePrincipalItemRequestBuilderGetRequestConfiguration{QueryParameters: parameters})
		if err != nil {
			return nil, err
		}
		return mapping.Present(object.GetPasswordCredentials()), nil
	},
	add: func(ctx context.Context, api *entity.Services, parentID string, body entra) (entra, error) {
		request := serviceprincipals.NewItemAddPasswordPostRequestBody()
		request.SetPasswordCredential(body)
		return principalOf(api, parentID).AddPassword().Post(ctx, request, nil)
	},
	remove: func(ctx context.Context, api *entity.Services, parentID string, keyID *uuid.UUID) error {
		request := serviceprincipals.NewItemRemovePasswordPostRequestBody()
		request.SetKeyId(keyID)
		return principalOf(api, parentID).RemovePassword().Post(ctx, request, nil)
	},
	mistaken: serviceprincipal.Mistaken,
}

func applicationOf(api *entity.Services, id string) *applications.ApplicationItemRequestBuilder {
	return applications.NewApplicationsRequestBuilderInternal(nil, api.Graph.V1()).ByApplicationId(id)
}

func principalOf(api *entity.Services, id string) *serviceprincipals.ServicePrincipalItemRequestBuilder {
	return serviceprincipals.NewServicePrincipalsRequestBuilderInternal(nil, api.Graph.V1()).ByServicePrincipalId(id)
}

// delete removes one password. One that is not there is none to remove, unless it is so young that a replica may lack it.
func (k kind) delete(ctx context.Context, api *entity.Services, parentID, keyID string) error {
	id, err := uuid.Parse(keyID)
	if err != nil {
		return nil // there never was one
	}
	return entity.Removed(ctx, api, keyID, func() error {
		err := k.remove(graph.Repeatable(ctx), api, parentID, &id)
		if answer, ok := graph.AsError(err); ok && answer.Status == http.StatusBadRequest && strings.Contains(answer.Message, "No password credential found") {
			// The code is that of every refusal: only the text tells.
			return graph.NotFound(answer.Operation, answer.Message)
		}
		if graph.IsNotFound(err) && !api.Young(parentID) {
			return nil // its parent is gone, and the password with it
		}
		return err
	})
}

// Denials of an app management policy, or of the directory itself, with what to do about them.
// See https://learn.microsoft.com/graph/api/resources/appmanagementpolicy.
var refusals = map[string]struct{ summary, remedy string }{
	"CredentialTypeNotAllowedAsPerAppPolicy": {
		"a policy of the tenant does not allow new passwords",
		"An app management policy forbids it: the tenant's default one (/policies/defaultAppManagementPolicy), or one that is assigned to this application. " +
			"Use a federated identity credential or a certificate instead, or have an administrator exempt the application by a policy of its own (/policies/appManagementPolicies).",
	},
	"CredentialInvalidLifetimeAsPerAppPolicy": {
		"a policy of the tenant does not allow a password to live so long",
		"An app management policy limits the lifetime (maxLifetime of its restriction passwordLifetime): the tenant's default one (/policies/defaultAppManagementPolicy), or one that is assigned to this application. " +
			"Set expires_after, or end, to what it allows, and renew_before to less.",
	},
	"PasswordCredentialInvalidEndDate": {
		"the password would end before it begins",
		"Set end to a time in the future and after start, or leave it out and set expires_after.",
	},
}

func (k kind) explained(err error, object mapping.Value) error {
	answer, ok := graph.AsError(err)
	if !ok {
		return err
	}
	refusal, known := refusals[answer.Code]
	if !known {
		return err
	}
	at := path.Root(k.parent)
	switch {
	case answer.Code == "CredentialTypeNotAllowedAsPerAppPolicy":
	case object.Has(lifetime):
		at = path.Root(lifetime)
	case object.Get(endTime) != nil:
		at = path.Root(endTime)
	}
	return &entity.AttributeError{Path: at, Summary: refusal.summary, Detail: err.Error() + "\n\n" + refusal.remedy}
}
