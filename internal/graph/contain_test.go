package graph

import (
	"net/http"
	"testing"
)

// TestListings_aPanicIsContained: what breaks while a page is read ends the listing, and single reads go on.
func TestListings_aPanicIsContained(t *testing.T) {
	t.Parallel()
	l := newListings(roundTripper(func(*http.Request) (*http.Response, error) { panic("broken") }), "https://graph.example")
	if _, err := l.page(t.Context(), &Listing{Path: "/applications"}, "https://graph.example/v1.0/applications"); err == nil {
		t.Error("a page has no error")
	}
	if _, err := l.count(t.Context(), listedCollection{&Listing{Path: "/applications"}, "/v1.0/applications"}); err == nil {
		t.Error("a count has no error")
	}
}
