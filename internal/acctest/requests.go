package acctest

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator"
)

// Requests are those of the provider since it was configured, or since ResetRequests,
// in order of completion: to Microsoft Graph, the login service and the rest.
func (h *Harness) Requests() []emulator.Request {
	// Those of Graph, behind Terraform's back, have no connection.
	return slices.DeleteFunc(h.Tenant.Requests(), func(r emulator.Request) bool { return r.Connection == 0 })
}

// ResetRequests forgets the requests there were.
func (h *Harness) ResetRequests() { h.Tenant.ResetRequests() }

// ExpectRequests expects exactly these requests since the last call, in this order,
// and forgets them. Each is a method and a path, as in
// "PATCH /v1.0/applications/{id}": {id} stands for an object id, and a query counts
// only where the expected path has one.
func (h *Harness) ExpectRequests(t testing.TB, want ...string) {
	t.Helper()
	var got []string
	for i, r := range h.Requests() {
		path := unescaped(r.Path)
		if i >= len(want) || !strings.Contains(want[i], "?") {
			path, _, _ = strings.Cut(path, "?")
		}
		got = append(got, r.Method+" "+objectID.ReplaceAllString(path, "{id}"))
	}
	h.ResetRequests()
	if !slices.Equal(got, want) {
		t.Errorf("requests:\ngot  %s\nwant %s", strings.Join(got, "\n     "), strings.Join(want, "\n     "))
	}
}

var objectID = regexp.MustCompile(`[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}`)

func unescaped(path string) string {
	if decoded, err := url.QueryUnescape(path); err == nil {
		return decoded
	}
	return path
}

// Connections is how many TCP connections the requests since ResetRequests came by.
func (h *Harness) Connections() int {
	connections := map[uint64]bool{}
	for _, r := range h.Requests() {
		connections[r.Connection] = true
	}
	return len(connections)
}

// ExpectRequestCount expects so many requests since the last call, whichever they are, and forgets them.
func (h *Harness) ExpectRequestCount(t testing.TB, want int) {
	t.Helper()
	if got := h.Requests(); len(got) != want {
		t.Errorf("got %d requests, want %d: %v", len(got), want, got)
	}
	h.ResetRequests()
}
