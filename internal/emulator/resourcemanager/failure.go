package resourcemanager

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/httpjson"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/login"
)

// failure is an error as Azure Resource Manager answers it.
type failure struct {
	status  int
	code    string
	message string
}

func (f *failure) Error() string { return f.code + ": " + f.message }

func (f *failure) write(w http.ResponseWriter) {
	httpjson.Write(w, f.status, map[string]any{"error": map[string]string{"code": f.code, "message": f.message}})
}

func fail(status int, code, format string, arguments ...any) *failure {
	return &failure{status, code, fmt.Sprintf(format, arguments...)}
}

func badRequest(format string, arguments ...any) *failure {
	return fail(http.StatusBadRequest, "BadRequest", format, arguments...)
}

func missingVersion() *failure {
	return fail(http.StatusBadRequest, "MissingApiVersionParameter", "The api-version query parameter (?api-version=) is required for all requests.")
}

// unknownVersion is the answer for a version that a type does not have.
func unknownVersion(of *provided, version string) *failure {
	if of.namespace == resources {
		return fail(http.StatusBadRequest, "InvalidApiVersionParameter", "The api-version '%s' is invalid. The supported versions are '%s'.", version, strings.Join(of.versions, ","))
	}
	return fail(http.StatusBadRequest, "NoRegisteredProviderFound",
		"No registered resource provider found for API version '%s' for type '%s'. The supported api-versions are '%s'.",
		version, of.name, strings.Join(of.versions, ", "))
}

func onlyGet(w http.ResponseWriter, r *http.Request) *failure {
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		return nil
	}
	w.Header().Set("Allow", "GET, HEAD")
	return notAllowed()
}

func notAllowed() *failure {
	return fail(http.StatusMethodNotAllowed, "HttpMethodNotAllowed", "The http method is not allowed on the resource.")
}

// audiences are the names by which tokens are meant for Resource Manager: its addresses, old and new, and its appId.
var audiences = map[string]bool{
	"https://management.core.windows.net": true, "https://management.core.windows.net/": true,
	"https://management.azure.com": true, "https://management.azure.com/": true,
	"797f4846-ba00-4fd7-ba43-dac1f8f63013": true,
}

const moment = "1/2/2006 3:04:05 PM"

// authenticate says who makes a request.
func (s *Service) authenticate(r *http.Request) (login.Claims, *failure) {
	unauthenticated := func(code, format string, arguments ...any) (login.Claims, *failure) {
		return login.Claims{}, fail(http.StatusUnauthorized, code, format, arguments...)
	}
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	switch {
	case scheme == "":
		return unauthenticated("AuthenticationFailed", "Authentication failed. The 'Authorization' header is missing.")
	case !strings.EqualFold(scheme, "Bearer") || token == "":
		return unauthenticated("AuthenticationFailed", "Authentication failed. The 'Authorization' header is provided in an invalid format.")
	}
	claims, err := s.Verify(strings.TrimSpace(token))
	switch {
	case errors.Is(err, login.ErrExpired):
		return unauthenticated("ExpiredAuthenticationToken", "The access token expiry UTC time '%s' is earlier than current UTC time '%s'.",
			claims.ExpiresAt.UTC().Format(moment), s.Now().UTC().Format(moment))
	case err != nil:
		return unauthenticated("InvalidAuthenticationToken", "The access token is invalid.")
	case !audiences[claims.Audience] && !s.IsOrigin(claims.Audience):
		return unauthenticated("InvalidAuthenticationTokenAudience", "The access token has been obtained for wrong audience or resource '%s'. It should exactly match with one of the allowed audiences 'https://management.core.windows.net/','https://management.core.windows.net','https://management.azure.com/','https://management.azure.com'.", claims.Audience)
	}
	return claims, nil
}

// challenge says in WWW-Authenticate where to sign in.
func (s *Service) challenge(r *http.Request, f *failure) string {
	return fmt.Sprintf(`Bearer authorization_uri="%s/%s", error="invalid_token", error_description="%s"`, s.Origin(r), s.Tenant.TenantID(), f.message)
}

// missing is the answer for a path that leads to nothing there is.
func (r *request) missing() *failure {
	path := r.path
	for i := len(path) - 2; i >= 0; i-- { // the last of them counts: extension resources
		if !strings.EqualFold(path[i], "providers") {
			continue
		}
		namespace := path[i+1]
		for _, rt := range r.service.routes {
			if strings.EqualFold(rt.of.namespace, namespace) && i+2 < len(path) {
				return fail(http.StatusNotFound, "InvalidResourceType", "The resource type '%s' could not be found in the namespace '%s' for api version '%s'.", path[i+2], namespace, r.version)
			}
		}
		return fail(http.StatusNotFound, "InvalidResourceNamespace", "The resource namespace '%s' is invalid.", namespace)
	}
	if strings.EqualFold(path[0], "subscriptions") && len(path) > 2 {
		return fail(http.StatusNotFound, "InvalidResourceType", "The resource type '%s' could not be found in the namespace 'Microsoft.Resources' for api version '%s'.", path[2], r.version)
	}
	return fail(http.StatusNotFound, "MissingSubscription", "The request did not have a subscription or a valid tenant level resource provider.")
}
