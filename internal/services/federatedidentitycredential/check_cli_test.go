package federatedidentitycredential_test

import (
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/config"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"github.com/workloadid/terraform-provider-workloadid/internal/acctest"
)

// TestFunctions_andCheck uses the functions as a module would: it writes subjects and expressions with them, asserts what
// they match, and examines a token. The token is in no plan and no state, only its claims are; and nobody
// can sign in with those.
func TestFunctions_andCheck(t *testing.T) { acctest.RunCLI(t, functionsAndCheck) }

func functionsAndCheck(t *testing.T, h *acctest.Harness) resource.TestCase {
	const claims = `{"iss":"https://token.actions.githubusercontent.com","sub":"repo:contoso@123/shop@456:environment:production","aud":"api://AzureADTokenExchange","repository_id":"456","repository_owner_id":"123","exp":1700000000}`
	const signature = "c2lnbmVkLWJ5LXRoZS1pc3N1ZXItb2YtdGhlLXRva2Vu"
	h.Secret(signature)
	file := config.StaticFile("testdata/functions.tf")
	holding := func(token string) config.Variables {
		name := filepath.Join(t.TempDir(), "token")
		if err := os.WriteFile(name, []byte(token), 0o600); err != nil {
			t.Fatal(err)
		}
		return config.Variables{"token_file": config.StringVariable(name)}
	}
	encode := base64.RawURLEncoding.EncodeToString
	jwt := func(claims string) string {
		return encode([]byte(`{"alg":"RS256","kid":"1"}`)) + "." + encode([]byte(claims)) + "." + signature
	}
	const check = "data.workloadid_federated_credential_check.pasted"
	return resource.TestCase{
		TerraformVersionChecks: []tfversion.TerraformVersionCheck{tfversion.SkipBelow(tfversion.Version1_8_0)},
		Steps: []resource.TestStep{
			{
				ConfigFile: file, ConfigVariables: holding(jwt(claims)),
				ConfigStateChecks: []statecheck.StateCheck{
					statecheck.ExpectKnownValue("workloadid_federated_identity_credential.production", tfjsonpath.New("subject"), knownvalue.StringExact("repo:contoso@123/shop@456:environment:production")),
					statecheck.ExpectKnownValue(check, tfjsonpath.New("accepted"), knownvalue.Bool(true)),
					statecheck.ExpectKnownValue(check, tfjsonpath.New("credential_name"), knownvalue.StringExact("production")),
					statecheck.ExpectKnownValue(check, tfjsonpath.New("claims").AtMapKey("exp"), knownvalue.StringExact("1700000000")),
					statecheck.ExpectKnownOutputValue("from_unknown", knownvalue.StringRegexp(regexp.MustCompile(`^/eid1/c/pub/t/.*/sc/3f2504e0-4f89-41d3-9a0c-0305e82c3301/[0-9a-f-]{36}$`))),
					statecheck.ExpectKnownOutputValue("trusted", knownvalue.StringExact("claims['sub'] matches 'repo:contoso*/shop*:ref:refs/tags/v*' and claims['repository_id'] eq '456'")),
				},
			},
			{
				ConfigFile: file, ConfigVariables: holding(jwt(strings.ReplaceAll(claims, "production", "test"))),
				ConfigStateChecks: []statecheck.StateCheck{
					statecheck.ExpectKnownValue(check, tfjsonpath.New("accepted"), knownvalue.Bool(false)),
					statecheck.ExpectKnownValue(check, tfjsonpath.New("error_code"), knownvalue.StringExact("AADSTS7002131")),
				},
			},
			{
				ConfigFile: file, ConfigVariables: config.Variables{"token_file": holding(jwt(claims))["token_file"], "tag": config.StringVariable("nightly")},
				ExpectError: regexp.MustCompile(`The tag nightly must be trusted`),
			},
			{ConfigFile: file, ConfigVariables: holding("a." + signature), ExpectError: regexp.MustCompile(`three\s+parts`)},
			{Config: output(`provider::workloadid::github_subject({ repository = "contoso/*", branch = "main" })`), ExpectError: regexp.MustCompile(`wildcard`)},
			{Config: output(`provider::workloadid::github_subject({ repository = "contoso/shop", owner_id = 1, repository_id = 2, pull_request = true })`), ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownOutputValue("result", knownvalue.StringExact("repo:contoso@1/shop@2:pull_request")),
			}},
			{Config: output(`provider::workloadid::issuer_url("circleci", { organization_id = "3f2504e0-4f89-41d3-9a0c-0305e82c3301" })`), ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownOutputValue("result", knownvalue.StringExact("https://oidc.circleci.com/org/3f2504e0-4f89-41d3-9a0c-0305e82c3301")),
			}},
		},
	}
}

func output(expression string) string {
	return fmt.Sprintf("terraform {\n  required_providers {\n    workloadid = {\n      source = \"workloadid/workloadid\"\n    }\n  }\n}\n\noutput \"result\" {\n  value = %s\n}\n", expression)
}
