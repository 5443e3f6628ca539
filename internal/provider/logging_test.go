package provider

import (
	"bytes"
	"encoding/base64"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-log/tflogtest"

	"github.com/workloadid/terraform-provider-workloadid/internal/acctest/secrets"
)

// Signing in at TRACE: everything is in the log but what is secret.
func TestProvider_secretsAreNotLogged(t *testing.T) {
	t.Parallel()
	pemText, _ := aCertificate(t)
	who := []string{"ARM_TENANT_ID", aTenant, "ARM_CLIENT_ID", aClient}
	for name, test := range map[string]struct {
		block       block
		environment []string
		secrets     []string
	}{
		"secret":                {block{}, append(who, "ARM_CLIENT_SECRET", "s3cret-value"), []string{"s3cret-value"}},
		"token":                 {block{"oidc_token": "external-token-value"}, who, []string{"external-token-value"}},
		"certificate":           {block{"client_certificate": pemText}, who, []string{"PRIVATE KEY", "client_assertion=ey"}},
		"pipeline":              {block{"use_oidc": true, "oidc_request_url": "{}/pipeline/github", "oidc_request_token": "request-token-value"}, who, []string{"request-token-value", "github-assertion"}},
		"refused, word by word": {block{}, append(who, "ARM_CLIENT_SECRET", "s3cret-value"), []string{"s3cret-value"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMicrosoft(t)
			if strings.HasPrefix(name, "refused") {
				m.refuse = "AADSTS7000215: Invalid client secret s3cret-value provided."
			}
			environment := m.env(t, test.environment...)
			if address, ok := test.block["oidc_request_url"].(string); ok {
				test.block["oidc_request_url"] = strings.ReplaceAll(address, "{}", m.URL)
			}
			server := start(t, environment)
			var log bytes.Buffer
			response, err := server.ConfigureProvider(tflogtest.RootLogger(t.Context(), &log), &tfprotov6.ConfigureProviderRequest{Config: test.block.dynamic(t, server)})
			if err != nil || m.refuse == "" && len(response.Diagnostics) > 0 {
				t.Fatal(err, text(response.Diagnostics))
			}
			if !strings.Contains(log.String(), "provider.login") || !strings.Contains(log.String(), "/oauth2/v2.0/token") {
				t.Errorf("the sign-in is not in the log:\n%s", log.String())
			}
			for _, secret := range append(test.secrets, accessToken()) {
				if strings.Contains(log.String(), secret) {
					t.Errorf("%q is in the log:\n%s", secret, log.String())
				}
			}
		})
	}
}

// A service that refuses a credential and says it in its answer: neither the log nor the error has it.
func TestProvider_echoedSecretsAreNotTold(t *testing.T) {
	_, bundle := aCertificate(t)
	const secret = `s3cret"value&8Q~+/%=`
	who := []string{"ARM_TENANT_ID", aTenant, "ARM_CLIENT_ID", aClient}
	for name, test := range map[string]struct {
		block       block
		environment []string
		variables   map[string]string // of the process
		secrets     []string          // besides the assertion
	}{
		"secret":           {block{}, append(who, "ARM_CLIENT_SECRET", secret), nil, []string{secret}},
		"secret in a file": {block{"client_secret_file": write(t, "secret", secret)}, who, nil, []string{secret}},
		"certificate with a password": {
			block{"client_certificate": base64.StdEncoding.EncodeToString(bundle), "client_certificate_password": "p12"},
			who, nil,
			[]string{base64.StdEncoding.EncodeToString(bundle)},
		},
		"token":           {block{"oidc_token": "external-token-value"}, who, nil, []string{"external-token-value"}},
		"token in a file": {block{"oidc_token_file": write(t, "token", "external-token-value")}, append(who, "ARM_USE_OIDC", "true"), nil, []string{"external-token-value"}},
		"token for a token of GitHub Actions": {
			block{"use_oidc": true, "oidc_request_url": "{}/pipeline/github", "oidc_request_token": "request-token-value"}, who, nil, []string{"request-token-value"},
		},
		"token for a token of Azure DevOps": {
			block{"use_oidc": true, "oidc_request_url": "{}/pipeline/devops", "oidc_request_token": "request-token-value", "ado_pipeline_service_connection_id": aSub},
			who, nil,
			[]string{"request-token-value"},
		},
		// https://learn.microsoft.com/azure/app-service/overview-managed-identity#rest-endpoint-reference
		"managed identity": {block{"use_msi": true}, nil, map[string]string{"IDENTITY_ENDPOINT": "{}/msi/token", "IDENTITY_HEADER": "identity-header-value"}, []string{"identity-header-value"}},
	} {
		t.Run(name, func(t *testing.T) {
			m := newMicrosoft(t)
			m.echo = true
			here := func(text string) string { return strings.ReplaceAll(text, "{}", m.URL) }
			for name, value := range test.variables {
				t.Setenv(name, here(value))
			}
			for name, value := range test.block {
				if text, ok := value.(string); ok {
					test.block[name] = here(text)
				}
			}
			watch := secrets.New()
			for _, secret := range test.secrets {
				watch.Add("the secret", secret)
			}
			server := watch.Server(start(t, m.env(t, test.environment...)))
			response, err := server.ConfigureProvider(t.Context(), &tfprotov6.ConfigureProviderRequest{Config: test.block.dynamic(t, server)})
			if err != nil || len(response.Diagnostics) != 1 {
				t.Fatal(err, text(response.Diagnostics))
			}
			for _, form := range m.tokenRequests() {
				watch.Add("the assertion", form.Get("client_assertion"))
			}
			for _, finding := range watch.Findings() {
				t.Error(finding)
			}
			if len(m.said) == 0 || !strings.Contains(watch.Log(), "AADSTS7000215") {
				t.Errorf("the service said %q, and the log is\n%s", m.said, watch.Log())
			}
		})
	}
}
