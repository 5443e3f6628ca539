package provider_test

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"

	"github.com/workloadid/terraform-provider-workloadid/internal/provider"
	"github.com/workloadid/terraform-provider-workloadid/internal/schemajson"
)

var update = flag.Bool("update", false, "write the golden files instead of comparing with them")

// TestSchema_golden shows every change of what users may write and what they get, as a diff of a file. The
// documentation is generated from it.
func TestSchema_golden(t *testing.T) {
	t.Parallel()
	server := providerserver.NewProtocol6(provider.New("test"))()
	got, err := schemajson.Marshal(t.Context(), "workloadid", server)
	if err != nil {
		t.Fatal(err)
	}
	golden := filepath.Join("testdata", "schema.json")
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(golden, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != string(want) {
		t.Errorf("the schema has changed; `make docs` writes the file and the documentation anew (-file +provider):\n%s", cmp.Diff(string(want), string(got)))
	}
}
