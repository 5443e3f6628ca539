package login

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/issuer"
)

const (
	tenantID         = "11111111-1111-4111-8111-111111111111"
	clientID         = "22222222-2222-4222-8222-222222222222"
	servicePrincipal = "33333333-3333-4333-8333-333333333333"
	graphPrincipal   = "44444444-4444-4444-8444-444444444444"
	armPrincipal     = "55555555-5555-4555-8555-555555555555"
	apiClientID      = "66666666-6666-4666-8666-666666666666"
	apiPrincipal     = "77777777-7777-4777-8777-777777777777"
	goodSecret       = "good+secret/with=signs~"
	graphScope       = "https://graph.microsoft.com/.default"
)

// directory is a tenant's content for one test.
type directory struct {
	mutex     sync.Mutex
	clients   map[string]Client
	resources []Resource
	names     map[string]string // service principal name to appId
	roles     map[string][]string
}

func (d *directory) At(context.Context) Directory { return d }

func (d *directory) TenantID() string        { return tenantID }
func (d *directory) TenantName() string      { return "Contoso" }
func (d *directory) TenantDomains() []string { return []string{"contoso.example"} }

func (d *directory) Client(id string) (Client, bool) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	client, ok := d.clients[strings.ToLower(id)]
	return client, ok
}

func (d *directory) Resource(name string) (Resource, bool) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	if id, ok := d.names[name]; ok {
		name = id
	}
	for _, resource := range d.resources {
		if strings.EqualFold(resource.ClientID, name) {
			return resource, true
		}
	}
	return Resource{}, false
}

func (d *directory) GrantedRoles(client, resource string) ([]string, bool) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	roles, ok := d.roles[client+" "+resource]
	return roles, ok
}

func (d *directory) DirectoryRoles(string) []string { return []string{"role-template"} }

// tenant is a login endpoint with one application, served over HTTPS.
type tenant struct {
	t       *testing.T
	dir     *directory
	login   *Login
	issuers *issuer.Issuer
	server  *httptest.Server
	http    *http.Client

	mutex sync.Mutex
	shift time.Duration // of the tenant's clock
}

func newTenant(t *testing.T, change ...func(*Options)) *tenant {
	t.Helper()
	tn := &tenant{t: t, dir: &directory{
		clients: map[string]Client{clientID: {
			ClientID: clientID, DisplayName: "deployer", ServicePrincipalID: servicePrincipal, Enabled: true,
			SignInAudience: "AzureADMyOrg",
			Secrets:        []Secret{{KeyID: "1", Text: goodSecret}},
		}},
		resources: []Resource{
			{ClientID: graphAppID, DisplayName: "Microsoft Graph", ServicePrincipalID: graphPrincipal, Enabled: true},
			{ClientID: "797f4846-ba00-4fd7-ba43-dac1f8f63013", DisplayName: "Azure Resource Manager", ServicePrincipalID: armPrincipal, Enabled: true},
			{ClientID: apiClientID, DisplayName: "api", ServicePrincipalID: apiPrincipal, Enabled: true, AccessTokenVersion: 2},
		},
		names: map[string]string{
			"https://graph.microsoft.com":          graphAppID,
			"https://management.azure.com/":        "797f4846-ba00-4fd7-ba43-dac1f8f63013",
			"https://management.core.windows.net/": "797f4846-ba00-4fd7-ba43-dac1f8f63013",
			"api://contoso/api":                    apiClientID,
		},
		roles: map[string][]string{servicePrincipal + " " + graphPrincipal: {"Application.ReadWrite.All", "Directory.Read.All"}},
	}}
	tn.server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/oidc/") {
			tn.issuers.ServeHTTP(w, r)
			return
		}
		if !tn.login.Matches(r.URL.Path) {
			t.Errorf("%s %s is not matched", r.Method, r.URL)
		}
		tn.login.ServeHTTP(w, r)
	}))
	tn.server.StartTLS()
	t.Cleanup(tn.server.Close)
	tn.http = tn.server.Client()
	tn.issuers = issuer.New(issuer.Options{Origin: tn.server.URL})
	options := Options{Directory: tn.dir, Issuer: tn.issuers, Origin: tn.server.URL, Now: tn.now, HTTPClient: tn.http}
	for _, f := range change {
		f(&options)
	}
	var err error
	if tn.login, err = New(options); err != nil {
		t.Fatal(err)
	}
	return tn
}

func (tn *tenant) now() time.Time {
	tn.mutex.Lock()
	defer tn.mutex.Unlock()
	return time.Now().Add(tn.shift)
}

func (tn *tenant) advance(by time.Duration) {
	tn.mutex.Lock()
	defer tn.mutex.Unlock()
	tn.shift += by
}

// change edits the application.
func (tn *tenant) change(edit func(*Client)) {
	tn.dir.mutex.Lock()
	defer tn.dir.mutex.Unlock()
	client := tn.dir.clients[clientID]
	edit(&client)
	tn.dir.clients[clientID] = client
}

func (tn *tenant) get(path string, into any) *http.Response {
	tn.t.Helper()
	response, err := tn.http.Get(tn.server.URL + path)
	if err != nil {
		tn.t.Fatal(err)
	}
	return tn.read(response, into)
}

func (tn *tenant) read(response *http.Response, into any) *http.Response {
	tn.t.Helper()
	defer func() { _ = response.Body.Close() }()
	content, err := io.ReadAll(response.Body)
	if err != nil {
		tn.t.Fatal(err)
	}
	if err := json.Unmarshal(content, into); err != nil {
		tn.t.Fatalf("%s: %v in %s", response.Status, err, content)
	}
	return response
}

type tokenAnswer struct {
	AccessToken string          `json:"access_token"`
	TokenType   string          `json:"token_type"`
	ExpiresIn   json.RawMessage `json:"expires_in"`
	ExpiresOn   string          `json:"expires_on"`
	Resource    string          `json:"resource"`
	failureBody
}

func (tn *tenant) post(path string, form url.Values, header ...string) (tokenAnswer, *http.Response) {
	tn.t.Helper()
	request, err := http.NewRequest(http.MethodPost, tn.server.URL+path, strings.NewReader(form.Encode()))
	if err != nil {
		tn.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for i := 0; i < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	response, err := tn.http.Do(request)
	if err != nil {
		tn.t.Fatal(err)
	}
	var answer tokenAnswer
	tn.read(response, &answer)
	return answer, response
}

// token asks the endpoint of version 2 with a good secret, except for the changes: pairs of a parameter and its value,
// where an empty one takes the parameter away.
func (tn *tenant) token(changes ...string) (tokenAnswer, *http.Response) {
	tn.t.Helper()
	form := url.Values{
		"grant_type":    {"client_credentials"},
		"client_id":     {clientID},
		"client_secret": {goodSecret},
		"scope":         {graphScope},
	}
	for i := 0; i < len(changes); i += 2 {
		form.Set(changes[i], changes[i+1])
		if changes[i+1] == "" {
			form.Del(changes[i])
		}
	}
	return tn.post("/"+tenantID+"/oauth2/v2.0/token", form)
}

// assert presents an assertion instead of the secret.
func (tn *tenant) assert(assertion string, changes ...string) (tokenAnswer, *http.Response) {
	tn.t.Helper()
	return tn.token(append([]string{"client_secret", "", "client_assertion", assertion, "client_assertion_type", assertionType}, changes...)...)
}

// refused checks a refusal: status, OAuth error, code and a part of the words.
func refused(t *testing.T, answer tokenAnswer, response *http.Response, status int, oauth string, code int, says string) {
	t.Helper()
	if response.StatusCode != status || answer.Error != oauth || len(answer.Codes) != 1 || answer.Codes[0] != code {
		t.Errorf("answered %d %s %v, want %d %s %d: %s", response.StatusCode, answer.Error, answer.Codes, status, oauth, code, answer.Description)
	}
	if !strings.Contains(answer.Description, says) {
		t.Errorf("AADSTS%d says %q, which lacks %q", code, answer.Description, says)
	}
	if answer.AccessToken != "" {
		t.Error("a refusal carries a token")
	}
}

func accepted(t *testing.T, answer tokenAnswer, response *http.Response) map[string]any {
	t.Helper()
	if response.StatusCode != http.StatusOK {
		t.Fatalf("refused: %s", answer.Description)
	}
	token, err := jwt.ParseSigned(answer.AccessToken, []jose.SignatureAlgorithm{jose.RS256})
	if err != nil {
		t.Fatal(err)
	}
	claims := map[string]any{}
	if err := token.UnsafeClaimsWithoutVerification(&claims); err != nil {
		t.Fatal(err)
	}
	return claims
}

var (
	rsaKeys  sync.Map // by name: making one takes long
	keysOnce sync.Mutex
)

func rsaKey(t *testing.T, name string) *rsa.PrivateKey {
	t.Helper()
	keysOnce.Lock()
	defer keysOnce.Unlock()
	if key, ok := rsaKeys.Load(name); ok {
		return key.(*rsa.PrivateKey)
	}
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	rsaKeys.Store(name, key)
	return key
}

func newCertificate(t *testing.T, key *rsa.PrivateKey) *x509.Certificate {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "client"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return certificate
}

func sign(t *testing.T, algorithm jose.SignatureAlgorithm, key any, header map[jose.HeaderKey]any, claims any) string {
	t.Helper()
	options := (&jose.SignerOptions{}).WithType("JWT")
	for name, value := range header {
		options = options.WithHeader(name, value)
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: algorithm, Key: key}, options)
	if err != nil {
		t.Fatal(err)
	}
	token, err := jwt.Signed(signer).Claims(claims).Serialize()
	if err != nil {
		t.Fatal(err)
	}
	return token
}
