package provider_test

import (
	"strings"
	"testing"

	"github.com/workloadid/terraform-provider-workloadid/internal/acctest"
	"github.com/workloadid/terraform-provider-workloadid/internal/acctest/samples"
)

// TestTwoAddresses_ofOneObject: where the state has one object at two addresses, a plan that destroys it at one of them is refused,
// whichever of them Terraform plans first.
func TestTwoAddresses_ofOneObject(t *testing.T) {
	t.Parallel()
	forEachSample(t, func(t *testing.T, h *acctest.Harness, typeName string, sample samples.Sample) {
		if sample.Abandoned {
			t.Skip("a destroy leaves it where it is")
		}
		config, _ := life(t, h, sample)
		first, second := apply(t, h, typeName, sample, config), h.Resource(typeName)
		second.ImportIdentity(t, first.Identity())
		refused := func(text string) {
			t.Helper()
			if !strings.Contains(text, "another resource of this configuration manages it") || !strings.Contains(text, "removed {") {
				t.Errorf("got %s", text)
			}
		}
		h.Restart(t)
		first, second = first.In(h), second.In(h)
		first.Plan(t, config)
		refused(second.PlanDestroyFails(t).String())
		h.Restart(t)
		first, second = first.In(h), second.In(h)
		second.PlanDestroy(t)
		refused(first.PlanFails(t, config).String())
	})
}
