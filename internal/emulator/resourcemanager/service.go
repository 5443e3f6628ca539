// Package resourcemanager is the local tenant's Azure Resource Manager, as far as signing in needs it: the cloud's
// metadata, the tenant and its subscriptions. Everything else gets Resource Manager's own error.
//
// Sources: learn.microsoft.com/rest/api/resources/subscriptions and …/tenants, and
// learn.microsoft.com/azure/azure-resource-manager/troubleshooting/common-deployment-errors.
package resourcemanager

import (
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/directory"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/httpjson"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/login"
)

// Options configures New.
type Options struct {
	Store  *directory.Store // the subscriptions
	Tenant login.Directory
	Verify func(token string) (login.Claims, error) // see [login.Login.Verify]
	// IsOrigin reports whether the audience of a token is the address of the tenant, which its metadata names as that of
	// Resource Manager.
	IsOrigin func(audience string) bool
	Origin   func(*http.Request) string // scheme, host and port that a client used
	Now      func() time.Time
	Logger   *slog.Logger
}

// Service answers requests to Azure Resource Manager. It is safe for concurrent use.
type Service struct {
	Options
}

// New returns the service.
func New(options Options) *Service { return &Service{options} }

// Matches reports whether the path is Resource Manager's.
func Matches(path string) bool {
	switch strings.ToLower(segments(path)[0]) {
	case "subscriptions", "tenants", "providers":
		return true
	}
	return path == metadataPath
}

const metadataPath = "/metadata/endpoints"

func segments(path string) []string { return strings.Split(strings.Trim(path, "/"), "/") }

// ServeHTTP answers the paths that Matches reports.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	id := uuid.NewString()
	w.Header().Set("x-ms-request-id", id)
	w.Header().Set("x-ms-correlation-request-id", id)
	if correlation, err := uuid.Parse(r.Header.Get("x-ms-correlation-request-id")); err == nil {
		w.Header().Set("x-ms-correlation-request-id", correlation.String())
	}
	w.Header().Set("Cache-Control", "no-cache")
	if f := s.serve(w, r); f != nil {
		httpjson.Write(w, f.status, map[string]any{"error": map[string]string{"code": f.code, "message": f.message}})
	}
}

func (s *Service) serve(w http.ResponseWriter, r *http.Request) *failure {
	if r.URL.Path != metadataPath { // which clients read to learn where to sign in
		if f := s.authenticate(r); f != nil {
			w.Header().Set("WWW-Authenticate", s.challenge(r, f))
			return f
		}
	}
	version := strings.ToLower(r.URL.Query().Get("api-version"))
	if version == "" {
		return missingVersion()
	}
	if r.URL.Path == metadataPath {
		if f := onlyGet(w, r); f != nil {
			return f
		}
		metadata(w, s.Origin(r), version)
		return nil
	}
	switch path := segments(strings.ToLower(r.URL.Path)); {
	case len(path) == 1 && path[0] == "tenants":
		return s.answer(w, r, version, list[tenant]{Value: []tenant{s.tenant()}})
	case len(path) == 1 && path[0] == "subscriptions":
		return s.answer(w, r, version, list[subscription]{Value: s.subscriptions()})
	case len(path) == 2 && path[0] == "subscriptions":
		found, f := s.subscription(path[1])
		if f != nil {
			return f
		}
		return s.answer(w, r, version, found)
	}
	s.Logger.Warn("not implemented here", "method", r.Method, "path", r.URL.Path)
	return s.missing(segments(r.URL.Path), version)
}

// answer answers with what belongs to Resource Manager itself, in one of the versions it has.
func (s *Service) answer(w http.ResponseWriter, r *http.Request, version string, value any) *failure {
	if f := onlyGet(w, r); f != nil {
		return f
	}
	if !slices.Contains(versions, version) {
		return unknownVersion(version)
	}
	httpjson.Write(w, http.StatusOK, value)
	return nil
}

// versions are the ones of subscriptions and tenants, as Resource Manager lists them when it is asked for another.
var versions = []string{
	"2022-12-01", "2022-09-01", "2022-06-01", "2022-05-01", "2022-03-01-preview", "2022-03-01", "2022-01-01",
	"2021-04-01", "2021-01-01", "2020-10-01", "2020-09-01", "2020-08-01", "2020-07-01", "2020-06-01", "2020-05-01", "2020-01-01",
	"2019-11-01", "2019-10-01", "2019-09-01", "2019-08-01", "2019-07-01", "2019-06-01", "2019-05-10", "2019-05-01", "2019-03-01",
	"2018-11-01", "2018-09-01", "2018-08-01", "2018-07-01", "2018-06-01", "2018-05-01", "2018-02-01", "2018-01-01",
	"2017-12-01", "2017-08-01", "2017-06-01", "2017-05-10", "2017-05-01", "2017-03-01",
	"2016-09-01", "2016-07-01", "2016-06-01", "2016-02-01", "2015-11-01", "2015-01-01",
	"2014-04-01-preview", "2014-04-01", "2014-01-01",
}
