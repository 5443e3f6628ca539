package provider_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/workloadid/terraform-provider-workloadid/internal/acctest"
	"github.com/workloadid/terraform-provider-workloadid/internal/acctest/samples"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator"
)

// TestOtherTenant: what a state has in one tenant is not taken for deleted by a provider that is signed in to another one, nor
// changed or destroyed there.
func TestOtherTenant(t *testing.T) {
	t.Parallel()
	const id = "bbbbbbbb-0000-4000-8000-000000000001"
	other := acctest.New(t, acctest.WithTenant(func(o *emulator.Options) { o.TenantID = id }))
	forEachSample(t, func(t *testing.T, h *acctest.Harness, typeName string, sample samples.Sample) {
		config, changed := life(t, h, sample)
		resource := apply(t, h, typeName, sample, config)
		state := resource.State()
		refused := func(text string) {
			t.Helper()
			for _, want := range []string{"The state is of another tenant", id, h.Tenant.TenantID(), "terraform state rm"} {
				if !strings.Contains(text, want) {
					t.Errorf("it does not say %q: %s", want, text)
				}
			}
		}
		there := resource.In(other)
		refused(there.RefreshFails(t).String())
		refused(there.DestroyFails(t).String())
		if changed != nil {
			refused(there.ApplyFails(t, changed).String())
		}
		if !reflect.DeepEqual(there.State(), state) {
			t.Errorf("the state is %v, was %v", there.State(), state)
		}
		imported := h.Resource(typeName)
		imported.ImportIdentity(t, resource.Identity())
		refused(imported.In(other).RefreshFails(t).String())
		resource.In(h).Refresh(t)
	})
}
