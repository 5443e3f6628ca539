// Package throttle refuses requests to Microsoft Graph and to Azure Resource Manager that come too fast, as the services do:
// learn.microsoft.com/graph/throttling and learn.microsoft.com/graph/throttling-limits; for Resource Manager see manager.go.
//
// A limit holds for any stretch of time of its length, not for stretches that begin by the clock. Requests to Microsoft
// Graph that are refused use it up too, up to 1.8 times of it, which is how far the service says that it counts. The header
// x-ms-throttle-priority makes no difference here: what it does is not documented in numbers.
package throttle

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/refusal"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/requestpath"
)

const (
	// warning is the part of a limit above which the service says how much of it is used, mostCounted that up to which
	// it counts.
	warning     = 0.8
	mostCounted = 1.8
	// maximumBody is how much of a request is looked into, in bytes.
	maximumBody = 8 << 20
)

// Options configures New.
type Options struct {
	TenantID string
	Now      func() time.Time // nil is time.Now
	// AppID is the appId of the application that a request is of, "" where that is not known.
	AppID func(*http.Request) string
	// Audience is the signInAudience of the application that a key of a path names: an id, or appId='…'.
	Audience func(key string) string
	Note     func(r *http.Request, note string) // is told of each refusal; nil is none
}

// Throttle limits what a tenant is asked. Its methods are safe for concurrent use.
type Throttle struct {
	options Options
	mutex   sync.Mutex
	limits  Limits
	windows map[string]*window // by the name of the limit and what it is of
}

// New returns a throttle without limits.
func New(options Options) *Throttle {
	if options.Now == nil {
		options.Now = time.Now
	}
	if options.Note == nil {
		options.Note = func(*http.Request, string) {}
	}
	return &Throttle{options: options, windows: map[string]*window{}}
}

// Set puts limits in force, none of which is used yet. Small, Medium and Large are Microsoft's; the zero value is none.
func (t *Throttle) Set(limits Limits) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	t.limits, t.windows = limits, map[string]*window{}
}

// Limits are those in force.
func (t *Throttle) Limits() Limits {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	return t.limits
}

// Handler serves requests to Microsoft Graph and Resource Manager by next, unless there have been too many. Requests of
// nobody that is known it passes on; they are refused for that.
func (t *Throttle) Handler(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		limits := t.Limits()
		segments := requestpath.Segments(r.URL)
		if isManager(segments) {
			t.manager(w, r, segments, limits, next)
			return
		}
		if limits == (Limits{}) || !requestpath.IsGraph(segments) || len(segments) < 2 {
			next.ServeHTTP(w, r)
			return
		}
		appID := t.options.AppID(r)
		if appID == "" {
			next.ServeHTTP(w, r)
			return
		}
		charges, units := t.charges(r, segments[1:], limits, appID)
		refused, wait, used := t.charge(charges)
		if units > 0 {
			w.Header().Set("x-ms-resource-unit", strconv.Itoa(units))
		}
		if used > warning {
			w.Header().Set("x-ms-throttle-limit-percentage", strconv.FormatFloat(min(used, mostCounted), 'f', 2, 64))
		}
		if refused == nil {
			next.ServeHTTP(w, r)
			return
		}
		t.refuse(w, r, refused, wait)
	})
}

func (t *Throttle) refuse(w http.ResponseWriter, r *http.Request, refused *charge, wait time.Duration) {
	t.options.Note(r, "throttled: "+refused.name)
	if refused.information != "" {
		w.Header().Set("x-ms-throttle-scope", refused.scope)
		w.Header().Set("x-ms-throttle-information", refused.information)
	}
	retryAfter := ""
	if !refused.silent {
		seconds := math.Ceil(wait.Seconds()*1000) / 1000
		retryAfter = strconv.FormatFloat(seconds, 'f', -1, 64)
	}
	refusal.Write(w, r, t.options.Now(), refusal.Refusal{Status: http.StatusTooManyRequests, RetryAfter: retryAfter})
}

// charge is what a request uses of a limit.
type charge struct {
	name  string // of the limit
	of    string // the application, or whatever else has a limit of its own; empty where the limit is of all together
	limit Limit
	cost  int
	once  bool // only what is let pass uses the limit up

	scope       string // x-ms-throttle-scope
	information string // x-ms-throttle-information; empty where the service gives neither
	silent      bool   // refused without Retry-After
	warns       bool   // gives x-ms-throttle-limit-percentage
}

// charges is what a request uses, and its resource units where it has any.
func (t *Throttle) charges(r *http.Request, segments []string, limits Limits, appID string) ([]charge, int) {
	tenant := "/" + t.options.TenantID
	switch area := segments[0]; {
	case area == "identityProtection", area == "identity" && len(segments) > 1 && segments[1] == "conditionalAccess":
		return []charge{{name: "protection", limit: limits.Protection, cost: 1, silent: true}}, 0
	case area == "auditLogs", area == "reports":
		return []charge{{name: "reports", of: appID, limit: limits.Reports, cost: 1}}, 0
	}
	query := r.URL.Query()
	units, writes := cost(r.Method, segments, query)
	const unitLimit, writeLimit = "ResourceUnitLimitExceeded", "WriteLimitExceeded"
	charges := []charge{
		{name: "units", of: appID, limit: limits.Units, cost: units, scope: "Tenant_Application/ReadWrite/" + appID + tenant, information: unitLimit, warns: true},
		{name: "appUnits", of: appID, limit: limits.AppUnits, cost: units, scope: "Application/ReadWrite/" + appID + tenant, information: unitLimit, warns: true},
	}
	if writes > 0 {
		charges = append(charges,
			charge{name: "writes", of: appID, limit: limits.Writes, cost: writes, scope: "Tenant_Application/Write/" + appID + tenant, information: writeLimit},
			charge{name: "appWrites", of: appID, limit: limits.AppWrites, cost: writes, scope: "Application/Write/" + appID + tenant, information: writeLimit},
			charge{name: "tenantWrites", limit: limits.TenantWrites, cost: writes, scope: "Tenant/Write/" + appID + tenant, information: writeLimit})
		if segments[0] == "applications" && limits.PersonalWrites.Count > 0 && t.personal(r, segments) {
			charges = append(charges, charge{name: "personalWrites", limit: limits.PersonalWrites, cost: writes, scope: "Tenant/Write/" + appID + tenant, information: writeLimit})
		}
	}
	if listsKeys(r.Method, segments, option(query, "select")) {
		charges = append(charges, charge{name: "keys", limit: limits.Keys, cost: 1, scope: "Tenant/Read/" + appID + tenant, information: unitLimit})
	}
	return charges, units
}

// listsKeys reports whether a request lists the certificates of all applications or service principals.
func listsKeys(method string, segments []string, selected string) bool {
	if method != http.MethodGet || len(segments) != 1 || segments[0] != "applications" && segments[0] != "servicePrincipals" {
		return false
	}
	for property := range strings.SplitSeq(selected, ",") {
		if strings.TrimSpace(property) == "keyCredentials" {
			return true
		}
	}
	return false
}

// personal reports whether the application that is written is for personal Microsoft accounts, or becomes so.
func (t *Throttle) personal(r *http.Request, segments []string) bool {
	audiences := []string{}
	if len(segments) > 1 {
		audiences = append(audiences, t.options.Audience(segments[1]))
	}
	if len(segments) <= 2 {
		audiences = append(audiences, audienceIn(r))
	}
	return slices.Contains(audiences, "AzureADandPersonalMicrosoftAccount") || slices.Contains(audiences, "PersonalMicrosoftAccount")
}

// audienceIn is the signInAudience that a request's body has. The body can be read again.
func audienceIn(r *http.Request) string {
	content, _ := io.ReadAll(io.LimitReader(r.Body, maximumBody)) // who serves the request meets the error again
	r.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(content), r.Body), r.Body}
	if strings.EqualFold(r.Header.Get("Content-Encoding"), "gzip") {
		decompressor, err := gzip.NewReader(bytes.NewReader(content))
		if err != nil {
			return ""
		}
		content, _ = io.ReadAll(io.LimitReader(decompressor, maximumBody))
	}
	var application struct {
		SignInAudience string `json:"signInAudience"`
	}
	_ = json.Unmarshal(content, &application) // what is no application is refused by who serves it
	return application.SignInAudience
}

// charge uses the limits up, all of them or, where there is no room in some, only those. It returns the one that is
// longest without room, how long, and how much of the limits is used that warn.
func (t *Throttle) charge(charges []charge) (refused *charge, wait time.Duration, used float64) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	now := t.options.Now()
	charges = slices.DeleteFunc(charges, func(c charge) bool { return c.limit.Count == 0 })
	full := func(c charge) bool {
		w := t.window(c)
		return w.used > 0 && w.used+c.cost > c.limit.Count // a limit smaller than the cost lets one pass
	}
	for _, c := range charges {
		t.window(c).expire(now, c.limit.Per)
	}
	anyFull := slices.ContainsFunc(charges, full)
	for i, c := range charges {
		w := t.window(c)
		switch {
		case !anyFull:
			w.add(now, c.cost)
		case full(c):
			if !c.once && float64(w.used+c.cost) <= mostCounted*float64(c.limit.Count) {
				w.add(now, c.cost)
			}
			if room := w.room(now, c.limit, c.cost); refused == nil || room > wait {
				refused, wait = &charges[i], room
			}
		}
		if c.warns {
			used = max(used, float64(w.used)/float64(c.limit.Count))
		}
	}
	return refused, wait, used
}

func (t *Throttle) window(c charge) *window {
	key := c.name + " " + c.of
	if t.windows[key] == nil {
		t.windows[key] = &window{}
	}
	return t.windows[key]
}
