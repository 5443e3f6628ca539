package acctest

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/workloadid/terraform-provider-workloadid/internal/acctest/secrets"
)

// Secret has the end of the test search for one more secret, besides those that sign in and what the tenant makes: access
// tokens and the passwords of applications. What an attribute is documented to hold is excepted in that attribute, which
// has to be sensitive: "workloadid_application_password.value". It panics on a secret that is too short to be told from a
// part of a word.
func (h *Harness) Secret(value string, exceptAttributes ...string) {
	if len(value) < secrets.Shortest {
		panic(fmt.Sprintf("a secret of %d bytes cannot be searched for, it takes %d", len(value), secrets.Shortest))
	}
	_, file, line, _ := runtime.Caller(1)
	h.watch.Add(fmt.Sprintf("the secret of %s:%d", filepath.Base(file), line), value, exceptAttributes...)
}

// SecretsOf says, once for a test, which attributes are documented to hold what the service answers to an operation, such
// as "addPassword".
func (h *Harness) SecretsOf(operation string, attributes ...string) {
	h.watch.Documented("/"+operation, attributes...)
}

// newWatch is a watch that fails the test, as it ends, on what it finds.
func newWatch(t testing.TB) *secrets.Watch {
	t.Helper()
	watch := secrets.New()
	t.Cleanup(func() {
		for _, finding := range watch.Findings() {
			t.Errorf("a secret where none may be: %s", finding)
		}
	})
	return watch
}

// What the provider reads from the environment that is secret, whether it is used or not.
var secretVariables = []string{
	"ARM_CLIENT_SECRET", "ARM_CLIENT_CERTIFICATE", "ARM_CLIENT_CERTIFICATE_PASSWORD", "ARM_OIDC_TOKEN", "ARM_OIDC_REQUEST_TOKEN",
	"ACTIONS_ID_TOKEN_REQUEST_TOKEN", "SYSTEM_ACCESSTOKEN",
}

// knowEnvironment makes known what is secret in the environment that the provider sees.
func (h *Harness) knowEnvironment() {
	look := os.LookupEnv
	if h.Tenant != nil {
		look = h.lookupEnv
	}
	for _, name := range secretVariables {
		if value, ok := look(name); ok {
			h.watch.Add(name, value)
		}
	}
}
