package accesstoken_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/workloadid/terraform-provider-workloadid/internal/acctest"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator"
)

func TestMain(m *testing.M) { acctest.Main(m) }

type object = map[string]any

const (
	typeName   = "workloadid_access_token"
	graphScope = "https://graph.microsoft.com/.default"
)

func TestAccessToken_own(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	token := h.Open(t, typeName, object{"scope": graphScope})
	text := token.String("token")
	h.Secret(text, "ephemeral."+typeName+".token")
	claims, _ := token.Result()["claims"].(object)
	if claims["appid"] != emulator.CallerClientID || claims["tid"] != h.Tenant.TenantID() || claims["roles"] == "" {
		t.Errorf("the claims are %v", claims)
	}
	expires, err := time.Parse(time.RFC3339, token.String("expires_on"))
	if left := time.Until(expires); err != nil || left < 30*time.Minute || left > 25*time.Hour {
		t.Errorf("it expires on %q", token.String("expires_on"))
	}
	request, err := http.NewRequest(http.MethodGet, h.URL+"/v1.0/applications", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+text)
	response, err := (emulator.RoundTripper{Tenant: h.Tenant}).RoundTrip(request)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Errorf("Microsoft Graph does not take it: %v, %v", response, err)
	}

	// For another API.
	azure := h.Open(t, typeName, object{"scope": "https://management.azure.com/.default"})
	h.Secret(azure.String("token"), "ephemeral."+typeName+".token")
	if claims, _ := azure.Result()["claims"].(object); !strings.Contains(claims["aud"].(string), "management") {
		t.Errorf("the claims are %v", claims)
	}
	token.Close(t) // nothing to do
}

// TestAccessToken_federated has an application that trusts an issuer get a token, in each of the ways in which the
// issuer's can be given.
func TestAccessToken_federated(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	app := h.Resource("workloadid_application")
	app.Apply(t, object{"display_name": "Orders"})
	principal := h.Resource("workloadid_service_principal")
	principal.Apply(t, object{"client_id": app.String("client_id")})
	clientID := app.String("client_id")
	const issuer, subject = "https://token.actions.githubusercontent.com", "repo:contoso/shop:environment:production"
	credential := h.Resource("workloadid_federated_identity_credential")
	credential.Apply(t, object{"application_id": app.String("id"), "name": "main", "issuer": issuer, "subject": subject})
	assertion := h.ExternalToken(t, issuer, subject)
	h.Secret(assertion, "ephemeral."+typeName+".assertion")
	other := h.ExternalToken(t, issuer, "repo:contoso/other:environment:production")
	h.Secret(other, "ephemeral."+typeName+".assertion")
	file := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(file, []byte(assertion+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}

	for name, config := range map[string]object{
		"given":     {"assertion": assertion},
		"in a file": {"assertion_file": file, "tenant_id": h.Tenant.TenantID()},
	} {
		config["scope"], config["client_id"] = graphScope, clientID
		token := h.Open(t, typeName, config)
		h.Secret(token.String("token"), "ephemeral."+typeName+".token")
		if claims, _ := token.Result()["claims"].(object); claims["appid"] != clientID || claims["oid"] != principal.String("id") {
			t.Errorf("%s: the claims are %v", name, claims)
		}
	}

	for want, config := range map[string]object{
		"there is no token of another issuer":              {"scope": graphScope, "client_id": clientID},
		"Compare the token's issuer, subject and audience": {"scope": graphScope, "client_id": clientID, "assertion": other},
		"the file cannot be read":                          {"scope": graphScope, "client_id": clientID, "assertion_file": "/no/such/file"},
		"scope must be the identifier URI":                 {"scope": "https://graph.microsoft.com"},
		"Attribute \"client_id\" must be specified when":   {"scope": graphScope, "assertion": assertion},
		"client_id must be a UUID":                         {"scope": graphScope, "client_id": "Orders"},
		"cannot sign in":                                   {"scope": "api://nobody/.default"},
	} {
		if got := strings.Join(strings.Fields(h.OpenFails(t, typeName, config).String()), " "); !strings.Contains(strings.ToLower(got), strings.ToLower(want)) {
			t.Errorf("got\n%s\nwant %q", got, want)
		}
	}
}

// TestAccessToken_ofTheProvider takes the token that the provider block has for use_oidc.
func TestAccessToken_ofTheProvider(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "token")
	h := acctest.New(t, acctest.WithEnvironment(map[string]string{"ARM_OIDC_TOKEN_FILE_PATH": file}))
	app := h.Resource("workloadid_application")
	app.Apply(t, object{"display_name": "Orders"})
	principal := h.Resource("workloadid_service_principal")
	principal.Apply(t, object{"client_id": app.String("client_id")})
	const issuer, subject = "https://token.actions.githubusercontent.com", "repo:contoso/shop:environment:production"
	credential := h.Resource("workloadid_federated_identity_credential")
	credential.Apply(t, object{"application_id": app.String("id"), "name": "main", "issuer": issuer, "subject": subject})
	assertion := h.ExternalToken(t, issuer, subject)
	h.Secret(assertion)
	if err := os.WriteFile(file, []byte(assertion), 0o600); err != nil {
		t.Fatal(err)
	}
	token := h.Open(t, typeName, object{"scope": graphScope, "client_id": app.String("client_id")})
	h.Secret(token.String("token"), "ephemeral."+typeName+".token")
	if claims, _ := token.Result()["claims"].(object); claims["appid"] != app.String("client_id") {
		t.Errorf("the claims are %v", claims)
	}
}
