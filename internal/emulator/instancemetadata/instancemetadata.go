// Package instancemetadata gives tokens to managed identities the two ways that Azure does: as a virtual machine's Instance
// Metadata Service, at 169.254.169.254 there, and as App Service, whose address a program has in IDENTITY_ENDPOINT. The
// tenant is taken for a machine, and for an app, that all its user-assigned identities are assigned to.
//
// Sources: learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token and
// learn.microsoft.com/azure/app-service/overview-managed-identity.
package instancemetadata

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/httpjson"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/login"
)

// The paths of the token endpoints.
const (
	VirtualMachinePath = "/metadata/identity/oauth2/token"
	AppServicePath     = "/msi/token"
)

// Identity is a managed identity.
type Identity struct {
	ClientID   string
	ObjectID   string
	ResourceID string // of a user-assigned identity: its own; of a system-assigned one: of the resource that it belongs to
	System     bool   // it is system-assigned
}

// Options configures New.
type Options struct {
	// Identities are those there are, in the directory itself: Azure knows them before Microsoft Entra ID does.
	Identities func() []Identity
	// Token issues a token to a managed identity; see [login.Login.ManagedIdentityToken].
	Token func(r *http.Request, clientID, resource string) (login.AccessToken, error)
	// Secret is what programs have in IDENTITY_HEADER.
	Secret string
}

// Service answers requests for tokens. It is safe for concurrent use.
type Service struct{ options Options }

// New returns the service.
func New(options Options) *Service { return &Service{options} }

// Matches reports whether the path is one of those ServeHTTP answers.
func Matches(path string) bool {
	path = strings.TrimSuffix(path, "/")
	return path == VirtualMachinePath || path == AppServicePath
}

// ServeHTTP answers the paths that Matches reports.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	if strings.TrimSuffix(r.URL.Path, "/") == AppServicePath {
		s.appService(w, r)
		return
	}
	s.virtualMachine(w, r)
}

// versions are those of the Instance Metadata Service in which it gives tokens, newest first.
var versions = []string{"2021-12-13", "2021-02-01", "2020-06-01", "2019-11-01", "2019-08-01", "2018-10-01", "2018-04-02", "2018-02-01"}

func (s *Service) virtualMachine(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	refuse := func(status int, code, description string) {
		httpjson.Write(w, status, map[string]string{"error": code, "error_description": description})
	}
	switch {
	case r.Method != http.MethodGet:
		w.Header().Set("Allow", http.MethodGet)
		refuse(http.StatusMethodNotAllowed, "invalid_request", "Method not allowed")
		return
	case !strings.EqualFold(r.Header.Get("Metadata"), "true"), r.Header.Get("X-Forwarded-For") != "":
		refuse(http.StatusBadRequest, "invalid_request", "Required metadata header not specified")
		return
	case !slices.Contains(versions, query.Get("api-version")):
		httpjson.Write(w, http.StatusBadRequest, map[string]any{
			"error": "Bad request. api-version is invalid or was not specified in the request.", "newest-versions": versions[:3],
		})
		return
	case query.Get("resource") == "":
		refuse(http.StatusBadRequest, "invalid_request", "Required query variable 'resource' is missing")
		return
	}
	identity, found := s.find(query, "/microsoft.compute/virtualmachines/", "object_id")
	if len(found) > 1 {
		refuse(http.StatusBadRequest, "invalid_request", "Multiple user assigned identities exist, please specify the clientId / resourceId of the identity in the token request")
		return
	}
	if len(found) == 0 {
		refuse(http.StatusBadRequest, "invalid_request", "Identity not found")
		return
	}
	token, err := s.options.Token(r, identity.ClientID, query.Get("resource"))
	if err != nil {
		refuse(http.StatusBadRequest, login.OAuthCode(err), err.Error())
		return
	}
	answer := s.answer(identity, token, query.Get("resource"))
	answer["expires_in"] = strconv.Itoa(int(token.ExpiresIn.Seconds()))
	answer["ext_expires_in"] = answer["expires_in"]
	httpjson.Write(w, http.StatusOK, answer)
}

func (s *Service) appService(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	refuse := func(status int, message string) {
		httpjson.Write(w, status, map[string]any{"statusCode": status, "message": message})
	}
	switch {
	case r.Method != http.MethodGet:
		w.Header().Set("Allow", http.MethodGet)
		refuse(http.StatusMethodNotAllowed, "Method not allowed.")
		return
	case r.Header.Get("X-Identity-Header") != s.options.Secret:
		refuse(http.StatusUnauthorized, "The header X-IDENTITY-HEADER is missing or is not the value of IDENTITY_HEADER.")
		return
	case query.Get("api-version") != "2019-08-01":
		refuse(http.StatusBadRequest, "The api-version '"+query.Get("api-version")+"' is not supported.")
		return
	case query.Get("resource") == "":
		refuse(http.StatusBadRequest, "The parameter 'resource' is missing.")
		return
	}
	identity, found := s.find(query, "/microsoft.web/sites/", "object_id", "principal_id")
	if len(found) != 1 {
		refuse(http.StatusBadRequest, "No User Assigned or Delegated Managed Identity found for specified ClientId/ResourceId/PrincipalId.")
		return
	}
	token, err := s.options.Token(r, identity.ClientID, query.Get("resource"))
	if err != nil {
		refuse(http.StatusBadRequest, err.Error())
		return
	}
	httpjson.Write(w, http.StatusOK, s.answer(identity, token, query.Get("resource")))
}

func (s *Service) answer(identity Identity, token login.AccessToken, resource string) map[string]string {
	return map[string]string{
		"access_token": token.Token, "client_id": identity.ClientID, "resource": resource, "token_type": "Bearer",
		"expires_on": strconv.FormatInt(token.ExpiresOn.Unix(), 10), "not_before": strconv.FormatInt(token.NotBefore.Unix(), 10),
	}
}

// find returns the identities that a request may mean, and the one it means if there is but one. Without a word of which,
// that is the system-assigned identity of the resource that the tenant is taken for, and where there is none the
// user-assigned one.
func (s *Service) find(query url.Values, resourceType string, objectID ...string) (Identity, []Identity) {
	var means func(Identity) bool
	for name, value := range map[string]func(Identity) string{
		"client_id":  func(i Identity) string { return i.ClientID },
		"msi_res_id": func(i Identity) string { return i.ResourceID },
		"mi_res_id":  func(i Identity) string { return i.ResourceID },
	} {
		if wanted := query.Get(name); wanted != "" {
			means = func(i Identity) bool { return strings.EqualFold(value(i), wanted) }
		}
	}
	for _, name := range objectID {
		if wanted := query.Get(name); wanted != "" {
			means = func(i Identity) bool { return strings.EqualFold(i.ObjectID, wanted) }
		}
	}
	own := func(i Identity) bool {
		return i.System && strings.Contains(strings.ToLower(i.ResourceID), resourceType)
	}
	all := s.options.Identities()
	all = slices.DeleteFunc(all, func(i Identity) bool { return i.System && !own(i) })
	if means == nil && slices.ContainsFunc(all, own) {
		means = own
	}
	if means != nil {
		all = slices.DeleteFunc(all, func(i Identity) bool { return !means(i) })
	}
	if len(all) == 0 {
		return Identity{}, nil
	}
	return all[0], all
}
