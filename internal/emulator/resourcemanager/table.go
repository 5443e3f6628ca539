package resourcemanager

import (
	"net/http"
	"slices"
)

// Namespaces of resource providers.
const (
	resources       = "Microsoft.Resources"
	managedIdentity = "Microsoft.ManagedIdentity"
	authorization   = "Microsoft.Authorization"
	management      = "Microsoft.Management"
)

var (
	subscriptionType  = &provided{resources, "subscriptions", resourceVersions}
	tenantType        = &provided{resources, "tenants", resourceVersions}
	resourceGroupType = &provided{resources, "resourceGroups", resourceVersions}
	operationType     = &provided{resources, "operationresults", resourceVersions}

	identityType   = &provided{managedIdentity, "userAssignedIdentities", identityVersions}
	credentialType = &provided{managedIdentity, "userAssignedIdentities/federatedIdentityCredentials", credentialVersions}
	systemType     = &provided{managedIdentity, "identities", identityVersions}

	assignmentType = &provided{authorization, "roleAssignments", authorizationVersions}
	definitionType = &provided{authorization, "roleDefinitions", authorizationVersions}

	managementGroupType = &provided{management, "managementGroups", managementVersions}
)

// resourceVersions are those of Resource Manager's own types, as it lists them when it is asked for another.
var resourceVersions = []string{
	"2025-04-01", "2025-03-01", "2024-11-01", "2024-07-01", "2024-03-01", "2023-07-01",
	"2022-12-01", "2022-09-01", "2022-06-01", "2022-05-01", "2022-03-01-preview", "2022-03-01", "2022-01-01",
	"2021-04-01", "2021-01-01", "2020-10-01", "2020-09-01", "2020-08-01", "2020-07-01", "2020-06-01", "2020-05-01", "2020-01-01",
	"2019-11-01", "2019-10-01", "2019-09-01", "2019-08-01", "2019-07-01", "2019-06-01", "2019-05-10", "2019-05-01", "2019-03-01",
	"2018-11-01", "2018-09-01", "2018-08-01", "2018-07-01", "2018-06-01", "2018-05-01", "2018-02-01", "2018-01-01",
	"2017-12-01", "2017-08-01", "2017-06-01", "2017-05-10", "2017-05-01", "2017-03-01",
	"2016-09-01", "2016-07-01", "2016-06-01", "2016-02-01", "2015-11-01", "2015-01-01",
	"2014-04-01-preview", "2014-04-01", "2014-01-01",
}

// Versions of Microsoft.ManagedIdentity: github.com/Azure/azure-rest-api-specs, specification/msi. Those previews are left
// out whose additions no later version has in that form.
var (
	identityVersions   = append(slices.Clip(credentialVersions), "2018-11-30")
	credentialVersions = []string{"2026-05-31", "2026-04-30", "2024-11-30", "2023-07-31-preview", "2023-01-31", "2022-01-31-preview"}
)

// authorizationVersions are those of Microsoft.Authorization that have conditions and principal types.
var authorizationVersions = []string{
	"2022-05-01-preview", "2022-04-01", "2021-04-01-preview", "2020-10-01-preview", "2020-08-01-preview", "2020-04-01-preview", "2020-03-01-preview",
	"2018-09-01-preview", "2018-07-01", "2018-01-01-preview", "2015-07-01",
}

// managementVersions are those of Microsoft.Management that name the type as they do now.
var managementVersions = []string{"2023-04-01", "2021-04-01", "2020-10-01", "2020-05-01", "2020-02-01"}

// table lists every operation there is.
func (s *Service) table() []route {
	const (
		get, put, patch, remove, head = http.MethodGet, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodHead

		subscription = "/subscriptions/{subscription}"
		group        = subscription + "/resourceGroups/{group}"
		identities   = "/providers/Microsoft.ManagedIdentity/userAssignedIdentities"
		identity     = group + identities + "/{identity}"
		credentials  = identity + "/federatedIdentityCredentials"
		credential   = credentials + "/{credential}"
		definitions  = "{scope}/providers/Microsoft.Authorization/roleDefinitions"
		assignments  = "{scope}/providers/Microsoft.Authorization/roleAssignments"
		assignment   = assignments + "/{assignment}"
	)
	const (
		ofGroups      = "Microsoft.Resources/subscriptions/resourceGroups/"
		ofIdentities  = "Microsoft.ManagedIdentity/userAssignedIdentities/"
		ofCredentials = ofIdentities + "federatedIdentityCredentials/"
		ofDefinitions = "Microsoft.Authorization/roleDefinitions/"
		ofAssignments = "Microsoft.Authorization/roleAssignments/"
	)
	return []route{
		on(get, "/providers/Microsoft.Management/managementGroups", managementGroupType, "", listManagementGroups),
		on(get, managementGroups+"{managementGroup}", managementGroupType, "Microsoft.Management/managementGroups/read", readManagementGroup),

		on(get, "/tenants", tenantType, "", listTenants),
		on(get, "/subscriptions", subscriptionType, "", listSubscriptions),
		on(get, subscription, subscriptionType, "Microsoft.Resources/subscriptions/read", readSubscription),
		on(get, subscription+"/operationresults/{operation}", operationType, "", readOperation),

		on(get, subscription+"/resourceGroups", resourceGroupType, ofGroups+"read", listGroups),
		on(put, group, resourceGroupType, ofGroups+"write", writeGroup),
		on(patch, group, resourceGroupType, ofGroups+"write", updateGroup),
		on(head, group, resourceGroupType, ofGroups+"read", existsGroup),
		on(get, group, resourceGroupType, ofGroups+"read", readGroup),
		on(remove, group, resourceGroupType, ofGroups+"delete", deleteGroup),

		on(get, subscription+identities, identityType, ofIdentities+"read", listIdentities),
		on(get, group+identities, identityType, ofIdentities+"read", listIdentities),
		on(put, identity, identityType, ofIdentities+"write", writeIdentity),
		on(patch, identity, identityType, ofIdentities+"write", updateIdentity),
		on(get, identity, identityType, ofIdentities+"read", readIdentity),
		on(remove, identity, identityType, ofIdentities+"delete", deleteIdentity),

		on(get, credentials, credentialType, ofCredentials+"read", listCredentials),
		on(put, credential, credentialType, ofCredentials+"write", writeCredential),
		on(get, credential, credentialType, ofCredentials+"read", readCredential),
		on(remove, credential, credentialType, ofCredentials+"delete", deleteCredential),

		on(get, "{scope}/providers/Microsoft.ManagedIdentity/identities/default", systemType, "Microsoft.ManagedIdentity/identities/read", readSystemIdentity),

		on(get, definitions, definitionType, ofDefinitions+"read", listDefinitions),
		on(get, definitions+"/{definition}", definitionType, ofDefinitions+"read", readDefinition),
		on(get, assignments, assignmentType, ofAssignments+"read", listAssignments),
		on(put, assignment, assignmentType, ofAssignments+"write", writeAssignment),
		on(get, assignment, assignmentType, ofAssignments+"read", readAssignment),
		on(remove, assignment, assignmentType, ofAssignments+"delete", deleteAssignment),
	}
}
