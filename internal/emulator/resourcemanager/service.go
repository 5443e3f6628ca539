// Package resourcemanager is the local tenant's Azure Resource Manager: the cloud's metadata, the tenant and its
// subscriptions, resource groups, managed identities with their federated identity credentials, role definitions and role
// assignments. Everything else gets Resource Manager's own error.
//
// Sources: learn.microsoft.com/rest/api/resources, …/rest/api/managedidentity, …/rest/api/authorization, and
// learn.microsoft.com/azure/azure-resource-manager/troubleshooting/common-deployment-errors.
package resourcemanager

import (
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/claim"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/directory"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/httpjson"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/login"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/replication"
)

// Options configures New.
type Options struct {
	Store    *directory.Store
	Replicas *replication.Replicas // of Store
	Tenant   login.Directory
	Verify   func(token string) (login.Claims, error) // see [login.Login.Verify]
	// IsOrigin reports whether the audience of a token is the address of the tenant, which its metadata names as that of
	// Resource Manager.
	IsOrigin func(audience string) bool
	Origin   func(*http.Request) string // scheme, host and port that a client used
	Now      func() time.Time
	Logger   *slog.Logger
}

// Service answers requests to Azure Resource Manager. It is safe for concurrent use.
//
// A resource is read from the directory itself, for its provider keeps it in one place. Lists of a subscription or
// resource group, which Resource Manager answers from what it has gathered, and everything about roles are read from
// replicas, where there are any.
type Service struct {
	Options
	routes []route
	writes claim.Claims
}

// New returns the service.
func New(options Options) *Service {
	s := &Service{Options: options}
	s.routes = s.table()
	return s
}

// Matches reports whether the path is Resource Manager's.
func Matches(path string) bool {
	switch strings.ToLower(segments(path)[0]) {
	case "subscriptions", "tenants", "providers":
		return true
	}
	return path == metadataPath
}

const metadataPath = "/metadata/endpoints"

// segments are those of a path; slashes that clients leave between an address and a path count as one.
func segments(path string) []string {
	found := strings.FieldsFunc(path, func(c rune) bool { return c == '/' })
	if len(found) == 0 {
		return []string{""}
	}
	return found
}

// ServeHTTP answers the paths that Matches reports.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	defer claim.Release(r)
	id := uuid.NewString()
	w.Header().Set("x-ms-request-id", id)
	w.Header().Set("x-ms-correlation-request-id", id)
	if correlation, err := uuid.Parse(r.Header.Get("x-ms-correlation-request-id")); err == nil {
		w.Header().Set("x-ms-correlation-request-id", correlation.String())
	}
	w.Header().Set("Cache-Control", "no-cache")
	if f := s.serve(w, r); f != nil {
		f.write(w)
	}
}

func (s *Service) serve(w http.ResponseWriter, r *http.Request) *failure {
	version := strings.ToLower(r.URL.Query().Get("api-version"))
	if r.URL.Path == metadataPath { // which clients read to learn where to sign in
		switch f := onlyGet(w, r); {
		case version == "":
			return missingVersion()
		case f != nil:
			return f
		}
		metadata(w, s.Origin(r), version)
		return nil
	}
	caller, f := s.authenticate(r)
	if f != nil {
		w.Header().Set("WWW-Authenticate", s.challenge(r, f))
		return f
	}
	if version == "" {
		return missingVersion()
	}
	request := &request{Request: r, w: w, service: s, caller: caller, version: version, path: segments(r.URL.Path)}
	request.view, _ = s.Replicas.View(r.Context(), "")
	for _, check := range []func() *failure{request.exist, func() *failure { return request.find(s.routes) }, request.authorize, request.existGroup} {
		if f := check(); f != nil {
			return f
		}
	}
	return request.route.handle(request)
}

func (r *request) answer(status int, value any) *failure {
	httpjson.Write(r.w, status, value)
	return nil
}

func (r *request) noContent(status int) *failure {
	r.w.WriteHeader(status)
	return nil
}
