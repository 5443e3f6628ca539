package graph

import (
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/access"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/claim"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/directory"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/entitytype"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/replication"
)

// Options configures New.
type Options struct {
	Store    *directory.Store
	Replicas *replication.Replicas // of Store: where there are any, they answer
	TenantID string
	Domain   string // the tenant's initial domain, publisherDomain of new applications
	// Authenticate says who bears a token; failures are ErrExpired, ErrAudience or another error.
	Authenticate func(token string) (Caller, error)
	// Origin gives the scheme, host and port that a client used, for links to other pages and objects.
	Origin func(*http.Request) string
	Now    func() time.Time
	Logger *slog.Logger
}

// Service answers requests to Microsoft Graph.
type Service struct {
	Options
	routes []route
	writes claim.Claims
}

// Indexed is what the directory must find objects by.
var Indexed = directory.Indexed{
	entitytype.Application.Name:           {"appId", "uniqueName", "identifierUris", "displayName"},
	entitytype.ServicePrincipal.Name:      {"appId", "servicePrincipalNames", "displayName"},
	entitytype.AppRoleAssignment.Name:     access.Ends[entitytype.AppRoleAssignment.Name],
	entitytype.OAuth2PermissionGrant.Name: access.Ends[entitytype.OAuth2PermissionGrant.Name],
	entitytype.User.Name:                  {"userPrincipalName", "displayName"},
	entitytype.Group.Name:                 {"displayName"},
	entitytype.RoleDefinition.Name:        {"displayName", "templateId"},
	entitytype.RoleAssignment.Name:        append([]string{"directoryScopeId"}, access.Ends[entitytype.RoleAssignment.Name]...),
	entitytype.DirectoryRole.Name:         {"roleTemplateId"},
}

// New returns the service.
func New(options Options) *Service {
	s := &Service{Options: options}
	s.routes = s.table()
	return s
}

// ServeHTTP answers the paths below /v1.0 and /beta.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	response := newResponse(w, r)
	defer response.close()
	s.headers(response, r)
	request, err := s.request(response, r)
	if err == nil {
		err = request.route.handle(request)
	}
	if err != nil {
		s.fail(response, r, err)
	}
}

func (s *Service) headers(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	id := uuid.NewString()
	header.Set("request-id", id)
	if client := r.Header.Get("client-request-id"); client != "" {
		header.Set("client-request-id", client)
	} else {
		header.Set("client-request-id", id)
	}
	header.Set("x-ms-ags-diagnostic", `{"ServerInfo":{"DataCenter":"Local","Slice":"E","Ring":"0","ScaleUnit":"000","RoleInstance":"entra-local"}}`)
	header.Set("Date", s.Now().UTC().Format(http.TimeFormat))
	header.Set("OData-Version", "4.0")
	header.Set("Cache-Control", "no-cache")
	header.Set("Vary", "Accept-Encoding")
}

// request finds out who asks for what.
func (s *Service) request(w http.ResponseWriter, r *http.Request) (*request, error) {
	caller, err := s.caller(r)
	if err != nil {
		return nil, err
	}
	prefix, path, _ := strings.Cut(strings.TrimPrefix(r.URL.EscapedPath(), "/"), "/")
	version := entitytype.V1
	if prefix == "beta" {
		version = entitytype.Beta
	}
	tokens, err := parsePath(path)
	if err != nil {
		return nil, err
	}
	view, replica := s.Replicas.View(r.Context(), caller.session())
	request := &request{Request: r, w: w, service: s, version: version, view: view, lags: replica != 0, caller: caller}
	if err := request.find(s.routes, tokens); err != nil {
		s.Logger.Warn("not implemented here", "method", r.Method, "path", r.URL.Path)
		return nil, err
	}
	if !request.authorized() {
		return nil, denied()
	}
	return request, nil
}
