package resourcemanager

import (
	"net/http"
	"slices"
	"strings"
)

// locations are the regions of the public cloud: learn.microsoft.com/azure/reliability/regions-list.
var locations = strings.Fields(`
	australiacentral australiacentral2 australiaeast australiasoutheast austriaeast belgiumcentral brazilsouth brazilsoutheast
	canadacentral canadaeast centralindia centralus chilecentral eastasia eastus eastus2 francecentral francesouth
	germanynorth germanywestcentral indonesiacentral israelcentral italynorth japaneast japanwest jioindiacentral jioindiawest
	koreacentral koreasouth malaysiawest mexicocentral newzealandnorth northcentralus northeurope norwayeast norwaywest
	polandcentral qatarcentral southafricanorth southafricawest southcentralus southindia southeastasia spaincentral
	swedencentral swedensouth switzerlandnorth switzerlandwest uaecentral uaenorth uksouth ukwest westcentralus westeurope
	westindia westus westus2 westus3`)

// normalLocation is the name of a region as answers have it: clients may give its display name, "West Europe".
func normalLocation(location string) string {
	return strings.ToLower(strings.ReplaceAll(location, " ", ""))
}

func checkLocation(location string) *failure {
	if slices.Contains(locations, normalLocation(location)) {
		return nil
	}
	return fail(http.StatusBadRequest, "LocationNotAvailableForResourceType",
		"The provided location '%s' is not available for the resource type. List of available regions for the resource type is '%s'.",
		location, strings.Join(locations, ","))
}

func locationRequired() *failure {
	return fail(http.StatusBadRequest, "LocationRequired", "The location property is required for this definition.")
}
