// Package clientconfig is the data source workloadid_client_config: whom the provider is signed in as.
package clientconfig

import (
	"cmp"
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/workloadid/terraform-provider-workloadid/internal/entity"
)

// NewDataSource makes the data source.
func NewDataSource() datasource.DataSource { return &dataSource{} }

type dataSource struct{ services *entity.Services }

var _ datasource.DataSourceWithConfigure = (*dataSource)(nil)

type model struct {
	TenantID       types.String `tfsdk:"tenant_id"`
	ClientID       types.String `tfsdk:"client_id"`
	ObjectID       types.String `tfsdk:"object_id"`
	SubscriptionID types.String `tfsdk:"subscription_id"`
}

func (d *dataSource) Metadata(_ context.Context, request datasource.MetadataRequest, response *datasource.MetadataResponse) {
	response.TypeName = request.ProviderTypeName + "_client_config"
}

func (d *dataSource) Schema(_ context.Context, _ datasource.SchemaRequest, response *datasource.SchemaResponse) {
	response.Schema = schema.Schema{
		MarkdownDescription: "Whom the provider is signed in as. It is read from the access token, without a request to Microsoft Graph, and needs no permission.",
		Attributes: map[string]schema.Attribute{
			"tenant_id": schema.StringAttribute{
				Computed:            true,
				MarkdownDescription: "The ID of the tenant that is managed.",
			},
			"client_id": schema.StringAttribute{
				Computed:            true,
				MarkdownDescription: "The client ID (application ID) of the application that is signed in. When a person is signed in through the Azure CLI, the Azure CLI's.",
			},
			"object_id": schema.StringAttribute{
				Computed:            true,
				MarkdownDescription: "The object ID of the service principal that is signed in, or of the user.",
			},
			"subscription_id": schema.StringAttribute{
				Computed:            true,
				MarkdownDescription: "The Azure subscription that the provider is configured with. Null when there is none.",
			},
		},
	}
}

func (d *dataSource) Configure(_ context.Context, request datasource.ConfigureRequest, response *datasource.ConfigureResponse) {
	if request.ProviderData == nil {
		return
	}
	services, ok := request.ProviderData.(*entity.Services)
	if !ok {
		response.Diagnostics.AddError("Provider error", fmt.Sprintf("The provider handed over a %T. This is a defect of the provider.", request.ProviderData))
		return
	}
	d.services = services
}

func (d *dataSource) Read(ctx context.Context, _ datasource.ReadRequest, response *datasource.ReadResponse) {
	if d.services == nil {
		response.Diagnostics.AddError("The provider is not configured", "Whom it is signed in as is known when it is.")
		return
	}
	caller, err := d.services.Graph.Caller(ctx)
	if err != nil {
		response.Diagnostics.AddError("Error reading the client configuration", err.Error())
		return
	}
	state := model{
		TenantID: types.StringValue(cmp.Or(caller.TenantID, d.services.TenantID)),
		ClientID: types.StringValue(cmp.Or(caller.ClientID, d.services.ClientID)),
		ObjectID: types.StringValue(caller.ObjectID),
	}
	if d.services.SubscriptionID != "" {
		state.SubscriptionID = types.StringValue(d.services.SubscriptionID)
	}
	response.Diagnostics.Append(response.State.Set(ctx, &state)...)
}
