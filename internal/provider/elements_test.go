package provider_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/workloadid/terraform-provider-workloadid/internal/acctest"
	"github.com/workloadid/terraform-provider-workloadid/internal/acctest/protocol"
	"github.com/workloadid/terraform-provider-workloadid/internal/provider"
)

// holed is a configuration of one attribute in which a collection has a null, and where that is.
type holed struct {
	at    string
	value any
}

// holes are all collections that an attribute has, each with a null in it.
func holes(a *tfprotov6.SchemaAttribute) []holed {
	if !a.Optional && !a.Required {
		return nil
	}
	if a.NestedType == nil {
		return holesOf(a.Name, a.Type)
	}
	var found []holed
	for _, child := range a.NestedType.Attributes {
		for _, hole := range holes(child) {
			value := map[string]any{child.Name: hole.value}
			switch a.NestedType.Nesting {
			case tfprotov6.SchemaObjectNestingModeSingle:
				found = append(found, holed{a.Name + "." + hole.at, value})
			case tfprotov6.SchemaObjectNestingModeMap:
				found = append(found, holed{fmt.Sprintf("%s[%q].%s", a.Name, oneID, hole.at), map[string]any{oneID: value}})
			default:
				panic("a nested collection of another kind: teach the test")
			}
		}
	}
	if a.NestedType.Nesting == tfprotov6.SchemaObjectNestingModeMap {
		found = append(found, holed{a.Name, map[string]any{oneID: nil}})
	}
	return found
}

func holesOf(at string, of tftypes.Type) []holed {
	var found []holed
	switch of := of.(type) {
	case tftypes.Set:
		found = append(found, holed{at, []any{nil}})
	case tftypes.List:
		found = append(found, holed{at, []any{nil}})
	case tftypes.Map:
		found = append(found, holed{at, map[string]any{oneID: nil}})
		for _, hole := range holesOf(fmt.Sprintf("%s[%q]", at, oneID), of.ElementType) {
			found = append(found, holed{hole.at, map[string]any{oneID: hole.value}})
		}
	}
	return found
}

// TestElements_nullIsRefused: in every collection that a configuration can have, in resources, data sources and ephemeral
// resources, a null is an error of the plan that names attribute and element.
func TestElements_nullIsRefused(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	schemas, err := providerserver.NewProtocol6(provider.New("test"))().GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	count := 0
	for kind, all := range map[string]struct {
		schemas map[string]*tfprotov6.Schema
		check   func(typeName string, config map[string]any) protocol.Diagnostics
	}{
		"resource": {schemas.ResourceSchemas, func(typeName string, config map[string]any) protocol.Diagnostics {
			return h.Provider().Resource(typeName).Validate(t.Context(), config)
		}},
		"data source": {schemas.DataSourceSchemas, func(typeName string, config map[string]any) protocol.Diagnostics {
			_, diags := h.Provider().ReadDataSource(t.Context(), typeName, config)
			return diags
		}},
		"ephemeral resource": {schemas.EphemeralResourceSchemas, func(typeName string, config map[string]any) protocol.Diagnostics {
			_, diags := h.Provider().OpenEphemeral(t.Context(), typeName, config)
			return diags
		}},
	} {
		for _, typeName := range slices.Sorted(maps.Keys(all.schemas)) {
			for _, a := range all.schemas[typeName].Block.Attributes {
				for _, hole := range holes(a) {
					count++
					found := all.check(typeName, map[string]any{a.Name: hole.value}).String()
					if !strings.Contains(strings.Join(strings.Fields(found), " "), hole.at+" has ") || !strings.Contains(found, "null") {
						t.Errorf("%s %s, null in %s: nobody says so:\n%s", kind, typeName, hole.at, found)
					}
					if strings.Contains(found, "defect") || strings.Contains(found, "Value Conversion Error") {
						t.Errorf("%s %s, null in %s:\n%s", kind, typeName, hole.at, found)
					}
				}
			}
		}
	}
	if count < 40 {
		t.Errorf("only %d collections were tried", count)
	}
}
