package federatedidentitycredential_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/workloadid/terraform-provider-workloadid/internal/acctest"
)

// A slip in a well-known issuer is said in the plan, with the URL that was meant, and does not block it: Microsoft Entra
// takes any issuer.
func TestFederatedIdentityCredential_issuerSlips(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	credential := h.Resource("workloadid_federated_identity_credential")
	for written, meant := range map[string]string{
		"https://token.actions.githubusercontent.com/":  "https://token.actions.githubusercontent.com",
		"http://token.actions.githubusercontent.com":    "https://token.actions.githubusercontent.com",
		"https://Token.Actions.GitHubUserContent.com":   "https://token.actions.githubusercontent.com",
		"https://github.com/contoso/shop":               "https://token.actions.githubusercontent.com",
		"https://gitlab.com/":                           "https://gitlab.com",
		"https://app.terrafrom.io":                      "https://app.terraform.io",
		"https://token.actions.githubusercontent.com":   "",
		"https://token.actions.githubusercontent.com/x": "",
		"https://gitlab.contoso.org":                    "",
	} {
		config := object{"application_id": "3f2504e0-4f89-41d3-9a0c-0305e82c3301", "name": "main", "issuer": written, "subject": "s"}
		warnings := credential.Validate(t, config)
		switch {
		case meant == "" && len(warnings) > 0:
			t.Errorf("%s is right, and warned of: %s", written, warnings)
		case meant != "" && (len(warnings) != 1 || !strings.Contains(warnings[0].Attribute, "issuer") || !strings.Contains(warnings[0].Detail, "exactly "+meant+" in the claim iss")):
			t.Errorf("%s: %d warnings, want one with %s: %s", written, len(warnings), meant, warnings)
		}
		credential.Plan(t, config)
	}
	h.ExpectRequests(t)
}

// A slip in the subject of a known issuer is a warning, with what was meant; subjects that are right have none.
func TestFederatedIdentityCredential_subjectSlips(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	const gitHub = "https://token.actions.githubusercontent.com"
	for _, test := range []struct{ issuer, subject, want string }{
		{gitHub, "repo:contoso/shop:environment/prod", `"repo:contoso/shop:environment:prod" is what a token may have`},
		{gitHub, "contoso/shop:environment:prod", `"repo:contoso/shop:environment:prod"`},
		{gitHub, "repo:contoso/shop:environment:prod ", `"repo:contoso/shop:environment:prod"`},
		{gitHub, "repo:contoso/shop:branch:main", `"repo:contoso/shop:ref:refs/heads/main"`},
		{"https://issuer.example", "somebody ", "starts or ends with white space"},
		{gitHub, "repo:contoso/shop:environment:prod", ""},
		{"https://issuer.example", "contoso/shop:environment/prod", ""},
	} {
		for _, parent := range []map[string]any{
			{"application_id": "3f2504e0-4f89-41d3-9a0c-0305e82c3301"},
			{"user_assigned_identity_id": "/subscriptions/3f2504e0-4f89-41d3-9a0c-0305e82c3301/resourceGroups/local/providers/Microsoft.ManagedIdentity/userAssignedIdentities/shop"},
		} {
			config := map[string]any{"name": "main", "issuer": test.issuer, "subject": test.subject}
			maps.Copy(config, parent)
			got := strings.Join(strings.Fields(h.Resource("workloadid_federated_identity_credential").Validate(t, config).String()), " ")
			if test.want == "" && got != "" || !strings.Contains(got, test.want) || test.want != "" && !strings.Contains(got, `warning: Questionable value (AttributeName("subject"))`) {
				t.Errorf("%q: got %q, want %q", test.subject, got, test.want)
			}
		}
	}
}
