package graph

import (
	"maps"
	"slices"
	"strings"

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
	// The United States Department of Defense, by the name azuread uses.
	"usgovernmentl5": {
		Graph:           "https://dod-graph.microsoft.us",
		ResourceManager: "https://management.usgovcloudapi.net",
		Authority:       "https://login.microsoftonline.us",
	},
	"china": {
		Graph:           "https://microsoftgraph.chinacloudapi.cn",
		ResourceManager: "https://management.chinacloudapi.cn",
		Authority:       "https://login.chinacloudapi.cn",
	},
}

// cloudSynonyms are further names that azurerm and azuread accept for the same clouds.
var cloudSynonyms = map[string]string{
	"global":         PublicCloud,
	"usgovernmentl4": "usgovernment",
	"dod":            "usgovernmentl5",
}

// CloudNames lists the names of the clouds, sorted.
func CloudNames() []string { return slices.Sorted(maps.Keys(clouds)) }

// LookupCloud returns the cloud of that name, or of that other name of azurerm's or azuread's, in any case.
func LookupCloud(name string) (Cloud, bool) {
	name = strings.ToLower(name)
	if canonical, ok := cloudSynonyms[name]; ok {
		name = canonical
	}
	c, ok := clouds[name]
	return c, ok
}

// WithAuthority returns the cloud with another login service.
func (c Cloud) WithAuthority(origin string) Cloud {
	c.Authority = strings.TrimRight(origin, "/")
	c.CustomAuthority = true
	for _, known := range clouds {
		if strings.EqualFold(c.Authority, known.Authority) {
			c.CustomAuthority = false
		}
	}
	return c
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
