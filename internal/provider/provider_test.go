package provider

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

const (
	aTenant = "11111111-1111-1111-1111-111111111111"
	aClient = "22222222-2222-2222-2222-222222222222"
	anOID   = "33333333-3333-3333-3333-333333333333"
	aSub    = "44444444-4444-4444-4444-444444444444"
)

// microsoft plays the login service, the metadata host, a pipeline's token endpoint and instance metadata.
type microsoft struct {
	*httptest.Server
	mu       sync.Mutex
	requests []*http.Request
	forms    []url.Values
	// refuse, when set, is the answer of the token endpoint.
	refuse string
	// answer, when set, is what the token endpoint answers, word for word.
	answer string
	// instead, when set, may answer in place of all this.
	instead func(w http.ResponseWriter, r *http.Request) bool
	// Where the documents of discovery say that the services are, if not here.
	tokenEndpoint, loginEndpoint, graphEndpoint string
	// echo has whatever gives tokens refuse with all that it was told.
	echo bool
	said []string
}

func newMicrosoft(t *testing.T) *microsoft {
	t.Helper()
	m := &microsoft{}
	m.Server = httptest.NewTLSServer(m)
	t.Cleanup(m.Close)
	return m
}

func (m *microsoft) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if m.instead != nil && m.instead(w, r) {
		return
	}
	body, _ := io.ReadAll(r.Body)
	values, _ := url.ParseQuery(string(body))
	m.mu.Lock()
	defer m.mu.Unlock()
	m.requests = append(m.requests, r)
	m.forms = append(m.forms, values)
	w.Header().Set("Content-Type", "application/json")
	origin := "https://" + r.Host
	respond := func(answer any) { _ = json.NewEncoder(w).Encode(answer) }
	tenant, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	switch {
	case m.echo && (strings.HasSuffix(r.URL.Path, "/token") || strings.HasPrefix(r.URL.Path, "/pipeline/")):
		said := fmt.Sprint("AADSTS7000215: Invalid client secret provided: ", values, " ", r.Header)
		m.said = append(m.said, said)
		w.WriteHeader(http.StatusUnauthorized)
		respond(map[string]any{"error": "invalid_client", "error_description": said, "message": string(body)})
	case r.URL.Path == "/metadata/endpoints":
		respond(map[string]any{
			"name": "local", "resourceManager": origin + "/rm/", "microsoftGraphResourceId": cmp.Or(m.graphEndpoint, origin+"/"),
			"authentication": map[string]any{"loginEndpoint": cmp.Or(m.loginEndpoint, origin+"/")},
		})
	case rest == "v2.0/.well-known/openid-configuration":
		respond(map[string]any{
			"issuer": origin + "/" + tenant + "/v2.0", "authorization_endpoint": origin + "/" + tenant + "/oauth2/v2.0/authorize",
			"token_endpoint": cmp.Or(m.tokenEndpoint, origin+"/"+tenant+"/oauth2/v2.0/token"),
		})
	case rest == "oauth2/v2.0/token" || r.URL.Path == "/metadata/identity/oauth2/token":
		if m.refuse != "" {
			w.WriteHeader(http.StatusUnauthorized)
			respond(map[string]any{"error": "invalid_client", "error_description": m.refuse})
			return
		}
		if m.answer != "" {
			_, _ = io.WriteString(w, m.answer)
			return
		}
		respond(map[string]any{"token_type": "Bearer", "expires_in": 3599, "ext_expires_in": 3599, "access_token": accessToken(), "resource": "x"})
	case strings.HasPrefix(r.URL.Path, "/pipeline/github"):
		respond(map[string]any{"count": 1, "value": "github-assertion"})
	case strings.HasPrefix(r.URL.Path, "/pipeline/devops"):
		respond(map[string]any{"oidcToken": "devops-assertion"})
	default:
		w.WriteHeader(http.StatusNotFound)
	}
}

// tokenRequests are the forms that the token endpoint got.
func (m *microsoft) tokenRequests() []url.Values {
	m.mu.Lock()
	defer m.mu.Unlock()
	var forms []url.Values
	for i, r := range m.requests {
		if strings.HasSuffix(r.URL.Path, "/token") && r.Method == http.MethodPost {
			forms = append(forms, m.forms[i])
		}
	}
	return forms
}

func (m *microsoft) find(path string) *http.Request {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, r := range m.requests {
		if r.URL.Path == path {
			return r
		}
	}
	return nil
}

func (m *microsoft) count() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.requests)
}

func accessToken() string {
	encode := base64.RawURLEncoding.EncodeToString
	payload, _ := json.Marshal(map[string]any{"tid": aTenant, "appid": aClient, "oid": anOID})
	return encode([]byte(`{"alg":"none"}`)) + "." + encode(payload) + "." + encode([]byte("signature"))
}

// caFile writes the certificate of the server, so that the provider can be told to trust it.
func (m *microsoft) caFile(t *testing.T) string {
	t.Helper()
	return write(t, "ca.pem", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: m.Certificate().Raw})))
}

func write(t *testing.T, name, content string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// env is an environment. Besides what is given it points the provider at the server.
func (m *microsoft) env(t *testing.T, pairs ...string) map[string]string {
	t.Helper()
	variables := map[string]string{"ARM_METADATA_HOSTNAME": strings.TrimPrefix(m.URL, "https://"), "WORKLOADID_CA_CERTIFICATE_FILE": m.caFile(t)}
	for i := 0; i < len(pairs); i += 2 {
		variables[pairs[i]] = pairs[i+1]
	}
	return variables
}

// block is a provider block: strings, bools, nested maps, or tftypes.UnknownValue.
type block map[string]any

func start(t *testing.T, environment map[string]string) tfprotov6.ProviderServer {
	t.Helper()
	return NewServer(Options{Version: "test", LookupEnv: func(name string) (string, bool) {
		value, ok := environment[name]
		return value, ok
	}})
}

// dynamic encodes values as the provider's schema wants them.
func (b block) dynamic(t *testing.T, server tfprotov6.ProviderServer) *tfprotov6.DynamicValue {
	t.Helper()
	schema, err := server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	value := encode(t, schema.Provider.ValueType(), b)
	dynamic, err := tfprotov6.NewDynamicValue(value.Type(), value)
	if err != nil {
		t.Fatal(err)
	}
	return &dynamic
}

func encode(t *testing.T, typ tftypes.Type, value any) tftypes.Value {
	t.Helper()
	object, ok := typ.(tftypes.Object)
	if b, isBlock := value.(block); ok && isBlock {
		values := map[string]tftypes.Value{}
		for name, attribute := range object.AttributeTypes {
			values[name] = encode(t, attribute, b[name])
		}
		for name := range b {
			if _, known := object.AttributeTypes[name]; !known {
				t.Fatalf("the schema has no %s", name)
			}
		}
		return tftypes.NewValue(typ, values)
	}
	return tftypes.NewValue(typ, value)
}

func validate(t *testing.T, b block) []*tfprotov6.Diagnostic {
	t.Helper()
	server := start(t, nil)
	response, err := server.ValidateProviderConfig(t.Context(), &tfprotov6.ValidateProviderConfigRequest{Config: b.dynamic(t, server)})
	if err != nil {
		t.Fatal(err)
	}
	return response.Diagnostics
}

func configure(t *testing.T, b block, environment map[string]string) (tfprotov6.ProviderServer, []*tfprotov6.Diagnostic) {
	t.Helper()
	server := start(t, environment)
	response, err := server.ConfigureProvider(t.Context(), &tfprotov6.ConfigureProviderRequest{TerraformVersion: "1.14.0", Config: b.dynamic(t, server)})
	if err != nil {
		t.Fatal(err)
	}
	return server, response.Diagnostics
}

func text(diagnostics []*tfprotov6.Diagnostic) string {
	var lines []string
	for _, d := range diagnostics {
		lines = append(lines, d.Severity.String()+" "+d.Summary+": "+d.Detail)
	}
	return strings.Join(lines, "\n")
}

// clientConfig reads the data source workloadid_client_config.
func clientConfig(t *testing.T, server tfprotov6.ProviderServer) (map[string]string, []*tfprotov6.Diagnostic) {
	t.Helper()
	schema, err := server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	typ := schema.DataSourceSchemas["workloadid_client_config"].ValueType()
	config, err := tfprotov6.NewDynamicValue(typ, encode(t, typ, block{}))
	if err != nil {
		t.Fatal(err)
	}
	response, err := server.ReadDataSource(t.Context(), &tfprotov6.ReadDataSourceRequest{TypeName: "workloadid_client_config", Config: &config})
	if err != nil {
		t.Fatal(err)
	}
	if len(response.Diagnostics) > 0 {
		return nil, response.Diagnostics
	}
	state, err := response.State.Unmarshal(typ)
	if err != nil {
		t.Fatal(err)
	}
	var values map[string]tftypes.Value
	if err := state.As(&values); err != nil {
		t.Fatal(err)
	}
	read := map[string]string{}
	for name, value := range values {
		if !value.IsNull() {
			var s string
			if err := value.As(&s); err != nil {
				t.Fatal(err)
			}
			read[name] = s
		}
	}
	return read, nil
}

func TestProvider_clientConfig(t *testing.T) {
	t.Parallel()
	m := newMicrosoft(t)
	for name, test := range map[string]struct {
		block block
		want  map[string]string
	}{
		"everything":      {block{"subscription_id": aSub}, map[string]string{"tenant_id": aTenant, "client_id": aClient, "object_id": anOID, "subscription_id": aSub}},
		"no subscription": {block{"tenant_id": "contoso.onmicrosoft.com"}, map[string]string{"tenant_id": aTenant, "client_id": aClient, "object_id": anOID}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, diagnostics := configure(t, test.block, m.env(t, "ARM_TENANT_ID", aTenant, "ARM_CLIENT_ID", aClient, "ARM_CLIENT_SECRET", "s3cret"))
			if len(diagnostics) > 0 {
				t.Fatal(text(diagnostics))
			}
			got, diagnostics := clientConfig(t, server)
			if len(diagnostics) > 0 {
				t.Fatal(text(diagnostics))
			}
			for _, name := range []string{"tenant_id", "client_id", "object_id", "subscription_id"} {
				if got[name] != test.want[name] {
					t.Errorf("%s is %q, want %q", name, got[name], test.want[name])
				}
			}
		})
	}
}

// Configuring, and asking who one is, costs one token and nothing of Graph.
func TestProvider_oneTokenRequest(t *testing.T) {
	t.Parallel()
	m := newMicrosoft(t)
	server, diagnostics := configure(t, block{}, m.env(t, "ARM_TENANT_ID", aTenant, "ARM_CLIENT_ID", aClient, "ARM_CLIENT_SECRET", "s3cret"))
	if len(diagnostics) > 0 {
		t.Fatal(text(diagnostics))
	}
	if _, diagnostics := clientConfig(t, server); len(diagnostics) > 0 {
		t.Fatal(text(diagnostics))
	}
	forms := m.tokenRequests()
	if len(forms) != 1 || m.count() != 3 {
		t.Fatalf("%d token requests among %d, want 1 among 3", len(forms), m.count())
	}
	if scope := forms[0].Get("scope"); !strings.Contains(scope, m.URL+"/.default") {
		t.Errorf("scope is %q", scope)
	}
	if r := m.find("/common/discovery/instance"); r != nil {
		t.Error("a login service of one's own was asked whether it may be trusted")
	}
}

func TestProvider_unknownValues(t *testing.T) {
	t.Parallel()
	m := newMicrosoft(t)
	unknown := tftypes.UnknownValue
	for name, test := range map[string]struct {
		block   block
		defers  bool
		mention string
	}{
		"tenant":       {block{"tenant_id": unknown}, true, "tenant_id is not known yet"},
		"two":          {block{"tenant_id": unknown, "client_secret": unknown}, true, "tenant_id and client_secret are not known yet"},
		"endpoints":    {block{"endpoints": unknown}, true, "endpoints"},
		"one endpoint": {block{"endpoints": block{"graph": unknown}}, true, "endpoints.graph is not known yet"},
		"a flag":       {block{"use_oidc": unknown}, true, "use_oidc is not known yet"},
		"subscription": {block{"subscription_id": unknown}, false, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			environment := m.env(t, "ARM_TENANT_ID", aTenant, "ARM_CLIENT_ID", aClient, "ARM_CLIENT_SECRET", "s3cret")
			server, diagnostics := configure(t, test.block, environment)
			if len(diagnostics) > 0 {
				t.Fatal(text(diagnostics))
			}
			_, diagnostics = clientConfig(t, server)
			if got := text(diagnostics); test.defers != (got != "") || !strings.Contains(got, test.mention) {
				t.Errorf("reading gave %q, want %q", got, test.mention)
			}
			for _, allowed := range []bool{false, true} {
				server := start(t, environment)
				response, err := server.ConfigureProvider(t.Context(), &tfprotov6.ConfigureProviderRequest{
					Config: test.block.dynamic(t, server), ClientCapabilities: &tfprotov6.ConfigureProviderClientCapabilities{DeferralAllowed: allowed},
				})
				if err != nil || len(response.Diagnostics) > 0 {
					t.Fatal(err, text(response.Diagnostics))
				}
				typ := encodeType(t, server)
				config, err := tfprotov6.NewDynamicValue(typ, encode(t, typ, block{}))
				if err != nil {
					t.Fatal(err)
				}
				read, err := server.ReadDataSource(t.Context(), &tfprotov6.ReadDataSourceRequest{
					TypeName: "workloadid_client_config", Config: &config, ClientCapabilities: &tfprotov6.ReadDataSourceClientCapabilities{DeferralAllowed: allowed},
				})
				if err != nil {
					t.Fatal(err)
				}
				if deferred := read.Deferred != nil; deferred != (allowed && test.defers) {
					t.Errorf("deferral allowed %v: deferred %v", allowed, deferred)
				}
			}
		})
	}
}

func encodeType(t *testing.T, server tfprotov6.ProviderServer) tftypes.Type {
	t.Helper()
	schema, err := server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	return schema.DataSourceSchemas["workloadid_client_config"].ValueType()
}

func TestProvider_validate(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		block block
		want  string
	}{
		"nothing":                      {block{}, ""},
		"all well":                     {block{"tenant_id": aTenant, "client_id": aClient, "environment": "usgovernment", "client_secret": "x", "endpoints": block{"graph": "https://localhost:8443"}}, ""},
		"a domain as tenant":           {block{"tenant_id": "contoso.onmicrosoft.com"}, ""},
		"unknown values":               {block{"tenant_id": tftypes.UnknownValue, "client_id": tftypes.UnknownValue, "client_id_file": "x", "environment": tftypes.UnknownValue}, "Set client_id or client_id_file, not both"},
		"tenant":                       {block{"tenant_id": "my tenant"}, "neither a tenant ID"},
		"client":                       {block{"client_id": "app"}, `"app" is not a GUID`},
		"subscription":                 {block{"subscription_id": "sub"}, "is not a GUID"},
		"cloud":                        {block{"environment": "moon"}, `"moon" is not a cloud, the clouds are china, public, usgovernment`},
		"metadata host":                {block{"metadata_host": "a/b"}, "not the name of a host"},
		"metadata host with a port":    {block{"metadata_host": "localhost:8443"}, ""},
		"metadata host as an origin":   {block{"metadata_host": "https://localhost:8443"}, ""},
		"endpoint":                     {block{"endpoints": block{"graph": "graph.example"}}, "is not an address"},
		"endpoint with a password":     {block{"endpoints": block{"authority": "https://a:b@login.example"}}, "must not contain a user name"},
		"secret and its file":          {block{"client_secret": "x", "client_secret_file": "y"}, "Set client_secret or client_secret_file, not both"},
		"certificate and its file":     {block{"client_certificate": "x", "client_certificate_file": "y"}, "not both"},
		"token and its file":           {block{"oidc_token": "x", "oidc_token_file": "y"}, "not both"},
		"a file that is not there yet": {block{"client_secret_file": "/no/such/file"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := text(validate(t, test.block))
			if test.want == "" && got != "" || !strings.Contains(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
			if strings.Contains(got, "b@login") {
				t.Errorf("a password is in %q", got)
			}
		})
	}
}

// What the schema, the environment and the documentation say comes from one table.
func TestProvider_schemaComesFromTheTable(t *testing.T) {
	t.Parallel()
	server := start(t, nil)
	schema, err := server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil || len(schema.Diagnostics) > 0 {
		t.Fatal(err, text(schema.Diagnostics))
	}
	attributes := map[string]*tfprotov6.SchemaAttribute{}
	for _, a := range schema.Provider.Block.Attributes {
		attributes[a.Name] = a
		if a.NestedType != nil {
			for _, nested := range a.NestedType.Attributes {
				attributes[a.Name+"."+nested.Name] = nested
			}
		}
	}
	if len(attributes) != len(arguments)+1 {
		t.Errorf("%d attributes for %d arguments and endpoints", len(attributes), len(arguments))
	}
	variables := map[string]bool{}
	for _, a := range arguments {
		attribute := attributes[a.name]
		if attribute == nil || !attribute.Optional || attribute.Sensitive != a.sensitive {
			t.Errorf("%s: attribute %+v", a.name, attribute)
			continue
		}
		if len(a.environment) == 0 || a.description == "" {
			t.Errorf("%s has no variable or no description", a.name)
		}
		for _, name := range a.environment {
			if variables[name] || !strings.Contains(attribute.Description, "`"+name+"`") {
				t.Errorf("%s: the variable %s is used twice or not documented", a.name, name)
			}
			variables[name] = true
		}
	}
	for _, secret := range []string{"client_secret", "client_certificate", "client_certificate_password", "oidc_token", "oidc_request_token"} {
		if !attributes[secret].Sensitive {
			t.Errorf("%s is not sensitive", secret)
		}
	}
	// What users of azurerm and azuread set today.
	for _, name := range []string{
		"ARM_TENANT_ID", "ARM_CLIENT_ID", "ARM_CLIENT_ID_FILE_PATH", "ARM_SUBSCRIPTION_ID", "ARM_ENVIRONMENT", "ARM_METADATA_HOSTNAME",
		"ARM_CLIENT_SECRET", "ARM_CLIENT_SECRET_FILE_PATH", "ARM_CLIENT_CERTIFICATE", "ARM_CLIENT_CERTIFICATE_PATH", "ARM_CLIENT_CERTIFICATE_PASSWORD",
		"ARM_USE_OIDC", "ARM_OIDC_TOKEN", "ARM_OIDC_TOKEN_FILE_PATH", "ARM_OIDC_REQUEST_URL", "ARM_OIDC_REQUEST_TOKEN",
		"ACTIONS_ID_TOKEN_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_TOKEN", "SYSTEM_OIDCREQUESTURI", "SYSTEM_ACCESSTOKEN",
		"ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID", "ARM_OIDC_AZURE_SERVICE_CONNECTION_ID",
		"ARM_USE_MSI", "ARM_MSI_ENDPOINT", "ARM_USE_CLI", "ARM_USE_AKS_WORKLOAD_IDENTITY",
	} {
		if !variables[name] {
			t.Errorf("%s is not honoured", name)
		}
	}
}

// Nothing of the catalog is offered twice, and everything has a type of its own.
func TestProvider_catalog(t *testing.T) {
	t.Parallel()
	server := start(t, nil)
	response, err := server.GetMetadata(t.Context(), &tfprotov6.GetMetadataRequest{})
	if err != nil || len(response.Diagnostics) > 0 {
		t.Fatal(err, text(response.Diagnostics))
	}
	var offered []string
	for _, d := range response.DataSources {
		offered = append(offered, d.TypeName)
	}
	if !slices.Contains(offered, "workloadid_client_config") {
		t.Errorf("data sources: %v", offered)
	}
}
