package mapping

import (
	"maps"
	"slices"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/microsoft/kiota-abstractions-go/serialization"
	"github.com/microsoft/kiota-abstractions-go/store"
	jsonserialization "github.com/microsoft/kiota-serialization-json-go"
	"github.com/microsoftgraph/msgraph-sdk-go/models"
)

type app = models.Applicationable

type webPart = models.WebApplicationable

var webRows = Table[webPart]{
	String("homepage_url", schema.StringAttribute{Optional: true}, webPart.GetHomePageUrl, webPart.SetHomePageUrl).Property("homePageUrl"),
	Strings("redirect_uris", schema.SetAttribute{Optional: true, Computed: true}, webPart.GetRedirectUris, webPart.SetRedirectUris),
}

var claimRows = Table[models.OptionalClaimable]{
	Bool("essential", schema.BoolAttribute{Optional: true, Computed: true}, models.OptionalClaimable.GetEssential, models.OptionalClaimable.SetEssential),
	String("source", schema.StringAttribute{Optional: true, Computed: true}, models.OptionalClaimable.GetSource, models.OptionalClaimable.SetSource),
}

var rows = Table[app]{
	String("id", schema.StringAttribute{Computed: true}, app.GetId, nil),
	String("display_name", schema.StringAttribute{Required: true}, app.GetDisplayName, app.SetDisplayName),
	String("description", schema.StringAttribute{Optional: true}, app.GetDescription, app.SetDescription),
	String("unique_name", schema.StringAttribute{Optional: true, Computed: true}, app.GetUniqueName, app.SetUniqueName).CreateOnly(),
	Strings("tags", schema.SetAttribute{Optional: true, Computed: true}, app.GetTags, app.SetTags),
	Object("web", schema.SingleNestedAttribute{Optional: true, Computed: true}, webRows, app.GetWeb, app.SetWeb, models.NewWebApplication),
	Links("owners", schema.SetAttribute{Optional: true, Computed: true}, app.GetOwners),
	Argument[app]("logo", schema.StringAttribute{Optional: true}),
}

// objectOf makes an object of the rows; what is not mentioned is null.
func objectOf[E any](table Table[E], values map[string]attr.Value) Value {
	all := map[string]attr.Value{}
	for _, row := range table.Rows() {
		all[row.name] = nullOf(row.attribute.GetType())
	}
	maps.Copy(all, values)
	return NewValue(types.ObjectValueMust(table.Rows().types(), all))
}

func web(homepage attr.Value, uris attr.Value) attr.Value {
	return types.ObjectValueMust(webRows.Rows().types(), map[string]attr.Value{"homepage_url": homepage, "redirect_uris": uris})
}

func body(t *testing.T, entity serialization.Parsable) string {
	t.Helper()
	factory := store.NewBackingStoreSerializationWriterProxyFactory(jsonserialization.NewJsonSerializationWriterFactory())
	writer, err := factory.GetSerializationWriter("application/json")
	if err != nil {
		t.Fatal(err)
	}
	if err := writer.WriteObjectValue("", entity); err != nil {
		t.Fatal(err)
	}
	content, err := writer.GetSerializedContent()
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func TestTable_select(t *testing.T) {
	want := []string{"id", "displayName", "description", "uniqueName", "tags", "web"}
	if got := rows.Select(); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestTable_patch(t *testing.T) {
	text, set := types.StringValue, StringSet
	prior := objectOf(rows, map[string]attr.Value{
		"id": text("1"), "display_name": text("old"), "description": text("gone"), "tags": set([]string{"a"}),
		"web": web(text("https://contoso.com"), set([]string{"https://contoso.com/a"})),
	})
	cases := map[string]struct {
		change map[string]attr.Value
		want   string // empty: nothing to send
	}{
		"nothing":                            {nil, ""},
		"one text":                           {map[string]attr.Value{"display_name": text("new")}, `{"@odata.type":"#microsoft.graph.application","displayName":"new"}`},
		"a text cleared":                     {map[string]attr.Value{"description": types.StringNull()}, `{"description":null,"@odata.type":"#microsoft.graph.application"}`},
		"a collection cleared":               {map[string]attr.Value{"tags": set(nil)}, `{"@odata.type":"#microsoft.graph.application","tags":[]}`},
		"only the changed part of an object": {map[string]attr.Value{"web": web(text("https://contoso.com"), set([]string{"https://contoso.com/b"}))}, `{"@odata.type":"#microsoft.graph.application","web":{"redirectUris":["https://contoso.com/b"]}}`},
		"a part of an object cleared":        {map[string]attr.Value{"web": web(types.StringNull(), set([]string{"https://contoso.com/a"}))}, `{"@odata.type":"#microsoft.graph.application","web":{"homePageUrl":null}}`},
		"unknown is not sent":                {map[string]attr.Value{"tags": types.SetUnknown(types.StringType)}, ""},
		"an argument is not sent":            {map[string]attr.Value{"logo": text("x")}, ""},
		"nothing in another spelling":        {map[string]attr.Value{"unique_name": text("")}, ""},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			values := maps.Clone(prior.attributes)
			maps.Copy(values, test.change)
			plan := objectOf(rows, values)
			complete, patch := models.NewApplication(), models.NewApplication()
			rows.Encode(plan, complete)
			changed := rows.Patch(prior, plan, complete, patch)
			if changed != (test.want != "") {
				t.Fatalf("changed is %t", changed)
			}
			if got := body(t, patch); changed && got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

func TestTable_settle(t *testing.T) {
	text := types.StringValue
	state := objectOf(rows, map[string]attr.Value{
		"id": text("1"), "display_name": text("a"), "tags": StringSet([]string{"kept"}),
		"web": web(text("https://contoso.com"), StringSet([]string{"https://contoso.com/kept"})),
	})
	config := objectOf(rows, map[string]attr.Value{
		"display_name": text("b"), "web": web(text("https://contoso.com/new"), types.SetNull(types.StringType)),
	})
	plan := objectOf(rows, map[string]attr.Value{
		"id": types.StringUnknown(), "display_name": text("b"), "unique_name": types.StringUnknown(), "tags": types.SetUnknown(types.StringType),
		"web": web(text("https://contoso.com/new"), types.SetUnknown(types.StringType)), "owners": types.SetUnknown(types.StringType),
	})
	settled := rows.Rows().Settle(config, plan, state)
	want := map[string]attr.Value{
		"id": text("1"), "display_name": text("b"), "unique_name": types.StringNull(), "tags": StringSet([]string{"kept"}),
		"web": web(text("https://contoso.com/new"), StringSet([]string{"https://contoso.com/kept"})), "owners": types.SetNull(types.StringType),
	}
	for name, value := range want {
		if !settled[name].Equal(value) {
			t.Errorf("%s: got %s, want %s", name, settled[name], value)
		}
	}
	creating := rows.Rows().Settle(config, plan, Value{object: types.ObjectNull(rows.Rows().types())})
	if !creating["id"].IsUnknown() || !creating["tags"].IsUnknown() {
		t.Errorf("before the object exists what the service decides is unknown, got %s and %s", creating["id"], creating["tags"])
	}
}

func TestTable_replacements(t *testing.T) {
	state := objectOf(rows, map[string]attr.Value{"unique_name": types.StringValue("a"), "display_name": types.StringValue("x")})
	plan := objectOf(rows, map[string]attr.Value{"unique_name": types.StringValue("b"), "display_name": types.StringValue("y")})
	if got := rows.Rows().Replacements(plan, state); len(got) != 1 || got[0].String() != "unique_name" {
		t.Errorf("got %v", got)
	}
	if got := rows.Rows().Replacements(state, state); len(got) != 0 {
		t.Errorf("got %v without a change", got)
	}
}

func TestOverlay_keepsThePlanAndFillsTheRest(t *testing.T) {
	plan := objectOf(rows, map[string]attr.Value{
		"id": types.StringUnknown(), "display_name": types.StringValue("planned"), "tags": types.SetUnknown(types.StringType),
		"web": web(types.StringValue("https://contoso.com"), types.SetUnknown(types.StringType)),
	})
	answer := objectOf(rows, map[string]attr.Value{
		"id": types.StringValue("1"), "display_name": types.StringValue("changed by the service"), "tags": StringSet([]string{"x"}),
		"web": types.ObjectNull(webRows.Rows().types()),
	})
	got := Overlay(plan, answer.attributes)
	want := map[string]attr.Value{
		"id": types.StringValue("1"), "display_name": types.StringValue("planned"), "tags": StringSet([]string{"x"}),
		"web": web(types.StringValue("https://contoso.com"), types.SetNull(types.StringType)),
	}
	for name, value := range want {
		if !got[name].Equal(value) {
			t.Errorf("%s: got %s, want %s", name, got[name], value)
		}
	}
}

func TestKeepEqual(t *testing.T) {
	cases := map[string]struct {
		prior, decoded attr.Value
		keepsPrior     bool
	}{
		"an empty text and null":             {types.StringValue(""), types.StringNull(), true},
		"null and an empty set":              {types.SetNull(types.StringType), StringSet(nil), true},
		"an object of nothing and null":      {web(types.StringNull(), StringSet(nil)), types.ObjectNull(webRows.Rows().types()), true},
		"a text that differs in case only":   {types.StringValue("Name"), types.StringValue("name"), false},
		"a text set that differs in case":    {StringSet([]string{"A"}), StringSet([]string{"a"}), false},
		"something that was removed outside": {types.StringValue("a"), types.StringNull(), false},
		"something that was added outside":   {types.StringNull(), types.StringValue("a"), false},
		"false is not nothing":               {types.BoolValue(false), types.BoolNull(), false},
		"unknown gives way":                  {types.StringUnknown(), types.StringNull(), false},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			want := test.decoded
			if test.keepsPrior {
				want = test.prior
			}
			if got := keepEqual(test.prior, test.decoded); !got.Equal(want) {
				t.Errorf("got %s, want %s", got, want)
			}
		})
	}
}

func TestMap_keysElementsAndCompletesThem(t *testing.T) {
	key := Key[models.OptionalClaimable]{
		Of:  func(c models.OptionalClaimable) string { return *c.GetName() },
		Set: func(c models.OptionalClaimable, name string) { c.SetName(&name) },
		Complete: func(name string, _, planned map[string]attr.Value) {
			if planned["source"].IsUnknown() {
				planned["source"] = types.StringValue("made of " + name)
			}
		},
	}
	row := Map("access_token", schema.MapNestedAttribute{Optional: true, Computed: true}, claimRows, key, models.OptionalClaimsable.GetAccessToken, models.OptionalClaimsable.SetAccessToken, models.NewOptionalClaim)
	table := Table[models.OptionalClaimsable]{row}
	element := func(essential, source attr.Value) attr.Value {
		return types.ObjectValueMust(claimRows.Rows().types(), map[string]attr.Value{"essential": essential, "source": source})
	}
	elements := func(values map[string]attr.Value) attr.Value {
		return types.MapValueMust(types.ObjectType{AttrTypes: claimRows.Rows().types()}, values)
	}
	none := element(types.BoolValue(true), types.StringNull())
	config := objectOf(table, map[string]attr.Value{"access_token": elements(map[string]attr.Value{"old": none, "new": none})})
	open := element(types.BoolValue(true), types.StringUnknown())
	plan := objectOf(table, map[string]attr.Value{"access_token": elements(map[string]attr.Value{"old": open, "new": open})})
	state := objectOf(table, map[string]attr.Value{"access_token": elements(map[string]attr.Value{"old": element(types.BoolValue(false), types.StringValue("user"))})})
	settled := table.Rows().Settle(config, plan, state)["access_token"]
	want := elements(map[string]attr.Value{
		"old": element(types.BoolValue(true), types.StringValue("user")),
		"new": element(types.BoolValue(true), types.StringValue("made of new")),
	})
	if !settled.Equal(want) {
		t.Fatalf("got %s, want %s", settled, want)
	}
	claims := models.NewOptionalClaims()
	table.Encode(objectOf(table, map[string]attr.Value{"access_token": settled}), claims)
	const sent = `{"accessToken":[{"essential":true,"name":"new","source":"made of new"},{"essential":true,"name":"old","source":"user"}]}`
	if got := body(t, claims); got != sent {
		t.Errorf("got %s, want %s", got, sent)
	}
	if read := table.Decode(claims, Value{})["access_token"]; !read.Equal(settled) {
		t.Errorf("read back %s, want %s", read, settled)
	}
}

func TestDecode_survivesPropertiesOfTheFuture(t *testing.T) {
	node, err := jsonserialization.NewJsonParseNode([]byte(`{"id":"1","displayName":"a","tomorrow":{"deep":[1,{"x":null}]},"web":{"later":true,"redirectUris":["https://contoso.com"]},"tags":[]}`))
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := node.GetObjectValue(models.CreateApplicationFromDiscriminatorValue)
	if err != nil {
		t.Fatal(err)
	}
	decoded := rows.Decode(parsed.(app), Value{})
	if !decoded["display_name"].Equal(types.StringValue("a")) || !decoded["web"].Equal(web(types.StringNull(), StringSet([]string{"https://contoso.com"}))) {
		t.Errorf("got %v", decoded)
	}
}

// An import has typed values read again, and what nobody typed stays unset where the service has nothing.
func TestRows_unread(t *testing.T) {
	rows := Table[webPart]{webRows[0], Strings("redirect_uris", schema.SetAttribute{Optional: true}, webPart.GetRedirectUris, webPart.SetRedirectUris)}.Rows()
	known := NewValue(types.ObjectValueMust(rows.types(), map[string]attr.Value{
		"homepage_url": types.StringValue("HTTPS://SHOP.EXAMPLE"), "redirect_uris": types.SetNull(types.StringType),
	}))
	web := models.NewWebApplication()
	web.SetHomePageUrl(new("https://shop.example"))
	web.SetRedirectUris([]string{})
	decoded := rows.decode(web, rows.Unread(known).attributes)
	if decoded["homepage_url"].(types.String).ValueString() != "https://shop.example" || !decoded["redirect_uris"].IsNull() {
		t.Errorf("read as %v", decoded)
	}
}
