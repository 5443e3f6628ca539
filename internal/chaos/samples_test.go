package chaos

import "github.com/workloadid/terraform-provider-workloadid/internal/emulator"

// sample is one way to use a resource.
type sample struct {
	name string
	// needs are resources that are made first, in their order, by the same process.
	needs []need
	// config is how it is created, changed how it is after an update.
	config, changed object
	// beside is another one that can be made at the same time, in the same parent where there is one.
	beside object
	// arguments are the attributes that an import does not read.
	arguments []any
}

type need struct {
	name, typeName string
	config         object
}

type object = map[string]any

// reference stands for an attribute of a needed resource.
type reference struct{ name, attribute string }

// user stands for the id of a seeded user.
type user int

func list(values ...any) []any { return append([]any{}, values...) } // empty, not null

const (
	graphAppID  = "00000003-0000-0000-c000-000000000000"
	graphReadID = "9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30" // Application.Read.All
	gitHub      = "https://token.actions.githubusercontent.com"
	readerID    = "acdd72a7-3385-48ef-bd42-f606fba81ae7" // the role Reader of Azure
	azureGroup  = "/subscriptions/" + emulator.SubscriptionID + "/resourceGroups/" + emulator.ResourceGroup
)

var role = object{"allowed_member_types": list("Application"), "display_name": "Process", "description": "Processes orders."}

var anApplication = need{"application", "workloadid_application", object{"display_name": "Deployer"}}

var anIdentity = need{"identity", "workloadid_user_assigned_identity", object{"name": "trusting", "resource_group_name": "local", "location": "westeurope"}}

// samples has every resource of the catalogue. The test fails where one is missing.
var samples = map[string][]sample{
	"workloadid_application": {
		{
			name:    "",
			config:  object{"display_name": "Orders"},
			changed: object{"display_name": "Orders 2", "description": "Takes orders.", "tags": list("shop")},
		},
		{
			name:   "unique",
			config: object{"display_name": "Orders", "unique_name": "orders", "owners": list(user(0))},
			beside: object{"display_name": "Orders", "unique_name": "orders-too"},
			// The owner changes by two requests.
			changed: object{"display_name": "Orders", "unique_name": "orders", "notes": "Ask the shop.", "owners": list(user(1))},
		},
		{
			name: "in steps",
			// Created by three requests, and changed by three: a role is disabled before it is removed.
			config: object{
				"display_name": "Orders", "identifier_uris": list("api://{client_id}"), "logo": png, "app_roles": object{"Process": role, "Approve": role},
				"required_resource_access": object{graphAppID: object{"app_role_ids": list(graphReadID)}},
			},
			changed: object{
				"display_name": "Orders", "identifier_uris": list("api://{client_id}"), "app_roles": object{"Process": role},
				"required_resource_access": object{graphAppID: object{"app_role_ids": list(graphReadID)}},
			},
			arguments: list("logo"),
		},
	},
	"workloadid_service_principal": {
		{
			name:    "",
			needs:   []need{anApplication},
			config:  object{"client_id": reference{"application", "client_id"}},
			changed: object{"client_id": reference{"application", "client_id"}, "notes": "Ask ops.", "app_role_assignment_required": true},
		},
		{
			name:    "owned",
			needs:   []need{anApplication},
			config:  object{"client_id": reference{"application", "client_id"}, "owners": list(user(0)), "tags": list("HideApp")},
			changed: object{"client_id": reference{"application", "client_id"}, "owners": list(user(1)), "tags": list("HideApp")},
		},
		{
			name:      "adopted",
			config:    object{"client_id": graphAppID, "adopt_existing": true, "notes": "Ask ops."},
			changed:   object{"client_id": graphAppID, "adopt_existing": true, "notes": ""},
			arguments: list("adopt_existing"),
		},
	},
	"workloadid_azure_role_assignment": {
		{
			name:    "",
			needs:   []need{anApplication, {"principal", "workloadid_service_principal", object{"client_id": reference{"application", "client_id"}}}},
			config:  object{"scope": azureGroup, "role_name": "Reader", "principal_id": reference{"principal", "id"}},
			changed: object{"scope": azureGroup, "role_name": "Reader", "principal_id": reference{"principal", "id"}, "description": "Sees the orders."},
			beside:  object{"scope": azureGroup, "role_name": "Contributor", "principal_id": reference{"principal", "id"}},
		},
		{
			name:    "of an identity",
			needs:   []need{{"identity", "workloadid_user_assigned_identity", object{"name": "shop", "resource_group_name": "local", "location": "westeurope"}}},
			config:  object{"scope": azureGroup, "role_definition_id": readerID, "principal_id": reference{"identity", "principal_id"}, "description": "Sees."},
			changed: object{"scope": azureGroup, "role_definition_id": readerID, "principal_id": reference{"identity", "principal_id"}},
		},
	},
	"workloadid_user_assigned_identity": {
		{
			name:    "",
			config:  object{"name": "shop", "resource_group_name": "local", "location": "West Europe", "tags": object{"team": "shop"}},
			changed: object{"name": "shop", "resource_group_name": "local", "location": "West Europe", "tags": object{"team": "ops"}, "isolation_scope": "Regional"},
			beside:  object{"name": "orders", "resource_group_name": "local", "location": "westeurope"},
		},
	},
	"workloadid_federated_identity_credential": {
		{
			name:    "",
			needs:   []need{anApplication},
			config:  object{"application_id": reference{"application", "id"}, "name": "main", "issuer": gitHub, "subject": "repo:contoso/shop:ref:refs/heads/main"},
			changed: object{"application_id": reference{"application", "id"}, "name": "main", "issuer": gitHub, "subject": "repo:contoso/shop:environment:production", "description": "Deploys."},
			beside:  object{"application_id": reference{"application", "id"}, "name": "release", "issuer": gitHub, "subject": "repo:contoso/shop:environment:release"},
		},
		{
			name:    "of an identity",
			needs:   []need{anIdentity},
			config:  object{"user_assigned_identity_id": reference{"identity", "id"}, "name": "main", "issuer": gitHub, "subject": "repo:contoso/shop:ref:refs/heads/main"},
			changed: object{"user_assigned_identity_id": reference{"identity", "id"}, "name": "main", "issuer": gitHub, "subject": "repo:contoso/shop:environment:production"},
			beside:  object{"user_assigned_identity_id": reference{"identity", "id"}, "name": "release", "issuer": gitHub, "subject": "repo:contoso/shop:environment:release"},
		},
		{
			name:    "expression",
			needs:   []need{anApplication},
			config:  object{"application_id": reference{"application", "id"}, "name": "any", "issuer": gitHub, "claims_matching_expression": "claims['sub'] matches 'repo:contoso/shop:ref:refs/heads/*' and claims['repository_owner_id'] eq '123'"},
			changed: object{"application_id": reference{"application", "id"}, "name": "any", "issuer": gitHub, "claims_matching_expression": "claims['sub'] matches 'repo:contoso/*:ref:refs/heads/main' and claims['repository_owner_id'] eq '123'"},
		},
	},
}

// png is the smallest image of its kind, in base64.
const png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAAC0lEQVR4nGMAAQAABQABDQottAAAAABJRU5ErkJggg=="
