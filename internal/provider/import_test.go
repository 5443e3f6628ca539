package provider_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/workloadid/terraform-provider-workloadid/internal/acctest"
	"github.com/workloadid/terraform-provider-workloadid/internal/acctest/samples"
)

// TestImport_nonsense: whatever is put into the place of a part of an identity, the answer is an error that says what is wrong, or
// that there is no such object.
func TestImport_nonsense(t *testing.T) {
	t.Parallel()
	forEachSample(t, func(t *testing.T, h *acctest.Harness, typeName string, sample samples.Sample) {
		config, _ := life(t, h, sample)
		identity := apply(t, h, typeName, sample, config).Identity()
		for _, name := range slices.Sorted(maps.Keys(identity)) {
			for _, nonsense := range []string{"nonsense", "a/b", "", " ", "00000000-0000-4000-8000-00000000dead", "ünï💥", strings.Repeat("x", 4096)} {
				other := maps.Clone(identity)
				other[name] = nonsense
				imported := h.Provider().Resource(typeName)
				diags := imported.ImportIdentity(t.Context(), other)
				if !diags.HasError() {
					diags = append(diags, imported.Refresh(t.Context())...)
				}
				if diags.HasProviderBug() || strings.Contains(diags.String(), "made a mistake") {
					t.Errorf("%s %.40q: %s", name, nonsense, diags)
				}
			}
		}
	})
}
