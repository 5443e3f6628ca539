package samples

import "github.com/workloadid/terraform-provider-workloadid/internal/emulator"

// rootGroup is the management group above all others.
const rootGroup = "/providers/Microsoft.Management/managementGroups/" + emulator.DefaultTenantID

var (
	aPrincipal  = Need{"principal", "workloadid_service_principal", Object{"client_id": Reference{"application", "client_id"}}}
	aCredential = Need{"credential", "workloadid_federated_identity_credential", Object{
		"application_id": Reference{"application", "id"}, "name": "main", "issuer": gitHub, "subject": "repo:contoso/shop:ref:refs/heads/main",
	}}
	itsCredential = Need{"credential", "workloadid_federated_identity_credential", Object{
		"user_assigned_identity_id": Reference{"identity", "id"}, "name": "main", "issuer": gitHub, "subject": "repo:contoso/shop:ref:refs/heads/main",
	}}
	claims = Object{"iss": gitHub, "sub": "repo:contoso/shop:ref:refs/heads/main", "aud": "api://AzureADTokenExchange"}
)

// DataSources has every data source of the catalogue: what it is given, and what it needs.
var DataSources = map[string][]Sample{
	"workloadid_api": {
		{Name: "by name", Config: Object{"display_name": "Microsoft Graph"}},
		{Name: "by client id", Config: Object{"client_id": graphAppID}},
	},
	"workloadid_application": {
		{Name: "by id", Needs: []Need{anApplication}, Config: Object{"id": Reference{"application", "id"}}},
		{Name: "by client id", Needs: []Need{anApplication}, Config: Object{"client_id": Reference{"application", "client_id"}}},
		{Name: "by name", Needs: []Need{anApplication}, Config: Object{"display_name": "Deployer"}},
	},
	"workloadid_applications":           {{Needs: []Need{anApplication}, Config: Object{}}},
	"workloadid_azure_role_definition":  {{InAzure: true, Config: Object{"role_name": "Reader"}}},
	"workloadid_azure_role_definitions": {{InAzure: true, Config: Object{}}},
	"workloadid_client_config":          {{Config: Object{}}},
	"workloadid_directory_role": {
		{Name: "by name", Config: Object{"display_name": "Global Reader"}},
		{Name: "by id", Config: Object{"id": "f2ef992c-3afb-46b9-b7cf-a126ee74c451"}},
	},
	"workloadid_credentials": {
		{Config: Object{}},
		{Name: "of one", Needs: []Need{anApplication}, Config: Object{"application_ids": list(Reference{"application", "id"})}},
	},
	"workloadid_federated_credential_check": {
		{Needs: []Need{anApplication, aCredential}, Config: Object{"application_id": Reference{"application", "id"}, "claims": claims}},
		{Name: "without credentials", Needs: []Need{anApplication}, Config: Object{"application_id": Reference{"application", "id"}, "claims": claims}},
		{Name: "of an identity", InAzure: true, Needs: []Need{anIdentity, itsCredential}, Config: Object{"user_assigned_identity_id": Reference{"identity", "id"}, "claims": claims}},
		{Name: "of an identity without credentials", InAzure: true, Needs: []Need{anIdentity}, Config: Object{"user_assigned_identity_id": Reference{"identity", "id"}, "claims": claims}},
	},
	"workloadid_federated_identity_credential": {
		{Needs: []Need{anApplication, aCredential}, Config: Object{"application_id": Reference{"application", "id"}, "name": "main"}},
		{Name: "of an identity", InAzure: true, Needs: []Need{anIdentity, itsCredential}, Config: Object{"user_assigned_identity_id": Reference{"identity", "id"}, "name": "main"}},
	},
	"workloadid_federated_identity_credentials": {
		{Needs: []Need{anApplication, aCredential}, Config: Object{"application_id": Reference{"application", "id"}}},
		{Name: "of an identity", InAzure: true, Needs: []Need{anIdentity, itsCredential}, Config: Object{"user_assigned_identity_id": Reference{"identity", "id"}}},
	},
	"workloadid_group": {
		{Name: "by id", Config: Object{"id": Group("Platform team")}},
		{Name: "by name", Config: Object{"display_name": "Platform team"}},
		{Name: "by alias", Config: Object{"mail_nickname": "platform-team"}},
	},
	"workloadid_groups": {
		{Config: Object{}},
		{Name: "by names", Config: Object{"display_names": list("Platform team", "Workload owners")}},
	},
	"workloadid_managed_identity": {
		{Name: "by client id", Needs: []Need{anIdentity}, Config: Object{"client_id": Reference{"identity", "client_id"}}},
		{Name: "by resource", Needs: []Need{anIdentity}, Config: Object{"resource_id": Reference{"identity", "id"}}},
	},
	"workloadid_management_group": {
		{Name: "by name", InAzure: true, Scope: rootGroup, Config: Object{"name": emulator.DefaultTenantID}},
		{Name: "by id", InAzure: true, Scope: rootGroup, Config: Object{"id": rootGroup}},
	},
	"workloadid_management_groups": {{InAzure: true, Scope: rootGroup, Config: Object{}}},
	"workloadid_service_principal": {
		{Name: "by id", Needs: []Need{anApplication, aPrincipal}, Config: Object{"id": Reference{"principal", "id"}}},
		{Name: "by client id", Needs: []Need{anApplication, aPrincipal}, Config: Object{"client_id": Reference{"application", "client_id"}}},
		{Name: "by name", Needs: []Need{anApplication, aPrincipal}, Config: Object{"display_name": "Deployer"}},
	},
	"workloadid_service_principal_access": {
		{Name: "by id", Features: []string{"roles in Azure"}, Needs: []Need{anApplication, aPrincipal}, Config: Object{"service_principal_id": Reference{"principal", "id"}}},
		{Name: "by client id", Features: []string{"roles in Azure"}, Needs: []Need{anApplication, aPrincipal}, Config: Object{"client_id": Reference{"application", "client_id"}}},
	},
	"workloadid_service_principals": {{Needs: []Need{anApplication, aPrincipal}, Config: Object{}}},
	"workloadid_user": {
		{Name: "by id", Config: Object{"id": User(0)}},
		{Name: "by name to sign in with", Config: Object{"user_principal_name": "ada@entralocal.onmicrosoft.com"}},
		{Name: "by name", Config: Object{"display_name": "Ada Lovelace"}},
	},
	"workloadid_users": {
		{Config: Object{}},
		{Name: "by ids", Config: Object{"ids": list(User(0), User(1))}},
	},
	"workloadid_user_assigned_identities": {{InAzure: true, Needs: []Need{anIdentity}, Config: Object{}}},
	"workloadid_user_assigned_identity": {
		{Name: "by id", InAzure: true, Needs: []Need{anIdentity}, Config: Object{"id": Reference{"identity", "id"}}},
		{Name: "by name", InAzure: true, Needs: []Need{anIdentity}, Config: Object{"name": "trusting", "resource_group_name": "local"}},
	},
}

// EphemeralResources has every ephemeral resource of the catalogue.
var EphemeralResources = map[string][]Sample{
	"workloadid_access_token": {{
		Secrets: []string{"token"}, Config: Object{"scope": "https://graph.microsoft.com/.default"},
	}},
	"workloadid_application_password": {{
		Needs: []Need{anApplication}, Secrets: []string{"value"}, Config: Object{"application_id": Reference{"application", "id"}},
	}},
}
