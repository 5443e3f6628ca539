package login

import (
	"net/url"
	"strings"

	"github.com/go-jose/go-jose/v4"
)

// openIDConfigurationV2 answers GET /{tenant}/v2.0/.well-known/openid-configuration.
func (l *Login) openIDConfigurationV2(e *exchange, tenant string) *failure {
	segment, f := l.segment(tenant)
	if f != nil {
		return f
	}
	base := l.origin + "/" + segment
	issuerTenant := segment
	if isAnyTenant(tenant) {
		issuerTenant = "{tenantid}"
	}
	return e.answer(l.openIDConfiguration(map[string]any{
		"issuer":                        l.origin + "/" + issuerTenant + "/v2.0",
		"authorization_endpoint":        base + "/oauth2/v2.0/authorize",
		"token_endpoint":                base + "/oauth2/v2.0/token",
		"device_authorization_endpoint": base + "/oauth2/v2.0/devicecode",
		"end_session_endpoint":          base + "/oauth2/v2.0/logout",
		"jwks_uri":                      base + "/discovery/v2.0/keys",
		"scopes_supported":              []string{"openid", "profile", "email", "offline_access"},
	}))
}

// openIDConfigurationV1 answers GET /{tenant}/.well-known/openid-configuration.
func (l *Login) openIDConfigurationV1(e *exchange, tenant string) *failure {
	segment, f := l.segment(tenant)
	if f != nil {
		return f
	}
	base := l.origin + "/" + segment
	issuerTenant := segment
	if isAnyTenant(tenant) {
		issuerTenant = "{tenantid}"
	}
	return e.answer(l.openIDConfiguration(map[string]any{
		"issuer":                        "https://sts.windows.net/" + issuerTenant + "/",
		"authorization_endpoint":        base + "/oauth2/authorize",
		"token_endpoint":                base + "/oauth2/token",
		"device_authorization_endpoint": base + "/oauth2/devicecode",
		"end_session_endpoint":          base + "/oauth2/logout",
		"jwks_uri":                      base + "/discovery/keys",
		"scopes_supported":              []string{"openid"},
	}))
}

func (l *Login) openIDConfiguration(document map[string]any) map[string]any {
	document["token_endpoint_auth_methods_supported"] = []string{"client_secret_post", "private_key_jwt", "client_secret_basic"}
	document["response_modes_supported"] = []string{"query", "fragment", "form_post"}
	document["response_types_supported"] = []string{"code", "id_token", "code id_token", "id_token token"}
	document["subject_types_supported"] = []string{"pairwise"}
	document["id_token_signing_alg_values_supported"] = []string{"RS256"}
	document["request_uri_parameter_supported"] = false
	document["userinfo_endpoint"] = l.origin + "/oidc/userinfo"
	document["http_logout_supported"] = true
	document["frontchannel_logout_supported"] = true
	document["claims_supported"] = []string{"sub", "iss", "aud", "exp", "iat", "tid", "ver"}
	document["tenant_region_scope"] = "WW"
	document["cloud_instance_name"] = "microsoftonline.com"
	document["cloud_graph_host_name"] = "graph.windows.net"
	document["msgraph_host"] = "graph.microsoft.com"
	document["rbac_url"] = "https://pas.windows.net"
	return document
}

// segment is how the tenant in a path appears in the URLs of a discovery document: by its id, unless it stands for
// any tenant.
func (l *Login) segment(tenant string) (string, *failure) {
	switch {
	case isAnyTenant(tenant):
		return tenant, nil
	case l.isTenant(tenant):
		return l.directory.TenantID(), nil
	}
	f := unknownTenant(tenant)
	f.oauth = "invalid_tenant"
	return "", f
}

// keySet answers GET /{tenant}/discovery/v2.0/keys.
func (l *Login) keySet(e *exchange, tenant string) *failure {
	if _, f := l.segment(tenant); f != nil {
		return f
	}
	return e.answer(l.ownKeys())
}

func (l *Login) ownKeys() jose.JSONWebKeySet {
	return jose.JSONWebKeySet{Keys: []jose.JSONWebKey{l.key.Public()}}
}

// publicHosts are the names of the login service in the public cloud, which instance discovery knows as one.
var publicHosts = []string{"login.microsoftonline.com", "login.windows.net", "login.microsoft.com", "sts.windows.net"}

// instanceDiscovery answers GET /common/discovery/instance, by which a client makes sure that an authority is of
// Microsoft: here, that it is this tenant's. Clients that ask for it at login.microsoftonline.com, whatever their
// authority, reach it when that name leads here.
func (l *Login) instanceDiscovery(e *exchange, _ string) *failure {
	query := e.r.URL.Query()
	given := query.Get("authorization_endpoint")
	if given == "" {
		return invalidRequest(900144, "The request body must contain the following parameter: 'authorization_endpoint'.")
	}
	authority, err := url.Parse(given)
	if err != nil || authority.Scheme != "https" {
		return invalidInstance()
	}
	own := strings.TrimPrefix(l.origin, "https://")
	host := strings.ToLower(authority.Host)
	known := host == own
	for _, public := range publicHosts {
		known = known || host == public
	}
	if !known {
		return invalidInstance()
	}
	tenant, _, _ := strings.Cut(strings.TrimPrefix(authority.Path, "/"), "/")
	answer := map[string]any{
		"tenant_discovery_endpoint": "https://" + host + "/" + tenant + "/v2.0/.well-known/openid-configuration",
	}
	if query.Get("api-version") != "1.0" {
		answer["api-version"] = "1.1"
		answer["metadata"] = []map[string]any{
			{"preferred_network": own, "preferred_cache": own, "aliases": []string{own}},
			{"preferred_network": publicHosts[0], "preferred_cache": publicHosts[1], "aliases": publicHosts},
		}
	}
	return e.answer(answer)
}

func invalidInstance() *failure {
	return badRequest("invalid_instance", 50049, "Unknown or invalid instance.")
}
