package provider

import (
	"bytes"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-log/tflogtest"
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
