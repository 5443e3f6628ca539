package acctest

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/signingkey"
)

// Main runs the tests of a package; it is for the package's TestMain. Tests that use
// New or RunCLI need it.
func Main(m *testing.M) {
	os.Exit(run(m))
}

func run(m *testing.M) int {
	folder, err := os.MkdirTemp("", "workloadid-acctest-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.RemoveAll(folder) }()
	shared.folder = folder
	return m.Run()
}

// What is costly to make, and the same for all tenants of a test binary.
var shared struct {
	folder string // gone when the tests are
	keys   func() *signingkey.Ring
}

func init() {
	shared.keys = sync.OnceValue(func() *signingkey.Ring { return signingkey.NewRing("") })
}

func sharedFolder(t testing.TB, name string) string {
	t.Helper()
	if shared.folder == "" {
		t.Fatal("the package has no TestMain that calls acctest.Main")
	}
	return filepath.Join(shared.folder, name)
}
