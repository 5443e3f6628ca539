package main

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	datasourceschema "github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
)

const typeName = "inert"

type inert struct{}

func newProvider() provider.Provider { return inert{} }

func (inert) Metadata(_ context.Context, _ provider.MetadataRequest, response *provider.MetadataResponse) {
	response.TypeName = typeName
}

func (inert) Schema(context.Context, provider.SchemaRequest, *provider.SchemaResponse) {}

func (inert) Configure(context.Context, provider.ConfigureRequest, *provider.ConfigureResponse) {}

func (inert) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{func() resource.Resource { return value{} }}
}

func (inert) DataSources(context.Context) []func() datasource.DataSource {
	return []func() datasource.DataSource{func() datasource.DataSource { return lookup{} }}
}

// value is inert_value: what is planned is what is kept.
type value struct{}

func (value) Metadata(_ context.Context, _ resource.MetadataRequest, response *resource.MetadataResponse) {
	response.TypeName = typeName + "_value"
}

func (value) Schema(_ context.Context, _ resource.SchemaRequest, response *resource.SchemaResponse) {
	response.Schema = schema.Schema{Attributes: map[string]schema.Attribute{"text": schema.StringAttribute{Required: true}}}
}

func (value) Create(_ context.Context, request resource.CreateRequest, response *resource.CreateResponse) {
	response.State.Raw = request.Plan.Raw
}

// Read leaves the state as the framework hands it out: as it was.
func (value) Read(context.Context, resource.ReadRequest, *resource.ReadResponse) {}

func (value) Update(_ context.Context, request resource.UpdateRequest, response *resource.UpdateResponse) {
	response.State.Raw = request.Plan.Raw
}

func (value) Delete(context.Context, resource.DeleteRequest, *resource.DeleteResponse) {}

// lookup is the data source inert_lookup: what is asked for is the answer.
type lookup struct{}

func (lookup) Metadata(_ context.Context, _ datasource.MetadataRequest, response *datasource.MetadataResponse) {
	response.TypeName = typeName + "_lookup"
}

func (lookup) Schema(_ context.Context, _ datasource.SchemaRequest, response *datasource.SchemaResponse) {
	response.Schema = datasourceschema.Schema{Attributes: map[string]datasourceschema.Attribute{"text": datasourceschema.StringAttribute{Required: true}}}
}

func (lookup) Read(_ context.Context, request datasource.ReadRequest, response *datasource.ReadResponse) {
	response.State.Raw = request.Config.Raw
}
