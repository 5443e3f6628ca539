package emulator_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/arm"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/msi/armmsi"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/directory"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/fault"
)

// azureSDK is what programs with an Azure SDK use of a tenant, as the seeded caller unless they bring a credential.
type azureSDK struct {
	*client
	options    arm.ClientOptions
	credential azcore.TokenCredential
}

func startAzure(t *testing.T, options ...func(*emulator.Options)) *azureSDK {
	t.Helper()
	s := &azureSDK{client: start(t, options...)}
	s.options = sdkOptions(s.tenant)
	s.credential = s.secret(emulator.CallerClientID, emulator.CallerClientSecret)
	return s
}

// sdkOptions lead clients of an Azure SDK to a tenant in the same process.
func sdkOptions(tenant *emulator.Tenant) arm.ClientOptions {
	return arm.ClientOptions{ClientOptions: azcore.ClientOptions{
		Transport: transporter{emulator.RoundTripper{Tenant: tenant}},
		Cloud: cloud.Configuration{
			ActiveDirectoryAuthorityHost: "https://login.local",
			Services:                     map[cloud.ServiceName]cloud.ServiceConfiguration{cloud.ResourceManager: {Audience: "https://management.azure.com", Endpoint: "https://management.local"}},
		},
		Retry: policy.RetryOptions{MaxRetries: -1},
	}, DisableRPRegistration: true}
}

// transporter hands requests to a tenant.
type transporter struct{ http.RoundTripper }

func (p transporter) Do(r *http.Request) (*http.Response, error) { return p.RoundTrip(r) }

func (s *azureSDK) secret(clientID, secret string) azcore.TokenCredential {
	s.t.Helper()
	credential, err := azidentity.NewClientSecretCredential(emulator.DefaultTenantID, clientID, secret,
		&azidentity.ClientSecretCredentialOptions{ClientOptions: s.options.ClientOptions, DisableInstanceDiscovery: true})
	if err != nil {
		s.t.Fatal(err)
	}
	return credential
}

func (s *azureSDK) identities() *armmsi.UserAssignedIdentitiesClient {
	s.t.Helper()
	made, err := armmsi.NewUserAssignedIdentitiesClient(emulator.SubscriptionID, s.credential, &s.options)
	if err != nil {
		s.t.Fatal(err)
	}
	return made
}

func (s *azureSDK) credentials() *armmsi.FederatedIdentityCredentialsClient {
	s.t.Helper()
	made, err := armmsi.NewFederatedIdentityCredentialsClient(emulator.SubscriptionID, s.credential, &s.options)
	if err != nil {
		s.t.Fatal(err)
	}
	return made
}

// identity makes a user-assigned identity.
func (s *azureSDK) identity(name string) armmsi.Identity {
	s.t.Helper()
	made, err := s.identities().CreateOrUpdate(s.t.Context(), emulator.ResourceGroup, name, armmsi.Identity{Location: new(emulator.Location)}, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	return made.Identity
}

// wantCode checks that a client of an Azure SDK got an error with that status and code.
func wantCode(t *testing.T, err error, status int, code string) {
	t.Helper()
	got, ok := errors.AsType[*azcore.ResponseError](err)
	if !ok || got.StatusCode != status || got.ErrorCode != code {
		t.Errorf("got %v, want %d %s", err, status, code)
	}
}

// all are the items of all pages.
func all[P, T any](t *testing.T, more func() bool, next func(context.Context) (P, error), items func(P) []*T) []*T {
	t.Helper()
	var found []*T
	for more() {
		page, err := next(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		found = append(found, items(page)...)
	}
	return found
}

func TestAzureSDK_userAssignedIdentity(t *testing.T) {
	t.Parallel()
	s := startAzure(t)
	ctx, identities := t.Context(), s.identities()
	created, err := identities.CreateOrUpdate(ctx, emulator.ResourceGroup, "shop", armmsi.Identity{
		Location: new("West Europe"), Tags: map[string]*string{"team": new("shop")},
		Properties: &armmsi.UserAssignedIdentityProperties{IsolationScope: new(armmsi.IsolationScopeRegional)},
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	const id = "/subscriptions/" + emulator.SubscriptionID + "/resourcegroups/local/providers/Microsoft.ManagedIdentity/userAssignedIdentities/shop"
	if *created.ID != id || *created.Name != "shop" || *created.Location != "westeurope" || *created.Tags["team"] != "shop" ||
		*created.Type != "Microsoft.ManagedIdentity/userAssignedIdentities" || *created.Properties.TenantID != emulator.DefaultTenantID ||
		*created.Properties.IsolationScope != armmsi.IsolationScopeRegional {
		t.Errorf("created %+v %+v", created.Identity, created.Properties)
	}

	// Its service principal is in the directory, where nobody can change it.
	principal := s.get("/v1.0/servicePrincipals/" + *created.Properties.PrincipalID).want(http.StatusOK)
	for property, want := range map[string]any{
		"appId": *created.Properties.ClientID, "displayName": "shop", "servicePrincipalType": "ManagedIdentity",
		"appOwnerOrganizationId": nil, "appDisplayName": nil, "accountEnabled": true,
	} {
		if principal.body[property] != want {
			t.Errorf("the service principal's %s is %v, want %v", property, principal.body[property], want)
		}
	}
	same(t, "alternativeNames", principal.body["alternativeNames"], `["isExplicit=True","`+id+`"]`)
	path := "/v1.0/servicePrincipals/" + *created.Properties.PrincipalID
	s.patch(path, `{"displayName":"other"}`).want(http.StatusForbidden)
	s.delete(path).want(http.StatusForbidden)
	s.post(path+"/addPassword", `{}`).want(http.StatusForbidden)
	s.delete("/v1.0/directoryObjects/" + *created.Properties.PrincipalID).want(http.StatusForbidden)

	// A second PUT replaces what may change and keeps what may not.
	replaced, err := identities.CreateOrUpdate(ctx, "LOCAL", "SHOP", armmsi.Identity{Location: new("westeurope")}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(replaced.Tags) != 0 || *replaced.Properties.IsolationScope != armmsi.IsolationScopeNone || *replaced.ID != id ||
		*replaced.Properties.PrincipalID != *created.Properties.PrincipalID {
		t.Errorf("replaced %+v", replaced.Identity)
	}
	updated, err := identities.Update(ctx, emulator.ResourceGroup, "shop", armmsi.IdentityUpdate{Tags: map[string]*string{"a": new("b")}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if *updated.Tags["a"] != "b" || *updated.Properties.ClientID != *created.Properties.ClientID {
		t.Errorf("updated %+v", updated.Identity)
	}
	read, err := identities.Get(ctx, emulator.ResourceGroup, "shop", nil)
	if err != nil {
		t.Fatal(err)
	}
	if *read.Tags["a"] != "b" {
		t.Errorf("read %+v", read.Identity)
	}

	_, err = identities.CreateOrUpdate(ctx, emulator.ResourceGroup, "shop", armmsi.Identity{Location: new("northeurope")}, nil)
	wantCode(t, err, http.StatusConflict, "InvalidResourceLocation")
	_, err = identities.CreateOrUpdate(ctx, emulator.ResourceGroup, "other", armmsi.Identity{}, nil)
	wantCode(t, err, http.StatusBadRequest, "LocationRequired")
	_, err = identities.CreateOrUpdate(ctx, emulator.ResourceGroup, "other", armmsi.Identity{Location: new("atlantis")}, nil)
	wantCode(t, err, http.StatusBadRequest, "LocationNotAvailableForResourceType")
	_, err = identities.CreateOrUpdate(ctx, "elsewhere", "shop", armmsi.Identity{Location: new("westeurope")}, nil)
	wantCode(t, err, http.StatusNotFound, "ResourceGroupNotFound")
	_, err = identities.CreateOrUpdate(ctx, emulator.ResourceGroup, "x", armmsi.Identity{Location: new("westeurope")}, nil)
	wantCode(t, err, http.StatusBadRequest, "BadRequest")
	_, err = identities.CreateOrUpdate(ctx, emulator.ResourceGroup, "shop", armmsi.Identity{
		Location: new("westeurope"), Properties: &armmsi.UserAssignedIdentityProperties{IsolationScope: new(armmsi.IsolationScope("Galactic"))},
	}, nil)
	wantCode(t, err, http.StatusBadRequest, "InvalidRequestContent")
	_, err = identities.Update(ctx, emulator.ResourceGroup, "other", armmsi.IdentityUpdate{}, nil)
	wantCode(t, err, http.StatusNotFound, "ResourceNotFound")

	if _, err := identities.Delete(ctx, emulator.ResourceGroup, "shop", nil); err != nil {
		t.Fatal(err)
	}
	if _, err := identities.Delete(ctx, emulator.ResourceGroup, "shop", nil); err != nil { // 204
		t.Fatal(err)
	}
	_, err = identities.Get(ctx, emulator.ResourceGroup, "shop", nil)
	wantCode(t, err, http.StatusNotFound, "ResourceNotFound")
	s.get(path).want(http.StatusNotFound)
	s.get("/v1.0/directory/deletedItems/" + *created.Properties.PrincipalID).want(http.StatusNotFound)
}

func TestAzureSDK_listIdentities(t *testing.T) {
	t.Parallel()
	s := startAzure(t)
	group := "/subscriptions/" + emulator.SubscriptionID + "/resourceGroups/"
	seed := emulator.Seed{ResourceGroups: []map[string]any{{"id": group + "other", "location": "uksouth"}}}
	for i := range 205 {
		seed.UserAssignedIdentities = append(seed.UserAssignedIdentities, map[string]any{
			"id": fmt.Sprintf("%sother/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-%03d", group, i),
		})
	}
	if err := s.tenant.AddSeed(seed); err != nil {
		t.Fatal(err)
	}
	s.identity("here")
	s.tenant.ResetRequests()
	bySubscription := s.identities().NewListBySubscriptionPager(nil)
	found := all(t, bySubscription.More, bySubscription.NextPage, func(p armmsi.UserAssignedIdentitiesClientListBySubscriptionResponse) []*armmsi.Identity {
		return p.Value
	})
	if len(found) != 206 {
		t.Errorf("the subscription has %d", len(found))
	}
	if n := len(slices.DeleteFunc(s.tenant.Requests(), func(r emulator.Request) bool {
		return r.Method != http.MethodGet || !strings.HasPrefix(r.Path, "/subscriptions")
	})); n != 3 {
		t.Errorf("on %d pages", n)
	}
	byGroup := s.identities().NewListByResourceGroupPager("other", nil)
	found = all(t, byGroup.More, byGroup.NextPage, func(p armmsi.UserAssignedIdentitiesClientListByResourceGroupResponse) []*armmsi.Identity {
		return p.Value
	})
	if len(found) != 205 || *found[204].Name != "id-204" || *found[204].Location != "uksouth" {
		t.Errorf("the group has %d", len(found))
	}
}

func TestAzureSDK_federatedIdentityCredential(t *testing.T) {
	t.Parallel()
	s := startAzure(t)
	ctx, credentials := t.Context(), s.credentials()
	identity := s.identity("shop")
	write := func(of, name, issuer, subject string, audiences ...string) (armmsi.FederatedIdentityCredentialsClientCreateOrUpdateResponse, error) {
		body := armmsi.FederatedIdentityCredential{Properties: &armmsi.FederatedIdentityCredentialProperties{Issuer: &issuer, Subject: &subject}}
		for _, audience := range audiences {
			body.Properties.Audiences = append(body.Properties.Audiences, &audience)
		}
		return credentials.CreateOrUpdate(ctx, emulator.ResourceGroup, of, name, body, nil)
	}
	const issuer, audience = "https://token.actions.githubusercontent.com", "api://AzureADTokenExchange"
	created, err := write("shop", "main", issuer, "repo:contoso/shop:ref:refs/heads/main", audience)
	if err != nil {
		t.Fatal(err)
	}
	if *created.ID != *identity.ID+"/federatedIdentityCredentials/main" || *created.Properties.Issuer != issuer || *created.Properties.Audiences[0] != audience {
		t.Errorf("created %+v %+v", created.FederatedIdentityCredential, created.Properties)
	}
	if _, err := write("shop", "main", issuer, "repo:contoso/shop:environment:production", audience); err != nil {
		t.Fatal(err)
	}
	read, err := credentials.Get(ctx, emulator.ResourceGroup, "shop", "main", nil)
	if err != nil {
		t.Fatal(err)
	}
	if *read.Properties.Subject != "repo:contoso/shop:environment:production" {
		t.Errorf("read %s", *read.Properties.Subject)
	}
	same(t, "in Microsoft Graph", s.get("/v1.0/servicePrincipals/" + *identity.Properties.PrincipalID + "/federatedIdentityCredentials?$select=name,subject").want(http.StatusOK).body["value"],
		`[{"name":"main","subject":"repo:contoso/shop:environment:production"}]`)

	for _, test := range []struct {
		identity, name, issuer, subject string
		audiences                       []string
		status                          int
		code                            string
	}{
		{"missing", "main", issuer, "s", []string{audience}, 404, "ParentResourceNotFound"},
		{"shop", "x", issuer, "s", []string{audience}, 400, "BadRequest"},
		{"shop", "-ab", issuer, "s", []string{audience}, 400, "BadRequest"},
		{"shop", "other", issuer, "s", nil, 400, "BadRequest"},
		{"shop", "other", issuer, "s", []string{audience, "b"}, 400, "BadRequest"},
		{"shop", "other", "", "s", []string{audience}, 400, "BadRequest"},
		{"shop", "other", "issuer", "s", []string{audience}, 400, "BadRequest"},
		{"shop", "other", issuer, "", []string{audience}, 400, "BadRequest"},
		{"shop", "other", issuer, strings.Repeat("s", 601), []string{audience}, 400, "BadRequest"},
		{"shop", "other", issuer, "repo:contoso/shop:environment:production", []string{audience}, 400, "BadRequest"},
	} {
		_, err := write(test.identity, test.name, test.issuer, test.subject, test.audiences...)
		wantCode(t, err, test.status, test.code)
	}
	_, err = credentials.Get(ctx, emulator.ResourceGroup, "shop", "other", nil)
	wantCode(t, err, http.StatusNotFound, "ResourceNotFound")

	for i := range 19 {
		if _, err := write("shop", fmt.Sprintf("more-%02d", i), issuer, fmt.Sprint(i), audience); err != nil {
			t.Fatal(err)
		}
	}
	_, err = write("shop", "more-19", issuer, "19", audience)
	wantCode(t, err, http.StatusBadRequest, "BadRequest")
	pager := credentials.NewListPager(emulator.ResourceGroup, "shop", &armmsi.FederatedIdentityCredentialsClientListOptions{Top: new(int32(7))})
	pages := 0
	found := all(t, func() bool { pages++; return pager.More() }, pager.NextPage, func(p armmsi.FederatedIdentityCredentialsClientListResponse) []*armmsi.FederatedIdentityCredential {
		return p.Value
	})
	if len(found) != 20 || pages != 4 { // More is asked once more at the end
		t.Errorf("%d credentials on %d pages", len(found), pages-1)
	}
	for range 2 {
		if _, err := credentials.Delete(ctx, emulator.ResourceGroup, "shop", "main", nil); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(s.tenant.Objects("federatedIdentityCredentials")); n != 19 {
		t.Errorf("there are %d", n)
	}
	if _, err := s.identities().Delete(ctx, emulator.ResourceGroup, "shop", nil); err != nil {
		t.Fatal(err)
	}
	if n := len(s.tenant.Snapshot().Objects); n == 0 || slices.ContainsFunc(s.tenant.Snapshot().Objects, func(o *directory.Object) bool { return o.Type == "federatedIdentityCredential" }) {
		t.Error("credentials outlive their identity")
	}
}

func TestAzureSDK_concurrentWrites(t *testing.T) {
	t.Parallel()
	s := startAzure(t)
	s.identity("first")
	s.identity("second")
	s.tenant.Faults().Set(fault.MustParse("* /** latency=200ms")...)
	write := func(identity, name string) error {
		_, err := s.credentials().CreateOrUpdate(t.Context(), emulator.ResourceGroup, identity, name, armmsi.FederatedIdentityCredential{
			Properties: &armmsi.FederatedIdentityCredentialProperties{
				Issuer: new("https://example.com"), Subject: &name, Audiences: []*string{new("api://AzureADTokenExchange")},
			},
		}, nil)
		return err
	}
	if err := write("first", "before"); err != nil { // signs in
		t.Fatal(err)
	}
	var group sync.WaitGroup
	var refused, written atomic.Int64
	for n := range 4 {
		group.Go(func() {
			if err := write("first", fmt.Sprintf("at-once-%d", n)); err != nil {
				wantCode(t, err, http.StatusConflict, "ConcurrentFederatedIdentityCredentialsWritesForSingleManagedIdentity")
				refused.Add(1)
			} else {
				written.Add(1)
			}
		})
	}
	group.Go(func() {
		if err := write("second", "alone"); err != nil {
			t.Error(err)
		}
	})
	group.Wait()
	if written.Load() != 1 || refused.Load() != 3 {
		t.Errorf("%d written, %d refused", written.Load(), refused.Load())
	}
	for n := range 3 { // one after the other is no conflict
		if err := write("first", fmt.Sprintf("later-%d", n)); err != nil {
			t.Error(err)
		}
	}
}
