package graph

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
)

func TestLookupCloud(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"public": "https://graph.microsoft.com", "Public": "https://graph.microsoft.com", "global": "https://graph.microsoft.com",
		"usgovernment": "https://graph.microsoft.us", "usgovernmentl4": "https://graph.microsoft.us",
		"dod": "https://dod-graph.microsoft.us", "china": "https://microsoftgraph.chinacloudapi.cn",
	} {
		if c, ok := LookupCloud(name); !ok || c.Graph != want || c.CustomAuthority {
			t.Errorf("%s: got %+v, %v", name, c, ok)
		}
	}
	if _, ok := LookupCloud("german"); ok {
		t.Error("the German cloud is closed since 2021")
	}
}

func TestCloud_hostsAreOrigins(t *testing.T) {
	t.Parallel()
	for _, name := range CloudNames() {
		c, _ := LookupCloud(name)
		for _, origin := range []string{c.Graph, c.ResourceManager, c.Authority} {
			if !strings.HasPrefix(origin, "https://") || strings.HasSuffix(origin, "/") {
				t.Errorf("%s: %q", name, origin)
			}
		}
		if azure := c.Azure(); azure.ActiveDirectoryAuthorityHost != c.Authority+"/" || azure.Services[cloud.ResourceManager].Endpoint != c.ResourceManager {
			t.Errorf("%s: %+v", name, azure)
		}
	}
}

func TestCloud_WithAuthority(t *testing.T) {
	t.Parallel()
	c, _ := LookupCloud("public")
	if own := c.WithAuthority("https://localhost:8443/"); own.Authority != "https://localhost:8443" || !own.CustomAuthority {
		t.Errorf("got %+v", own)
	}
	if known := c.WithAuthority("https://login.microsoftonline.us/"); known.CustomAuthority {
		t.Errorf("got %+v", known)
	}
}

func TestDiscoverCloud(t *testing.T) {
	t.Parallel()
	const metadata = "\xef\xbb\xbf" + `{"name":"local","resourceManager":"https://rm.example/","microsoftGraphResourceId":"https://graph.example/","authentication":{"loginEndpoint":"https://login.example/","audiences":["x"]}}`
	var asked string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = r.URL.RequestURI()
		_, _ = io.WriteString(w, metadata)
	}))
	t.Cleanup(server.Close)
	got, err := DiscoverCloud(t.Context(), http.DefaultTransport, server.URL)
	want := Cloud{Graph: "https://graph.example", ResourceManager: "https://rm.example", Authority: "https://login.example", CustomAuthority: true}
	if err != nil || got != want || asked != "/metadata/endpoints?api-version=2022-09-01" {
		t.Errorf("got %+v, %v, asked %s", got, err, asked)
	}
}

func TestDiscoverCloud_failures(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		reply func(*http.Request) (*http.Response, error)
		want  string
	}{
		"no answer":  {fails(errors.New("refused for good: unsupported")), "refused for good"},
		"not found":  {answer(404, ""), "answered 404"},
		"not json":   {answer(200, "<html>"), "no JSON object"},
		"incomplete": {answer(200, `{"resourceManager":"https://rm.example","authentication":{"loginEndpoint":"https://l.example"}}`), "microsoftGraphResourceId"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var tried *http.Request
				_, err := DiscoverCloud(t.Context(), roundTripper(func(r *http.Request) (*http.Response, error) {
					tried = r
					return test.reply(r)
				}), "management.example:444")
				if err == nil || !strings.Contains(err.Error(), test.want) {
					t.Errorf("got %v", err)
				}
				if tried == nil || tried.URL.Host != "management.example:444" || tried.URL.Scheme != "https" {
					t.Errorf("asked %v", tried)
				}
			})
		})
	}
}
