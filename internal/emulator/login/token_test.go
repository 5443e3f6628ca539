package login

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

func TestToken_secret(t *testing.T) {
	t.Parallel()
	tn := newTenant(t)
	answer, response := tn.token()
	claims := accepted(t, answer, response)
	if answer.TokenType != "Bearer" || string(answer.ExpiresIn) != "3599" {
		t.Errorf("answered %+v", answer)
	}
	if response.Header.Get("Cache-Control") != "no-store, no-cache" || !strings.HasPrefix(response.Header.Get("Content-Type"), "application/json") {
		t.Errorf("headers %v", response.Header)
	}
	want := map[string]any{
		"aud": "https://graph.microsoft.com", "iss": "https://sts.windows.net/" + tenantID + "/", "idp": "https://sts.windows.net/" + tenantID + "/",
		"appid": clientID, "appidacr": "1", "app_displayname": "deployer", "idtyp": "app", "oid": servicePrincipal, "sub": servicePrincipal,
		"tid": tenantID, "ver": "1.0",
	}
	for name, value := range want {
		if claims[name] != value {
			t.Errorf("%s is %v, want %v", name, claims[name], value)
		}
	}
	if roles := claims["roles"]; len(roles.([]any)) != 2 {
		t.Errorf("roles are %v", roles)
	}
	if wids := claims["wids"].([]any); len(wids) != 2 || wids[1] != defaultDirectoryRole {
		t.Errorf("wids are %v", wids)
	}
	if life := claims["exp"].(float64) - claims["iat"].(float64); life != 3900 {
		t.Errorf("valid for %v s", life)
	}
	// As any resource server would: with the published keys alone.
	var set jose.JSONWebKeySet
	tn.get("/"+tenantID+"/discovery/v2.0/keys", &set)
	token, err := jwt.ParseSigned(answer.AccessToken, []jose.SignatureAlgorithm{jose.RS256})
	if err != nil {
		t.Fatal(err)
	}
	if err := token.Claims(&set, &claims); err != nil {
		t.Errorf("the published keys do not verify the token: %v", err)
	}
}

func TestToken_resources(t *testing.T) {
	t.Parallel()
	tn := newTenant(t)
	tests := []struct{ scope, audience, version string }{
		{"https://graph.microsoft.com/.default", "https://graph.microsoft.com", "1.0"},
		{"https://graph.microsoft.com//.default", "https://graph.microsoft.com/", "1.0"},
		{".default", "https://graph.microsoft.com", "1.0"},
		{graphAppID + "/.default", graphAppID, "1.0"},
		{tn.server.URL + "/.default", tn.server.URL, "1.0"},
		{tn.server.URL + "//.default", tn.server.URL + "/", "1.0"},
		{"https://management.azure.com/.default", "https://management.azure.com", "1.0"},
		{"https://management.azure.com//.default", "https://management.azure.com/", "1.0"},
		{"https://management.core.windows.net//.default", "https://management.core.windows.net/", "1.0"},
		{"api://contoso/api/.default", apiClientID, "2.0"},
		{apiClientID + "/.default", apiClientID, "2.0"},
	}
	for _, test := range tests {
		answer, response := tn.token("scope", test.scope)
		claims := accepted(t, answer, response)
		if claims["aud"] != test.audience || claims["ver"] != test.version {
			t.Errorf("%s gives aud %v, ver %v", test.scope, claims["aud"], claims["ver"])
		}
		if test.version == "2.0" && (claims["iss"] != tn.server.URL+"/"+tenantID+"/v2.0" || claims["azp"] != clientID || claims["azpacr"] != "1" || claims["appid"] != nil) {
			t.Errorf("%s gives %v", test.scope, claims)
		}
		if claims["aud"] != "https://graph.microsoft.com" && strings.HasPrefix(test.scope, "https://management") && claims["roles"] != nil {
			t.Errorf("%s gives the roles of another resource: %v", test.scope, claims["roles"])
		}
	}
}

func TestToken_version1(t *testing.T) {
	t.Parallel()
	tn := newTenant(t)
	form := url.Values{"grant_type": {"client_credentials"}, "client_id": {clientID}, "client_secret": {goodSecret}, "resource": {"https://management.azure.com/"}}
	answer, response := tn.post("/contoso.example/oauth2/token", form)
	claims := accepted(t, answer, response)
	if claims["aud"] != "https://management.azure.com/" || answer.Resource != "https://management.azure.com/" || string(answer.ExpiresIn) != `"3599"` {
		t.Errorf("answered %+v with aud %v", answer, claims["aud"])
	}
	if on, err := strconv.ParseInt(answer.ExpiresOn, 10, 64); err != nil || time.Until(time.Unix(on, 0)) < 50*time.Minute {
		t.Errorf("expires on %s", answer.ExpiresOn)
	}
	form.Del("resource")
	answer, response = tn.post("/contoso.example/oauth2/token", form)
	refused(t, answer, response, 400, "invalid_request", 900144, "'resource'")
}

func TestToken_basicHeader(t *testing.T) {
	t.Parallel()
	tn := newTenant(t)
	form := url.Values{"grant_type": {"client_credentials"}, "scope": {graphScope}}
	basic := func(id, secret string) string {
		request, _ := http.NewRequest(http.MethodPost, "/", nil)
		request.SetBasicAuth(url.QueryEscape(id), url.QueryEscape(secret))
		return request.Header.Get("Authorization")
	}
	path := "/" + tenantID + "/oauth2/v2.0/token"
	answer, response := tn.post(path, form, "Authorization", basic(clientID, goodSecret))
	accepted(t, answer, response)
	answer, response = tn.post(path, form, "Authorization", basic(clientID, "wrong"))
	refused(t, answer, response, 401, "invalid_client", 7000215, "Invalid client secret provided.")
	form.Set("client_id", apiClientID)
	answer, response = tn.post(path, form, "Authorization", basic(clientID, goodSecret))
	refused(t, answer, response, 400, "invalid_request", 90100, "client_id")
}

func TestToken_refusals(t *testing.T) {
	t.Parallel()
	const nobody = "99999999-9999-4999-8999-999999999999"
	yesterday, tomorrow := time.Now().Add(-24*time.Hour), time.Now().Add(24*time.Hour)
	tests := []struct {
		name    string
		change  func(*Client)
		request []string
		status  int
		oauth   string
		code    int
		says    string
	}{
		{"no grant", nil, []string{"grant_type", ""}, 400, "invalid_request", 900144, "must contain the following parameter: 'grant_type'"},
		{"no client", nil, []string{"client_id", ""}, 400, "invalid_request", 900144, "'client_id'"},
		{"no scope", nil, []string{"scope", ""}, 400, "invalid_request", 900144, "'scope'"},
		{"blank scope", nil, []string{"scope", " "}, 400, "invalid_request", 900144, "'scope'"},
		{"other grant", nil, []string{"grant_type", "password"}, 400, "unsupported_grant_type", 70003, "unsupported grant type 'password'"},
		{"several scopes", nil, []string{"scope", graphScope + " https://management.azure.com/.default"}, 400, "invalid_scope", 70011, "The scope " + graphScope + " https://management.azure.com/.default is not valid."},
		{"no resource in scope", nil, []string{"scope", "/.default"}, 400, "invalid_scope", 70011, "The scope /.default is not valid."},
		{"OpenID scopes", nil, []string{"scope", "openid profile"}, 400, "invalid_scope", 70011, "The scope openid profile is not valid."},
		{"delegated scope", nil, []string{"scope", "User.Read"}, 400, "invalid_scope", 1002012, "The provided value for scope User.Read is not valid. Client credential flows must have a scope value with /.default suffixed"},
		{"unknown client", nil, []string{"client_id", nobody}, 400, "unauthorized_client", 700016, "Application with identifier '" + nobody + "' was not found in the directory 'Contoso'."},
		{"no service principal", func(c *Client) { c.ServicePrincipalID = "" }, nil, 401, "invalid_client", 7000229, "The client application " + clientID + " is missing service principal in the tenant " + tenantID},
		{"disabled", func(c *Client) { c.Enabled = false }, nil, 400, "unauthorized_client", 7000112, "Application '" + clientID + "'(deployer) is disabled."},
		{"personal accounts only", func(c *Client) { c.SignInAudience = "PersonalMicrosoftAccount" }, nil, 400, "invalid_request", 9002331, "Microsoft Account users only"},
		{"no credential", nil, []string{"client_secret", ""}, 401, "invalid_client", 7000216, "'client_assertion', 'client_secret' or 'request' is required for the 'client_credentials' grant type."},
		{"public client", func(c *Client) { c.Public, c.Secrets = true, nil }, nil, 401, "invalid_client", 700025, "Client is public so neither 'client_assertion' nor 'client_secret' should be presented."},
		{"wrong secret", nil, []string{"client_secret", "wrong"}, 401, "invalid_client", 7000215, "Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '" + clientID + "'."},
		{"secret's id", nil, []string{"client_secret", "1"}, 401, "invalid_client", 7000215, "Invalid client secret"},
		{"expired secret", func(c *Client) { c.Secrets[0].End = yesterday }, nil, 401, "invalid_client", 7000222, "The provided client secret keys for app '" + clientID + "' are expired."},
		{"secret of the future", func(c *Client) { c.Secrets[0].Start = tomorrow }, nil, 401, "invalid_client", 7000222, "are expired"},
		{"no assertion type", nil, []string{"client_secret", "", "client_assertion", "a.b.c"}, 400, "invalid_request", 900144, "'client_assertion_type'"},
		{"other assertion type", nil, []string{"client_secret", "", "client_assertion", "a.b.c", "client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:saml2-bearer"}, 400, "invalid_request", 90100, "client_assertion_type"},
		{"unknown resource", nil, []string{"scope", "api://nobody/.default"}, 400, "invalid_resource", 500011, "The resource principal named api://nobody was not found in the tenant named Contoso."},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			tn := newTenant(t)
			if test.change != nil {
				tn.change(test.change)
			}
			answer, response := tn.token(test.request...)
			refused(t, answer, response, test.status, test.oauth, test.code, test.says)
		})
	}
}

func TestToken_tenants(t *testing.T) {
	t.Parallel()
	tn := newTenant(t)
	form := url.Values{"grant_type": {"client_credentials"}, "client_id": {strings.ToUpper(clientID)}, "client_secret": {goodSecret}, "scope": {graphScope}}
	for _, tenant := range []string{tenantID, strings.ToUpper(tenantID), "contoso.example"} {
		answer, response := tn.post("/"+tenant+"/oauth2/v2.0/token", form)
		if claims := accepted(t, answer, response); claims["tid"] != tenantID || claims["appid"] != clientID {
			t.Errorf("%s gives %v", tenant, claims)
		}
	}
	answer, response := tn.post("/nobody.example/oauth2/v2.0/token", form)
	refused(t, answer, response, 400, "invalid_request", 90002, "Tenant 'nobody.example' not found.")
	answer, response = tn.post("/common/oauth2/v2.0/token", form)
	refused(t, answer, response, 400, "invalid_request", 50059, "No tenant-identifying information found")
	got := tn.get("/"+tenantID+"/oauth2/v2.0/token", &answer)
	refused(t, answer, got, 400, "invalid_request", 900561, "only accepts POST requests. Received a GET request.")
}

func TestToken_resourceRules(t *testing.T) {
	t.Parallel()
	tn := newTenant(t)
	api := &tn.dir.resources[2]
	api.AssignmentRequired = true
	answer, response := tn.token("scope", "api://contoso/api/.default")
	refused(t, answer, response, 400, "invalid_grant", 501051, "Application '"+clientID+"'(deployer) is not assigned to a role for the application 'api://contoso/api'(api).")
	tn.dir.roles[servicePrincipal+" "+apiPrincipal] = nil
	answer, response = tn.token("scope", "api://contoso/api/.default")
	if claims := accepted(t, answer, response); claims["roles"] != nil {
		t.Errorf("roles are %v", claims["roles"])
	}
	api.Enabled = false
	answer, response = tn.token("scope", "api://contoso/api/.default")
	refused(t, answer, response, 400, "invalid_resource", 500014, "service principal for resource 'api://contoso/api' is disabled")
}

func TestToken_severalSecrets(t *testing.T) {
	t.Parallel()
	tn := newTenant(t)
	tn.change(func(c *Client) {
		c.Secrets = []Secret{{Text: "old", End: time.Now().Add(-time.Hour)}, {Text: "new"}, {Text: "old", End: time.Now().Add(time.Hour)}}
	})
	for _, secret := range []string{"new", "old"} { // a text that one entry has expired with may live on in another
		answer, response := tn.token("client_secret", secret)
		accepted(t, answer, response)
	}
}

func TestToken_refusalBody(t *testing.T) {
	t.Parallel()
	tn := newTenant(t)
	const correlation = "abcdef01-2345-4789-abcd-ef0123456789"
	form := url.Values{"grant_type": {"client_credentials"}, "client_id": {clientID}, "client_secret": {"wrong"}, "scope": {graphScope}}
	answer, response := tn.post("/"+tenantID+"/oauth2/v2.0/token", form, "client-request-id", correlation, "return-client-request-id", "true")
	if answer.CorrelationID != correlation || response.Header.Get("client-request-id") != correlation {
		t.Errorf("correlation is %s, header %s", answer.CorrelationID, response.Header.Get("client-request-id"))
	}
	if answer.TraceID == "" || answer.TraceID != response.Header.Get("x-ms-request-id") {
		t.Errorf("trace is %q, header %q", answer.TraceID, response.Header.Get("x-ms-request-id"))
	}
	if _, err := time.Parse("2006-01-02 15:04:05Z", answer.Timestamp); err != nil {
		t.Error(err)
	}
	if answer.URI != "https://login.microsoftonline.com/error?code=7000215" {
		t.Errorf("error_uri is %s", answer.URI)
	}
	end := " Trace ID: " + answer.TraceID + " Correlation ID: " + correlation + " Timestamp: " + answer.Timestamp
	if !strings.HasPrefix(answer.Description, "AADSTS7000215: ") || !strings.HasSuffix(answer.Description, end) {
		t.Errorf("says %q", answer.Description)
	}
	other, _ := tn.token("client_secret", "wrong", "client-request-id", correlation)
	if other.CorrelationID != correlation || other.TraceID == answer.TraceID {
		t.Errorf("in the form, correlation is %s and trace %s", other.CorrelationID, other.TraceID)
	}
}

func TestVerify(t *testing.T) {
	t.Parallel()
	tn := newTenant(t)
	for _, scope := range []string{graphScope, "api://contoso/api/.default"} {
		answer, response := tn.token("scope", scope)
		accepted(t, answer, response)
		for range 2 { // the second time from memory
			claims, err := tn.login.Verify(answer.AccessToken)
			if err != nil {
				t.Fatal(err)
			}
			if claims.ClientID != clientID || claims.ObjectID != servicePrincipal || claims.TenantID != tenantID || claims.TokenID == "" {
				t.Errorf("%s: %+v", scope, claims)
			}
		}
	}
	answer, _ := tn.token()
	parts := strings.Split(answer.AccessToken, ".")
	claims := map[string]any{}
	if err := decodePart(parts[1], &claims); err != nil {
		t.Fatal(err)
	}
	claims["roles"] = []string{"Everything"}
	ownHeader := map[jose.HeaderKey]any{"kid": tn.login.key.ID}
	foreign := map[string]any{"iss": "https://sts.windows.net/" + clientID + "/", "exp": time.Now().Add(time.Hour).Unix(), "nbf": 0}
	early := map[string]any{"iss": tn.login.issuerV1(), "exp": time.Now().Add(time.Hour).Unix(), "nbf": time.Now().Add(time.Minute).Unix()}
	for name, token := range map[string]string{
		"empty":        "",
		"garbage":      "a.b.c",
		"cut":          parts[0] + "." + parts[1] + ".",
		"other key":    sign(t, jose.RS256, rsaKey(t, "client"), ownHeader, claims),
		"other tenant": sign(t, jose.RS256, tn.login.key.Private, ownHeader, foreign),
		"too early":    sign(t, jose.RS256, tn.login.key.Private, ownHeader, early),
		"other method": sign(t, jose.PS256, tn.login.key.Private, ownHeader, claims),
		"HMAC":         sign(t, jose.HS256, []byte(tn.login.key.ID+strings.Repeat("x", 32)), ownHeader, claims),
	} {
		if _, err := tn.login.Verify(token); err != ErrInvalid { //nolint:errorlint // returned as it is
			t.Errorf("%s: %v", name, err)
		}
	}
	tn.advance(59 * time.Minute)
	if _, err := tn.login.Verify(answer.AccessToken); err != nil {
		t.Errorf("within its hour: %v", err)
	}
	tn.advance(2 * time.Minute)
	if _, err := tn.login.Verify(answer.AccessToken); err != ErrExpired { //nolint:errorlint // returned as it is
		t.Errorf("after its hour: %v", err)
	}
}

func TestVerify_forgets(t *testing.T) {
	t.Parallel()
	tn := newTenant(t)
	for i := range maxVerified + 10 {
		tn.login.remember([32]byte{byte(i), byte(i >> 8)}, Claims{})
	}
	if n := len(tn.login.verified); n > maxVerified {
		t.Errorf("remembers %d tokens", n)
	}
}

func TestNumericDate(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int64{"1.5": 1, "1700000000": 1700000000} {
		var n numericDate
		if err := json.Unmarshal([]byte(text), &n); err != nil || n.time().Unix() != want {
			t.Errorf("%s is %v", text, n.time())
		}
	}
	for _, text := range []string{"-1", "1e300"} {
		var n numericDate
		if err := json.Unmarshal([]byte(text), &n); err != nil || n.time() != nil {
			t.Errorf("%s is %v", text, n.time())
		}
	}
}
