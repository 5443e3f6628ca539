package acctest

import (
	"testing"

	"github.com/workloadid/terraform-provider-workloadid/internal/acctest/protocol"
)

// Ephemeral is an ephemeral resource that is open.
type Ephemeral struct {
	name      string
	ephemeral *protocol.Ephemeral
}

// Open opens an ephemeral resource.
func (h *Harness) Open(t testing.TB, typeName string, config map[string]any) *Ephemeral {
	t.Helper()
	opened, diags := h.provider.OpenEphemeral(t.Context(), typeName, config)
	expectSuccess(t, "opening the ephemeral "+typeName, diags)
	return &Ephemeral{typeName, opened}
}

// OpenFails opens an ephemeral resource that cannot be opened.
func (h *Harness) OpenFails(t testing.TB, typeName string, config map[string]any) protocol.Diagnostics {
	t.Helper()
	_, diags := h.provider.OpenEphemeral(t.Context(), typeName, config)
	return expectFailure(t, "opening the ephemeral "+typeName, diags)
}

// Result is what it holds.
func (e *Ephemeral) Result() map[string]any { return e.ephemeral.Result() }

// String is an attribute that holds a text; "" when it does not.
func (e *Ephemeral) String(attribute string) string {
	value, _ := e.ephemeral.Result()[attribute].(string)
	return value
}

// Close closes it.
func (e *Ephemeral) Close(t testing.TB) {
	t.Helper()
	expectSuccess(t, "closing the ephemeral "+e.name, e.ephemeral.Close(t.Context()))
}

// CloseFails closes one that cannot be closed.
func (e *Ephemeral) CloseFails(t testing.TB) protocol.Diagnostics {
	t.Helper()
	return expectFailure(t, "closing the ephemeral "+e.name, e.ephemeral.Close(t.Context()))
}
