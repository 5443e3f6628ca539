package emulator

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/directory"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/entitytype"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/graph"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/resourcemanager"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/seed"
)

// The seeded caller: an application with the permissions of CallerRoles. Its secret is no secret. It is known to
// everyone and good for nothing but a tenant that answers on this machine.
const (
	CallerClientID     = "c0ffee00-0000-4000-8000-00000000ca11"
	CallerClientSecret = "local-only-8Q~this-secret-opens-nothing-else"

	callerObjectID      = "c0ffee00-0000-4000-8000-0000000005e1" // of the service principal
	callerApplicationID = "c0ffee00-0000-4000-8000-000000000a99"
	callerSecretID      = "c0ffee00-0000-4000-8000-0000000005ec"
)

// CallerRoles are the permissions of Microsoft Graph that the seeded caller has.
var CallerRoles = []string{
	"Application.ReadWrite.All", "AppRoleAssignment.ReadWrite.All", "DelegatedPermissionGrant.ReadWrite.All",
	"Directory.Read.All", "RoleManagement.ReadWrite.Directory", "Policy.Read.All", "User.Read.All", "Group.Read.All",
	"AdministrativeUnit.ReadWrite.All", "GroupMember.ReadWrite.All", "Policy.ReadWrite.ApplicationConfiguration",
}

const (
	graphAppID    = "00000003-0000-0000-c000-000000000000"
	initialDomain = "entralocal.onmicrosoft.com"
	beginning     = "2024-01-01T00:00:00Z" // when everything seeded was made
)

// Seed is what a seed file holds: objects as Microsoft Graph v1.0 shows them, complete with their ids, by collection;
// applications also with federatedIdentityCredentials, as $expand shows them; app role assignments, which are principalId,
// resourceId and appRoleId, and delegated permission grants, which are what is sent to make them: neither have ids of
// one's own; and what there is in Azure, by ARM ids:
// management groups, which are name, displayName and the name of their parent; subscriptions, whose id is the GUID alone, with
// displayName, state and the name of their managementGroup; resource groups; user-assigned identities, also
// with federatedIdentityCredentials, each of which is name, issuer, subject and audiences; and the system-assigned
// identities of resources, given by resourceId, of which there is nothing else; role assignments, which are scope,
// principalId and roleName, or roleDefinitionId. Identities get a principalId and a clientId where they have none, and a
// service principal; of each subscription and management group the seeded caller is Owner.
type Seed struct {
	Applications      []map[string]any `json:"applications"`
	ServicePrincipals []map[string]any `json:"servicePrincipals"`
	Users             []map[string]any `json:"users"`
	Groups            []map[string]any `json:"groups"`

	AppRoleAssignments     []map[string]any `json:"appRoleAssignments"`
	OAuth2PermissionGrants []map[string]any `json:"oauth2PermissionGrants"`

	ManagementGroups         []map[string]any `json:"managementGroups"`
	Subscriptions            []map[string]any `json:"subscriptions"`
	ResourceGroups           []map[string]any `json:"resourceGroups"`
	UserAssignedIdentities   []map[string]any `json:"userAssignedIdentities"`
	SystemAssignedIdentities []map[string]any `json:"systemAssignedIdentities"`
	RoleAssignments          []map[string]any `json:"roleAssignments"`

	// Estate is how many applications to make up besides, for tests of size: each with a service principal and a
	// federated identity credential. EstateID has their ids; their names are "estate 1" and so on.
	Estate int `json:"estate"`
}

// Reset puts the tenant back to what it began with.
func (t *Tenant) Reset() error {
	content, err := seed.Load()
	if err != nil {
		return err
	}
	begin := azure()
	begin.ManagementGroups = []map[string]any{{"name": t.options.TenantID, "displayName": "Tenant Root Group"}}
	begin.ServicePrincipals, begin.Users, begin.Groups = content.ServicePrincipals, content.Users, content.Groups
	objects, err := t.seedObjects(begin, nil)
	if err != nil {
		return err
	}
	objects = append(objects, t.organization(), graph.TenantPolicy())
	for _, role := range content.RoleDefinitions {
		definition, err := seeded(entitytype.RoleDefinition, role, "")
		if err != nil {
			return err
		}
		objects = append(objects, definition)
		if definition.ID == graph.GlobalAdministrator { // the only one that is active from the beginning
			objects = append(objects, graph.ActivatedRole(definition))
		}
	}
	objects = append(objects, t.caller(objects)...)
	if t.options.SeedFile != "" {
		more, err := t.readSeed(t.options.SeedFile, objects)
		if err != nil {
			return err
		}
		objects = append(objects, more...)
	}
	return t.change(func(txn *directory.Txn) error {
		txn.Clear()
		for _, object := range objects {
			txn.Put(object)
		}
		return nil
	})
}

func (t *Tenant) readSeed(file string, known []*directory.Object) ([]*directory.Object, error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	given, err := decodeSeed(bytes.NewReader(content))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return t.seedObjects(given, known)
}

// decodeSeed reads a seed, of which a misspelt collection is an error.
func decodeSeed(from io.Reader) (Seed, error) {
	var given Seed
	decoder := json.NewDecoder(from)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&given); err != nil {
		return Seed{}, err
	}
	if _, err := decoder.Token(); err != io.EOF {
		return Seed{}, errors.New("there is more after the seed")
	}
	return given, nil
}

// AddSeed adds the objects of a seed, replacing those with the same ids.
func (t *Tenant) AddSeed(given Seed) error {
	objects, err := t.seedObjects(given, slices.Collect(t.store.View().All(resourcemanager.ResourceGroup.Name, directory.Live)))
	if err != nil {
		return err
	}
	return t.change(func(txn *directory.Txn) error {
		for _, object := range objects {
			txn.Put(object)
		}
		return nil
	})
}

// seedObjects makes the objects of a seed. The known ones have the resource groups that there are besides.
func (t *Tenant) seedObjects(given Seed, known []*directory.Object) ([]*directory.Object, error) {
	var objects []*directory.Object
	for _, of := range []struct {
		t     *entitytype.Type
		items []map[string]any
	}{
		{entitytype.Application, given.Applications},
		{entitytype.ServicePrincipal, given.ServicePrincipals},
		{entitytype.User, given.Users},
		{entitytype.Group, given.Groups},
	} {
		for _, item := range of.items {
			object, err := seeded(of.t, item, "")
			if err != nil {
				return nil, err
			}
			objects = append(objects, object)
			if of.t != entitytype.Application {
				continue
			}
			for _, credential := range directory.Items(item["federatedIdentityCredentials"]) {
				contained, err := seeded(entitytype.FederatedIdentityCredential, credential, object.ID)
				if err != nil {
					return nil, err
				}
				objects = append(objects, contained)
			}
		}
	}
	grants, err := seedAccess(given)
	if err != nil {
		return nil, err
	}
	inAzure, err := t.seedAzure(given, known)
	if err != nil {
		return nil, err
	}
	estate, err := t.estate(given.Estate)
	return slices.Concat(objects, grants, inAzure, estate), err
}

func seeded(t *entitytype.Type, item map[string]any, parent string) (*directory.Object, error) {
	if err := identify(t, item, parent); err != nil {
		return nil, err
	}
	id := item["id"].(string)
	if err := t.Shape(item); err != nil {
		return nil, fmt.Errorf("seeding %s: %w", id, err)
	}
	return &directory.Object{ID: id, Type: t.Name, Parent: parent, Properties: t.New(item)}, nil
}

// identify gives a seeded object the ids that its author did not think of: always the same, which follow from its name. An
// application and the service principal of the same name belong together.
func identify(t *entitytype.Type, item map[string]any, parent string) error {
	name := ""
	for _, property := range []string{"displayName", "name", "userPrincipalName"} {
		if text, ok := item[property].(string); ok {
			name = strings.TrimSpace(name + " " + text)
		}
	}
	ids := map[string]string{"id": t.Name + "\n" + parent + "\n" + name}
	if t == entitytype.Application || t == entitytype.ServicePrincipal {
		ids["appId"] = "appId\n" + name
	}
	for property, from := range ids {
		if item[property] == nil {
			item[property] = uuid.NewSHA1(uuid.MustParse(DefaultTenantID), []byte(from)).String()
		}
		if id, _ := item[property].(string); !entitytype.IsGUID(id) {
			return fmt.Errorf("the %s of a seeded %s is no GUID: %v, of %q", property, t.Name, item[property], name)
		}
	}
	return nil
}

func (t *Tenant) organization() *directory.Object {
	domain := func(name string, initial bool) map[string]any {
		return map[string]any{"capabilities": "", "isDefault": initial, "isInitial": initial, "name": name, "type": "Managed"}
	}
	return &directory.Object{
		ID: t.options.TenantID, Type: entitytype.Organization.Name,
		Properties: entitytype.Organization.New(map[string]any{
			"id": t.options.TenantID, "displayName": "Local tenant", "tenantType": "AAD", "createdDateTime": beginning,
			"verifiedDomains": []any{domain(initialDomain, true), domain("example.com", false)},
		}),
	}
}

// caller makes the objects of the seeded caller: its application, service principal and app role assignments.
func (t *Tenant) caller(objects []*directory.Object) []*directory.Object {
	secret := entitytype.PasswordCredential.New(map[string]any{
		"displayName": "local only", "hint": CallerClientSecret[:3], "keyId": callerSecretID,
		"startDateTime": beginning, "endDateTime": "2999-12-31T00:00:00Z",
	})
	common := map[string]any{"appId": CallerClientID, "displayName": "Local caller", "createdByAppId": CallerClientID}
	application := map[string]any{
		"id": callerApplicationID, "createdDateTime": beginning, "publisherDomain": initialDomain,
		"passwordCredentials": []any{secret},
	}
	principal := map[string]any{
		"id": callerObjectID, "appDisplayName": common["displayName"], "appOwnerOrganizationId": t.options.TenantID,
		"servicePrincipalNames": []any{CallerClientID}, "servicePrincipalType": "Application", "signInAudience": entitytype.AzureADMyOrg,
	}
	maps.Copy(application, common)
	maps.Copy(principal, common)
	made := []*directory.Object{
		{
			ID: callerApplicationID, Type: entitytype.Application.Name, Properties: entitytype.Application.New(application),
			Passwords: map[string]string{callerSecretID: CallerClientSecret},
		},
		{ID: callerObjectID, Type: entitytype.ServicePrincipal.Name, Properties: entitytype.ServicePrincipal.New(principal)},
	}
	for _, resource := range objects {
		if resource.String("appId") != graphAppID {
			continue
		}
		for _, role := range resource.Items("appRoles") {
			if value, _ := role["value"].(string); slices.Contains(CallerRoles, value) {
				made = append(made, seededAssignment(callerObjectID, resource.ID, fmt.Sprint(role["id"])))
			}
		}
	}
	return made
}
