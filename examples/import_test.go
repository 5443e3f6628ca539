package examples_test

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfversion"

	"github.com/workloadid/terraform-provider-workloadid/internal/acctest"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/directory"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/entitytype"
)

// The object id in every import example, and the ids of what belongs to that object. The tenant is given objects with
// these ids, so that the examples run as they are written.
const (
	placeholder      = "00000000-0000-0000-0000-000000000000"
	otherApplication = "11111111-1111-1111-1111-111111111111"
	clientID         = "22222222-2222-2222-2222-222222222222"
	keyID            = "33333333-3333-3333-3333-333333333333"
)

// existing is what the tenant holds for the import example of a resource.
type existing struct {
	seed   emulator.Seed
	extra  func(t *testing.T, h *acctest.Harness)
	others string // imports of what the example's resource depends on
}

func application(id, name string) map[string]any {
	return map[string]any{"id": id, "appId": clientID, "displayName": name, "signInAudience": "AzureADMyOrg"}
}

// workload is an application with its service principal.
func workload(name string) emulator.Seed {
	return emulator.Seed{
		Applications:      []map[string]any{application(otherApplication, name)},
		ServicePrincipals: []map[string]any{{"id": placeholder, "appId": clientID, "displayName": name, "servicePrincipalType": "Application"}},
	}
}

// graphPrincipal is the service principal of Microsoft Graph.
const graphPrincipal = "/servicePrincipals(appId='00000003-0000-0000-c000-000000000000')"

// withPassword gives an application or service principal a password that somebody made by hand.
func withPassword(object map[string]any) map[string]any {
	object["passwordCredentials"] = []any{map[string]any{
		"keyId": keyID, "displayName": "legacy mail gateway", "hint": "abc",
		"startDateTime": "2026-01-01T00:00:00Z", "endDateTime": "2099-01-01T00:00:00Z",
	}}
	return object
}

var imports = map[string]existing{
	"workloadid_application": {
		seed: emulator.Seed{Applications: []map[string]any{application(placeholder, "by hand")}},
	},
	"workloadid_service_principal": {
		seed: emulator.Seed{
			Applications:      []map[string]any{application(otherApplication, "orders")},
			ServicePrincipals: []map[string]any{{"id": placeholder, "appId": clientID, "displayName": "orders", "servicePrincipalType": "Application"}},
		},
		others: importOf("workloadid_application.orders", otherApplication),
	},
	"workloadid_api_access": {
		seed: workload("orders-worker"),
		extra: func(t *testing.T, h *acctest.Harness) {
			api := h.Graph(t, http.MethodGet, graphPrincipal, nil)
			for _, role := range api["appRoles"].([]any) {
				if value := role.(map[string]any)["value"]; value == "User.Read.All" || value == "Mail.Send" {
					h.Graph(t, http.MethodPost, graphPrincipal+"/appRoleAssignedTo", map[string]any{"principalId": placeholder, "resourceId": api["id"], "appRoleId": role.(map[string]any)["id"]})
				}
			}
			h.Graph(t, http.MethodPost, "/oauth2PermissionGrants", map[string]any{"clientId": placeholder, "resourceId": api["id"], "consentType": "AllPrincipals", "scope": "User.Read"})
		},
		others: importOf("workloadid_application.worker", otherApplication) + importOf("workloadid_service_principal.worker", placeholder),
	},
	"workloadid_app_role_assignment": {
		seed: workload("orders-worker"),
		extra: func(t *testing.T, h *acctest.Harness) {
			// Microsoft Graph chooses the ids of assignments.
			snapshot := h.Tenant.Snapshot()
			snapshot.Objects = append(snapshot.Objects, &directory.Object{
				ID: strings.Repeat("A", 43), Type: entitytype.AppRoleAssignment.Name,
				Properties: entitytype.AppRoleAssignment.New(map[string]any{
					"id": strings.Repeat("A", 43), "principalId": placeholder, "principalType": "ServicePrincipal", "createdDateTime": "2024-01-01T00:00:00Z",
					"resourceId": h.Graph(t, http.MethodGet, graphPrincipal, nil)["id"], "appRoleId": "df021288-bdef-4463-88db-98f22de89214",
				}),
			})
			if err := h.Tenant.Restore(snapshot); err != nil {
				t.Fatal(err)
			}
		},
		others: importOf("workloadid_application.worker", otherApplication) + importOf("workloadid_service_principal.worker", placeholder),
	},
	"workloadid_delegated_permission_grant": {
		seed: workload("orders-portal"),
		extra: func(t *testing.T, h *acctest.Harness) {
			h.Graph(t, http.MethodPost, "/oauth2PermissionGrants", map[string]any{
				"clientId": placeholder, "consentType": "AllPrincipals", "scope": "User.Read openid", "resourceId": h.Graph(t, http.MethodGet, graphPrincipal, nil)["id"],
			})
		},
		others: importOf("workloadid_application.portal", otherApplication) + importOf("workloadid_service_principal.portal", placeholder),
	},
	"workloadid_application_app_role": ofOrders(map[string]any{"appRoles": []any{map[string]any{
		"id": keyID, "value": "Orders.Approve", "displayName": "by hand", "description": "By hand.", "allowedMemberTypes": []any{"User"},
	}}}),
	"workloadid_application_permission_scope":       ofOrders(map[string]any{"api": map[string]any{"oauth2PermissionScopes": []any{ordersScope}}}),
	"workloadid_application_identifier_uri":         ofOrders(map[string]any{"identifierUris": []any{"api://" + clientID}}),
	"workloadid_application_redirect_uris":          ofOrders(map[string]any{"web": map[string]any{"redirectUris": []any{"https://by-hand.contoso.com"}}}),
	"workloadid_application_optional_claims":        ofOrders(map[string]any{"optionalClaims": map[string]any{"idToken": []any{map[string]any{"name": "email"}}}}),
	"workloadid_application_fallback_public_client": ofOrders(map[string]any{"isFallbackPublicClient": true}),
	"workloadid_application_required_api_access": ofOrders(map[string]any{"requiredResourceAccess": []any{map[string]any{
		"resourceAppId": "00000003-0000-0000-c000-000000000000", "resourceAccess": []any{map[string]any{"id": "df021288-bdef-4463-88db-98f22de89214", "type": "Role"}},
	}}}),
	"workloadid_application_pre_authorized_client": ofOrders(
		map[string]any{"api": map[string]any{"oauth2PermissionScopes": []any{ordersScope}}},
		map[string]any{"api": map[string]any{"preAuthorizedApplications": []any{map[string]any{"appId": azureCLI, "delegatedPermissionIds": []any{keyID}}}}},
	),
	"workloadid_application_known_client": {
		seed: emulator.Seed{Applications: []map[string]any{
			application(placeholder, "orders"), {"id": otherApplication, "appId": "44444444-4444-4444-4444-444444444444", "displayName": "shop"},
		}},
		extra: func(t *testing.T, h *acctest.Harness) {
			h.Graph(t, http.MethodPatch, "/applications/"+placeholder, map[string]any{"api": map[string]any{
				"oauth2PermissionScopes": []any{ordersScope}, "knownClientApplications": []any{"44444444-4444-4444-4444-444444444444"},
			}})
		},
		others: importOf("workloadid_application.orders", placeholder) + importOf("workloadid_application.shop", otherApplication),
	},
	"workloadid_application_owner": {
		seed: emulator.Seed{
			Applications: []map[string]any{
				application(otherApplication, "orders-deployer"), {"id": placeholder, "appId": "44444444-4444-4444-4444-444444444444", "displayName": "orders"},
			},
			ServicePrincipals: []map[string]any{{"id": "55555555-5555-5555-5555-555555555555", "appId": clientID, "displayName": "orders-deployer", "servicePrincipalType": "Application"}},
		},
		extra: func(t *testing.T, h *acctest.Harness) {
			h.Graph(t, http.MethodPost, "/applications/"+placeholder+"/owners/$ref", map[string]any{"@odata.id": h.URL + "/v1.0/directoryObjects/55555555-5555-5555-5555-555555555555"})
		},
		others: importOf("workloadid_application.orders", placeholder) + importOf("workloadid_application.deployer", otherApplication) +
			importOf("workloadid_service_principal.deployer", "55555555-5555-5555-5555-555555555555"),
	},
	"workloadid_application_password": {
		seed:   emulator.Seed{Applications: []map[string]any{withPassword(application(placeholder, "billing"))}},
		others: importOf("workloadid_application.billing", placeholder),
	},
	"workloadid_service_principal_password": {
		seed: emulator.Seed{
			Applications:      []map[string]any{application(otherApplication, "billing")},
			ServicePrincipals: []map[string]any{withPassword(map[string]any{"id": placeholder, "appId": clientID, "displayName": "billing", "servicePrincipalType": "Application"})},
		},
		others: importOf("workloadid_application.billing", otherApplication) + importOf("workloadid_service_principal.billing", placeholder),
	},
	"workloadid_azure_role_assignment": {
		seed: emulator.Seed{
			Applications:      []map[string]any{application(otherApplication, "shop-deployer")},
			ServicePrincipals: []map[string]any{{"id": placeholder, "appId": clientID, "displayName": "shop-deployer", "servicePrincipalType": "Application"}},
			RoleAssignments:   []map[string]any{{"name": placeholder, "scope": group, "roleName": "Contributor", "principalId": placeholder, "principalType": "ServicePrincipal"}},
		},
		others: importOf("workloadid_application.deployer", otherApplication) + importOf("workloadid_service_principal.deployer", placeholder),
	},
	"workloadid_group_member": {
		seed: workload("orders-worker"),
		extra: func(t *testing.T, h *acctest.Harness) {
			h.Graph(t, http.MethodPost, "/groups/"+readers+"/members/$ref", map[string]any{"@odata.id": "https://graph.microsoft.com/v1.0/directoryObjects/" + placeholder})
		},
		others: importOf("workloadid_application.worker", otherApplication) + importOf("workloadid_service_principal.worker", placeholder),
	},
	"workloadid_directory_role_assignment": {
		seed: workload("shop-deployer"),
		extra: func(t *testing.T, h *acctest.Harness) {
			h.Graph(t, http.MethodPost, "/roleManagement/directory/roleAssignments", map[string]any{
				"principalId": placeholder, "roleDefinitionId": "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3", "directoryScopeId": "/",
			})
		},
		others: importOf("workloadid_application.deployer", otherApplication) + importOf("workloadid_service_principal.deployer", placeholder),
	},
	"workloadid_custom_directory_role": {
		extra: func(t *testing.T, h *acctest.Harness) {
			// Microsoft Graph chooses the ids of roles.
			snapshot := h.Tenant.Snapshot()
			snapshot.Objects = append(snapshot.Objects, &directory.Object{
				ID: placeholder, Type: entitytype.RoleDefinition.Name,
				Properties: entitytype.RoleDefinition.New(map[string]any{
					"id": placeholder, "templateId": placeholder, "displayName": "by hand", "isBuiltIn": false, "isEnabled": true,
					"rolePermissions": []any{map[string]any{"allowedResourceActions": []any{"microsoft.directory/applications/create"}}},
				}),
			})
			if err := h.Tenant.Restore(snapshot); err != nil {
				t.Fatal(err)
			}
		},
	},
	"workloadid_application_certificate": {
		seed:   emulator.Seed{Applications: []map[string]any{application(placeholder, "shop")}},
		extra:  func(t *testing.T, h *acctest.Harness) { addCertificate(t, h, "/applications/", nil) },
		others: importOf("workloadid_application.shop", placeholder),
	},
	"workloadid_service_principal_certificate": {
		seed: workload("shop"),
		extra: func(t *testing.T, h *acctest.Harness) {
			addCertificate(t, h, "/servicePrincipals/", map[string]any{"displayName": "shop", "endDateTime": "2040-01-31T00:00:00Z"})
		},
		others: importOf("workloadid_application.shop", otherApplication) + importOf("workloadid_service_principal.shop", placeholder),
	},
	"workloadid_user_assigned_identity": {
		seed: emulator.Seed{UserAssignedIdentities: []map[string]any{{"id": group + "/providers/Microsoft.ManagedIdentity/userAssignedIdentities/shop-worker"}}},
	},
	"workloadid_federated_identity_credential": {
		seed: emulator.Seed{Applications: []map[string]any{application(placeholder, "shop-deployer")}},
		extra: func(t *testing.T, h *acctest.Harness) {
			h.Graph(t, http.MethodPost, "/applications/"+placeholder+"/federatedIdentityCredentials", map[string]any{
				"name": "github-production", "issuer": "https://token.actions.githubusercontent.com",
				"subject": "repo:contoso/by-hand:environment:production", "audiences": []string{"api://AzureADTokenExchange"},
			})
		},
		others: importOf("workloadid_application.deployer", placeholder),
	},
}

const azureCLI = "04b07795-8ddb-461a-bbee-02f9e1bf7b46"

// ordersScope is the scope of the examples that somebody made by hand.
var ordersScope = map[string]any{"id": keyID, "value": "Orders.Read", "adminConsentDisplayName": "by hand", "adminConsentDescription": "By hand."}

// ofOrders is an application that somebody has given parts, one after the other.
func ofOrders(parts ...map[string]any) existing {
	return existing{
		seed: emulator.Seed{Applications: []map[string]any{application(placeholder, "orders")}},
		extra: func(t *testing.T, h *acctest.Harness) {
			for _, part := range parts {
				h.Graph(t, http.MethodPatch, "/applications/"+placeholder, part)
			}
		},
		others: importOf("workloadid_application.orders", placeholder),
	}
}

// addCertificate gives an object the certificate of the examples.
func addCertificate(t *testing.T, h *acctest.Harness, set string, properties map[string]any) {
	t.Helper()
	key := map[string]any{"keyId": "33333333-3333-3333-3333-333333333333", "type": "AsymmetricX509Cert", "usage": "Verify", "key": exampleCertificate}
	maps.Copy(key, properties)
	h.Graph(t, http.MethodPatch, set+placeholder, map[string]any{"keyCredentials": []any{key}})
}

const exampleCertificate = "MIIBCjCBsaADAgECAgEBMAoGCCqGSM49BAMCMA8xDTALBgNVBAMTBHNob3AwHhcNMjUwMTAxMDAwMDAwWhcNNDUwMTAxMDAwMDAwWjAPMQ0wCwYDVQQDEwRzaG9wMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEuhD0q9cCMhT7jIKjhPaBLBNR7SEAQbBQCE81HN7CuAZI7K5qewF0juzicoKFpeuH1TNciCAaovFGh+iJwA9EtTAKBggqhkjOPQQDAgNIADBFAiBC5A0xsGNoBr5NQwOH27J2g+IYTPI3CXV9cEEY1nokHAIhAOzMIXByGssHclw5hYOEXXE8fp9nEkgiTacWxX9U02Ro"

// source is what every configuration has in a file of its own, as in examples/provider.
const source = "terraform {\n  required_providers {\n    workloadid = { source = \"workloadid/workloadid\" }\n  }\n}\n"

func importOf(address, id string) string {
	return fmt.Sprintf("import {\n  to = %s\n  id = %q\n}\n", address, id)
}

// TestExamples_import brings what somebody made by hand under the example's configuration, by each of the ways to
// import that the documentation shows, and destroys it: nothing of it is left.
func TestExamples_import(t *testing.T) {
	for _, folder := range find(t, "resources/*") {
		name := filepath.Base(folder)
		configuration := read(t, filepath.Join(folder, "resource.tf"))
		there, ok := imports[name]
		if !ok {
			t.Errorf("%s: this test knows of nothing that it could import", name)
			continue
		}
		for file, versions := range map[string][]tfversion.TerraformVersionCheck{
			"import-by-string-id.tf": nil,
			"import-by-identity.tf":  {tfversion.SkipBelow(tfversion.Version1_12_0)},
		} {
			t.Run(name+"/"+file, func(t *testing.T) {
				block := read(t, filepath.Join(folder, file))
				acctest.RunCLI(t, func(t *testing.T, h *acctest.Harness) resource.TestCase {
					gone := there.prepare(t, h)
					return resource.TestCase{
						TerraformVersionChecks: versions,
						Steps:                  []resource.TestStep{{Config: configuration + block + there.others}},
						CheckDestroy:           gone,
					}
				})
			})
		}
		t.Run(name+"/import.sh", func(t *testing.T) {
			address, id := command(t, filepath.Join(folder, "import.sh"))
			acctest.RunCLI(t, func(t *testing.T, h *acctest.Harness) resource.TestCase {
				there.prepare(t, h)
				return resource.TestCase{Steps: []resource.TestStep{{
					Config: source + configuration, ResourceName: address,
					ImportState: true, ImportStateId: id,
					ImportStateCheck: func(states []*terraform.InstanceState) error {
						if len(states) != 1 || states[0].Attributes["id"]+states[0].Attributes["key_id"] == "" {
							return fmt.Errorf("%d objects were imported, want one with an id", len(states))
						}
						return nil
					},
				}}}
			})
		})
	}
}

// prepare gives the tenant the objects, and returns the check that they are gone while everything that was there before
// is left.
func (e existing) prepare(t *testing.T, h *acctest.Harness) func(*terraform.State) error {
	if h.Tenant == nil {
		t.Skip("there are no objects with the ids of the examples in a real tenant")
	}
	seedAzure(t, h)
	documentSecrets(h)
	rest := leaves(h)
	if err := h.Tenant.AddSeed(e.seed); err != nil {
		t.Fatal(err)
	}
	if e.extra != nil {
		e.extra(t, h)
	}
	if rest(nil) == nil {
		t.Fatal("nothing was added to the tenant")
	}
	return func(s *terraform.State) error {
		if err := rest(s); err != nil {
			return errors.Join(errors.New("what was imported should have been destroyed, and nothing else"), err)
		}
		return nil
	}
}

var importCommand = regexp.MustCompile(`(?m)^terraform import (\S+) (\S+)$`)

func command(t *testing.T, file string) (address, id string) {
	t.Helper()
	found := importCommand.FindStringSubmatch(read(t, file))
	if found == nil {
		t.Fatalf("%s has no import command", file)
	}
	return found[1], found[2]
}
