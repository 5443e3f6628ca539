package schemajson_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/workloadid/terraform-provider-workloadid/internal/schemajson"
)

// server answers the two questions that Marshal asks; anything else is a nil call.
type server struct {
	tfprotov6.ProviderServer
	schemas    *tfprotov6.GetProviderSchemaResponse
	identities *tfprotov6.GetResourceIdentitySchemasResponse
}

func (s server) GetProviderSchema(context.Context, *tfprotov6.GetProviderSchemaRequest) (*tfprotov6.GetProviderSchemaResponse, error) {
	return s.schemas, nil
}

func (s server) GetResourceIdentitySchemas(context.Context, *tfprotov6.GetResourceIdentitySchemasRequest) (*tfprotov6.GetResourceIdentitySchemasResponse, error) {
	return s.identities, nil
}

func block(attributes ...*tfprotov6.SchemaAttribute) *tfprotov6.SchemaBlock {
	return &tfprotov6.SchemaBlock{Attributes: attributes, DescriptionKind: tfprotov6.StringKindMarkdown}
}

func TestMarshal_everyKind(t *testing.T) {
	t.Parallel()
	resource := &tfprotov6.Schema{Version: 3, Block: block(
		&tfprotov6.SchemaAttribute{Name: "name", Type: tftypes.String, Required: true, Description: "A *name*.", DescriptionKind: tfprotov6.StringKindMarkdown},
		&tfprotov6.SchemaAttribute{Name: "secret", Type: tftypes.String, Optional: true, Sensitive: true, WriteOnly: true, Deprecated: true},
		&tfprotov6.SchemaAttribute{Name: "roles", Computed: true, NestedType: &tfprotov6.SchemaObject{
			Nesting: tfprotov6.SchemaObjectNestingModeMap,
			Attributes: []*tfprotov6.SchemaAttribute{
				{Name: "types", Type: tftypes.Set{ElementType: tftypes.String}, Optional: true},
			},
		}},
	)}
	resource.Block.BlockTypes = []*tfprotov6.SchemaNestedBlock{
		{TypeName: "timeouts", Nesting: tfprotov6.SchemaNestedBlockNestingModeSingle, Block: block()},
	}
	text, err := schemajson.Marshal(t.Context(), "example", server{
		schemas: &tfprotov6.GetProviderSchemaResponse{
			Provider:                 &tfprotov6.Schema{Block: block()},
			ResourceSchemas:          map[string]*tfprotov6.Schema{"example_thing": resource},
			DataSourceSchemas:        map[string]*tfprotov6.Schema{"example_thing": {Block: block()}},
			EphemeralResourceSchemas: map[string]*tfprotov6.Schema{"example_token": {Block: block()}},
			ListResourceSchemas:      map[string]*tfprotov6.Schema{"example_thing": {Block: block()}},
			ActionSchemas:            map[string]*tfprotov6.ActionSchema{"example_do": {Schema: &tfprotov6.Schema{Block: block()}}},
			Functions: map[string]*tfprotov6.Function{"join": {
				Parameters:        []*tfprotov6.FunctionParameter{{Name: "separator", Type: tftypes.String}},
				VariadicParameter: &tfprotov6.FunctionParameter{Name: "parts", Type: tftypes.DynamicPseudoType, AllowNullValue: true},
				Return:            &tfprotov6.FunctionReturn{Type: tftypes.String},
			}},
		},
		identities: &tfprotov6.GetResourceIdentitySchemasResponse{IdentitySchemas: map[string]*tfprotov6.ResourceIdentitySchema{
			"example_thing": {Version: 1, IdentityAttributes: []*tfprotov6.ResourceIdentitySchemaAttribute{
				{Name: "id", Type: tftypes.String, RequiredForImport: true},
			}},
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		FormatVersion string                    `json:"format_version"`
		Schemas       map[string]map[string]any `json:"provider_schemas"`
	}
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	if got.FormatVersion != "1.0" {
		t.Errorf("format version %q", got.FormatVersion)
	}
	want := map[string]string{
		"provider":                   `{"version":0,"block":{"description_kind":"markdown"}}`,
		"resource_schemas":           `{"example_thing":{"version":3,"block":{"attributes":{"name":{"type":"string","description":"A *name*.","description_kind":"markdown","required":true},"roles":{"nested_type":{"attributes":{"types":{"type":["set","string"],"description_kind":"plain","optional":true}},"nesting_mode":"map"},"description_kind":"plain","computed":true},"secret":{"type":"string","description_kind":"plain","deprecated":true,"optional":true,"sensitive":true,"write_only":true}},"block_types":{"timeouts":{"nesting_mode":"single","block":{"description_kind":"markdown"}}},"description_kind":"markdown"}}}`,
		"data_source_schemas":        `{"example_thing":{"version":0,"block":{"description_kind":"markdown"}}}`,
		"ephemeral_resource_schemas": `{"example_token":{"version":0,"block":{"description_kind":"markdown"}}}`,
		"list_resource_schemas":      `{"example_thing":{"version":0,"block":{"description_kind":"markdown"}}}`,
		"action_schemas":             `{"example_do":{"block":{"description_kind":"markdown"}}}`,
		"functions":                  `{"join":{"return_type":"string","parameters":[{"name":"separator","type":"string"}],"variadic_parameter":{"name":"parts","is_nullable":true,"type":"dynamic"}}}`,
		"resource_identity_schemas":  `{"example_thing":{"version":1,"attributes":{"id":{"type":"string","required_for_import":true}}}}`,
	}
	for section, wanted := range want {
		if gotSection := canonical(t, got.Schemas["example"][section]); gotSection != canonical(t, json.RawMessage(wanted)) {
			t.Errorf("%s is\n%s, want\n%s", section, gotSection, wanted)
		}
	}
	if len(got.Schemas["example"]) != len(want) {
		t.Errorf("%d sections, want %d", len(got.Schemas["example"]), len(want))
	}
}

func canonical(t *testing.T, value any) string {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	var generic any
	if err := json.Unmarshal(text, &generic); err != nil {
		t.Fatal(err)
	}
	text, err = json.Marshal(generic)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestMarshal_providerReportsAMistake(t *testing.T) {
	t.Parallel()
	_, err := schemajson.Marshal(t.Context(), "example", server{
		schemas: &tfprotov6.GetProviderSchemaResponse{Diagnostics: []*tfprotov6.Diagnostic{
			{Severity: tfprotov6.DiagnosticSeverityWarning, Summary: "fine"},
			{Severity: tfprotov6.DiagnosticSeverityError, Summary: "Duplicate attribute", Detail: "name"},
		}},
		identities: &tfprotov6.GetResourceIdentitySchemasResponse{},
	})
	if err == nil || !strings.Contains(err.Error(), "Duplicate attribute: name") || strings.Contains(err.Error(), "fine") {
		t.Errorf("error is %v, want the mistake and not the warning", err)
	}
}
