package samples

import "github.com/workloadid/terraform-provider-workloadid/internal/emulator"

func list(values ...any) []any { return append([]any{}, values...) } // empty, not null

const (
	graphAppID  = "00000003-0000-0000-c000-000000000000"
	graphReadID = "9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30" // Application.Read.All
	azureCLI    = "04b07795-8ddb-461a-bbee-02f9e1bf7b46"
	gitHub      = "https://token.actions.githubusercontent.com"
	readerID    = "acdd72a7-3385-48ef-bd42-f606fba81ae7" // the role Reader of Azure
	azureGroup  = "/subscriptions/" + emulator.SubscriptionID + "/resourceGroups/" + emulator.ResourceGroup
)

var role = Object{"allowed_member_types": list("Application"), "display_name": "Process", "description": "Processes orders."}

var anApplication = Need{"application", "workloadid_application", Object{"display_name": "Deployer"}}

var itsPrincipal = Need{"principal", "workloadid_service_principal", Object{"client_id": Reference{"application", "client_id"}}}

// inApplication is a part of it.
func inApplication(part Object) Object {
	part["application_id"] = Reference{"application", "id"}
	return part
}

// anAPI is an application that others call, itsService is its service principal.
var (
	anAPI = Need{"api", "workloadid_application", Object{
		"display_name": "Orders",
		"app_roles":    Object{"Process": role, "Approve": Object{"allowed_member_types": list("User"), "display_name": "Approve", "description": "Approves orders."}},
		"api": Object{"oauth2_permission_scopes": Object{
			"Orders.Read":  Object{"admin_consent_display_name": "Read orders", "admin_consent_description": "Reads orders."},
			"Orders.Write": Object{"admin_consent_display_name": "Write orders", "admin_consent_description": "Writes orders."},
		}},
	}}
	itsService = Need{"service", "workloadid_service_principal", Object{"client_id": Reference{"api", "client_id"}}}
)

var anIdentity = Need{"identity", "workloadid_user_assigned_identity", Object{"name": "trusting", "resource_group_name": "local", "location": "westeurope"}}

// Resources has every resource of the catalogue. The test fails where one is missing.
var Resources = map[string][]Sample{
	"workloadid_application": {
		{
			Name: "", Indistinct: true,
			Config:  Object{"display_name": "Orders"},
			Changed: Object{"display_name": "Orders 2", "description": "Takes orders.", "tags": list("shop")},
		},
		{
			Name:     "unique",
			Features: []string{"new `owners`"},
			Config:   Object{"display_name": "Orders", "unique_name": "orders", "owners": list(Caller{}, User(0))},
			Beside:   Object{"display_name": "Orders", "unique_name": "orders-too"},
			// The owner changes by two requests.
			Changed: Object{"display_name": "Orders", "unique_name": "orders", "notes": "Ask the shop.", "owners": list(Caller{}, User(1))},
		},
		{
			Name: "by names", Indistinct: true,
			Features: []string{"`required_api_access`"},
			Config:   Object{"display_name": "Orders", "required_api_access": Object{"Microsoft Graph": Object{"app_roles": list("User.Read.All")}}},
			Changed:  Object{"display_name": "Orders", "required_api_access": Object{"Microsoft Graph": Object{"scopes": list("User.Read")}}},
			// An import has the same access by ids.
			Arguments: list("required_api_access"),
		},
		{
			Name: "with a name of its own", Indistinct: true,
			Config:    Object{"display_name": "Orders", "prevent_duplicate_names": true},
			Changed:   Object{"display_name": "Orders 2", "prevent_duplicate_names": true},
			Arguments: list("prevent_duplicate_names"),
		},
		{
			Name: "with one value for a role and a scope", Indistinct: true,
			Config: Object{
				"display_name": "Orders", "app_roles": Object{"Process": role},
				"api": Object{"oauth2_permission_scopes": Object{"Process": Object{"admin_consent_display_name": "Process", "admin_consent_description": "Processes orders."}}},
			},
			// Changed by two requests: both are disabled before one of them is removed, and the other is enabled again.
			Changed: Object{
				"display_name": "Orders", "app_roles": Object{},
				"api": Object{"oauth2_permission_scopes": Object{"Process": Object{"admin_consent_display_name": "Process", "admin_consent_description": "Processes orders."}}},
			},
		},
		{
			Name: "in steps", Indistinct: true,
			// Created by three requests, and changed by three: a role is disabled before it is removed.
			Config: Object{
				"display_name": "Orders", "identifier_uris": list("api://{client_id}"), "logo": png, "app_roles": Object{"Process": role, "Approve": role},
				"required_resource_access": Object{graphAppID: Object{"app_role_ids": list(graphReadID)}},
			},
			Changed: Object{
				"display_name": "Orders", "identifier_uris": list("api://{client_id}"), "app_roles": Object{"Process": role},
				"required_resource_access": Object{graphAppID: Object{"app_role_ids": list(graphReadID)}},
			},
			Arguments: list("logo"),
		},
	},
	"workloadid_group_member": {
		{
			Name:   "",
			Needs:  []Need{anApplication, itsPrincipal},
			Config: Object{"group_id": Group("Platform team"), "member_id": Reference{"principal", "id"}},
			// Another member is another membership.
			Changed: Object{"group_id": Group("Platform team"), "member_id": User(1)},
			Beside:  Object{"group_id": Group("Platform team"), "member_id": User(0)},
			Unmet:   []string{"can be given"},
		},
		{
			Name:     "of a group with directory roles",
			Needs:    []Need{anApplication, itsPrincipal},
			Features: []string{"a group that can be given directory roles"},
			Config:   Object{"group_id": Group("Workload owners"), "member_id": Reference{"principal", "id"}},
			Changed:  Object{"group_id": Group("Workload owners"), "member_id": User(1)},
			Unmet:    []string{"cannot be given"},
		},
	},
	"workloadid_application_app_role": {
		{
			Name:    "",
			Needs:   []Need{anApplication},
			Config:  inApplication(Object{"value": "Process", "allowed_member_types": list("Application"), "display_name": "Process", "description": "Processes orders."}),
			Changed: inApplication(Object{"value": "Process", "allowed_member_types": list("Application", "User"), "display_name": "Process", "description": "Processes all orders."}),
			Beside:  inApplication(Object{"value": "Approve", "allowed_member_types": list("User"), "display_name": "Approve", "description": "Approves orders."}),
		},
	},
	"workloadid_application_permission_scope": {
		{
			Name:    "",
			Needs:   []Need{anApplication},
			Config:  inApplication(Object{"value": "Orders.Read", "admin_consent_display_name": "Read orders", "admin_consent_description": "Reads orders."}),
			Changed: inApplication(Object{"value": "Orders.Read", "admin_consent_display_name": "Read orders", "admin_consent_description": "Reads all orders.", "type": "Admin"}),
			Beside:  inApplication(Object{"value": "Orders.Write", "admin_consent_display_name": "Write orders", "admin_consent_description": "Writes orders."}),
		},
	},
	"workloadid_application_identifier_uri": {
		{
			Name:    "",
			Needs:   []Need{anApplication},
			Config:  inApplication(Object{"identifier_uri": "api://orders.entralocal.onmicrosoft.com"}),
			Changed: inApplication(Object{"identifier_uri": "api://orders.entralocal.onmicrosoft.com/v2"}),
			Beside:  inApplication(Object{"identifier_uri": "api://shop.entralocal.onmicrosoft.com"}),
		},
	},
	"workloadid_application_redirect_uris": {
		{
			Name:    "",
			Needs:   []Need{anApplication},
			Config:  inApplication(Object{"platform": "web", "redirect_uris": list("https://orders.contoso.com/callback", "https://orders.contoso.com/signin")}),
			Changed: inApplication(Object{"platform": "web", "redirect_uris": list("https://orders.contoso.com/callback", "https://orders.contoso.com/login")}),
			Beside:  inApplication(Object{"platform": "spa", "redirect_uris": list("https://orders.contoso.com/")}),
		},
	},
	"workloadid_application_known_client": {
		{
			Name:    "",
			Needs:   []Need{anApplication, anAPI},
			Config:  inApplication(Object{"known_client_id": Reference{"api", "client_id"}}),
			Changed: inApplication(Object{"known_client_id": azureCLI}),
			Beside:  inApplication(Object{"known_client_id": "3f2504e0-4f89-41d3-9a0c-0305e82c3301"}),
		},
	},
	"workloadid_application_pre_authorized_client": {
		{
			Name:    "",
			Needs:   []Need{anAPI, anApplication},
			Config:  Object{"application_id": Reference{"api", "id"}, "authorized_client_id": Reference{"application", "client_id"}, "scopes": list("Orders.Read")},
			Changed: Object{"application_id": Reference{"api", "id"}, "authorized_client_id": Reference{"application", "client_id"}, "scopes": list("Orders.Read", "Orders.Write")},
			Beside:  Object{"application_id": Reference{"api", "id"}, "authorized_client_id": azureCLI, "scopes": list("Orders.Write")},
		},
	},
	"workloadid_application_required_api_access": {
		{
			Name:     "",
			Needs:    []Need{anApplication, anAPI, itsService},
			Features: []string{"`api`"},
			Config:   inApplication(Object{"api": "Microsoft Graph", "app_roles": list("User.Read.All")}),
			Changed:  inApplication(Object{"api": "Microsoft Graph", "app_roles": list("User.Read.All"), "scopes": list("User.Read")}),
			Beside:   inApplication(Object{"api": Reference{"service", "id"}, "scopes": list("Orders.Read")}),
		},
	},
	"workloadid_application_optional_claims": {
		{
			Name:    "",
			Needs:   []Need{anApplication},
			Config:  inApplication(Object{"id_token": Object{"upn": Object{"essential": true}}}),
			Changed: inApplication(Object{"id_token": Object{"upn": Object{"additional_properties": list("include_externally_authenticated_upn")}}, "access_token": Object{"ipaddr": Object{}}}),
			Beside:  inApplication(Object{"access_token": Object{"idtyp": Object{}}}),
		},
	},
	"workloadid_application_owner": {
		{
			Name:     "",
			Needs:    []Need{anApplication},
			Features: []string{"any owner"},
			Config:   inApplication(Object{"owner_id": User(0)}),
			Changed:  inApplication(Object{"owner_id": User(1)}),
			Beside:   inApplication(Object{"owner_id": User(2)}),
		},
	},
	"workloadid_application_fallback_public_client": {
		{
			Name:    "",
			Needs:   []Need{anApplication},
			Config:  inApplication(Object{"enabled": true}),
			Changed: inApplication(Object{"enabled": false}),
		},
	},
	"workloadid_service_principal": {
		{
			Name:    "",
			Needs:   []Need{anApplication},
			Config:  Object{"client_id": Reference{"application", "client_id"}},
			Changed: Object{"client_id": Reference{"application", "client_id"}, "notes": "Ask ops.", "app_role_assignment_required": true},
		},
		{
			Name:     "owned",
			Needs:    []Need{anApplication},
			Features: []string{"new `owners`"},
			Config:   Object{"client_id": Reference{"application", "client_id"}, "owners": list(Caller{}, User(0)), "tags": list("HideApp")},
			Changed:  Object{"client_id": Reference{"application", "client_id"}, "owners": list(Caller{}, User(1)), "tags": list("HideApp")},
		},
		{
			Name:      "adopted",
			Config:    Object{"client_id": graphAppID, "adopt_existing": true, "notes": "Ask ops."},
			Changed:   Object{"client_id": graphAppID, "adopt_existing": true, "notes": ""},
			Arguments: list("adopt_existing"),
			Unmet:     []string{"owns"},
			Abandoned: true,
		},
	},
	"workloadid_application_password": {
		{
			Name:      "",
			Needs:     []Need{anApplication},
			Secrets:   []string{"value"},
			Config:    Object{"application_id": Reference{"application", "id"}, "display_name": "CI", "expires_after": "90d", "renew_before": "30d"},
			Changed:   Object{"application_id": Reference{"application", "id"}, "display_name": "CD", "expires_after": "90d", "renew_before": "30d"},
			Beside:    Object{"application_id": Reference{"application", "id"}, "display_name": "CI", "expires_after": "90d", "renew_before": "30d"},
			Arguments: list("expires_after", "renew_before"),
		},
		{
			Name:      "overlapping",
			Needs:     []Need{anApplication},
			Secrets:   []string{"value"},
			Config:    Object{"application_id": Reference{"application", "id"}, "overlap": "7d", "rotate_when_changed": Object{"run": "1"}},
			Changed:   Object{"application_id": Reference{"application", "id"}, "overlap": "7d", "rotate_when_changed": Object{"run": "2"}},
			Arguments: list("overlap", "rotate_when_changed"),
		},
	},
	"workloadid_service_principal_password": {
		{
			Name:      "",
			Needs:     []Need{anApplication, {"principal", "workloadid_service_principal", Object{"client_id": Reference{"application", "client_id"}}}},
			Secrets:   []string{"value"},
			Config:    Object{"service_principal_id": Reference{"principal", "id"}, "display_name": "CI", "expires_after": "90d"},
			Changed:   Object{"service_principal_id": Reference{"principal", "id"}, "display_name": "CI", "expires_after": "30d"},
			Beside:    Object{"service_principal_id": Reference{"principal", "id"}},
			Arguments: list("expires_after"),
		},
	},
	"workloadid_app_role_assignment": {
		{
			Name:   "",
			Needs:  []Need{anApplication, itsPrincipal},
			Unmet:  []string{"but for application permissions of Microsoft Graph", "owns"},
			Config: Object{"principal_id": Reference{"principal", "id"}, "api": "Microsoft Graph", "app_role": "User.Read.All"},
			// Another role is another assignment.
			Changed: Object{"principal_id": Reference{"principal", "id"}, "api": "Microsoft Graph", "app_role": "Application.Read.All"},
			Beside:  Object{"principal_id": Reference{"principal", "id"}, "api": "Microsoft Graph", "app_role": "Group.Read.All"},
		},
		{
			Name:    "of an API of one's own",
			Needs:   []Need{anApplication, itsPrincipal, anAPI, itsService},
			Config:  Object{"principal_id": Reference{"principal", "id"}, "resource_id": Reference{"service", "id"}, "app_role": "Process"},
			Changed: Object{"principal_id": User(0), "resource_id": Reference{"service", "id"}, "app_role": "Approve"},
		},
	},
	"workloadid_delegated_permission_grant": {
		{
			Name:    "",
			Needs:   []Need{anApplication, itsPrincipal},
			Config:  Object{"service_principal_id": Reference{"principal", "id"}, "api": "Microsoft Graph", "scopes": list("User.Read", "openid")},
			Changed: Object{"service_principal_id": Reference{"principal", "id"}, "api": "Microsoft Graph", "scopes": list("Mail.Read")},
			Beside:  Object{"service_principal_id": Reference{"principal", "id"}, "api": "Microsoft Graph", "scopes": list("User.Read"), "user_id": User(0)},
		},
		{
			Name:    "of one user",
			Needs:   []Need{anApplication, itsPrincipal, anAPI, itsService},
			Config:  Object{"service_principal_id": Reference{"principal", "id"}, "api": Reference{"api", "client_id"}, "scopes": list("Orders.Read"), "user_id": User(1)},
			Changed: Object{"service_principal_id": Reference{"principal", "id"}, "api": Reference{"api", "client_id"}, "scopes": list("Orders.Read", "Orders.Write"), "user_id": User(1)},
		},
	},
	"workloadid_api_access": {
		{
			Name:     "",
			Features: []string{"`app_roles`", "`delegated_scopes`"},
			Unmet:    []string{"but for app roles of Microsoft Graph", "owns"},
			Needs:    []Need{anApplication, {"principal", "workloadid_service_principal", Object{"client_id": Reference{"application", "client_id"}}}},
			// Created by three requests, and changed by four, of which one reads.
			Config:  Object{"service_principal_id": Reference{"principal", "id"}, "api": "Microsoft Graph", "app_roles": list("User.Read.All", "Group.Read.All"), "delegated_scopes": list("User.Read")},
			Changed: Object{"service_principal_id": Reference{"principal", "id"}, "api": "Microsoft Graph", "app_roles": list("User.Read.All", "Mail.Send"), "delegated_scopes": list("User.Read", "Mail.Send")},
			// It shares the grant.
			Beside: Object{"service_principal_id": Reference{"principal", "id"}, "api": graphAppID, "app_roles": list("Directory.Read.All"), "delegated_scopes": list("openid")},
		},
		{
			Name:      "exclusive",
			Features:  []string{"`app_roles`", "`exclusive`"},
			Unmet:     []string{"but for app roles of Microsoft Graph", "owns"},
			Needs:     []Need{anIdentity},
			Config:    Object{"service_principal_id": Reference{"identity", "principal_id"}, "api": "Microsoft Graph", "app_roles": list("User.Read.All"), "exclusive": true},
			Changed:   Object{"service_principal_id": Reference{"identity", "principal_id"}, "api": "Microsoft Graph", "app_roles": list("Mail.Send"), "exclusive": true},
			Arguments: list("exclusive"),
		},
	},
	"workloadid_azure_role_assignment": {
		{
			Name:    "",
			InAzure: true,
			Needs:   []Need{anApplication, {"principal", "workloadid_service_principal", Object{"client_id": Reference{"application", "client_id"}}}},
			Config:  Object{"scope": azureGroup, "role_name": "Reader", "principal_id": Reference{"principal", "id"}},
			Changed: Object{"scope": azureGroup, "role_name": "Reader", "principal_id": Reference{"principal", "id"}, "description": "Sees the orders."},
			Beside:  Object{"scope": azureGroup, "role_name": "Contributor", "principal_id": Reference{"principal", "id"}},
		},
		{
			Name:    "of an identity",
			InAzure: true,
			Needs:   []Need{{"identity", "workloadid_user_assigned_identity", Object{"name": "shop", "resource_group_name": "local", "location": "westeurope"}}},
			Config:  Object{"scope": azureGroup, "role_definition_id": readerID, "principal_id": Reference{"identity", "principal_id"}, "description": "Sees."},
			Changed: Object{"scope": azureGroup, "role_definition_id": readerID, "principal_id": Reference{"identity", "principal_id"}},
		},
	},
	"workloadid_application_certificate": {
		{
			Name:    "",
			Needs:   []Need{anApplication},
			Config:  Object{"application_id": Reference{"application", "id"}, "certificate": shopCertificate},
			Changed: Object{"application_id": Reference{"application", "id"}, "certificate": nextCertificate, "display_name": "Next"},
			Beside:  Object{"application_id": Reference{"application", "id"}, "certificate": nextCertificate},
		},
		{
			Name:    "renamed",
			Needs:   []Need{anApplication},
			Config:  Object{"application_id": Reference{"application", "id"}, "certificate": shopCertificate},
			Changed: Object{"application_id": Reference{"application", "id"}, "certificate": shopCertificate, "display_name": "Main"},
		},
	},
	"workloadid_service_principal_certificate": {
		{
			Name:    "",
			Needs:   []Need{anApplication, {"principal", "workloadid_service_principal", Object{"client_id": Reference{"application", "client_id"}}}},
			Config:  Object{"service_principal_id": Reference{"principal", "id"}, "certificate": shopCertificate, "end": "2030-01-01T00:00:00Z"},
			Changed: Object{"service_principal_id": Reference{"principal", "id"}, "certificate": shopCertificate, "end": "2031-01-01T00:00:00Z"},
			Beside:  Object{"service_principal_id": Reference{"principal", "id"}, "certificate": nextCertificate},
		},
	},
	"workloadid_custom_directory_role": {
		{
			Name:    "",
			Config:  Object{"display_name": "Keeper", "permissions": list("microsoft.directory/applications/credentials/update")},
			Changed: Object{"display_name": "Keeper 2", "description": "Changes credentials.", "permissions": list("microsoft.directory/applications/credentials/update", "microsoft.directory/applications/standard/read"), "enabled": false},
			Beside:  Object{"display_name": "Reader", "permissions": list("microsoft.directory/applications/standard/read")},
		},
		{
			Name:    "template",
			Config:  Object{"display_name": "Keeper", "permissions": list("microsoft.directory/applications/create"), "template_id": "5b1c2a6e-0000-4000-8000-00000000c0de", "version": "1"},
			Changed: Object{"display_name": "Keeper", "permissions": list("microsoft.directory/applications/create"), "template_id": "5b1c2a6e-0000-4000-8000-00000000c0de", "version": "2"},
		},
	},
	"workloadid_directory_role_assignment": {
		{
			Name:   "",
			Needs:  []Need{anApplication, {"principal", "workloadid_service_principal", Object{"client_id": Reference{"application", "client_id"}}}},
			Config: Object{"role_name": "Application Administrator", "principal_id": Reference{"principal", "id"}, "application_id": Reference{"application", "id"}},
			// Another role makes a new assignment.
			Changed: Object{"role_name": "Cloud Application Administrator", "principal_id": Reference{"principal", "id"}, "application_id": Reference{"application", "id"}},
			Beside:  Object{"role_name": "Application Administrator", "principal_id": Reference{"principal", "id"}},
		},
		{
			Name:    "custom",
			Needs:   []Need{{"role", "workloadid_custom_directory_role", Object{"display_name": "Keeper", "permissions": list("microsoft.directory/applications/credentials/update")}}},
			Config:  Object{"role_definition_id": Reference{"role", "id"}, "principal_id": User(0)},
			Changed: Object{"role_definition_id": Reference{"role", "id"}, "principal_id": User(1)},
		},
	},
	"workloadid_user_assigned_identity": {
		{
			Name:    "",
			InAzure: true,
			Config:  Object{"name": "shop", "resource_group_name": "local", "location": "West Europe", "tags": Object{"team": "shop"}},
			Changed: Object{"name": "shop", "resource_group_name": "local", "location": "West Europe", "tags": Object{"team": "ops"}, "isolation_scope": "Regional"},
			Beside:  Object{"name": "orders", "resource_group_name": "local", "location": "westeurope"},
		},
	},
	"workloadid_federated_identity_credential": {
		{
			Name:    "",
			Needs:   []Need{anApplication},
			Config:  Object{"application_id": Reference{"application", "id"}, "name": "main", "issuer": gitHub, "subject": "repo:contoso/shop:ref:refs/heads/main"},
			Changed: Object{"application_id": Reference{"application", "id"}, "name": "main", "issuer": gitHub, "subject": "repo:contoso/shop:environment:production", "description": "Deploys."},
			Beside:  Object{"application_id": Reference{"application", "id"}, "name": "release", "issuer": gitHub, "subject": "repo:contoso/shop:environment:release"},
		},
		{
			Name:    "of an identity",
			InAzure: true,
			Needs:   []Need{anIdentity},
			Config:  Object{"user_assigned_identity_id": Reference{"identity", "id"}, "name": "main", "issuer": gitHub, "subject": "repo:contoso/shop:ref:refs/heads/main"},
			Changed: Object{"user_assigned_identity_id": Reference{"identity", "id"}, "name": "main", "issuer": gitHub, "subject": "repo:contoso/shop:environment:production"},
			Beside:  Object{"user_assigned_identity_id": Reference{"identity", "id"}, "name": "release", "issuer": gitHub, "subject": "repo:contoso/shop:environment:release"},
		},
		{
			Name:    "expression",
			Needs:   []Need{anApplication},
			Config:  Object{"application_id": Reference{"application", "id"}, "name": "any", "issuer": gitHub, "claims_matching_expression": "claims['sub'] matches 'repo:contoso/shop:ref:refs/heads/*' and claims['repository_owner_id'] eq '123'"},
			Changed: Object{"application_id": Reference{"application", "id"}, "name": "any", "issuer": gitHub, "claims_matching_expression": "claims['sub'] matches 'repo:contoso/*:ref:refs/heads/main' and claims['repository_owner_id'] eq '123'"},
		},
	},
}

// png is the smallest image of its kind, in base64.
const png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAAC0lEQVR4nGMAAQAABQABDQottAAAAABJRU5ErkJggg=="

// Certificates of which nobody has the private keys, valid from 2025 to 2044.
const (
	shopCertificate = `-----BEGIN CERTIFICATE-----
MIIBCjCBsaADAgECAgEBMAoGCCqGSM49BAMCMA8xDTALBgNVBAMTBHNob3AwHhcN
MjUwMTAxMDAwMDAwWhcNNDUwMTAxMDAwMDAwWjAPMQ0wCwYDVQQDEwRzaG9wMFkw
EwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEuhD0q9cCMhT7jIKjhPaBLBNR7SEAQbBQ
CE81HN7CuAZI7K5qewF0juzicoKFpeuH1TNciCAaovFGh+iJwA9EtTAKBggqhkjO
PQQDAgNIADBFAiBC5A0xsGNoBr5NQwOH27J2g+IYTPI3CXV9cEEY1nokHAIhAOzM
IXByGssHclw5hYOEXXE8fp9nEkgiTacWxX9U02Ro
-----END CERTIFICATE-----
`
	nextCertificate = `-----BEGIN CERTIFICATE-----
MIIBFDCBu6ADAgECAgECMAoGCCqGSM49BAMCMBQxEjAQBgNVBAMTCXNob3AtbmV4
dDAeFw0yNTAxMDEwMDAwMDBaFw00NTAxMDEwMDAwMDBaMBQxEjAQBgNVBAMTCXNo
b3AtbmV4dDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABDRMBXttdc6fUxPFjRdF
QzU4Mq1MFBCKgGOqjRMMBAogPfmhb0FXudqh7JrQy8LSLkFAWcZ9KTliNVFuhfTB
dyUwCgYIKoZIzj0EAwIDSAAwRQIgQdhC9bZoqN6wxhSdo+J5AT7roas3MXxdI9CB
nW5QA0kCIQDj5l2341YRfCq55gy1QF9mDVFHqrb6bc6yPU7uVGWGYg==
-----END CERTIFICATE-----
`
)
