package login

import (
	"net/http"
	"testing"

	"github.com/go-jose/go-jose/v4"
)

func TestDiscovery_openIDConfiguration(t *testing.T) {
	t.Parallel()
	tn := newTenant(t)
	origin := tn.server.URL
	tests := []struct{ path, issuer, token, keys string }{
		{"/" + tenantID + "/v2.0/.well-known/openid-configuration", origin + "/" + tenantID + "/v2.0", origin + "/" + tenantID + "/oauth2/v2.0/token", origin + "/" + tenantID + "/discovery/v2.0/keys"},
		{"/contoso.example/v2.0/.well-known/openid-configuration", origin + "/" + tenantID + "/v2.0", origin + "/" + tenantID + "/oauth2/v2.0/token", origin + "/" + tenantID + "/discovery/v2.0/keys"},
		{"/common/v2.0/.well-known/openid-configuration", origin + "/{tenantid}/v2.0", origin + "/common/oauth2/v2.0/token", origin + "/common/discovery/v2.0/keys"},
		{"/" + tenantID + "/.well-known/openid-configuration", "https://sts.windows.net/" + tenantID + "/", origin + "/" + tenantID + "/oauth2/token", origin + "/" + tenantID + "/discovery/keys"},
	}
	for _, test := range tests {
		var document struct {
			Issuer        string
			Authorization string `json:"authorization_endpoint"`
			Token         string `json:"token_endpoint"`
			Keys          string `json:"jwks_uri"`
		}
		response := tn.get(test.path, &document)
		if response.StatusCode != http.StatusOK || document.Issuer != test.issuer || document.Token != test.token || document.Keys != test.keys || document.Authorization == "" {
			t.Errorf("%s answered %d %+v", test.path, response.StatusCode, document)
		}
		var set jose.JSONWebKeySet
		tn.get(document.Keys[len(origin):], &set)
		if len(set.Keys) != 1 || set.Keys[0].KeyID != tn.login.key.ID || !set.Keys[0].IsPublic() {
			t.Errorf("%s holds %v", document.Keys, set.Keys)
		}
	}
}

func TestDiscovery_unknownTenant(t *testing.T) {
	t.Parallel()
	tn := newTenant(t)
	for _, path := range []string{"/nobody.example/v2.0/.well-known/openid-configuration", "/nobody.example/.well-known/openid-configuration", "/nobody.example/discovery/v2.0/keys"} {
		var answer tokenAnswer
		response := tn.get(path, &answer)
		refused(t, answer, response, 400, "invalid_tenant", 90002, "Tenant 'nobody.example' not found.")
	}
}

func TestDiscovery_instance(t *testing.T) {
	t.Parallel()
	tn := newTenant(t)
	own := tn.server.Listener.Addr().String()
	for _, host := range []string{own, "login.microsoftonline.com"} {
		var answer struct {
			Endpoint string `json:"tenant_discovery_endpoint"`
			Metadata []struct{ Aliases []string }
		}
		tn.get("/common/discovery/instance?api-version=1.1&authorization_endpoint=https%3A%2F%2F"+host+"%2F"+tenantID+"%2Foauth2%2Fv2.0%2Fauthorize", &answer)
		if answer.Endpoint != "https://"+host+"/"+tenantID+"/v2.0/.well-known/openid-configuration" || len(answer.Metadata) != 2 || answer.Metadata[0].Aliases[0] != own {
			t.Errorf("for %s: %+v", host, answer)
		}
	}
	var answer tokenAnswer
	for _, endpoint := range []string{"https://evil.example/x/oauth2/v2.0/authorize", "http://" + own + "/x", "%3A"} {
		response := tn.get("/common/discovery/instance?authorization_endpoint="+endpoint, &answer)
		refused(t, answer, response, 400, "invalid_instance", 50049, "Unknown or invalid instance")
	}
	response := tn.get("/common/discovery/instance", &answer)
	refused(t, answer, response, 400, "invalid_request", 900144, "authorization_endpoint")
}

func TestLogin_Matches(t *testing.T) {
	t.Parallel()
	tn := newTenant(t)
	for path, want := range map[string]bool{
		"/" + tenantID + "/oauth2/v2.0/token":   true,
		"/anything/oauth2/token":                true,
		"//" + tenantID + "//oauth2/v2.0/token": true,
		"/common/discovery/instance":            true,
		"/metadata/endpoints":                   false,
		"/v1.0/applications":                    false,
		"/beta/servicePrincipals":               false,
		"/oauth2/v2.0/token":                    false,
		"//oauth2/v2.0/token":                   false,
		"/a/b/oauth2/v2.0/token":                false,
		"/":                                     false,
	} {
		if got := tn.login.Matches(path); got != want {
			t.Errorf("Matches(%s) = %v", path, got)
		}
	}
}
