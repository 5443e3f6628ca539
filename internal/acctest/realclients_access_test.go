package acctest

import (
	"errors"
	"testing"

	"github.com/google/uuid"
	"github.com/microsoftgraph/msgraph-sdk-go/models"
	"github.com/microsoftgraph/msgraph-sdk-go/models/odataerrors"
	"github.com/microsoftgraph/msgraph-sdk-go/oauth2permissiongrants"
	"github.com/microsoftgraph/msgraph-sdk-go/serviceprincipals"
)

// principal makes an application with app roles, and its service principal.
func (s *sdk) principal(t *testing.T, name string, roles ...models.AppRoleable) models.ServicePrincipalable {
	t.Helper()
	body := models.NewApplication()
	body.SetDisplayName(&name)
	body.SetAppRoles(roles)
	application, err := s.applications.Post(t.Context(), body, nil)
	if err != nil {
		t.Fatal(explain(err))
	}
	principal := models.NewServicePrincipal()
	principal.SetAppId(application.GetAppId())
	created, err := s.principals.Post(t.Context(), principal, nil)
	if err != nil {
		t.Fatal(explain(err))
	}
	return created
}

// wantProblem fails the test unless the SDK has got that error.
func wantProblem(t *testing.T, err error, status int, code string) {
	t.Helper()
	problem, ok := errors.AsType[*odataerrors.ODataError](err)
	if !ok || problem.ResponseStatusCode != status || *problem.GetErrorEscaped().GetCode() != code {
		t.Errorf("got %v, want %d %s", explain(err), status, code)
	}
}

func TestRealClient_appRoleAssignment(t *testing.T) {
	t.Parallel()
	s := newSDK(t)
	role := models.NewAppRole()
	role.SetId(new(uuid.New()))
	role.SetAllowedMemberTypes([]string{"Application"})
	role.SetDescription(new("Deploys"))
	role.SetDisplayName(new("Deploy"))
	role.SetValue(new("deploy"))
	role.SetIsEnabled(new(true))
	resource, client := s.principal(t, "API", role), s.principal(t, "Deployer")
	resourceID, clientID := uuid.MustParse(*resource.GetId()), uuid.MustParse(*client.GetId())

	body := models.NewAppRoleAssignment()
	body.SetAppRoleId(role.GetId())
	body.SetPrincipalId(&clientID)
	body.SetResourceId(&resourceID)
	assignedTo := s.principals.ByServicePrincipalId(resourceID.String()).AppRoleAssignedTo()
	created, err := assignedTo.Post(t.Context(), body, nil)
	if err != nil {
		t.Fatal(explain(err))
	}
	if *created.GetPrincipalType() != "ServicePrincipal" || *created.GetPrincipalDisplayName() != "Deployer" || *created.GetResourceDisplayName() != "API" || created.GetCreatedDateTime() == nil {
		t.Errorf("created %+v", created.GetBackingStore().Enumerate())
	}
	_, err = assignedTo.Post(t.Context(), body, nil)
	wantProblem(t, err, 400, "Request_BadRequest")

	assignments := s.principals.ByServicePrincipalId(clientID.String()).AppRoleAssignments()
	filter := "resourceId eq " + resourceID.String()
	listed, err := assignments.Get(t.Context(), &serviceprincipals.ItemAppRoleAssignmentsRequestBuilderGetRequestConfiguration{
		QueryParameters: &serviceprincipals.ItemAppRoleAssignmentsRequestBuilderGetQueryParameters{Filter: &filter},
	})
	if err != nil || len(listed.GetValue()) != 1 || *listed.GetValue()[0].GetId() != *created.GetId() {
		t.Fatalf("listed %v, %v", listed, explain(err))
	}
	one, err := assignedTo.ByAppRoleAssignmentId(*created.GetId()).Get(t.Context(), nil)
	if err != nil || *one.GetAppRoleId() != *role.GetId() {
		t.Errorf("read %v, %v", one, explain(err))
	}
	if err := assignments.ByAppRoleAssignmentId(*created.GetId()).Delete(t.Context(), nil); err != nil {
		t.Error(explain(err))
	}
	_, err = assignedTo.ByAppRoleAssignmentId(*created.GetId()).Get(t.Context(), nil)
	wantProblem(t, err, 404, "Request_ResourceNotFound")
}

func TestRealClient_permissionGrant(t *testing.T) {
	t.Parallel()
	s := newSDK(t)
	resource, client := s.principal(t, "API"), s.principal(t, "Deployer")
	grants := oauth2permissiongrants.NewOauth2PermissionGrantsRequestBuilderInternal(map[string]string{"baseurl": s.adapter.GetBaseUrl()}, s.adapter)
	body := models.NewOAuth2PermissionGrant()
	body.SetClientId(client.GetId())
	body.SetResourceId(resource.GetId())
	body.SetConsentType(new("AllPrincipals"))
	body.SetScope(new("read write"))
	created, err := grants.Post(t.Context(), body, nil)
	if err != nil {
		t.Fatal(explain(err))
	}
	_, err = grants.Post(t.Context(), body, nil)
	wantProblem(t, err, 409, "Request_MultipleObjectsWithSameKeyValue")

	item := grants.ByOAuth2PermissionGrantId(*created.GetId())
	change := models.NewOAuth2PermissionGrant()
	change.SetScope(new("read"))
	if _, err := item.Patch(t.Context(), change, nil); err != nil {
		t.Error(explain(err))
	}
	filter := "clientId eq '" + *client.GetId() + "'"
	listed, err := grants.Get(t.Context(), &oauth2permissiongrants.Oauth2PermissionGrantsRequestBuilderGetRequestConfiguration{
		QueryParameters: &oauth2permissiongrants.Oauth2PermissionGrantsRequestBuilderGetQueryParameters{Filter: &filter},
	})
	if err != nil || len(listed.GetValue()) != 1 || *listed.GetValue()[0].GetScope() != "read" {
		t.Fatalf("listed %v, %v", listed, explain(err))
	}
	if err := item.Delete(t.Context(), nil); err != nil {
		t.Error(explain(err))
	}
	_, err = item.Get(t.Context(), nil)
	wantProblem(t, err, 404, "Request_ResourceNotFound")
}
