package requestpath

import (
	"net/url"
	"slices"
	"testing"
)

func TestSegments(t *testing.T) {
	t.Parallel()
	for address, want := range map[string][]string{
		"/v1.0/applications":                          {"v1.0", "applications"},
		"/v1.0/applications/":                         {"v1.0", "applications"},
		"/v1.0/applications(appId='x')/owners/$ref":   {"v1.0", "applications", "appId='x'", "owners", "$ref"},
		"/v1.0/applications(uniqueName='a%2Fb%28c)')": {"v1.0", "applications", "uniqueName='a/b(c)'"},
		"/beta/applications/delta()?$deltatoken=1":    {"beta", "applications", "delta"},
		"/t/oauth2/v2.0/token":                        {"t", "oauth2", "v2.0", "token"},
		"/":                                           {""},
		"/a(b":                                        {"a(b"},
	} {
		parsed, err := url.Parse("https://tenant.example" + address)
		if err != nil {
			t.Fatal(err)
		}
		if got := Segments(parsed); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", address, got, want)
		}
	}
}

func TestIsGraph(t *testing.T) {
	t.Parallel()
	for first, want := range map[string]bool{"v1.0": true, "beta": true, "subscriptions": false, "": false} {
		if got := IsGraph([]string{first, "applications"}); got != want {
			t.Errorf("%q: %t", first, got)
		}
	}
	if IsGraph(nil) {
		t.Error("nothing is no path of Microsoft Graph")
	}
}
