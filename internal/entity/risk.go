package entity

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
)

// risksKey is where private state keeps the risky settings that the configuration of the last apply had.
const risksKey = "risks"

// reader and writer are what requests and answers have of private state.
type (
	reader interface {
		GetKey(ctx context.Context, key string) ([]byte, diag.Diagnostics)
	}
	writer interface {
		SetKey(ctx context.Context, key string, value []byte) diag.Diagnostics
	}
)

// RisksOf are the settings of a resource of which a plan says that they stay.
func RisksOf(r resource.Resource) []string { return r.(*managed).Table.Risky() }

// recordRisks keeps which risky settings a configuration that is applied has. before is nil for a create.
func (r *managed) recordRisks(ctx context.Context, from source, before reader, after writer) diag.Diagnostics {
	if len(r.Table.Risky()) == 0 {
		return nil
	}
	var diagnostics diag.Diagnostics
	config := read(ctx, from, &diagnostics)
	paths := []string{}
	for _, risk := range r.Table.Risks(config, config) {
		paths = append(paths, risk.Path.String())
	}
	if len(paths) == 0 {
		if before == nil {
			return diagnostics
		}
		if recorded, _ := before.GetKey(ctx, risksKey); len(recorded) == 0 {
			return diagnostics // nor had the one before
		}
	}
	private, err := json.Marshal(paths)
	if err != nil {
		panic("texts that are no JSON: " + err.Error()) // they always are
	}
	diagnostics.Append(after.SetKey(ctx, risksKey, private)...)
	return diagnostics
}

// lingering warns of the risky settings that the configuration of the last apply had, that this one no longer mentions, and
// that stay: unset means unmanaged. A plan that changes nothing else leaves no trace of having been applied, so that the
// warning comes until a configuration says what is to be, or something else of the object is applied.
func (r *managed) lingering(change Change, recorded []byte) diag.Diagnostics {
	var before []string
	if len(recorded) == 0 || change.State.IsNull() || json.Unmarshal(recorded, &before) != nil {
		return nil
	}
	var diagnostics diag.Diagnostics
	for _, risk := range r.Table.Risks(change.Planned, change.Config) {
		if risk.Configured || !slices.Contains(before, risk.Path.String()) {
			continue
		}
		name := risk.Path.String()
		diagnostics.AddAttributeWarning(risk.Path, "A setting stays as it is", fmt.Sprintf(
			"%s is no longer in the configuration, and what is not there is left as it is in the tenant: the %s keeps %s. Write %s to change that, or %s to keep it and say so.",
			name, r.title(), written(name, risk.Value), changed(name, risk.Value), written(name, risk.Value)))
	}
	return diagnostics
}

// written is a setting as a configuration has it.
func written(name string, value attr.Value) string {
	switch value := value.(type) {
	case types.Map:
		return name + " with " + strings.Join(slices.Sorted(maps.Keys(value.Elements())), ", ")
	case types.Set:
		return name + " with " + strings.Join(mapping.Texts(value), ", ")
	}
	return name + " = " + value.String()
}

// changed is how a configuration ends it.
func changed(name string, value attr.Value) string {
	switch value := value.(type) {
	case types.Bool:
		return fmt.Sprintf("%s = %t", name, !value.ValueBool())
	case types.Map:
		return name + " = {}"
	case types.Set:
		return name + " = []"
	}
	return "another " + name
}
