// Package mappingtest proves a mapping table against the SDK's model: that each row names a real property, sends it
// under that name, and reads back what it sent.
package mappingtest

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/microsoft/kiota-abstractions-go/serialization"
	jsonserialization "github.com/microsoft/kiota-serialization-json-go"

	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
)

// Structure checks every row of a table. build makes an empty entity and parse is the SDK's factory for its JSON. beyond
// names properties that the SDK's model lacks, such as those of the beta endpoint.
func Structure[E any](t *testing.T, table mapping.Table[E], build func() E, parse serialization.ParsableFactory, beyond ...string) {
	t.Helper()
	known := any(build()).(serialization.Parsable).GetFieldDeserializers()
	for _, row := range table {
		t.Run(row.Name(), func(t *testing.T) {
			property := row.GraphProperty()
			if property == "" {
				return // an argument of Terraform's own
			}
			if _, real := known[property]; !real && !slices.Contains(beyond, property) {
				t.Fatalf("no property %q in the SDK's model", property)
			}
			if !row.Writable() {
				return
			}
			roundTrip(t, mapping.Table[E]{row}, row, build, parse)
		})
	}
}

func roundTrip[E any](t *testing.T, table mapping.Table[E], row mapping.Row[E], build func() E, parse serialization.ParsableFactory) {
	t.Helper()
	value := sample(t, row.Attribute())
	object := mapping.NewValue(types.ObjectValueMust(map[string]attr.Type{row.Name(): value.Type(t.Context())}, map[string]attr.Value{row.Name(): value}))
	entity := build()
	table.Encode(object, entity)
	writer := jsonserialization.NewJsonSerializationWriter()
	if err := writer.WriteObjectValue("", any(entity).(serialization.Parsable)); err != nil {
		t.Fatal(err)
	}
	body, err := writer.GetSerializedContent()
	if err != nil {
		t.Fatal(err)
	}
	var properties map[string]json.RawMessage
	if err := json.Unmarshal(body, &properties); err != nil {
		t.Fatalf("%v in %s", err, body)
	}
	delete(properties, "@odata.type")
	if _, ok := properties[row.GraphProperty()]; !ok || len(properties) != 1 {
		t.Fatalf("attribute %s maps to property %s, but %s was sent", row.Name(), row.GraphProperty(), body)
	}
	node, err := jsonserialization.NewJsonParseNode(body)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := node.GetObjectValue(parse)
	if err != nil {
		t.Fatal(err)
	}
	if read := table.Decode(parsed.(E), object)[row.Name()]; !read.Equal(value) {
		t.Errorf("%s was sent for %s and read back as %s", body, value, read)
	}
}

// text is a GUID, which every kind of text attribute can hold, but for enumerated ones, which get their first value, and times.
const text = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"

var firstValue = regexp.MustCompile(`one of: \["([^"]+)"`)

func sampleText(t *testing.T, rules []validator.String) string {
	t.Helper()
	for _, rule := range rules {
		description := rule.Description(t.Context())
		if match := firstValue.FindStringSubmatch(description); match != nil {
			return match[1]
		}
		if strings.Contains(description, "RFC 3339") {
			return "2030-01-31T12:00:00Z"
		}
	}
	return text
}

// sample makes a value that fills an attribute with everything that can be configured in it.
func sample(t *testing.T, attribute schema.Attribute) attr.Value {
	t.Helper()
	switch a := attribute.(type) {
	case schema.StringAttribute:
		return types.StringValue(sampleText(t, a.Validators))
	case schema.BoolAttribute:
		return types.BoolValue(true)
	case schema.Int32Attribute:
		return types.Int32Value(2)
	case schema.SetAttribute:
		return mapping.StringSet([]string{text})
	case schema.MapAttribute:
		element := attr.Value(types.StringValue(text))
		if set, ok := a.ElementType.(types.SetType); ok {
			element = types.SetValueMust(set.ElemType, []attr.Value{types.StringValue(text)})
		}
		return types.MapValueMust(a.ElementType, map[string]attr.Value{text: element})
	case schema.SingleNestedAttribute:
		return object(t, a.Attributes)
	case schema.MapNestedAttribute:
		element := object(t, a.NestedObject.Attributes)
		// Another key than the sample text, so that a key is not mistaken for the element's id.
		return types.MapValueMust(element.Type(t.Context()), map[string]attr.Value{"0aa1c1c0-9d3c-4a3b-8a54-6f3c6f1b7a11": element})
	}
	t.Fatalf("no sample for %T", attribute)
	return nil
}

func object(t *testing.T, attributes map[string]schema.Attribute) attr.Value {
	t.Helper()
	values, valueTypes := map[string]attr.Value{}, map[string]attr.Type{}
	for name, attribute := range attributes {
		valueTypes[name] = attribute.GetType()
		if attribute.IsComputed() && !attribute.IsOptional() {
			values[name] = types.StringNull()
			continue
		}
		values[name] = sample(t, attribute)
	}
	return types.ObjectValueMust(valueTypes, values)
}
