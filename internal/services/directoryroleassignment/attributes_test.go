package directoryroleassignment

import (
	"encoding/json"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"
	jsonserialization "github.com/microsoft/kiota-serialization-json-go"
	"github.com/microsoftgraph/msgraph-sdk-go/models"

	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
	"github.com/workloadid/terraform-provider-workloadid/internal/mapping/mappingtest"
)

func TestDirectoryRoleAssignment_structure(t *testing.T) {
	t.Parallel()
	mappingtest.Structure(t, attributes, func() entra { return models.NewUnifiedRoleAssignment() }, models.CreateUnifiedRoleAssignmentFromDiscriminatorValue)
}

// TestDirectoryRoleAssignment_scopes reads what Graph has for a scope, of which some cannot be declared.
func TestDirectoryRoleAssignment_scopes(t *testing.T) {
	t.Parallel()
	const id = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"
	for scope, want := range map[string][2]attr.Value{
		"/":                          {types.StringNull(), types.StringNull()},
		"/administrativeUnits/" + id: {types.StringValue(id), types.StringNull()},
		"/" + id:                     {types.StringNull(), types.StringValue(id)},
		"/attributeSets/Marketing":   {types.StringNull(), types.StringNull()},
	} {
		content, _ := json.Marshal(map[string]any{"directoryScopeId": scope})
		node, err := jsonserialization.NewJsonParseNode(content)
		if err != nil {
			t.Fatal(err)
		}
		parsed, err := node.GetObjectValue(models.CreateUnifiedRoleAssignmentFromDiscriminatorValue)
		if err != nil {
			t.Fatal(err)
		}
		got := attributes.Decode(parsed.(entra), mapping.Value{})
		if !got["administrative_unit_id"].Equal(want[0]) || !got["application_id"].Equal(want[1]) || !got["directory_scope_id"].Equal(types.StringValue(scope)) {
			t.Errorf("%s: got %v", scope, got)
		}
	}
}
