package login

import (
	"crypto/subtle"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
)

// assertionType is the client_assertion_type of RFC 7523.
const assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

// expiresIn is how long a token can be used, in seconds, as the endpoint states it.
const expiresIn = 3599

// maxForm is more than any client's form, in bytes.
const maxForm = 1 << 20

// tokenV2 answers POST /{tenant}/oauth2/v2.0/token, where a scope names the resource.
func (l *Login) tokenV2(e *exchange, tenant string) *failure {
	form, f := l.form(e, tenant)
	if f != nil {
		return f
	}
	scope := form.Get("scope")
	if strings.TrimSpace(scope) == "" {
		return missingParameter("scope")
	}
	resource, f := scopeResource(scope)
	if f != nil {
		return f
	}
	token, f := l.clientCredentials(e, form, resource)
	if f != nil {
		return f
	}
	return e.answer(map[string]any{
		"token_type":     "Bearer",
		"expires_in":     expiresIn,
		"ext_expires_in": expiresIn,
		"access_token":   token,
	})
}

// tokenV1 answers POST /{tenant}/oauth2/token, where a parameter names the resource and numbers are strings.
func (l *Login) tokenV1(e *exchange, tenant string) *failure {
	form, f := l.form(e, tenant)
	if f != nil {
		return f
	}
	resource := form.Get("resource")
	if resource == "" {
		return missingParameter("resource")
	}
	token, f := l.clientCredentials(e, form, resource)
	if f != nil {
		return f
	}
	seconds := strconv.Itoa(expiresIn)
	now := l.now()
	return e.answer(map[string]any{
		"token_type":     "Bearer",
		"expires_in":     seconds,
		"ext_expires_in": seconds,
		"expires_on":     strconv.FormatInt(now.Add(expiresIn*time.Second).Unix(), 10),
		"not_before":     strconv.FormatInt(now.Add(-backdating).Unix(), 10),
		"resource":       resource,
		"access_token":   token,
	})
}

// form reads a token request as far as all grants have it in common.
func (l *Login) form(e *exchange, tenant string) (url.Values, *failure) {
	if e.r.Method != http.MethodPost {
		return nil, invalidRequest(900561, "The endpoint only accepts POST requests. Received a %s request.", e.r.Method)
	}
	if !l.isTenant(tenant) && !isAnyTenant(tenant) {
		return nil, unknownTenant(tenant)
	}
	e.r.Body = http.MaxBytesReader(e.w, e.r.Body, maxForm)
	if err := e.r.ParseForm(); err != nil {
		return nil, invalidRequest(90100, "The request body is empty or not valid: %s.", err)
	}
	form := e.r.PostForm
	if id, err := uuid.Parse(form.Get("client-request-id")); err == nil {
		e.correlationID = id.String()
	}
	switch grant := form.Get("grant_type"); {
	case grant == "":
		return nil, missingParameter("grant_type")
	case grant != "client_credentials":
		return nil, badRequest("unsupported_grant_type", 70003, "The app requested an unsupported grant type '%s'.", grant)
	case isAnyTenant(tenant):
		return nil, invalidRequest(50059, "No tenant-identifying information found in either the request or implied by any provided credentials.")
	}
	return form, nil
}

// scopeResource is the resource of a scope, which for client credentials is one <resource>/.default. MSAL adds the
// scopes of OpenID Connect to any request; without a user they mean nothing.
func scopeResource(scope string) (string, *failure) {
	scopes := slices.DeleteFunc(strings.Fields(scope), func(s string) bool {
		return s == "openid" || s == "profile" || s == "offline_access" || s == "email"
	})
	if len(scopes) != 1 || scopes[0] == "/.default" {
		return "", badRequest("invalid_scope", 70011, "The provided request must include a 'scope' input parameter. The provided value for the input parameter 'scope' is not valid. The scope %s is not valid.", scope)
	}
	if scopes[0] == ".default" { // a scope without a resource is of Microsoft Graph
		return graphResource, nil
	}
	resource, ok := strings.CutSuffix(scopes[0], "/.default")
	if !ok {
		return "", badRequest("invalid_scope", 1002012, "The provided value for scope %s is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).", scope)
	}
	return resource, nil
}

// clientCredentials authenticates the client of a request and returns a token for the resource.
func (l *Login) clientCredentials(e *exchange, form url.Values, resourceName string) (string, *failure) {
	clientID, secret, f := clientAuthentication(e.r, form)
	if f != nil {
		return "", f
	}
	tenant := l.directory.At(e.r.Context())
	client, f := l.client(tenant, clientID)
	if f != nil {
		return "", f
	}
	method, f := l.authenticate(e, client, form, secret)
	if f != nil {
		return "", f
	}
	return l.token(tenant, client, method, resourceName)
}

// client finds the application or managed identity with that client id, if it may have tokens in the tenant.
func (l *Login) client(tenant Directory, clientID string) (Client, *failure) {
	client, ok := tenant.Client(clientID)
	switch {
	case !ok:
		return Client{}, badRequest("unauthorized_client", 700016, "Application with identifier '%s' was not found in the directory '%s'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant.", clientID, l.directory.TenantName())
	case client.SignInAudience == "PersonalMicrosoftAccount":
		return Client{}, invalidRequest(9002331, "Application '%s'(%s) is configured for use by Microsoft Account users only. Please use the /consumers endpoint to serve this request.", client.ClientID, client.DisplayName)
	case client.ServicePrincipalID == "":
		return Client{}, invalidClient(7000229, "The client application %s is missing service principal in the tenant %s. See instructions here: https://go.microsoft.com/fwlink/?linkid=2225119", client.ClientID, l.directory.TenantID())
	case !client.Enabled:
		return Client{}, badRequest("unauthorized_client", 7000112, "Application '%s'(%s) is disabled.", client.ClientID, client.DisplayName)
	}
	return client, nil
}

// token issues a token for a resource to a client that is known to be who it says.
func (l *Login) token(tenant Directory, client Client, method method, resourceName string) (string, *failure) {
	resource, ok := l.resource(tenant, resourceName)
	switch {
	case !ok:
		return "", badRequest("invalid_resource", 500011, "The resource principal named %s was not found in the tenant named %s. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You might have sent your authentication request to the wrong tenant.", resourceName, l.directory.TenantName())
	case !resource.Enabled:
		return "", badRequest("invalid_resource", 500014, "The service principal for resource '%s' is disabled. This indicate that a subscription within the tenant has lapsed, or that the administrator for this tenant has disabled the application, preventing tokens from being issued for it.", resourceName)
	}
	roles, assigned := tenant.GrantedRoles(client.ServicePrincipalID, resource.ServicePrincipalID)
	if resource.AssignmentRequired && !assigned {
		return "", badRequest("invalid_grant", 501051, "Application '%s'(%s) is not assigned to a role for the application '%s'(%s).", client.ClientID, client.DisplayName, resourceName, resource.DisplayName)
	}
	token, err := l.issue(grant{client: client, method: method, resource: resource, audience: resourceName, roles: roles, directoryRoles: tenant.DirectoryRoles(client.ServicePrincipalID)})
	if err != nil {
		return "", &failure{http.StatusInternalServerError, "server_error", 90033, "A transient error has occurred. Please try again. " + err.Error()}
	}
	return token, nil
}

// clientAuthentication reads who the client says it is: in the form or, as RFC 6749 section 2.3.1 has it, in a Basic
// header.
func clientAuthentication(r *http.Request, form url.Values) (clientID, secret string, _ *failure) {
	clientID, secret = form.Get("client_id"), form.Get("client_secret")
	if user, password, ok := r.BasicAuth(); ok {
		user, userErr := url.QueryUnescape(user)
		password, passwordErr := url.QueryUnescape(password)
		if userErr != nil || passwordErr != nil {
			return "", "", invalidRequest(90100, "The Authorization header is empty or not valid.")
		}
		if clientID != "" && !strings.EqualFold(clientID, user) {
			return "", "", invalidRequest(90100, "client_id parameter is empty or not valid.")
		}
		clientID, secret = user, password
	}
	if clientID == "" {
		return "", "", missingParameter("client_id")
	}
	return clientID, secret, nil
}

// method is how a client proved who it is, as the claims appidacr and azpacr number it.
type method int

const (
	bySecret    method = 1
	byAssertion method = 2
)

func (l *Login) authenticate(e *exchange, client Client, form url.Values, secret string) (method, *failure) {
	assertion := form.Get("client_assertion")
	if secret == "" && assertion == "" {
		return 0, invalidClient(7000216, "'client_assertion', 'client_secret' or 'request' is required for the 'client_credentials' grant type.")
	}
	if client.Public && len(client.Secrets)+len(client.Keys)+len(client.FederatedCredentials) == 0 {
		return 0, invalidClient(700025, "Client is public so neither 'client_assertion' nor 'client_secret' should be presented.")
	}
	if assertion == "" {
		return bySecret, l.checkSecret(client, secret)
	}
	switch given := form.Get("client_assertion_type"); given {
	case assertionType:
		return byAssertion, l.checkAssertion(e.r.Context(), client, assertion)
	case "":
		return 0, missingParameter("client_assertion_type")
	default:
		return 0, invalidRequest(90100, "client_assertion_type parameter is empty or not valid.")
	}
}

func (l *Login) checkSecret(client Client, given string) *failure {
	expired := false
	for _, secret := range client.Secrets {
		if subtle.ConstantTimeCompare([]byte(secret.Text), []byte(given)) == 0 {
			continue
		}
		if within(l.now(), secret.Start, secret.End) {
			return nil
		}
		expired = true
	}
	if expired {
		return invalidClient(7000222, "The provided client secret keys for app '%s' are expired. Visit the Azure portal to create new keys for your app: https://aka.ms/NewClientSecret, or consider using certificate credentials for added security: https://aka.ms/certCreds.", client.ClientID)
	}
	return invalidClient(7000215, "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '%s'.", client.ClientID)
}

// within reports whether the time is in the interval; a zero bound is none.
func within(now, start, end time.Time) bool {
	return (start.IsZero() || !now.Before(start)) && (end.IsZero() || now.Before(end))
}

const graphResource = "https://graph.microsoft.com"

// resource finds the service principal that a resource name is of, with or without a slash at the end. The tenant's own
// address is what its cloud metadata gives for Microsoft Graph and for Azure Resource Manager, and what clients that go by
// the metadata take for the name of either: their token is one of Microsoft Graph, meant for that address.
func (l *Login) resource(tenant Directory, name string) (Resource, bool) {
	trimmed := strings.TrimSuffix(name, "/")
	if strings.EqualFold(trimmed, l.origin) {
		return tenant.Resource(graphResource)
	}
	for _, candidate := range []string{name, trimmed, trimmed + "/"} {
		if resource, ok := tenant.Resource(candidate); ok {
			return resource, true
		}
	}
	return Resource{}, false
}
