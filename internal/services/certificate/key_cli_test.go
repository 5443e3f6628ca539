package certificate_test

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/workloadid/terraform-provider-workloadid/internal/acctest"
)

// TestApplicationCertificate_privateKey has a private key in the configuration itself, of which a CLI prints the lines that a
// diagnostic points at: no line of the key is printed.
func TestApplicationCertificate_privateKey(t *testing.T) { acctest.RunCLI(t, privateKey) }

func privateKey(t *testing.T, _ *acctest.Harness) resource.TestCase {
	own := newPair(t, "shop", year)
	secrets := []string{base64.StdEncoding.EncodeToString(own.key)}
	for line := range strings.Lines(own.keyPEM) {
		if line = strings.TrimSpace(line); !strings.HasPrefix(line, "-----") && len(line) > 20 {
			secrets = append(secrets, line)
		}
	}
	with := func(expression string) string {
		return "resource \"workloadid_application_certificate\" \"shop\" {\n  application_id = \"3f2504e0-4f89-41d3-9a0c-0305e82c3301\"\n  certificate = " + expression + "\n}\n"
	}
	refused := 0
	t.Cleanup(func() {
		if refused != 2 {
			t.Errorf("%d steps were refused, want both", refused)
		}
	})
	return resource.TestCase{
		// The log has the whole configuration, so that it is no place to look for the key: what was printed is.
		ErrorCheck: func(err error) error {
			refused++
			if text := strings.Join(strings.Fields(err.Error()), " "); !strings.Contains(text, "Certificate has a private key in it") || !strings.Contains(text, "openssl x509 -in FILE") {
				return err
			}
			for _, secret := range secrets {
				if strings.Contains(err.Error(), secret) {
					t.Errorf("a line of the key is printed:\n%s", strings.ReplaceAll(err.Error(), secret, "***"))
				}
			}
			return nil
		},
		Steps: []resource.TestStep{
			{Config: with("<<-EOT\n" + own.pem + own.keyPEM + "EOT")},
			{Config: with(`"` + base64.StdEncoding.EncodeToString(own.key) + `"`)},
		},
	}
}
