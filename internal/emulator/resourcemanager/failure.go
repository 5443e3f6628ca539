package resourcemanager

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/entitytype"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/login"
)

// failure is an error as Azure Resource Manager answers it.
type failure struct {
	status  int
	code    string
	message string
}

func fail(status int, code, format string, arguments ...any) *failure {
	return &failure{status, code, fmt.Sprintf(format, arguments...)}
}

func missingVersion() *failure {
	return fail(http.StatusBadRequest, "MissingApiVersionParameter", "The api-version query parameter (?api-version=) is required for all requests.")
}

func unknownVersion(version string) *failure {
	return fail(http.StatusBadRequest, "InvalidApiVersionParameter", "The api-version '%s' is invalid. The supported versions are '%s'.", version, strings.Join(versions, ","))
}

func onlyGet(w http.ResponseWriter, r *http.Request) *failure {
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		return nil
	}
	w.Header().Set("Allow", "GET, HEAD")
	return fail(http.StatusMethodNotAllowed, "HttpMethodNotAllowed", "The http method is not allowed on the resource.")
}

// audiences are the names by which tokens are meant for Resource Manager: its addresses, old and new, and its appId.
var audiences = map[string]bool{
	"https://management.core.windows.net": true, "https://management.core.windows.net/": true,
	"https://management.azure.com": true, "https://management.azure.com/": true,
	"797f4846-ba00-4fd7-ba43-dac1f8f63013": true,
}

const moment = "1/2/2006 3:04:05 PM"

func (s *Service) authenticate(r *http.Request) *failure {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	switch {
	case scheme == "":
		return fail(http.StatusUnauthorized, "AuthenticationFailed", "Authentication failed. The 'Authorization' header is missing.")
	case !strings.EqualFold(scheme, "Bearer") || token == "":
		return fail(http.StatusUnauthorized, "AuthenticationFailed", "Authentication failed. The 'Authorization' header is provided in an invalid format.")
	}
	claims, err := s.Verify(strings.TrimSpace(token))
	switch {
	case errors.Is(err, login.ErrExpired):
		return fail(http.StatusUnauthorized, "ExpiredAuthenticationToken", "The access token expiry UTC time '%s' is earlier than current UTC time '%s'.",
			claims.ExpiresAt.UTC().Format(moment), s.Now().UTC().Format(moment))
	case err != nil:
		return fail(http.StatusUnauthorized, "InvalidAuthenticationToken", "The access token is invalid.")
	case !audiences[claims.Audience] && !s.IsOrigin(claims.Audience):
		return fail(http.StatusUnauthorized, "InvalidAuthenticationTokenAudience", "The access token has been obtained for wrong audience or resource '%s'. It should exactly match with one of the allowed audiences 'https://management.core.windows.net/','https://management.core.windows.net','https://management.azure.com/','https://management.azure.com'.", claims.Audience)
	}
	return nil
}

// challenge says in WWW-Authenticate where to sign in.
func (s *Service) challenge(r *http.Request, f *failure) string {
	return fmt.Sprintf(`Bearer authorization_uri="%s/%s", error="invalid_token", error_description="%s"`, s.Origin(r), s.Tenant.TenantID(), f.message)
}

// missing is the answer for what is not there.
func (s *Service) missing(path []string, version string) *failure {
	if strings.EqualFold(path[0], "subscriptions") && len(path) > 1 {
		if _, f := s.subscription(path[1]); f != nil {
			return f
		}
	}
	for i := len(path) - 2; i >= 0; i-- { // the last of them counts: extension resources
		if !strings.EqualFold(path[i], "providers") {
			continue
		}
		return fail(http.StatusNotFound, "InvalidResourceNamespace", "The resource namespace '%s' is invalid.", path[i+1])
	}
	if strings.EqualFold(path[0], "subscriptions") {
		return fail(http.StatusNotFound, "InvalidResourceType", "The resource type '%s' could not be found in the namespace 'Microsoft.Resources' for api version '%s'.", path[2], version)
	}
	return fail(http.StatusNotFound, "MissingSubscription", "The request did not have a subscription or a valid tenant level resource provider.")
}

func (s *Service) subscription(id string) (subscription, *failure) {
	if !entitytype.IsGUID(id) {
		return subscription{}, fail(http.StatusBadRequest, "InvalidSubscriptionId", "The provided subscription identifier '%s' is malformed or invalid.", id)
	}
	object, found := s.Store.View().Get(strings.ToLower(id))
	if !found || object.Type != Subscription.Name {
		return subscription{}, fail(http.StatusNotFound, "SubscriptionNotFound", "The subscription '%s' could not be found.", id)
	}
	return s.show(object), nil
}
