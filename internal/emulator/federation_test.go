package emulator_test

import (
	"crypto/sha1"
	"encoding/base64"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

// signIn asks the token endpoint for a token for Microsoft Graph, with an assertion.
func (c *client) signIn(tenant, clientID, assertion string) answer {
	c.t.Helper()
	form := url.Values{
		"grant_type": {"client_credentials"}, "client_id": {clientID}, "scope": {"https://graph.microsoft.com/.default"},
		"client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"}, "client_assertion": {assertion},
	}
	return c.post("/"+tenant+"/oauth2/v2.0/token", form.Encode(), "Content-Type", "application/x-www-form-urlencoded")
}

// A credential that Microsoft Graph was given is what the token endpoint trusts from then on.
func TestFederation(t *testing.T) {
	t.Parallel()
	c := start(t)
	app, _ := c.principal(`{"displayName":"a"}`)
	clientID := app["appId"].(string)
	credentials := "/applications/" + app["id"].(string) + "/federatedIdentityCredentials"
	issuer := c.server.URL + "/oidc/ci"
	token := func(subject string) string {
		return c.post("/_local/token", `{"issuer":"ci","subject":"`+subject+`"}`).want(200).at("value").(string)
	}
	refused := func(code float64, answer answer) {
		t.Helper()
		if answer.status == 200 || at(t, answer.body, "error_codes", 0) != code {
			t.Errorf("%d: %s, want AADSTS%v", answer.status, answer.raw, code)
		}
	}
	tenant := c.tenant.TenantID()
	refused(70025, c.signIn(tenant, clientID, token("s")))
	c.post("/v1.0"+credentials, `{"name":"main","issuer":"`+issuer+`","subject":"s","audiences":["api://AzureADTokenExchange"]}`).want(201)
	workload := *c
	workload.token = c.signIn(tenant, clientID, token("s")).want(200).at("access_token").(string)
	workload.get("/v1.0/applications").want(403)
	c.signIn("entralocal.onmicrosoft.com", clientID, token("s")).want(200)
	refused(700213, c.signIn(tenant, clientID, token("other")))
	c.delete("/v1.0" + credentials + "/main").want(204)
	refused(70025, c.signIn(tenant, clientID, token("s")))
	c.delete("/v1.0/applications/" + app["id"].(string)).want(204)
	refused(700016, c.signIn(tenant, clientID, token("s")))
}

func TestCertificate_signsIn(t *testing.T) {
	t.Parallel()
	c := start(t)
	app, _ := c.principal(`{"displayName":"a"}`)
	cert := certificate(t, "a")
	thumbprint := sha1.Sum(cert.Raw)
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: rsaKey()},
		(&jose.SignerOptions{}).WithHeader("x5t", base64.RawURLEncoding.EncodeToString(thumbprint[:])))
	if err != nil {
		t.Fatal(err)
	}
	assertion, err := jwt.Signed(signer).Claims(map[string]any{
		"aud": c.server.URL + "/" + c.tenant.TenantID() + "/oauth2/v2.0/token", "iss": app["appId"], "sub": app["appId"], "jti": "1",
		"nbf": time.Now().Unix(), "exp": time.Now().Add(5 * time.Minute).Unix(),
	}).Serialize()
	if err != nil {
		t.Fatal(err)
	}
	if got := c.signIn(c.tenant.TenantID(), app["appId"].(string), assertion); got.status == 200 {
		t.Error("a certificate that nobody registered got a token")
	}
	c.patch("/v1.0/applications/"+app["id"].(string), `{"keyCredentials":[`+keyCredential(cert)+`]}`).want(204)
	c.signIn(c.tenant.TenantID(), app["appId"].(string), assertion).want(200)
}

// A token for another resource is none for Microsoft Graph; one for the tenant's own address is.
func TestToken_audience(t *testing.T) {
	t.Parallel()
	c := start(t)
	api, _ := c.principal(`{"displayName":"api","identifierUris":["api://mine"]}`)
	app, _ := c.principal(`{"displayName":"a"}`)
	secret := c.post("/v1.0/applications/"+app["id"].(string)+"/addPassword", `{}`).want(200).at("secretText").(string)
	for scope, want := range map[string]int{
		"api://mine": 401, api["appId"].(string): 401, "https://graph.microsoft.com": 403, "https://graph.microsoft.com/": 403, graphAppID: 403,
	} {
		form := url.Values{
			"grant_type": {"client_credentials"}, "client_id": {app["appId"].(string)}, "client_secret": {secret}, "scope": {scope + "/.default"},
		}
		got := c.post("/"+c.tenant.TenantID()+"/oauth2/v2.0/token", form.Encode(), "Content-Type", "application/x-www-form-urlencoded").want(200)
		other := *c
		other.token = got.at("access_token").(string)
		refused := other.get("/v1.0/applications").want(want)
		if want == 401 && !strings.Contains(refused.at("error", "message").(string), "Invalid audience.") {
			t.Errorf("%s: %s", scope, refused.raw)
		}
	}
}
