package mapping

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/microsoftgraph/msgraph-sdk-go/models"
)

const (
	capitals = "3F2504E0-4F89-41D3-9A0C-0305E82C3301"
	small    = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"
	another  = "0aa1c1c0-9d3c-4a3b-8a54-6f3c6f1b7a11"
)

var idRows = Table[app]{
	String("description", schema.StringAttribute{Optional: true}, app.GetDescription, app.SetDescription).ID().CreateOnly(),
	Strings("tags", schema.SetAttribute{Optional: true, Computed: true}, app.GetTags, app.SetTags).ID(),
	String("display_name", schema.StringAttribute{Required: true}, app.GetDisplayName, app.SetDisplayName),
}

func TestID_isOneInAnyLetterCase(t *testing.T) {
	state := objectOf(idRows, map[string]attr.Value{
		"description": types.StringValue(small), "tags": StringSet([]string{small, another}), "display_name": types.StringValue(small),
	})
	plan := objectOf(idRows, map[string]attr.Value{
		"description": types.StringValue(capitals), "tags": StringSet([]string{another, capitals, small}), "display_name": types.StringValue(capitals),
	})
	settled := idRows.Rows().Settle(plan, plan, state)
	if !settled["description"].Equal(state.Get("description")) || !settled["tags"].Equal(state.Get("tags")) {
		t.Errorf("the plan changes ids: %v", settled)
	}
	if !settled["display_name"].Equal(plan.Get("display_name")) {
		t.Errorf("a name is not an id: %v", settled["display_name"])
	}
	if at := idRows.Rows().Replacements(plan, state); len(at) > 0 {
		t.Errorf("an id replaces: %v", at)
	}
	entity := models.NewApplication()
	idRows.Encode(plan, entity)
	if got, want := body(t, entity), `{"@odata.type":"#microsoft.graph.application","description":"`+small+`","displayName":"`+capitals+`","tags":["`+another+`","`+small+`"]}`; got != want {
		t.Errorf("sent %s, want %s", got, want)
	}
	change := models.NewApplication()
	if !idRows.Patch(state, plan, entity, change) || change.GetDescription() != nil || change.GetTags() != nil {
		t.Errorf("sent %s, want the name alone", body(t, change))
	}
	if read := idRows.Decode(entity, plan); !read["description"].Equal(plan.Get("description")) || !read["tags"].Equal(plan.Get("tags")) {
		t.Errorf("what was planned is read as %v", read)
	}
	if read := idRows.Decode(entity, Value{}); !read["description"].Equal(types.StringValue(small)) {
		t.Errorf("read as %v, and not as the service has it", read)
	}
}

// TestID_asKeys: where only some of a map changes, Terraform wants the keys of the configuration, and what the service has is
// found by them all the same.
func TestID_asKeys(t *testing.T) {
	children := Table[models.OptionalClaimable]{
		Bool("essential", schema.BoolAttribute{Optional: true, Computed: true}, models.OptionalClaimable.GetEssential, models.OptionalClaimable.SetEssential),
		String("source", schema.StringAttribute{Optional: true, Computed: true}, models.OptionalClaimable.GetSource, models.OptionalClaimable.SetSource).ID(),
	}
	key := Key[models.OptionalClaimable]{
		IDs: true,
		Of:  func(c models.OptionalClaimable) string { return *c.GetName() },
		Set: func(c models.OptionalClaimable, name string) { c.SetName(&name) },
	}
	table := Table[models.OptionalClaimsable]{
		Map("access_token", schema.MapNestedAttribute{Optional: true, Computed: true}, children, key, models.OptionalClaimsable.GetAccessToken, models.OptionalClaimsable.SetAccessToken, models.NewOptionalClaim),
	}
	element := func(essential, source attr.Value) attr.Value {
		return types.ObjectValueMust(children.Rows().types(), map[string]attr.Value{"essential": essential, "source": source})
	}
	of := func(elements map[string]attr.Value) Value {
		return objectOf(table, map[string]attr.Value{"access_token": types.MapValueMust(types.ObjectType{AttrTypes: children.Rows().types()}, elements)})
	}
	yes, no := types.BoolValue(true), types.BoolValue(false)
	state := of(map[string]attr.Value{small: element(yes, types.StringValue(small))})
	config := of(map[string]attr.Value{capitals: element(types.BoolNull(), types.StringValue(capitals))})
	plan := of(map[string]attr.Value{capitals: element(types.BoolUnknown(), types.StringValue(capitals))})
	if settled := table.Rows().Settle(config, plan, state)["access_token"]; !settled.Equal(state.Get("access_token")) {
		t.Errorf("nothing changes, and %s is planned", settled)
	}
	config = of(map[string]attr.Value{capitals: element(types.BoolNull(), types.StringValue(capitals)), another: element(no, types.StringNull())})
	plan = of(map[string]attr.Value{capitals: element(types.BoolUnknown(), types.StringValue(capitals)), another: element(no, types.StringUnknown())})
	want := of(map[string]attr.Value{capitals: element(yes, types.StringValue(capitals)), another: element(no, types.StringUnknown())}).Get("access_token")
	if settled := table.Rows().Settle(config, plan, state)["access_token"]; !settled.Equal(want) {
		t.Errorf("got  %s\nwant %s", settled, want)
	}
}

// TestSettle_defaultIsForWhatIsNew: what was read is not undone by a default.
func TestSettle_defaultIsForWhatIsNew(t *testing.T) {
	table := Table[app]{String("unique_name", schema.StringAttribute{Optional: true, Computed: true}, app.GetUniqueName, app.SetUniqueName)}
	of := func(value attr.Value) Value { return objectOf(table, map[string]attr.Value{"unique_name": value}) }
	fallback, read := types.StringValue("default"), types.StringValue("read")
	if got := table.Rows().Settle(of(types.StringNull()), of(fallback), of(read))["unique_name"]; !got.Equal(read) {
		t.Errorf("got %s", got)
	}
	if got := table.Rows().Settle(of(types.StringNull()), of(fallback), Value{object: types.ObjectNull(nil)})["unique_name"]; !got.Equal(fallback) {
		t.Errorf("got %s", got)
	}
}
