package emulator_test

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator"
)

const managementScope = "https://management.azure.com/.default"

// tokenFor gets a token as the seeded caller.
func (c *client) tokenFor(scope string) string {
	c.t.Helper()
	answer := c.do(http.MethodPost, "/"+emulator.DefaultTenantID+"/oauth2/v2.0/token", url.Values{
		"grant_type": {"client_credentials"}, "scope": {scope},
		"client_id": {emulator.CallerClientID}, "client_secret": {emulator.CallerClientSecret},
	}.Encode(), "Content-Type", "application/x-www-form-urlencoded").want(http.StatusOK)
	return answer.body["access_token"].(string)
}

func (c *client) bearing(token string) *client {
	other := *c
	other.token = token
	return &other
}

func TestResourceManager_subscriptionsAndTenants(t *testing.T) {
	t.Parallel()
	c := start(t)
	described := func(id, name string) string {
		return `{"id":"/subscriptions/` + id + `","authorizationSource":"RoleBased","managedByTenants":[],
		"subscriptionId":"` + id + `","tenantId":"` + emulator.DefaultTenantID + `","displayName":"` + name + `","state":"Enabled",
		"subscriptionPolicies":{"locationPlacementId":"Public_2014-09-01","quotaId":"PayAsYouGo_2014-09-01","spendingLimit":"Off"}}`
	}
	local := described(emulator.SubscriptionID, "Local subscription")
	// Clients that go by the cloud's metadata ask for a token of Resource Manager's address.
	for _, scope := range []string{managementScope, "https://management.core.windows.net//.default", c.server.URL + "/.default", c.server.URL + "//.default"} {
		manager := c.bearing(c.tokenFor(scope))
		answer := manager.get("/subscriptions?api-version=2022-12-01").want(http.StatusOK)
		same(t, "subscriptions of "+scope, any(answer.body), `{"value":[`+local+`]}`)
		if answer.header.Get("x-ms-request-id") == "" {
			t.Errorf("headers %v", answer.header)
		}
	}
	manager := c.bearing(c.tokenFor(managementScope))
	same(t, "tenants", any(manager.get("/tenants?api-version=2022-12-01").want(http.StatusOK).body), `{"value":[{
		"id":"/tenants/`+emulator.DefaultTenantID+`","tenantId":"`+emulator.DefaultTenantID+`","tenantCategory":"Home",
		"displayName":"Local tenant","domains":["entralocal.onmicrosoft.com","example.com"],
		"defaultDomain":"entralocal.onmicrosoft.com","tenantType":"AAD"}]}`)

	const id = "12345678-0000-4000-8000-00000000000a"
	seeded := described(id, "Shop")
	c.post("/_local/seed", `{"subscriptions":[{"id":"`+id+`","displayName":"Shop"}]}`).want(http.StatusNoContent)
	c.post("/_local/seed", `{"subscriptions":[{"id":"`+id+`","displayName":5}]}`).want(http.StatusBadRequest)
	same(t, "seeded", any(manager.get("/subscriptions?api-version=2020-01-01").want(http.StatusOK).body), `{"value":[`+seeded+`,`+local+`]}`)
	same(t, "one", any(manager.get("/Subscriptions/"+strings.ToUpper(id)+"?api-version=2020-01-01").want(http.StatusOK).body), seeded)

	snapshot := c.get("/_local/snapshot").want(http.StatusOK).raw
	c.post("/_local/reset", "").want(http.StatusNoContent)
	manager.get("/subscriptions/" + id + "?api-version=2020-01-01").want(http.StatusNotFound)
	c.do(http.MethodPut, "/_local/snapshot", string(snapshot)).want(http.StatusNoContent)
	manager.get("/subscriptions/" + id + "?api-version=2020-01-01").want(http.StatusOK)
}

func TestResourceManager_refusals(t *testing.T) {
	t.Parallel()
	var logged lockedBuffer
	const subscription = "12345678-0000-4000-8000-00000000000a"
	c := start(t, func(o *emulator.Options) { o.Logger = slog.New(slog.NewTextHandler(&logged, nil)) })
	c.post("/_local/seed", `{"subscriptions":[{"id":"`+subscription+`"}]}`).want(http.StatusNoContent)
	manager := c.bearing(c.tokenFor(managementScope))
	const base = "/subscriptions/" + subscription
	for _, test := range []struct {
		method, path string
		status       int
		code         string
	}{
		{"GET", "/subscriptions", 400, "MissingApiVersionParameter"},
		{"GET", "/subscriptions?api-version=2022-13-01", 400, "InvalidApiVersionParameter"},
		{"POST", "/subscriptions?api-version=2022-12-01", 405, "HttpMethodNotAllowed"},
		{"GET", "/subscriptions/nonsense?api-version=2022-12-01", 400, "InvalidSubscriptionId"},
		{"GET", "/subscriptions/12345678-0000-4000-8000-00000000000b?api-version=2022-12-01", 404, "SubscriptionNotFound"},
		{"GET", "/subscriptions/12345678-0000-4000-8000-00000000000b/resourceGroups?api-version=2022-12-01", 404, "SubscriptionNotFound"},
		{"GET", base + "/deployments?api-version=2022-12-01", 404, "InvalidResourceType"},
		{"GET", base + "/resourceGroups?api-version=yesterday", 400, "InvalidApiVersionParameter"},
		{"POST", base + "/resourceGroups?api-version=2022-12-01", 405, "HttpMethodNotAllowed"},
		{"GET", base + "/providers/Microsoft.ManagedIdentity/userAssignedIdentities?api-version=2017-01-01", 400, "NoRegisteredProviderFound"},
		{"GET", base + "/providers/Microsoft.ManagedIdentity/identities?api-version=2024-11-30", 404, "InvalidResourceType"},
		{"PUT", base + "/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/a?api-version=2023-01-01", 404, "InvalidResourceNamespace"},
		{"GET", "/providers/Microsoft.Subscription/subscriptions?api-version=2020-05-01", 404, "InvalidResourceNamespace"},
		{"GET", "/providers/Microsoft.Management/managementGroups?api-version=2017-01-01", 400, "NoRegisteredProviderFound"},
		{"GET", "/providers/Microsoft.Management/managementGroups/other?api-version=2020-05-01", 403, "AuthorizationFailed"},
		{"GET", "/providers?api-version=2020-05-01", 404, "MissingSubscription"},
		{"GET", "/tenants/x/providers?api-version=2020-05-01", 404, "MissingSubscription"},
		{"GET", base + "/providers?api-version=2020-05-01", 404, "InvalidResourceType"},
		{"GET", "/metadata/endpoints", 400, "MissingApiVersionParameter"},
		{"POST", "/metadata/endpoints?api-version=2022-09-01", 405, "HttpMethodNotAllowed"},
	} {
		answer := manager.do(test.method, test.path, "").want(test.status)
		if code := answer.at("error", "code"); code != test.code || answer.at("error", "message") == "" {
			t.Errorf("%s %s: %s", test.method, test.path, answer.raw)
		}
	}
	for _, want := range []string{`msg="not implemented here" method=PUT path=` + base + "/resourceGroups/g/providers/Microsoft.Storage", "path=" + base + "/providers"} {
		if !strings.Contains(logged.String(), want) {
			t.Errorf("the log lacks %s:\n%s", want, logged.String())
		}
	}
}

func TestResourceManager_unauthenticated(t *testing.T) {
	t.Parallel()
	var late atomic.Int64
	c := start(t, func(o *emulator.Options) {
		o.Now = func() time.Time { return time.Now().Add(time.Duration(late.Load())) }
	})
	token := c.tokenFor(managementScope)
	for _, test := range []struct{ authorization, code, message string }{
		{"", "AuthenticationFailed", "Authentication failed. The 'Authorization' header is missing."},
		{"Basic abc", "AuthenticationFailed", "Authentication failed. The 'Authorization' header is provided in an invalid format."},
		{"Bearer abc", "InvalidAuthenticationToken", "The access token is invalid."},
		{"Bearer " + token[:len(token)-8] + "AAAAAAAA", "InvalidAuthenticationToken", "The access token is invalid."},
		{
			"Bearer " + c.tokenFor("https://graph.microsoft.com/.default"), "InvalidAuthenticationTokenAudience",
			"The access token has been obtained for wrong audience or resource 'https://graph.microsoft.com'. It should exactly match with one of the allowed audiences 'https://management.core.windows.net/','https://management.core.windows.net','https://management.azure.com/','https://management.azure.com'.",
		},
	} {
		answer := c.get("/subscriptions?api-version=2022-12-01", "Authorization", test.authorization).want(http.StatusUnauthorized)
		same(t, "with "+test.authorization, any(answer.body), `{"error":{"code":"`+test.code+`","message":"`+test.message+`"}}`)
		want := `Bearer authorization_uri="` + c.server.URL + "/" + emulator.DefaultTenantID + `", error="invalid_token", error_description="` + test.message + `"`
		if got := answer.header.Get("WWW-Authenticate"); got != want {
			t.Errorf("WWW-Authenticate is %s, want %s", got, want)
		}
	}
	late.Store(int64(2 * time.Hour))
	answer := c.bearing(token).get("/tenants?api-version=2022-12-01").want(http.StatusUnauthorized)
	if answer.at("error", "code") != "ExpiredAuthenticationToken" || !strings.HasPrefix(answer.at("error", "message").(string), "The access token expiry UTC time '") {
		t.Errorf("expired: %s", answer.raw)
	}
}

func TestResourceManager_metadata(t *testing.T) {
	t.Parallel()
	c := start(t).bearing("nonsense") // nobody has signed in yet
	one := c.get("/metadata/endpoints?api-version=2022-09-01").want(http.StatusOK)
	origin := c.server.URL
	for _, test := range []struct {
		path []any
		want string
	}{
		{[]any{"name"}, "EntraLocal"},
		{[]any{"resourceManager"}, origin + "/"},
		{[]any{"authentication", "loginEndpoint"}, origin},
		{[]any{"microsoftGraphResourceId"}, origin + "/"},
	} {
		if got := one.at(test.path...); got != test.want {
			t.Errorf("%v is %v, want %s", test.path, got, test.want)
		}
	}
	var clouds []map[string]any
	if err := json.Unmarshal(c.get("/metadata/endpoints?api-version=2019-05-01").want(http.StatusOK).raw, &clouds); err != nil {
		t.Fatal(err)
	}
	if len(clouds) != 1 || clouds[0]["resourceManager"] != origin+"/" {
		t.Errorf("2019-05-01: %v", clouds)
	}
	first := c.get("/metadata/endpoints?api-version=2015-01-01").want(http.StatusOK)
	if first.at("authentication", "loginEndpoint") != origin || first.at("graphEndpoint") == "" {
		t.Errorf("2015-01-01: %s", first.raw)
	}
}

// lockedBuffer can be read while the tenant logs.
type lockedBuffer struct {
	mutex  sync.Mutex
	buffer bytes.Buffer
}

func (b *lockedBuffer) Write(content []byte) (int, error) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	return b.buffer.Write(content)
}

func (b *lockedBuffer) String() string {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	return b.buffer.String()
}
