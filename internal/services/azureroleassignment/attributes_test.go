package azureroleassignment

import (
	"encoding/json"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
)

// TestAzureRoleAssignment_structure sends each attribute that can be set alone: under its own name, and read back as it was.
func TestAzureRoleAssignment_structure(t *testing.T) {
	t.Parallel()
	const text = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"
	sent := map[string]string{}
	for _, row := range attributes {
		if !row.Writable() {
			continue
		}
		object := mapping.NewValue(types.ObjectValueMust(map[string]attr.Type{row.Name(): types.StringType}, map[string]attr.Value{row.Name(): types.StringValue(text)}))
		body := newAssignment()
		table := mapping.Table[azure]{row}
		table.Encode(object, body)
		content, err := json.Marshal(body.Properties)
		if err != nil {
			t.Fatal(err)
		}
		sent[row.Name()] = string(content)
		if row.GraphProperty() == "" {
			t.Errorf("%s has no property", row.Name())
		}
		if read := table.Decode(body, mapping.Value{})[row.Name()]; !read.Equal(types.StringValue(text)) {
			t.Errorf("%s is read back as %s", row.Name(), read)
		}
	}
	want := map[string]string{"condition": `{"condition":"` + text + `","conditionVersion":"2.0"}`}
	for attribute, property := range map[string]string{"role_definition_id": "roleDefinitionId", "principal_id": "principalId", "principal_type": "principalType", "description": "description"} {
		want[attribute] = `{"` + property + `":"` + text + `"}`
	}
	for attribute, content := range want {
		if sent[attribute] != content {
			t.Errorf("%s was sent as %s, want %s", attribute, sent[attribute], content)
		}
	}
	if len(sent) != len(want) {
		t.Errorf("sent %v", sent)
	}
}
