package provider

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// TestEndpoints_safe: an address over which secrets and tokens could be read, or that is more than a host, is refused, by the
// block as by the environment.
func TestEndpoints_safe(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		block       block
		environment map[string]string
		want        string
	}{
		"Microsoft Graph":        {block{"endpoints": block{"graph": "http://graph.example"}}, nil, "plain HTTP"},
		"Resource Manager":       {block{"endpoints": block{"resource_manager": "http://10.0.0.1"}}, nil, "plain HTTP"},
		"authority":              {block{"endpoints": block{"authority": "http://login.example"}}, nil, "plain HTTP"},
		"metadata host":          {block{"metadata_host": "http://metadata.example"}, nil, "plain HTTP"},
		"pipeline":               {block{"oidc_request_url": "http://pipeline.example/token"}, nil, "plain HTTP"},
		"Graph by a variable":    {nil, map[string]string{"WORKLOADID_GRAPH_ENDPOINT": "http://graph.example"}, "plain HTTP"},
		"metadata by a variable": {nil, map[string]string{"ARM_METADATA_HOSTNAME": "http://metadata.example"}, "plain HTTP"},
		"pipeline by a variable": {nil, map[string]string{"ACTIONS_ID_TOKEN_REQUEST_URL": "http://pipeline.example/token"}, "plain HTTP"},
		"a path":                 {block{"endpoints": block{"graph": "https://graph.example/v1.0"}}, nil, "Give https://graph.example"},
		"a query":                {block{"endpoints": block{"resource_manager": "https://management.example?x=y"}}, nil, "Give https://management.example"},
		"a fragment":             {block{"endpoints": block{"authority": "https://login.example#x"}}, nil, "Give https://login.example"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			environment := map[string]string{"ARM_TENANT_ID": aTenant, "ARM_CLIENT_ID": aClient, "ARM_CLIENT_SECRET": "hUsH-secret"}
			maps.Copy(environment, c.environment)
			server := start(t, environment)
			said := ""
			if c.block != nil {
				response, err := server.ValidateProviderConfig(t.Context(), &tfprotov6.ValidateProviderConfigRequest{Config: c.block.dynamic(t, server)})
				if err != nil {
					t.Fatal(err)
				}
				said = text(response.Diagnostics)
			} else {
				_, diagnostics := configure(t, block{}, environment)
				said = text(diagnostics)
			}
			if !strings.Contains(said, c.want) {
				t.Errorf("got %s", said)
			}
		})
	}
}

// TestEndpoints_discovered: what a document of discovery says can't send the client secret elsewhere.
func TestEndpoints_discovered(t *testing.T) {
	t.Parallel()
	var stolen []url.Values
	thief := httptest.NewTLSServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		stolen = append(stolen, r.PostForm)
	}))
	t.Cleanup(thief.Close)
	for name, change := range map[string]func(m *microsoft){
		"token endpoint of another origin": func(m *microsoft) {
			m.tokenEndpoint = strings.Replace(thief.URL, "127.0.0.1", "localhost.example", 1) + "/token"
		},
		"login service over HTTP":   func(m *microsoft) { m.loginEndpoint = "http://login.example" },
		"Microsoft Graph over HTTP": func(m *microsoft) { m.graphEndpoint = "http://graph.example" },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMicrosoft(t)
			change(m)
			_, diagnostics := configure(t, block{}, m.env(t, "ARM_TENANT_ID", aTenant, "ARM_CLIENT_ID", aClient, "ARM_CLIENT_SECRET", "hUsH-secret"))
			said := text(diagnostics)
			if !strings.Contains(said, "hand over the credentials") && !strings.Contains(said, "over https alone") {
				t.Errorf("got %s", said)
			}
			if len(stolen) > 0 || strings.Contains(said, "hUsH") {
				t.Errorf("stolen: %v\n%s", stolen, said)
			}
		})
	}
}

// TestSignIn_limit: a host that asks for an hour's patience, or answers for ever, is given up in time, with what it was.
func TestSignIn_limit(t *testing.T) {
	t.Parallel()
	ended := make(chan struct{})
	slow := func(w http.ResponseWriter, r *http.Request) { // one byte after the other
		for {
			select {
			case <-r.Context().Done():
				return
			case <-ended:
				return
			case <-time.After(20 * time.Millisecond):
				_, _ = w.Write([]byte(" "))
				w.(http.Flusher).Flush()
			}
		}
	}
	patience := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "3600")
		w.WriteHeader(http.StatusTooManyRequests)
	}
	large := func(w http.ResponseWriter, r *http.Request) {
		for r.Context().Err() == nil {
			if _, err := w.Write(make([]byte, 1<<20)); err != nil {
				return
			}
		}
	}
	for name, c := range map[string]struct {
		path   string
		answer http.HandlerFunc
		want   []string
	}{
		"metadata that drips":       {"/metadata/endpoints", slow, []string{"Signing in took too long", "given up after 1.5s"}},
		"tokens that drip":          {"/oauth2/v2.0/token", slow, []string{"Signing in took too long"}},
		"metadata without patience": {"/metadata/endpoints", patience, []string{"429 Too Many Requests. The service asks to be left alone for 1h0m0s"}},
		"tokens without patience":   {"/oauth2/v2.0/token", patience, []string{"429 Too Many Requests. The service asks to be left alone for 1h0m0s"}},
		"endless metadata":          {"/metadata/endpoints", large, []string{"more than 64 MiB"}},
		"endless tokens":            {"/oauth2/v2.0/token", large, []string{"more than 64 MiB"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMicrosoft(t)
			m.instead = func(w http.ResponseWriter, r *http.Request) bool {
				if !strings.HasSuffix(r.URL.Path, c.path) {
					return false
				}
				c.answer(w, r)
				return true
			}
			environment := m.env(t, "ARM_TENANT_ID", aTenant, "ARM_CLIENT_ID", aClient, "ARM_CLIENT_SECRET", "hUsH-secret")
			limit := time.Minute // none is reached but by what drips
			if strings.Contains(name, "drip") {
				limit = 1500 * time.Millisecond
			}
			server := NewServer(Options{Version: "test", SignInLimit: limit, LookupEnv: func(name string) (string, bool) {
				value, ok := environment[name]
				return value, ok
			}})
			began := time.Now()
			response, err := server.ConfigureProvider(t.Context(), &tfprotov6.ConfigureProviderRequest{TerraformVersion: "1.14.0", Config: block{}.dynamic(t, server)})
			if err != nil {
				t.Fatal(err)
			}
			if took := time.Since(began); took > 20*time.Second {
				t.Errorf("it took %s", took)
			}
			for _, want := range c.want {
				if !strings.Contains(text(response.Diagnostics), want) {
					t.Errorf("lacks %q: %s", want, text(response.Diagnostics))
				}
			}
		})
	}
	t.Cleanup(func() { close(ended) })
}
