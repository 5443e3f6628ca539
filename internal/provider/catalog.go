package provider

import (
	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/workloadid/terraform-provider-workloadid/internal/services/clientconfig"
)

// What the provider offers. Nothing is offered that is not in these lists.
var (
	resources = []func() resource.Resource{}

	dataSources = []func() datasource.DataSource{
		clientconfig.NewDataSource,
	}

	listResources = []func() list.ListResource{}

	ephemeralResources = []func() ephemeral.EphemeralResource{}

	functions = []func() function.Function{}

	actions = []func() action.Action{}
)
