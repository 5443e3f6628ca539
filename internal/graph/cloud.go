package graph

import (
	"maps"
	"slices"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
)

// Cloud is one Microsoft cloud: the origins (scheme and host, no trailing slash) of the services the provider talks to.
type Cloud struct {
	// Graph is the origin of Microsoft Graph, and the audience of its tokens.
	Graph string
	// ResourceManager is the origin of Azure Resource Manager, and the audience of its tokens.
	ResourceManager string
	// Authority is the origin of the Microsoft Entra login service.
	Authority string
	// CustomAuthority is true when Authority is not one of Microsoft's own hosts, so that clients must not ask Microsoft
	// whether it may be trusted (instance discovery).
	CustomAuthority bool
}

// PublicCloud is the name of the cloud that is used when none is chosen.
const PublicCloud = "public"

// clouds is the only place that names a host of Microsoft's. Sources: Microsoft Graph documentation, "Microsoft Graph
// national cloud deployments"; Microsoft Entra documentation, "National cloud authentication endpoints".
var clouds = map[string]Cloud{
	PublicCloud: {
		Graph:           "https://graph.microsoft.com",
		ResourceManager: "https://management.azure.com",
		Authority:       "https://login.microsoftonline.com",
	},
	"usgovernment": {
		Graph:           "https://graph.microsoft.us",
		ResourceManager: "https://management.usgovcloudapi.net",
		Authority:       "https://login.microsoftonline.us",
	},
	"china": {
		Graph:           "https://microsoftgraph.chinacloudapi.cn",
		ResourceManager: "https://management.chinacloudapi.cn",
		Authority:       "https://login.chinacloudapi.cn",
	},
}

// CloudNames lists the names [LookupCloud] knows, sorted.
func CloudNames() []string { return slices.Sorted(maps.Keys(clouds)) }

// LookupCloud returns the cloud of that name.
func LookupCloud(name string) (Cloud, bool) {
	c, ok := clouds[name]
	return c, ok
}

// Azure returns the cloud in the form that azcore and azidentity want.
func (c Cloud) Azure() cloud.Configuration {
	return cloud.Configuration{
		ActiveDirectoryAuthorityHost: c.Authority + "/",
		Services: map[cloud.ServiceName]cloud.ServiceConfiguration{
			cloud.ResourceManager: {Endpoint: c.ResourceManager, Audience: c.ResourceManager},
		},
	}
}
