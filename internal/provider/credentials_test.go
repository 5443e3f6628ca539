package provider

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"math/big"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"software.sslmate.com/src/go-pkcs12"
)

// aCertificate is a certificate with its key, in PEM and as a PKCS#12 bundle with the password "p12".
func aCertificate(t *testing.T) (pemText string, bundle []byte) {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "terraform"}, NotBefore: time.Now(), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	pemText = string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})) + string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}))
	bundle, err = pkcs12.Modern.Encode(key, certificate, nil, "p12")
	if err != nil {
		t.Fatal(err)
	}
	return pemText, bundle
}

// Each source, with nothing but what it needs, and what it then says to the login service.
func TestCredentials_eachSource(t *testing.T) {
	t.Parallel()
	pemText, bundle := aCertificate(t)
	who := []string{"ARM_TENANT_ID", aTenant, "ARM_CLIENT_ID", aClient}
	has := func(name, value string) func(*testing.T, url.Values) {
		return func(t *testing.T, form url.Values) {
			if form.Get(name) != value {
				t.Errorf("%s is %q, want %q", name, form.Get(name), value)
			}
		}
	}
	signed := func(t *testing.T, form url.Values) {
		header, _, _ := strings.Cut(form.Get("client_assertion"), ".")
		decoded, err := base64.RawURLEncoding.DecodeString(header)
		if err != nil || !strings.Contains(string(decoded), "x5c") {
			t.Errorf("the assertion's header is %s, %v", decoded, err)
		}
	}
	tests := map[string]struct {
		block       block
		environment []string
		check       func(*testing.T, url.Values)
	}{
		"secret":                         {block{}, append(who, "ARM_CLIENT_SECRET", "s3cret"), has("client_secret", "s3cret")},
		"secret, all in the block":       {block{"tenant_id": aTenant, "client_id": aClient, "client_secret": "s3cret"}, nil, has("client_secret", "s3cret")},
		"secret in a file":               {block{}, append(who, "ARM_CLIENT_SECRET_FILE_PATH", write(t, "secret", " from-file\n")), has("client_secret", "from-file")},
		"the block beats the variables":  {block{"client_secret_file": write(t, "secret", "from-block")}, append(who, "ARM_CLIENT_SECRET", "from-variable"), has("client_secret", "from-block")},
		"client id in a file":            {block{}, []string{"ARM_TENANT_ID", aTenant, "ARM_CLIENT_ID_FILE_PATH", write(t, "id", aClient+"\n"), "ARM_CLIENT_SECRET", "x"}, has("client_id", aClient)},
		"empty variables count as none":  {block{}, append(who, "ARM_CLIENT_SECRET", "x", "ARM_OIDC_TOKEN", "", "ARM_USE_OIDC", "", "ARM_CLIENT_CERTIFICATE", ""), has("client_secret", "x")},
		"certificate, PEM":               {block{"client_certificate": pemText}, who, signed},
		"certificate, base64 of PKCS#12": {block{}, append(who, "ARM_CLIENT_CERTIFICATE", base64.StdEncoding.EncodeToString(bundle), "ARM_CLIENT_CERTIFICATE_PASSWORD", "p12"), signed},
		"certificate, PKCS#12 file":      {block{}, append(who, "ARM_CLIENT_CERTIFICATE_PATH", write(t, "c.pfx", string(bundle)), "ARM_CLIENT_CERTIFICATE_PASSWORD", "p12"), signed},
		"certificate, PEM file":          {block{"client_certificate_file": write(t, "c.pem", pemText)}, who, signed},
		"a certificate before a secret":  {block{"client_certificate": pemText}, append(who, "ARM_CLIENT_SECRET", "x"), signed},
		"a secret before OIDC":           {block{}, append(who, "ARM_CLIENT_SECRET", "x", "ARM_USE_OIDC", "true", "ARM_OIDC_TOKEN", "y"), has("client_secret", "x")},
		"token":                          {block{}, append(who, "ARM_USE_OIDC", "true", "ARM_OIDC_TOKEN", "external-token"), has("client_assertion", "external-token")},
		"token in the block":             {block{"oidc_token": "external-token"}, who, has("client_assertion", "external-token")},
		"token in a file":                {block{}, append(who, "ARM_USE_OIDC", "1", "ARM_OIDC_TOKEN_FILE_PATH", write(t, "token", "external-token\n")), has("client_assertion", "external-token")},
		"AKS workload identity": {
			block{"use_aks_workload_identity": true},
			[]string{"AZURE_TENANT_ID", aTenant, "AZURE_CLIENT_ID", aClient, "AZURE_FEDERATED_TOKEN_FILE", write(t, "token", "cluster-token")},
			has("client_assertion", "cluster-token"),
		},
		"AKS workload identity, another client": {
			block{}, []string{
				"ARM_USE_AKS_WORKLOAD_IDENTITY", "true", "ARM_CLIENT_ID", aSub,
				"AZURE_TENANT_ID", aTenant, "AZURE_CLIENT_ID", aClient, "AZURE_FEDERATED_TOKEN_FILE", write(t, "token", "cluster-token"),
			}, has("client_id", aSub),
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMicrosoft(t)
			server, diagnostics := configure(t, test.block, m.env(t, test.environment...))
			if len(diagnostics) > 0 {
				t.Fatal(text(diagnostics))
			}
			forms := m.tokenRequests()
			if len(forms) != 1 {
				t.Fatalf("%d token requests", len(forms))
			}
			test.check(t, forms[0])
			if got, diagnostics := clientConfig(t, server); got["object_id"] != anOID {
				t.Errorf("signed in as %v, %s", got, text(diagnostics))
			}
		})
	}
}

func TestCredentials_pipelines(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		environment           []string
		path, method, query   string
		assertion, authorized string
	}{
		"GitHub Actions": {
			[]string{"ACTIONS_ID_TOKEN_REQUEST_URL", "{}/pipeline/github?job=1", "ACTIONS_ID_TOKEN_REQUEST_TOKEN", "gh-token"},
			"/pipeline/github", "GET", "audience=api%3A%2F%2FAzureADTokenExchange&job=1", "github-assertion", "Bearer gh-token",
		},
		"Azure DevOps": {
			[]string{"SYSTEM_OIDCREQUESTURI", "{}/pipeline/devops", "SYSTEM_ACCESSTOKEN", "ado-token", "ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID", aSub},
			"/pipeline/devops", "POST", "api-version=7.1&serviceConnectionId=" + aSub, "devops-assertion", "Bearer ado-token",
		},
		"azurerm's own variables": {
			[]string{"ARM_OIDC_REQUEST_URL", "{}/pipeline/github", "ARM_OIDC_REQUEST_TOKEN", "arm-token", "ACTIONS_ID_TOKEN_REQUEST_TOKEN", "gh-token"},
			"/pipeline/github", "GET", "audience=api%3A%2F%2FAzureADTokenExchange", "github-assertion", "Bearer arm-token",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMicrosoft(t)
			environment := m.env(t, "ARM_TENANT_ID", aTenant, "ARM_CLIENT_ID", aClient, "ARM_USE_OIDC", "true")
			for i := 0; i < len(test.environment); i += 2 {
				environment[test.environment[i]] = strings.ReplaceAll(test.environment[i+1], "{}", m.URL)
			}
			_, diagnostics := configure(t, block{}, environment)
			if len(diagnostics) > 0 {
				t.Fatal(text(diagnostics))
			}
			asked := m.find(test.path)
			if asked == nil || asked.Method != test.method || asked.URL.RawQuery != test.query || asked.Header.Get("Authorization") != test.authorized {
				t.Errorf("asked %+v", asked)
			}
			if forms := m.tokenRequests(); forms[len(forms)-1].Get("client_assertion") != test.assertion {
				t.Errorf("exchanged %v", forms)
			}
		})
	}
}

func TestCredentials_managedIdentity(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		environment []string
		clientID    string
	}{
		"user-assigned":   {[]string{"ARM_USE_MSI", "true", "ARM_CLIENT_ID", aClient}, aClient},
		"system-assigned": {[]string{"ARM_USE_MSI", "true"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMicrosoft(t)
			_, diagnostics := configure(t, block{"msi_endpoint": m.URL + "/metadata/identity/oauth2/token"}, m.env(t, test.environment...))
			if len(diagnostics) > 0 {
				t.Fatal(text(diagnostics))
			}
			asked := m.find("/metadata/identity/oauth2/token")
			if asked == nil || asked.Header.Get("Metadata") != "true" || asked.URL.Query().Get("client_id") != test.clientID {
				t.Errorf("asked %+v", asked)
			}
		})
	}
}

// The Azure CLI is a program on PATH: here, one that says what a test wants.
func TestCredentials_azureCLI(t *testing.T) {
	if os.PathSeparator != '/' {
		t.Skip("the stand-in for the Azure CLI is a shell script")
	}
	m := newMicrosoft(t)
	folder := t.TempDir()
	az := func(script string) {
		if err := os.WriteFile(filepath.Join(folder, "az"), []byte("#!/bin/sh\n"+script), 0o755); err != nil { //nolint:gosec // a program has to be executable
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", folder+":/bin:/usr/bin")

	az(`echo "$@" > ` + folder + `/arguments
echo '{"accessToken":"` + accessToken() + `","expires_on":` + "4102444800" + `}'`)
	server, diagnostics := configure(t, block{"tenant_id": aTenant}, m.env(t))
	if len(diagnostics) > 0 {
		t.Fatal(text(diagnostics))
	}
	if got, diagnostics := clientConfig(t, server); got["object_id"] != anOID || got["tenant_id"] != aTenant {
		t.Errorf("signed in as %v, %s", got, text(diagnostics))
	}
	arguments, err := os.ReadFile(filepath.Join(folder, "arguments"))
	if err != nil || !strings.Contains(string(arguments), aTenant) || !strings.Contains(string(arguments), "--resource "+m.URL) {
		t.Errorf("az was called with %s, %v", arguments, err)
	}

	az(`echo "ERROR: Please run 'az login' to setup account." >&2; exit 1`)
	_, diagnostics = configure(t, block{}, m.env(t))
	if len(diagnostics) != 1 || !strings.Contains(diagnostics[0].Detail, "az login") || !strings.Contains(diagnostics[0].Detail, "client secret: not used") {
		t.Errorf("got %s", text(diagnostics))
	}
}

// A credential that does not work, or none at all: one error, which says what was tried and why the rest was not.
func TestCredentials_failures(t *testing.T) {
	t.Parallel()
	_, bundle := aCertificate(t)
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	keyOnly := string(pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: der}))
	who := []string{"ARM_TENANT_ID", aTenant, "ARM_CLIENT_ID", aClient}
	all := []string{"client certificate: ", "client secret: ", "AKS workload identity: ", "OpenID Connect token: ", "Azure DevOps: ", "GitHub Actions: ", "managed identity: ", "Azure CLI: "}
	tests := map[string]struct {
		block       block
		environment []string
		refuse      string
		want        []string
	}{
		"none at all":                 {block{"use_cli": false}, nil, "", append(all, "No source of credentials is configured", "use_cli is false", "use_msi is not true")},
		"wrong secret":                {block{}, append(who, "ARM_CLIENT_SECRET", "hUsH-secret"), "AADSTS7000215: Invalid client secret provided.", []string{`"client secret" failed: AADSTS7000215: Invalid client secret provided.`, "not its ID", "client certificate: not used, neither client_certificate"}},
		"wrong subject":               {block{}, append(who, "ARM_USE_OIDC", "true", "ARM_OIDC_TOKEN", "hUsH-token"), "AADSTS700213: No matching federated identity record found for presented assertion subject 'x'.", []string{"AADSTS700213", "issuer, subject and audience"}},
		"secret without client":       {block{}, []string{"ARM_TENANT_ID", aTenant, "ARM_CLIENT_SECRET", "hUsH-secret"}, "", []string{"client_id (or ARM_CLIENT_ID) is not set"}},
		"secret without anything":     {block{}, []string{"ARM_CLIENT_SECRET", "hUsH-secret"}, "", []string{"tenant_id (or ARM_TENANT_ID) and client_id (or ARM_CLIENT_ID) are not set"}},
		"secret file not there":       {block{"client_secret_file": "/no/such/file"}, who, "", []string{"client_secret_file", "/no/such/file"}},
		"secret file empty":           {block{}, append(who, "ARM_CLIENT_SECRET_FILE_PATH", write(t, "empty", "\n")), "", []string{"ARM_CLIENT_SECRET_FILE_PATH", "is empty"}},
		"certificate file not there":  {block{}, append(who, "ARM_CLIENT_CERTIFICATE_PATH", "/no/such/file.pfx"), "", []string{"ARM_CLIENT_CERTIFICATE_PATH", "/no/such/file.pfx"}},
		"certificate's password":      {block{"client_certificate": base64.StdEncoding.EncodeToString(bundle), "client_certificate_password": "hUsH"}, who, "", []string{"client_certificate_password", "the password is wrong"}},
		"certificate not base64":      {block{"client_certificate": "hUsH?!"}, who, "", []string{"client_certificate is neither PEM nor base64"}},
		"certificate not PKCS#12":     {block{"client_certificate": base64.StdEncoding.EncodeToString([]byte("hUsH"))}, who, "", []string{"not a PKCS#12 bundle"}},
		"certificate without one":     {block{"client_certificate": keyOnly}, who, "", []string{"not a certificate with its private key"}},
		"use_oidc without a token":    {block{"use_oidc": true}, who, "", []string{"use_oidc is true, but there is no token", "id-token: write"}},
		"half of a request":           {block{}, append(who, "ARM_USE_OIDC", "true", "ACTIONS_ID_TOKEN_REQUEST_URL", "https://x.example"), "", []string{"oidc_request_token (or ARM_OIDC_REQUEST_TOKEN) is not set"}},
		"token file not there":        {block{"oidc_token_file": "/no/such/token"}, who, "", []string{"oidc_token_file", "/no/such/token"}},
		"AKS outside of a pod":        {block{"use_aks_workload_identity": true}, who, "", []string{"oidc_token_file (or ARM_OIDC_TOKEN_FILE_PATH) is not set"}},
		"a flag that is no flag":      {block{}, append(who, "ARM_USE_OIDC", "yes"), "", []string{"ARM_USE_OIDC", `"yes" is neither true nor false`}},
		"a client id that is none":    {block{}, []string{"ARM_TENANT_ID", aTenant, "ARM_CLIENT_ID", "app"}, "", []string{"Invalid ARM_CLIENT_ID", `"app" is not a GUID`}},
		"a client id file with none":  {block{}, []string{"ARM_CLIENT_ID_FILE_PATH", write(t, "id", "app")}, "", []string{"Invalid ARM_CLIENT_ID_FILE_PATH", `"app" is not a GUID`}},
		"a cloud that is none":        {block{}, append(who, "ARM_ENVIRONMENT", "german"), "", []string{"Invalid ARM_ENVIRONMENT", "public"}},
		"authorities not there":       {block{"ca_certificate_file": "/no/such/ca.pem"}, who, "", []string{"ca_certificate_file", "/no/such/ca.pem"}},
		"authorities without any":     {block{"ca_certificate_file": write(t, "ca.pem", "nothing")}, who, "", []string{"ca_certificate_file", "no certificate"}},
		"a pipeline that refuses":     {block{"use_oidc": true, "oidc_request_url": "{}/refuses", "oidc_request_token": "hUsH-token"}, who, "", []string{"404", "oidc_request_url"}},
		"a metadata host that is not": {block{"client_secret": "hUsH-secret", "metadata_host": "{}/elsewhere"}, who, "", []string{"metadata_host", "404"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMicrosoft(t)
			m.refuse = test.refuse
			for name, value := range test.block {
				if s, ok := value.(string); ok {
					test.block[name] = strings.ReplaceAll(s, "{}", m.URL)
				}
			}
			_, diagnostics := configure(t, test.block, m.env(t, test.environment...))
			if len(diagnostics) != 1 || diagnostics[0].Severity != tfprotov6.DiagnosticSeverityError {
				t.Fatalf("want one error, got %d: %s", len(diagnostics), text(diagnostics))
			}
			for _, want := range test.want {
				if !strings.Contains(text(diagnostics), want) {
					t.Errorf("lacks %q:\n%s", want, text(diagnostics))
				}
			}
			if strings.Contains(text(diagnostics), "hUsH") {
				t.Errorf("a secret is in the error:\n%s", text(diagnostics))
			}
		})
	}
}

// A token in the environment alone does not change who signs in: azurerm and azuread ignore it without ARM_USE_OIDC.
// TestCredentials_lineBreak: the line break that a secret was stored with is not part of it.
func TestCredentials_lineBreak(t *testing.T) {
	t.Parallel()
	who := []string{"ARM_TENANT_ID", aTenant, "ARM_CLIENT_ID", aClient}
	for name, c := range map[string]struct {
		block       block
		environment []string
	}{
		"argument": {block{"client_secret": "hUsH secret \r\n"}, who},
		"variable": {block{}, append(who, "ARM_CLIENT_SECRET", "hUsH secret \n")},
	} {
		m := newMicrosoft(t)
		if _, diagnostics := configure(t, c.block, m.env(t, c.environment...)); len(diagnostics) > 0 {
			t.Error(name, text(diagnostics))
		}
		for _, form := range m.tokenRequests() {
			if got := form.Get("client_secret"); got != "hUsH secret " {
				t.Errorf("%s: %q is sent", name, got)
			}
		}
	}
}

// TestCredentials_malformedTokens: however an answer with a token is wrong, nothing of the token is in the error.
func TestCredentials_malformedTokens(t *testing.T) {
	t.Parallel()
	token := accessToken()
	for name, answer := range map[string]string{
		"time that is none":     `{"token_type":"Bearer","expires_in":"x","access_token":"` + token + `"}`,
		"time that is null":     `{"token_type":"Bearer","expires_in":{},"access_token":"` + token + `"}`,
		"opaque token":          `{"token_type":"Bearer","expires_in":"x","access_token":"0.AhUsHhUsHhUsHhUsH"}`,
		"two answers":           `{"token_type":"Bearer","expires_in":3599,"access_token":"` + token + `"}{`,
		"truncated":             `{"token_type":"Bearer","access_token":"` + token[:60],
		"token alone":           token,
		"token as text":         `"` + token + `"`,
		"list":                  `[{"access_token":"` + token + `"}]`,
		"token that is a table": `{"token_type":"Bearer","expires_in":3599,"access_token":{"access_token":"` + token + `"}}`,
		"token under a name":    `{"token_type":"Bearer","expires_in":3599,"accessToken":"` + token + `"}`,
		"other type":            `{"token_type":7,"expires_in":3599,"access_token":"` + token + `"}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, environment := range [][]string{
				{"ARM_TENANT_ID", aTenant, "ARM_CLIENT_ID", aClient, "ARM_CLIENT_SECRET", "hUsH-secret"},
				{"ARM_TENANT_ID", aTenant, "ARM_CLIENT_ID", aClient, "ARM_OIDC_TOKEN", "hUsH-token", "ARM_USE_OIDC", "true"},
				{"ARM_TENANT_ID", aTenant, "ARM_USE_MSI", "true", "ARM_MSI_ENDPOINT", "{}/metadata/identity/oauth2/token"},
			} {
				m := newMicrosoft(t)
				m.answer = answer
				for i := range environment {
					environment[i] = strings.ReplaceAll(environment[i], "{}", m.URL)
				}
				_, diagnostics := configure(t, block{}, m.env(t, environment...))
				said := text(diagnostics)
				for part := range strings.SplitSeq(token, ".") {
					if strings.Contains(said, part[:12]) {
						t.Errorf("a token is in the error:\n%s", said)
					}
				}
				if strings.Contains(said, "hUsH") || strings.Contains(said, "made a mistake") {
					t.Errorf("the error is\n%s", said)
				}
			}
		})
	}
}

func TestCredentials_ambientTokensNeedUseOIDC(t *testing.T) {
	t.Parallel()
	s := settings{
		oidcToken:      {value: "x", origin: "ARM_OIDC_TOKEN"},
		oidcRequestURL: {value: "https://x.example", origin: "ACTIONS_ID_TOKEN_REQUEST_URL"}, oidcRequestToken: {value: "y"},
		tenantID: {value: aTenant}, clientID: {value: aClient},
	}
	chosen, err := choose(s)
	if err != nil || chosen.source.name != "Azure CLI" {
		t.Errorf("got %+v, %v", chosen, err)
	}
	s[useOIDC] = setting{value: "true"}
	if chosen, err = choose(s); err != nil || chosen.source.name != "OpenID Connect token" {
		t.Errorf("got %+v, %v", chosen, err)
	}
}

func TestSettings_pick(t *testing.T) {
	t.Parallel()
	in, out := setting{value: "b", inBlock: true}, setting{value: "e"}
	for name, test := range map[string]struct {
		s    settings
		want *argument
	}{
		"none":                     {settings{}, nil},
		"value":                    {settings{clientSecret: out}, clientSecret},
		"file":                     {settings{clientSecretFile: out}, clientSecretFile},
		"both from the variables":  {settings{clientSecret: out, clientSecretFile: out}, clientSecret},
		"file in the block":        {settings{clientSecret: out, clientSecretFile: in}, clientSecretFile},
		"value in the block":       {settings{clientSecret: in, clientSecretFile: out}, clientSecret},
		"both in the block, error": {settings{clientSecret: in, clientSecretFile: in}, clientSecret},
	} {
		if got := test.s.pick(clientSecret, clientSecretFile); got != test.want {
			t.Errorf("%s: got %v, want %v", name, got, test.want)
		}
	}
}
