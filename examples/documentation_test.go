package examples_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/workloadid/terraform-provider-workloadid/internal/acctest"
)

// The texts for people. Templates are what the pages in docs/ are made of.
var texts = []string{
	"../README.md", "../CONTRIBUTING.md",
	"../templates/guides/access.md", "../templates/guides/getting-started.md", "../templates/guides/large-estates.md", "../templates/guides/living-without-secrets.md", "../templates/guides/local-tenant.md",
}

var configurationBlock = regexp.MustCompile("(?ms)^```terraform\n(.*?)^```$")

// TestDocumentation_configurations applies the configurations in the texts, plans them again and destroys them.
func TestDocumentation_configurations(t *testing.T) {
	for _, file := range texts {
		for _, block := range configurationBlock.FindAllStringSubmatch(read(t, file), -1) {
			t.Run(filepath.Base(file), func(t *testing.T) {
				acctest.RunCLI(t, func(t *testing.T, h *acctest.Harness) resource.TestCase {
					seedAzure(t, h)
					documentSecrets(h)
					gone := leaves(h)
					if strings.Contains(block[1], "import {") {
						gone = grantedElsewhere(t, h)
					}
					return resource.TestCase{Steps: []resource.TestStep{{Config: block[1]}}, CheckDestroy: gone}
				})
			})
		}
	}
}

// grantedElsewhere gives the tenant what somebody else has granted to a workload, which is imported. It returns the check
// that nothing else is gone.
func grantedElsewhere(t *testing.T, h *acctest.Harness) func(*terraform.State) error {
	t.Helper()
	if h.Tenant == nil {
		t.Skip("there are no objects with the ids of the guide in a real tenant")
	}
	if err := h.Tenant.AddSeed(workload("orders")); err != nil {
		t.Fatal(err)
	}
	gone := leaves(h)
	imports["workloadid_app_role_assignment"].extra(t, h)
	imports["workloadid_delegated_permission_grant"].extra(t, h)
	if gone(nil) == nil {
		t.Fatal("nothing was granted")
	}
	return gone
}

var (
	inCode     = regexp.MustCompile("`([^`\n]+)`")
	inLink     = regexp.MustCompile(`\]\(([^)#]+)\)`)
	makeTarget = regexp.MustCompile(`(?m)(?:^ +|[` + "`" + `])make ([a-z][a-z -]*)`)
)

// TestDocumentation_names checks that what the texts name is there: files, and targets of make.
func TestDocumentation_names(t *testing.T) {
	t.Parallel()
	for _, file := range []string{"../README.md", "../CONTRIBUTING.md"} {
		text := read(t, file)
		for _, match := range inLink.FindAllStringSubmatch(text, -1) {
			if !strings.Contains(match[1], "://") {
				exists(t, file, match[1])
			}
		}
		for _, match := range inCode.FindAllStringSubmatch(text, -1) {
			name, _, _ := strings.Cut(match[1], "*")
			if isPath := strings.Contains(name, "/") && !strings.ContainsAny(name, "~<: $") && !strings.HasPrefix(name, "."); isPath && !strings.HasPrefix(name, "bin/") {
				exists(t, file, name)
			}
		}
		for _, match := range makeTarget.FindAllStringSubmatch(text, -1) {
			for target := range strings.FieldsSeq(match[1]) {
				if output, err := exec.CommandContext(t.Context(), "make", "-C", "..", "--dry-run", "--question", target).CombinedOutput(); err != nil && strings.Contains(string(output), "No rule") {
					t.Errorf("%s: make has no target %s", file, target)
				}
			}
		}
	}
}

func exists(t *testing.T, file, name string) {
	t.Helper()
	if _, err := os.Stat(filepath.Join("..", name)); err != nil {
		t.Errorf("%s: %v", file, err)
	}
}

var (
	usedAction = regexp.MustCompile(`(?m)uses: *(\S+)(.*)$`)
	byCommit   = regexp.MustCompile(`^[\w./-]+@[0-9a-f]{40}$`)
)

// TestWorkflows_byCommit: a tag can be moved to other code, one of which sees the signing key.
func TestWorkflows_byCommit(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../.github/workflows/*.yml")
	if err != nil || len(files) == 0 {
		t.Fatalf("%v: %v", files, err)
	}
	for _, file := range files {
		for _, use := range usedAction.FindAllStringSubmatch(read(t, file), -1) {
			if !byCommit.MatchString(use[1]) || !strings.Contains(use[2], "# v") {
				t.Errorf("%s uses %s%s, not a commit with its version beside it", file, use[1], use[2])
			}
		}
	}
}
