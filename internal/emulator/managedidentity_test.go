package emulator_test

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/msi/armmsi"
	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
	"github.com/google/uuid"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator"
)

const (
	localOrigin = "https://login.local"
	machine     = inGroup + "/providers/Microsoft.Compute/virtualMachines/machine"
	site        = inGroup + "/providers/Microsoft.Web/sites/shop"
)

func atLocalOrigin(o *emulator.Options) { o.Origin = localOrigin }

// seedResources seeds a virtual machine's and an app's system-assigned identity.
func (s *azureSDK) seedResources() {
	s.t.Helper()
	if err := s.tenant.AddSeed(emulator.Seed{SystemAssignedIdentities: []map[string]any{
		{"resourceId": machine, "location": emulator.Location}, {"resourceId": site, "location": emulator.Location},
	}}); err != nil {
		s.t.Fatal(err)
	}
}

// managed is azidentity's credential of a managed identity.
func (s *azureSDK) managed(id azidentity.ManagedIDKind) azcore.TokenCredential {
	s.t.Helper()
	credential, err := azidentity.NewManagedIdentityCredential(&azidentity.ManagedIdentityCredentialOptions{ClientOptions: s.options.ClientOptions, ID: id})
	if err != nil {
		s.t.Fatal(err)
	}
	return credential
}

func (s *azureSDK) tokenOf(credential azcore.TokenCredential, scope string) string {
	s.t.Helper()
	token, err := credential.GetToken(s.t.Context(), policy.TokenRequestOptions{Scopes: []string{scope}})
	if err != nil {
		s.t.Fatal(err)
	}
	return token.Token
}

func claimsOf(t *testing.T, token string) map[string]any {
	t.Helper()
	parsed, err := jwt.ParseSigned(token, []jose.SignatureAlgorithm{jose.RS256})
	if err != nil {
		t.Fatal(err)
	}
	var claims map[string]any
	if err := parsed.UnsafeClaimsWithoutVerification(&claims); err != nil {
		t.Fatal(err)
	}
	return claims
}

// trust has an identity trust the subject of an issuer.
func (s *azureSDK) trust(identity, issuer, subject string) {
	s.t.Helper()
	if _, err := s.credentials().CreateOrUpdate(s.t.Context(), emulator.ResourceGroup, identity, "trusted", armmsi.FederatedIdentityCredential{
		Properties: &armmsi.FederatedIdentityCredentialProperties{Issuer: &issuer, Subject: &subject, Audiences: []*string{new("api://AzureADTokenExchange")}},
	}, nil); err != nil {
		s.t.Fatal(err)
	}
}

func TestManagedIdentity_virtualMachine(t *testing.T) {
	t.Parallel()
	s := startAzure(t, atLocalOrigin)
	s.seedResources()
	identity := s.identity("shop")
	s.identity("other")
	for what, id := range map[string]azidentity.ManagedIDKind{
		"client id":   azidentity.ClientID(*identity.Properties.ClientID),
		"object id":   azidentity.ObjectID(*identity.Properties.PrincipalID),
		"resource id": azidentity.ResourceID(strings.ToUpper(*identity.ID)),
	} {
		claims := claimsOf(t, s.tokenOf(s.managed(id), managementScope))
		if claims["oid"] != *identity.Properties.PrincipalID || claims["appid"] != *identity.Properties.ClientID || claims["xms_mirid"] != *identity.ID ||
			claims["aud"] != "https://management.azure.com" {
			t.Errorf("by %s: %v", what, claims)
		}
	}
	own := claimsOf(t, s.tokenOf(s.managed(nil), managementScope))
	if own["xms_mirid"] != machine {
		t.Errorf("the machine's own: %v", own)
	}
	_, err := s.managed(azidentity.ClientID(uuid.NewString())).GetToken(t.Context(), policy.TokenRequestOptions{Scopes: []string{managementScope}})
	if err == nil || !strings.Contains(err.Error(), "isn't assigned to this resource") {
		t.Errorf("an unknown one: %v", err)
	}

	// It does what its roles let it, in Azure and in Microsoft Graph.
	other := *s
	other.credential = s.managed(azidentity.ClientID(*identity.Properties.ClientID))
	_, err = other.identities().Get(t.Context(), emulator.ResourceGroup, "shop", nil)
	wantCode(t, err, http.StatusForbidden, "AuthorizationFailed")
	if _, err := s.assign(inGroup, uuid.NewString(), reader, *identity.Properties.PrincipalID); err != nil {
		t.Fatal(err)
	}
	if _, err := other.identities().Get(t.Context(), emulator.ResourceGroup, "shop", nil); err != nil {
		t.Error(err)
	}
}

func TestManagedIdentity_virtualMachineRefusals(t *testing.T) {
	t.Parallel()
	s := startAzure(t)
	const path = "/metadata/identity/oauth2/token"
	const good = path + "?api-version=2018-02-01&resource=https://management.azure.com/"
	for _, test := range []struct{ path, header, value, want string }{
		{good, "X", "y", "Required metadata header not specified"},
		{good, "Metadata", "false", "Required metadata header not specified"},
		{path + "?resource=https://management.azure.com/", "Metadata", "true", ""},
		{path + "?api-version=2018-02-01", "Metadata", "true", "Required query variable 'resource' is missing"},
		{good, "Metadata", "true", "Identity not found"},
	} {
		answer := s.get(test.path, test.header, test.value).want(http.StatusBadRequest)
		if got, _ := answer.body["error_description"].(string); got != test.want || answer.body["error"] == "" {
			t.Errorf("%s: %s", test.path, answer.raw)
		}
	}
	s.do(http.MethodPost, good, "", "Metadata", "true").want(http.StatusMethodNotAllowed)
	first := s.identity("first")
	one := s.get(good, "Metadata", "true").want(http.StatusOK)
	if one.body["client_id"] != *first.Properties.ClientID || one.body["token_type"] != "Bearer" || one.body["expires_in"] != "3599" {
		t.Errorf("the only one: %s", one.raw)
	}
	s.get(path+"?api-version=2018-02-01&resource=https://nowhere.example", "Metadata", "true").want(http.StatusBadRequest)
	s.identity("second")
	if answer := s.get(good, "Metadata", "true").want(http.StatusBadRequest); !strings.HasPrefix(answer.body["error_description"].(string), "Multiple user assigned identities exist") {
		t.Errorf("of two: %s", answer.raw)
	}
}

func TestManagedIdentity_appService(t *testing.T) { // not parallel: the environment
	s := startAzure(t, atLocalOrigin)
	s.seedResources()
	identity := s.identity("shop")
	t.Setenv("IDENTITY_ENDPOINT", localOrigin+"/msi/token")
	t.Setenv("IDENTITY_HEADER", emulator.IdentityHeader)
	for want, id := range map[string]azidentity.ManagedIDKind{
		*identity.ID: azidentity.ClientID(*identity.Properties.ClientID), strings.ToLower(*identity.ID): azidentity.ResourceID(*identity.ID), site: nil,
	} {
		claims := claimsOf(t, s.tokenOf(s.managed(id), "https://vault.azure.net/.default"))
		if !strings.EqualFold(claims["xms_mirid"].(string), want) || claims["aud"] != "https://vault.azure.net" {
			t.Errorf("%v: %v", id, claims)
		}
	}
	const path = "/msi/token?api-version=2019-08-01&resource=https://vault.azure.net"
	s.get(path).want(http.StatusUnauthorized)
	s.get("/msi/token?resource=x", "X-IDENTITY-HEADER", emulator.IdentityHeader).want(http.StatusBadRequest)
	s.get(path+"&principal_id="+uuid.NewString(), "X-IDENTITY-HEADER", emulator.IdentityHeader).want(http.StatusBadRequest)
	s.get(path+"&principal_id="+*identity.Properties.PrincipalID, "X-IDENTITY-HEADER", emulator.IdentityHeader).want(http.StatusOK)
}

// A workload of Kubernetes becomes a managed identity by the token that the cluster mounts.
func TestManagedIdentity_workloadIdentity(t *testing.T) {
	t.Parallel()
	s := startAzure(t, atLocalOrigin)
	identity := s.identity("shop")
	const issuer, subject = localOrigin + "/oidc/cluster", "system:serviceaccount:shop:checkout"
	file := filepath.Join(t.TempDir(), "token")
	mount := func(subject string) {
		answer := s.get("/_local/token?issuer=cluster&subject=" + subject + "&audience=api://AzureADTokenExchange").want(http.StatusOK)
		if err := os.WriteFile(file, []byte(answer.body["value"].(string)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	get := func(clientID string) (azcore.AccessToken, error) {
		credential, err := azidentity.NewWorkloadIdentityCredential(&azidentity.WorkloadIdentityCredentialOptions{
			ClientOptions: s.options.ClientOptions, DisableInstanceDiscovery: true,
			TenantID: emulator.DefaultTenantID, ClientID: clientID, TokenFilePath: file,
		})
		if err != nil {
			t.Fatal(err)
		}
		return credential.GetToken(t.Context(), policy.TokenRequestOptions{Scopes: []string{managementScope}})
	}
	wantRefusal := func(code string) {
		t.Helper()
		if _, err := get(*identity.Properties.ClientID); err == nil || !strings.Contains(err.Error(), code+":") {
			t.Errorf("want %s: %v", code, err)
		}
	}
	mount(subject)
	wantRefusal("AADSTS70025")
	s.trust("shop", issuer, subject)
	token, err := get(*identity.Properties.ClientID)
	if err != nil {
		t.Fatal(err)
	}
	if claims := claimsOf(t, token.Token); claims["oid"] != *identity.Properties.PrincipalID || claims["xms_mirid"] != *identity.ID {
		t.Errorf("%v", claims)
	}
	mount("system:serviceaccount:shop:other")
	wantRefusal("AADSTS700213")
	mount("system:serviceaccount:shop:Checkout")
	wantRefusal("AADSTS7002138")
	if _, err := s.identities().Delete(t.Context(), emulator.ResourceGroup, "shop", nil); err != nil {
		t.Fatal(err)
	}
	mount(subject)
	wantRefusal("AADSTS700016")
}

// An application that trusts a managed identity is signed in to with the identity's token for the token exchange.
func TestManagedIdentity_asCredentialOfAnApplication(t *testing.T) {
	t.Parallel()
	s := startAzure(t, atLocalOrigin)
	identity := s.identity("shop")
	application := s.post("/v1.0/applications", `{"displayName":"app"}`).want(http.StatusCreated)
	s.post("/v1.0/servicePrincipals", `{"appId":"`+application.at("appId").(string)+`"}`).want(http.StatusCreated)
	s.post("/v1.0/applications/"+application.at("id").(string)+"/federatedIdentityCredentials", `{
		"name":"identity","issuer":"`+localOrigin+"/"+emulator.DefaultTenantID+`/v2.0","subject":"`+*identity.Properties.PrincipalID+`",
		"audiences":["api://AzureADTokenExchange"]}`).want(http.StatusCreated)
	managed := s.managed(azidentity.ClientID(*identity.Properties.ClientID))
	credential, err := azidentity.NewClientAssertionCredential(emulator.DefaultTenantID, application.at("appId").(string),
		func(ctx context.Context) (string, error) {
			token, err := managed.GetToken(ctx, policy.TokenRequestOptions{Scopes: []string{"api://AzureADTokenExchange/.default"}})
			return token.Token, err
		}, &azidentity.ClientAssertionCredentialOptions{ClientOptions: s.options.ClientOptions, DisableInstanceDiscovery: true})
	if err != nil {
		t.Fatal(err)
	}
	if claims := claimsOf(t, s.tokenOf(credential, managementScope)); claims["appid"] != application.at("appId") {
		t.Errorf("%v", claims)
	}
}

func TestManagedIdentity_systemAssigned(t *testing.T) {
	t.Parallel()
	s := startAzure(t)
	s.seedResources()
	system, err := armmsi.NewSystemAssignedIdentitiesClient(s.credential, &s.options)
	if err != nil {
		t.Fatal(err)
	}
	found, err := system.GetByScope(t.Context(), machine, nil)
	if err != nil {
		t.Fatal(err)
	}
	if *found.Name != "default" || *found.Properties.TenantID != emulator.DefaultTenantID || *found.Location != emulator.Location {
		t.Errorf("%+v", found.SystemAssignedIdentity)
	}
	principal := s.get("/v1.0/servicePrincipals/" + *found.Properties.PrincipalID).want(http.StatusOK)
	if principal.body["displayName"] != "machine" || principal.body["servicePrincipalType"] != "ManagedIdentity" {
		t.Errorf("%s", principal.raw)
	}
	same(t, "alternativeNames", principal.body["alternativeNames"], `["isExplicit=False","`+machine+`"]`)
	// It is found by its resource, as by its names otherwise.
	listed := s.get("/v1.0/servicePrincipals?$filter=alternativeNames/any(n:n eq '" + machine + "')").want(http.StatusOK)
	if values := listed.body["value"].([]any); len(values) != 1 {
		t.Errorf("found %d", len(values))
	}
	_, err = system.GetByScope(t.Context(), inGroup, nil)
	wantCode(t, err, http.StatusNotFound, "NotFound")
}
