package resourcemanager

import (
	"net/http"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/httpjson"
)

// cloudName is no public cloud's: of those clients know some endpoints better than the metadata.
const cloudName = "EntraLocal"

// cloud describes the endpoints of an Azure cloud, as GET /metadata/endpoints of Azure Resource Manager gives them: to the
// Azure CLI at ARM_CLOUD_METADATA_URL, to the azurerm and azuread providers at their metadata_host.
type cloud struct {
	Name           string         `json:"name"`
	Portal         string         `json:"portal"`
	Authentication authentication `json:"authentication"`

	ResourceManager          string `json:"resourceManager"`
	MicrosoftGraphResourceID string `json:"microsoftGraphResourceId"`
	Graph                    string `json:"graph"`
	GraphAudience            string `json:"graphAudience"`

	Gallery                    string            `json:"gallery"`
	Media                      string            `json:"media"`
	Batch                      string            `json:"batch"`
	SQLManagement              string            `json:"sqlManagement"`
	VMImageAliasDoc            string            `json:"vmImageAliasDoc"`
	ActiveDirectoryDataLake    string            `json:"activeDirectoryDataLake"`
	AppInsightsResourceID      string            `json:"appInsightsResourceId"`
	LogAnalyticsResourceID     string            `json:"logAnalyticsResourceId"`
	AttestationResourceID      string            `json:"attestationResourceId"`
	SynapseAnalyticsResourceID string            `json:"synapseAnalyticsResourceId"`
	OSSRDBMSResourceID         string            `json:"ossrDbmsResourceId"`
	Suffixes                   map[string]string `json:"suffixes"`
}

type authentication struct {
	LoginEndpoint    string   `json:"loginEndpoint"`
	Audiences        []string `json:"audiences"`
	Tenant           string   `json:"tenant"`
	IdentityProvider string   `json:"identityProvider"`
}

// stamp is the first form of the same, which Azure Stack Hub still has and `az cloud register` asks for.
type stamp struct {
	GalleryEndpoint string         `json:"galleryEndpoint"`
	GraphEndpoint   string         `json:"graphEndpoint"`
	PortalEndpoint  string         `json:"portalEndpoint"`
	Authentication  authentication `json:"authentication"`
}

// metadata answers GET /metadata/endpoints: one cloud since api-version 2022-09-01, a list of clouds before, and one of
// few properties in 2015-01-01.
func metadata(w http.ResponseWriter, origin, version string) {
	switch {
	case version >= "2022-09-01":
		httpjson.Write(w, http.StatusOK, newCloud(origin))
	case version == "2015-01-01":
		all := newCloud(origin)
		httpjson.Write(w, http.StatusOK, stamp{all.Gallery, all.Graph, all.Portal, all.Authentication})
	default:
		httpjson.Write(w, http.StatusOK, []cloud{newCloud(origin)})
	}
}

// newCloud gives the origin for what the tenant serves, and the public cloud's names, as identifiers, for the rest.
func newCloud(origin string) cloud {
	return cloud{
		Name:   cloudName,
		Portal: origin + "/portal",
		Authentication: authentication{
			LoginEndpoint:    origin, // without a slash at the end: clients add one
			Audiences:        []string{"https://management.core.windows.net/", "https://management.azure.com/"},
			Tenant:           "common",
			IdentityProvider: "AAD",
		},
		ResourceManager:            origin + "/",
		MicrosoftGraphResourceID:   origin + "/",
		Graph:                      "https://graph.windows.net/",
		GraphAudience:              "https://graph.windows.net/",
		Gallery:                    "https://gallery.azure.com/",
		Media:                      "https://rest.media.azure.net",
		Batch:                      "https://batch.core.windows.net/",
		SQLManagement:              "https://management.core.windows.net:8443/",
		VMImageAliasDoc:            "https://raw.githubusercontent.com/Azure/azure-rest-api-specs/master/arm-compute/quickstart-templates/aliases.json",
		ActiveDirectoryDataLake:    "https://datalake.azure.net/",
		AppInsightsResourceID:      "https://api.applicationinsights.io",
		LogAnalyticsResourceID:     "https://api.loganalytics.io",
		AttestationResourceID:      "https://attest.azure.net",
		SynapseAnalyticsResourceID: "https://dev.azuresynapse.net",
		OSSRDBMSResourceID:         "https://ossrdbms-aad.database.windows.net",
		Suffixes: map[string]string{
			"acrLoginServer":                      "azurecr.io",
			"attestationEndpoint":                 "attest.azure.net",
			"azureDataLakeAnalyticsCatalogAndJob": "azuredatalakeanalytics.net",
			"azureDataLakeStoreFileSystem":        "azuredatalakestore.net",
			"azureFrontDoorEndpointSuffix":        "azurefd.net",
			"keyVaultDns":                         "vault.azure.net",
			"mhsmDns":                             "managedhsm.azure.net",
			"mariadbServerEndpoint":               "mariadb.database.azure.com",
			"mysqlServerEndpoint":                 "mysql.database.azure.com",
			"postgresqlServerEndpoint":            "postgres.database.azure.com",
			"sqlServerHostname":                   "database.windows.net",
			"storage":                             "core.windows.net",
			"storageSyncEndpointSuffix":           "afs.azure.net",
			"synapseAnalytics":                    "dev.azuresynapse.net",
		},
	}
}
