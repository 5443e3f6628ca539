package emulator_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/authorization/armauthorization/v2"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/msi/armmsi"
	"github.com/google/uuid"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator"
)

const (
	inSubscription = "/subscriptions/" + emulator.SubscriptionID
	inGroup        = inSubscription + "/resourceGroups/" + emulator.ResourceGroup
	rootGroup      = "/providers/Microsoft.Management/managementGroups/" + emulator.DefaultTenantID

	reader      = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
	contributor = "b24988ac-6180-42a0-ab88-20f7382dd24c"
)

func (s *azureSDK) assignments() *armauthorization.RoleAssignmentsClient {
	s.t.Helper()
	made, err := armauthorization.NewRoleAssignmentsClient(emulator.SubscriptionID, s.credential, &s.options)
	if err != nil {
		s.t.Fatal(err)
	}
	return made
}

func (s *azureSDK) definitions() *armauthorization.RoleDefinitionsClient {
	s.t.Helper()
	made, err := armauthorization.NewRoleDefinitionsClient(s.credential, &s.options)
	if err != nil {
		s.t.Fatal(err)
	}
	return made
}

// assign assigns a role, with what the changes say besides.
func (s *azureSDK) assign(scope, name, role, principal string, changes ...func(*armauthorization.RoleAssignmentProperties)) (armauthorization.RoleAssignment, error) {
	s.t.Helper()
	properties := &armauthorization.RoleAssignmentProperties{
		RoleDefinitionID: new(inSubscription + "/providers/Microsoft.Authorization/roleDefinitions/" + role), PrincipalID: &principal,
	}
	for _, change := range changes {
		change(properties)
	}
	made, err := s.assignments().Create(s.t.Context(), scope, name, armauthorization.RoleAssignmentCreateParameters{Properties: properties}, nil)
	return made.RoleAssignment, err
}

func ofType(kind armauthorization.PrincipalType) func(*armauthorization.RoleAssignmentProperties) {
	return func(p *armauthorization.RoleAssignmentProperties) { p.PrincipalType = &kind }
}

func conditional(condition, version string) func(*armauthorization.RoleAssignmentProperties) {
	return func(p *armauthorization.RoleAssignmentProperties) {
		p.Condition = &condition
		if version != "" {
			p.ConditionVersion = &version
		}
	}
}

func TestAzureSDK_roleDefinitions(t *testing.T) {
	t.Parallel()
	s := startAzure(t)
	for scope, prefix := range map[string]string{"/": "", inSubscription: inSubscription, inGroup: inSubscription} {
		pager := s.definitions().NewListPager(scope, &armauthorization.RoleDefinitionsClientListOptions{Filter: new("roleName eq 'Storage Blob Data Reader'")})
		found := all(t, pager.More, pager.NextPage, func(p armauthorization.RoleDefinitionsClientListResponse) []*armauthorization.RoleDefinition {
			return p.Value
		})
		const id = "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1"
		if len(found) != 1 || *found[0].Name != id || *found[0].ID != prefix+"/providers/Microsoft.Authorization/roleDefinitions/"+id ||
			*found[0].Properties.RoleType != "BuiltInRole" || len(found[0].Properties.Permissions[0].DataActions) != 1 {
			t.Errorf("at %s: %+v", scope, found)
		}
	}
	pager := s.definitions().NewListPager(inSubscription, nil)
	if found := all(t, pager.More, pager.NextPage, func(p armauthorization.RoleDefinitionsClientListResponse) []*armauthorization.RoleDefinition {
		return p.Value
	}); len(found) < 50 {
		t.Errorf("there are %d", len(found))
	}
	one, err := s.definitions().GetByID(t.Context(), inGroup+"/providers/Microsoft.Authorization/roleDefinitions/"+strings.ToUpper(contributor), nil)
	if err != nil {
		t.Fatal(err)
	}
	if *one.Properties.RoleName != "Contributor" {
		t.Errorf("read %s", *one.Properties.RoleName)
	}
	_, err = s.definitions().Get(t.Context(), inSubscription, uuid.NewString(), nil)
	wantCode(t, err, http.StatusNotFound, "RoleDefinitionDoesNotExist")
	_, err = s.definitions().NewListPager(inSubscription, &armauthorization.RoleDefinitionsClientListOptions{Filter: new("startswith(roleName,'a')")}).NextPage(t.Context())
	wantCode(t, err, http.StatusBadRequest, "UnsupportedFilter")
}

func TestAzureSDK_roleAssignment(t *testing.T) {
	t.Parallel()
	s := startAzure(t)
	identity := s.identity("shop")
	principal := *identity.Properties.PrincipalID
	name := uuid.NewString()
	describe := func(text string) func(*armauthorization.RoleAssignmentProperties) {
		return func(p *armauthorization.RoleAssignmentProperties) { p.Description = &text }
	}
	created, err := s.assign(inGroup, name, reader, principal, describe("sees the group"))
	if err != nil {
		t.Fatal(err)
	}
	p := created.Properties
	if *created.ID != inGroup+"/providers/Microsoft.Authorization/roleAssignments/"+name || *p.Scope != inGroup || *p.PrincipalID != principal ||
		*p.PrincipalType != armauthorization.PrincipalTypeServicePrincipal || *p.Description != "sees the group" || time.Since(*p.CreatedOn) > time.Minute ||
		*p.RoleDefinitionID != inSubscription+"/providers/Microsoft.Authorization/roleDefinitions/"+reader || p.Condition != nil {
		t.Errorf("created %s %+v", *created.ID, p)
	}

	// The same again is no error; what may change changes, what is left out goes.
	if _, err := s.assign(inGroup, name, reader, principal, describe("sees the group")); err != nil {
		t.Error(err)
	}
	const condition = "((!(ActionMatches{'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read'})) OR (@Resource[Microsoft.Storage/storageAccounts/blobServices/containers:name] StringEquals 'blobs (1'))"
	updated, err := s.assign(inGroup, name, reader, principal, conditional(condition, ""))
	if err != nil {
		t.Fatal(err)
	}
	if *updated.Properties.Condition != condition || *updated.Properties.ConditionVersion != "2.0" || updated.Properties.Description != nil || !updated.Properties.CreatedOn.Equal(*p.CreatedOn) {
		t.Errorf("updated %+v", updated.Properties)
	}
	read, err := s.assignments().GetByID(t.Context(), strings.ToUpper(*created.ID), nil)
	if err != nil {
		t.Fatal(err)
	}
	if *read.Properties.Condition != condition {
		t.Errorf("read %+v", read.Properties)
	}

	application := s.post("/v1.0/applications", `{"displayName":"app"}`).want(http.StatusCreated).at("id").(string)
	nobody := uuid.NewString()
	for _, test := range []struct {
		what, scope, name, role, principal string
		change                             func(*armauthorization.RoleAssignmentProperties)
		status                             int
		code                               string
	}{
		{"another name", inGroup, uuid.NewString(), reader, principal, nil, 409, "RoleAssignmentExists"},
		{"another role", inGroup, name, contributor, principal, nil, 400, "RoleAssignmentUpdateNotPermitted"},
		{"another scope", inSubscription, name, reader, principal, nil, 400, "RoleAssignmentUpdateNotPermitted"},
		{"no GUID", inGroup, "name", reader, principal, nil, 400, "InvalidRoleAssignmentId"},
		{"no such role", inGroup, uuid.NewString(), nobody, principal, nil, 404, "RoleDefinitionDoesNotExist"},
		{"nobody", inGroup, uuid.NewString(), reader, nobody, nil, 400, "PrincipalNotFound"},
		{"no such user", inGroup, uuid.NewString(), reader, nobody, ofType(armauthorization.PrincipalTypeUser), 400, "PrincipalNotFound"},
		{"no user", inSubscription, uuid.NewString(), reader, principal, ofType(armauthorization.PrincipalTypeUser), 400, "UnmatchedPrincipalType"},
		{"an application", inGroup, uuid.NewString(), reader, application, nil, 400, "PrincipalTypeNotSupported"},
		{"no type", inGroup, uuid.NewString(), reader, principal, ofType("Robot"), 400, "InvalidPrincipalType"},
		{"version 1.0", inSubscription, uuid.NewString(), reader, principal, conditional(condition, "1.0"), 400, "InvalidConditionOrConditionVersion"},
		{"no condition", inSubscription, uuid.NewString(), reader, principal, conditional("(a", "2.0"), 400, "InvalidConditionOrConditionVersion"},
		{"no group", inSubscription + "/resourceGroups/other", uuid.NewString(), reader, principal, nil, 404, "ResourceGroupNotFound"},
		{"no identity", *identity.ID + "2", uuid.NewString(), reader, principal, nil, 404, "ResourceNotFound"},
		{"not allowed", rootGroup, uuid.NewString(), reader, principal, nil, 403, "AuthorizationFailed"},
	} {
		changes := []func(*armauthorization.RoleAssignmentProperties){}
		if test.change != nil {
			changes = append(changes, test.change)
		}
		t.Log(test.what)
		_, err := s.assign(test.scope, test.name, test.role, test.principal, changes...)
		wantCode(t, err, test.status, test.code)
	}

	// One that is said to be a service principal need not be known.
	unknown, err := s.assign(inGroup, uuid.NewString(), reader, nobody, ofType(armauthorization.PrincipalTypeServicePrincipal))
	if err != nil {
		t.Fatal(err)
	}
	if *unknown.Properties.PrincipalID != nobody {
		t.Errorf("%+v", unknown.Properties)
	}

	deleted, err := s.assignments().Delete(t.Context(), inGroup, name, nil)
	if err != nil {
		t.Fatal(err)
	}
	if *deleted.Name != name {
		t.Errorf("deleted %v", deleted.RoleAssignment)
	}
	if _, err := s.assignments().Delete(t.Context(), inGroup, name, nil); err != nil { // 204
		t.Fatal(err)
	}
	_, err = s.assignments().Get(t.Context(), inGroup, name, nil)
	wantCode(t, err, http.StatusNotFound, "RoleAssignmentNotFound")
}

func TestAzureSDK_listRoleAssignments(t *testing.T) {
	t.Parallel()
	s := startAzure(t)
	first, second := s.identity("first"), s.identity("second")
	vault := inGroup + "/providers/Microsoft.KeyVault/vaults/shop"
	if err := s.tenant.AddSeed(emulator.Seed{RoleAssignments: []map[string]any{
		{"scope": rootGroup, "roleName": "Reader", "principalId": *first.Properties.PrincipalID, "principalType": "ServicePrincipal"},
		{"scope": inSubscription, "roleName": "Reader", "principalId": *second.Properties.PrincipalID},
		{"scope": inGroup, "roleName": "Contributor", "principalId": *first.Properties.PrincipalID},
		{"scope": vault, "roleDefinitionId": "4633458b-17de-408a-b874-0445c86b69e6", "principalId": *second.Properties.PrincipalID},
	}}); err != nil {
		t.Fatal(err)
	}
	owner := "subscription Owner"
	for _, test := range []struct {
		scope, filter string
		want          []string
	}{
		{inSubscription, "", []string{owner, "root Reader", "subscription Reader", "group Contributor", "vault Key Vault Secrets User"}},
		{inSubscription, "atScope()", []string{owner, "root Reader", "subscription Reader"}},
		{inGroup, "atScope()", []string{owner, "root Reader", "subscription Reader", "group Contributor"}},
		{inGroup, "", []string{owner, "root Reader", "subscription Reader", "group Contributor", "vault Key Vault Secrets User"}},
		{inGroup, "principalId eq '" + *second.Properties.PrincipalID + "'", []string{"subscription Reader", "vault Key Vault Secrets User"}},
		{inGroup, "atScope() and assignedTo('" + strings.ToUpper(*second.Properties.PrincipalID) + "')", []string{"subscription Reader"}},
		{vault, "principalId eq " + *first.Properties.PrincipalID, []string{"root Reader", "group Contributor"}},
	} {
		pager := s.assignments().NewListForScopePager(test.scope, &armauthorization.RoleAssignmentsClientListForScopeOptions{Filter: &test.filter})
		var got []string
		for _, found := range all(t, pager.More, pager.NextPage, func(p armauthorization.RoleAssignmentsClientListForScopeResponse) []*armauthorization.RoleAssignment {
			return p.Value
		}) {
			definition, err := s.definitions().GetByID(t.Context(), *found.Properties.RoleDefinitionID, nil)
			if err != nil {
				t.Fatal(err)
			}
			at := map[string]string{rootGroup: "root", inSubscription: "subscription", inGroup: "group", vault: "vault"}[*found.Properties.Scope]
			got = append(got, at+" "+*definition.Properties.RoleName)
		}
		slices.Sort(got)
		slices.Sort(test.want)
		if !slices.Equal(got, test.want) {
			t.Errorf("at %s with %q: %q, want %q", test.scope, test.filter, got, test.want)
		}
	}
}

// With an identity go the roles at it, but not those that it has elsewhere.
func TestAzureSDK_rolesOfDeletedIdentities(t *testing.T) {
	t.Parallel()
	s := startAzure(t)
	gone, other := s.identity("gone"), s.identity("other")
	kept, err := s.assign(inGroup, uuid.NewString(), reader, *gone.Properties.PrincipalID)
	if err != nil {
		t.Fatal(err)
	}
	at, err := s.assign(*gone.ID, uuid.NewString(), "f1a07417-d97a-45cb-824c-7a7467783830", *other.Properties.PrincipalID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.identities().Delete(t.Context(), emulator.ResourceGroup, "gone", nil); err != nil {
		t.Fatal(err)
	}
	if _, err := s.assignments().GetByID(t.Context(), *kept.ID, nil); err != nil {
		t.Error(err)
	}
	_, err = s.assignments().GetByID(t.Context(), *at.ID, nil)
	wantCode(t, err, http.StatusNotFound, "ResourceNotFound")
	if found := s.tenant.Objects("roleAssignments"); len(found) != 2 { // and the caller's
		t.Errorf("%v", found)
	}
}

// Nobody can do anything without a role, and each only what the role has.
func TestAzureSDK_authorization(t *testing.T) {
	t.Parallel()
	s := startAzure(t)
	s.identity("shop")
	application := s.post("/v1.0/applications", `{"displayName":"other"}`).want(http.StatusCreated)
	principal := s.post("/v1.0/servicePrincipals", `{"appId":"`+application.at("appId").(string)+`"}`).want(http.StatusCreated)
	password := s.post("/v1.0/applications/"+application.at("id").(string)+"/addPassword", `{}`).want(http.StatusOK)
	other := *s
	other.credential = s.secret(application.at("appId").(string), password.at("secretText").(string))

	read := func() error {
		_, err := other.identities().Get(t.Context(), emulator.ResourceGroup, "shop", nil)
		return err
	}
	write := func() error {
		_, err := other.identities().CreateOrUpdate(t.Context(), emulator.ResourceGroup, "shop", armmsi.Identity{Location: new(emulator.Location)}, nil)
		return err
	}
	wantCode(t, read(), http.StatusForbidden, "AuthorizationFailed")
	if err := read(); !strings.Contains(err.Error(), "does not have authorization to perform action 'Microsoft.ManagedIdentity/userAssignedIdentities/read' over scope '"+inGroup+"/providers/Microsoft.ManagedIdentity/userAssignedIdentities/shop'") {
		t.Error(err)
	}
	if _, err := s.assign(inGroup, uuid.NewString(), reader, principal.at("id").(string)); err != nil {
		t.Fatal(err)
	}
	if err := read(); err != nil {
		t.Error(err)
	}
	wantCode(t, write(), http.StatusForbidden, "AuthorizationFailed")
	if _, err := s.assign(inSubscription, uuid.NewString(), contributor, principal.at("id").(string)); err != nil {
		t.Fatal(err)
	}
	if err := write(); err != nil {
		t.Error(err)
	}
	_, err := other.assign(inGroup, uuid.NewString(), contributor, principal.at("id").(string))
	wantCode(t, err, http.StatusForbidden, "AuthorizationFailed") // which Contributor does not have
}

// A principal is young until the replica that is asked knows it.
func TestAzureSDK_youngPrincipal(t *testing.T) {
	t.Parallel()
	s := startAzure(t)
	if err := s.tenant.SetReplication(emulator.Replication{Replicas: 1, Lag: emulator.Lag{Min: time.Minute, Max: time.Minute}}); err != nil {
		t.Fatal(err)
	}
	identity := s.identity("young")
	if _, err := s.identities().Get(t.Context(), emulator.ResourceGroup, "young", nil); err != nil {
		t.Error(err) // which its provider knows at once
	}
	s.get("/v1.0/servicePrincipals/" + *identity.Properties.PrincipalID).want(http.StatusNotFound)
	name := uuid.NewString()
	_, err := s.assign(inGroup, name, reader, *identity.Properties.PrincipalID)
	wantCode(t, err, http.StatusBadRequest, "PrincipalNotFound")
	if _, err := s.assign(inGroup, name, reader, *identity.Properties.PrincipalID, ofType(armauthorization.PrincipalTypeServicePrincipal)); err != nil {
		t.Fatal(err)
	}
	_, err = s.assignments().Get(t.Context(), inGroup, name, nil)
	wantCode(t, err, http.StatusNotFound, "RoleAssignmentNotFound")
	s.tenant.Clock().Advance(2 * time.Minute)
	if _, err := s.assignments().Get(t.Context(), inGroup, name, nil); err != nil {
		t.Error(err)
	}
	s.get("/v1.0/servicePrincipals/" + *identity.Properties.PrincipalID).want(http.StatusOK)
}

// Above subscriptions there are the tenant's root management group, and the root itself.
func TestAzureSDK_roleAssignmentsAbove(t *testing.T) {
	t.Parallel()
	s := startAzure(t)
	caller := s.get("/v1.0/servicePrincipals(appId='" + emulator.CallerClientID + "')").want(http.StatusOK).at("id").(string)
	if err := s.tenant.AddSeed(emulator.Seed{RoleAssignments: []map[string]any{{"scope": "/", "roleName": "User Access Administrator", "principalId": caller}}}); err != nil {
		t.Fatal(err)
	}
	principal := *s.identity("shop").Properties.PrincipalID
	for scope, prefix := range map[string]string{"/": "", rootGroup: rootGroup} {
		created, err := s.assign(scope, uuid.NewString(), reader, principal)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(*created.ID, prefix+"/providers/Microsoft.Authorization/roleAssignments/") || *created.Properties.Scope != scope ||
			*created.Properties.RoleDefinitionID != "/providers/Microsoft.Authorization/roleDefinitions/"+reader {
			t.Errorf("%s: %+v", *created.ID, created.Properties)
		}
		if _, err := s.assignments().DeleteByID(t.Context(), *created.ID, nil); err != nil {
			t.Error(err)
		}
	}
	_, err := s.assign("/providers/Microsoft.Management/managementGroups/other", uuid.NewString(), reader, principal)
	wantCode(t, err, http.StatusNotFound, "ManagementGroupNotFound")
	_, err = s.assign("/providers/Microsoft.Billing/accounts/other", uuid.NewString(), reader, principal)
	wantCode(t, err, http.StatusBadRequest, "MissingSubscription")
}

func TestAzureSDK_tooManyRoleAssignments(t *testing.T) {
	t.Parallel()
	s := startAzure(t)
	var seed emulator.Seed
	for range 3999 { // and the caller's
		seed.RoleAssignments = append(seed.RoleAssignments, map[string]any{"scope": inGroup, "roleName": "Reader", "principalId": uuid.NewString()})
	}
	if err := s.tenant.AddSeed(seed); err != nil {
		t.Fatal(err)
	}
	_, err := s.assign(inSubscription, uuid.NewString(), reader, *s.identity("shop").Properties.PrincipalID)
	wantCode(t, err, http.StatusBadRequest, "RoleAssignmentLimitExceeded")
}

// Who has no role in a subscription does not see it.
func TestResourceManager_strangers(t *testing.T) {
	t.Parallel()
	s := startAzure(t)
	identity := s.identity("shop")
	token := s.get("/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https://management.azure.com/", "Metadata", "true").want(http.StatusOK)
	stranger := s.bearing(token.body["access_token"].(string))
	same(t, "nothing", stranger.get("/subscriptions?api-version=2022-12-01").want(http.StatusOK).body["value"], `[]`)
	stranger.get(inSubscription + "?api-version=2022-12-01").want(http.StatusForbidden)
	stranger.get("/providers/Microsoft.Authorization/roleDefinitions?api-version=2022-04-01").want(http.StatusOK)
	if _, err := s.assign(inGroup, uuid.NewString(), reader, *identity.Properties.PrincipalID); err != nil {
		t.Fatal(err)
	}
	if seen := stranger.get("/subscriptions?api-version=2022-12-01").want(http.StatusOK).body["value"].([]any); len(seen) != 1 {
		t.Errorf("it sees %v", seen)
	}
	stranger.get(inSubscription + "?api-version=2022-12-01").want(http.StatusForbidden) // its role is in the group only
	stranger.get(inGroup + groupsVersion).want(http.StatusOK)
}

// Scopes that are none, and those of what is not there.
func TestAzureSDK_roleAssignmentNowhere(t *testing.T) {
	t.Parallel()
	s := startAzure(t)
	principal := s.get("/v1.0/servicePrincipals(appId='" + emulator.CallerClientID + "')").want(http.StatusOK).at("id").(string)
	for scope, want := range map[string]struct {
		status int
		code   string
	}{
		inSubscription + "/resource_groups/local":                               {http.StatusBadRequest, "InvalidApiVersionParameter"},
		inSubscription + "/resourceGroup/local":                                 {http.StatusBadRequest, "InvalidApiVersionParameter"},
		inGroup + "/local-nsg":                                                  {http.StatusBadRequest, "InvalidApiVersionParameter"},
		inSubscription + "/resourceGroups/missing":                              {http.StatusNotFound, "ResourceGroupNotFound"},
		inGroup + "/providers/storageAccounts/x":                                {http.StatusNotFound, "InvalidResourceNamespace"},
		inSubscription + "/resource_groups/local/providers/Microsoft.Storage/x": {http.StatusBadRequest, "InvalidApiVersionParameter"},
	} {
		_, err := s.assign(scope, uuid.NewString(), reader, principal)
		wantCode(t, err, want.status, want.code)
	}
}
