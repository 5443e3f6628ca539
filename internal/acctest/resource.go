package acctest

import (
	"testing"

	"github.com/workloadid/terraform-provider-workloadid/internal/acctest/protocol"
)

// Resource is one managed resource and Terraform's state of it. Each step fails the
// test unless it ends as its name says; a step named …Fails returns the errors.
// Configurations and states are as package protocol describes.
type Resource struct {
	name     string
	resource *protocol.Resource
}

// Resource is a resource that does not exist yet.
func (h *Harness) Resource(typeName string) *Resource {
	return &Resource{typeName, h.provider.Resource(typeName)}
}

// In is the same resource, managed by the provider process that the harness has now.
func (r *Resource) In(h *Harness) *Resource { return &Resource{r.name, r.resource.In(h.provider)} }

// State is what Terraform's state holds; nil when the resource does not exist.
func (r *Resource) State() map[string]any { return r.resource.State() }

// Identity is the resource's identity; nil when it does not exist or has none.
func (r *Resource) Identity() map[string]any { return r.resource.Identity() }

// String is an attribute of the state that holds a string; "" when it does not.
func (r *Resource) String(attribute string) string {
	value, _ := r.resource.State()[attribute].(string)
	return value
}

// Validate validates a configuration, and returns the warnings.
func (r *Resource) Validate(t testing.TB, config map[string]any) protocol.Diagnostics {
	t.Helper()
	return expectSuccess(t, "validating "+r.name, r.resource.Validate(t.Context(), config))
}

// ValidateFails validates a configuration that is not valid.
func (r *Resource) ValidateFails(t testing.TB, config map[string]any) protocol.Diagnostics {
	t.Helper()
	return expectFailure(t, "validating "+r.name, r.resource.Validate(t.Context(), config))
}

// Plan validates and plans a configuration.
func (r *Resource) Plan(t testing.TB, config map[string]any) *protocol.Plan {
	t.Helper()
	plan, diags := r.resource.Plan(t.Context(), config)
	expectSuccess(t, "planning "+r.name, diags)
	return plan
}

// PlanWarnings is Plan, with the warnings.
func (r *Resource) PlanWarnings(t testing.TB, config map[string]any) (*protocol.Plan, protocol.Diagnostics) {
	t.Helper()
	plan, diags := r.resource.Plan(t.Context(), config)
	return plan, expectSuccess(t, "planning "+r.name, diags)
}

// PlanFails plans a configuration that cannot be.
func (r *Resource) PlanFails(t testing.TB, config map[string]any) protocol.Diagnostics {
	t.Helper()
	_, diags := r.resource.Plan(t.Context(), config)
	return expectFailure(t, "planning "+r.name, diags)
}

// PlanWarns plans a configuration, and returns the warnings.
func (r *Resource) PlanWarns(t testing.TB, config map[string]any) protocol.Diagnostics {
	t.Helper()
	_, diags := r.resource.Plan(t.Context(), config)
	return expectSuccess(t, "planning "+r.name, diags)
}

// TryPlan plans a configuration that may be refused, and returns what was said.
func (r *Resource) TryPlan(t testing.TB, config map[string]any) (*protocol.Plan, protocol.Diagnostics) {
	t.Helper()
	return r.resource.Plan(t.Context(), config)
}

// Apply plans and applies a configuration, and returns the warnings.
func (r *Resource) Apply(t testing.TB, config map[string]any) protocol.Diagnostics {
	t.Helper()
	return expectSuccess(t, "applying "+r.name, r.resource.Apply(t.Context(), config))
}

// Try applies a configuration that may be refused, and returns what was said.
func (r *Resource) Try(t testing.TB, config map[string]any) protocol.Diagnostics {
	t.Helper()
	return checkWords(t, r.resource.Apply(t.Context(), config))
}

// ApplyFails applies a configuration that the provider or the tenant refuses.
func (r *Resource) ApplyFails(t testing.TB, config map[string]any) protocol.Diagnostics {
	t.Helper()
	return expectFailure(t, "applying "+r.name, r.resource.Apply(t.Context(), config))
}

// Refresh reads the resource.
func (r *Resource) Refresh(t testing.TB) {
	t.Helper()
	expectSuccess(t, "reading "+r.name, r.resource.Refresh(t.Context()))
}

// RefreshFails reads a resource that cannot be read.
func (r *Resource) RefreshFails(t testing.TB) protocol.Diagnostics {
	t.Helper()
	return expectFailure(t, "reading "+r.name, r.resource.Refresh(t.Context()))
}

// ExpectNoChanges refreshes and plans, as the next `terraform plan` does, and
// expects that there is nothing to do.
func (r *Resource) ExpectNoChanges(t testing.TB, config map[string]any) {
	t.Helper()
	r.Refresh(t)
	if plan := r.Plan(t, config); plan.Action != protocol.NoOp {
		t.Errorf("planning %s again: got %s because of %v, want no changes\nbefore: %v\nafter:  %v", r.name, plan.Action, plan.Changes, plan.Before, plan.After)
	}
}

// Import imports the resource by its string id.
func (r *Resource) Import(t testing.TB, id string) {
	t.Helper()
	expectSuccess(t, "importing "+r.name, r.resource.Import(t.Context(), id))
}

// ImportFails imports by a string id that is none.
func (r *Resource) ImportFails(t testing.TB, id string) protocol.Diagnostics {
	t.Helper()
	return expectFailure(t, "importing "+r.name, r.resource.Import(t.Context(), id))
}

// ImportIdentity imports the resource by its identity.
func (r *Resource) ImportIdentity(t testing.TB, identity map[string]any) {
	t.Helper()
	expectSuccess(t, "importing "+r.name, r.resource.ImportIdentity(t.Context(), identity))
}

// ImportIdentityFails imports by an identity that is none.
func (r *Resource) ImportIdentityFails(t testing.TB, identity map[string]any) protocol.Diagnostics {
	t.Helper()
	return expectFailure(t, "importing "+r.name, r.resource.ImportIdentity(t.Context(), identity))
}

// Destroy deletes the resource.
func (r *Resource) Destroy(t testing.TB) {
	t.Helper()
	expectSuccess(t, "destroying "+r.name, r.resource.Destroy(t.Context()))
	if r.State() != nil {
		t.Errorf("%s is destroyed, and still has a state: %v", r.name, r.State())
	}
}

// PlanDestroy plans that the resource is deleted.
func (r *Resource) PlanDestroy(t testing.TB) {
	t.Helper()
	expectSuccess(t, "planning to destroy "+r.name, r.resource.PlanDestroy(t.Context()))
}

// PlanDestroyFails plans to delete a resource that cannot be deleted.
func (r *Resource) PlanDestroyFails(t testing.TB) protocol.Diagnostics {
	t.Helper()
	return expectFailure(t, "planning to destroy "+r.name, r.resource.PlanDestroy(t.Context()))
}

// DestroyFails deletes a resource that cannot be deleted.
func (r *Resource) DestroyFails(t testing.TB) protocol.Diagnostics {
	t.Helper()
	return expectFailure(t, "destroying "+r.name, r.resource.Destroy(t.Context()))
}

// ReadDataSource reads a data source.
func (h *Harness) ReadDataSource(t testing.TB, typeName string, config map[string]any) map[string]any {
	t.Helper()
	state, diags := h.provider.ReadDataSource(t.Context(), typeName, config)
	expectSuccess(t, "reading the data source "+typeName, diags)
	return state
}

// ReadDataSourceFails reads a data source that cannot be read.
func (h *Harness) ReadDataSourceFails(t testing.TB, typeName string, config map[string]any) protocol.Diagnostics {
	t.Helper()
	_, diags := h.provider.ReadDataSource(t.Context(), typeName, config)
	return expectFailure(t, "reading the data source "+typeName, diags)
}

func expectSuccess(t testing.TB, doing string, diags protocol.Diagnostics) protocol.Diagnostics {
	t.Helper()
	if diags.HasError() {
		t.Fatalf("%s:\n%s", doing, diags)
	}
	return checkWords(t, diags)
}

// expectFailure expects errors, and none that a user could not cause.
func expectFailure(t testing.TB, doing string, diags protocol.Diagnostics) protocol.Diagnostics {
	t.Helper()
	if !diags.HasError() {
		t.Fatalf("%s: there is no error", doing)
	}
	if diags.HasProviderBug() {
		t.Fatalf("%s:\n%s", doing, diags)
	}
	return checkWords(t, diags)
}
