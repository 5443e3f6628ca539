package emulator

import (
	"context"
	"encoding/base64"
	"strings"
	"time"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/access"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/directory"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/entitytype"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/login"
)

// Login is the directory as the token endpoint sees it.
func (t *Tenant) Login() login.Directory { return loginDirectory{tenant: t} }

type loginDirectory struct {
	tenant  *Tenant
	replica *directory.View // of one request; nil is the directory as it is
}

func (d loginDirectory) At(ctx context.Context) login.Directory {
	if d.tenant.replicas.Options().SignIn {
		d.replica, _ = d.tenant.replicas.View(ctx, "")
	}
	return d
}

func (d loginDirectory) view() *directory.View {
	if d.replica != nil {
		return d.replica
	}
	return d.tenant.store.View()
}

func (d loginDirectory) TenantID() string { return d.tenant.options.TenantID }

func (d loginDirectory) organization() *directory.Object {
	for object := range d.view().All(entitytype.Organization.Name, directory.Live) {
		return object
	}
	return &directory.Object{}
}

func (d loginDirectory) TenantName() string { return d.organization().String("displayName") }

func (d loginDirectory) TenantDomains() []string {
	var names []string
	for _, domain := range d.organization().Items("verifiedDomains") {
		if name, ok := domain["name"].(string); ok {
			names = append(names, name)
		}
	}
	return names
}

func (d loginDirectory) Client(clientID string) (login.Client, bool) {
	view := d.view()
	application, found := view.First(entitytype.Application.Name, "appId", "", clientID)
	if !found {
		return managedIdentity(view, clientID)
	}
	client := login.Client{
		ClientID:       application.String("appId"),
		DisplayName:    application.String("displayName"),
		Public:         application.Bool("isFallbackPublicClient"),
		SignInAudience: application.String("signInAudience"),
	}
	addCredentials(&client, application)
	if principal, found := view.First(entitytype.ServicePrincipal.Name, "appId", "", clientID); found {
		client.ServicePrincipalID = principal.ID
		client.Enabled = enabled(principal)
		addCredentials(&client, principal)
	}
	client.FederatedCredentials = federatedCredentials(view, application)
	return client, true
}

// managedIdentity finds a managed identity, which has a service principal without an application.
func managedIdentity(view *directory.View, clientID string) (login.Client, bool) {
	principal, found := view.First(entitytype.ServicePrincipal.Name, "appId", "", clientID)
	if !found || principal.String("servicePrincipalType") != entitytype.ManagedIdentity {
		return login.Client{}, false
	}
	client := login.Client{
		ClientID: principal.String("appId"), DisplayName: principal.String("displayName"), ServicePrincipalID: principal.ID,
		Enabled: enabled(principal), SignInAudience: entitytype.AzureADMyOrg,
		FederatedCredentials: federatedCredentials(view, principal),
	}
	if names := principal.Strings("alternativeNames"); len(names) > 1 {
		client.ManagedIdentityID = names[1]
	}
	return client, true
}

// federatedCredentials are those of an application, or of the service principal of a managed identity.
func federatedCredentials(view *directory.View, of *directory.Object) []login.FederatedCredential {
	var found []login.FederatedCredential
	for credential := range view.Children(of.ID, entitytype.FederatedIdentityCredential.Name) {
		expression, _ := credential.Properties["claimsMatchingExpression"].(map[string]any)
		value, _ := expression["value"].(string)
		found = append(found, login.FederatedCredential{
			Name: credential.String("name"), Issuer: credential.String("issuer"), Subject: credential.String("subject"),
			Expression: value, Audiences: credential.Strings("audiences"),
		})
	}
	return found
}

// enabled reports whether anyone may sign in as, or for, a service principal.
func enabled(principal *directory.Object) bool {
	return principal.Properties["accountEnabled"] != false && !principal.Bool("isDisabled")
}

func addCredentials(client *login.Client, object *directory.Object) {
	for _, credential := range object.Items("passwordCredentials") {
		id, _ := credential["keyId"].(string)
		client.Secrets = append(client.Secrets, login.Secret{
			KeyID: id, Text: object.Passwords[id], Start: moment(credential["startDateTime"]), End: moment(credential["endDateTime"]),
		})
	}
	for _, credential := range object.Items("keyCredentials") {
		id, _ := credential["keyId"].(string)
		text, _ := credential["key"].(string)
		value, err := base64.StdEncoding.DecodeString(text)
		if err != nil || credential["type"] != "AsymmetricX509Cert" || credential["usage"] != "Verify" {
			continue
		}
		client.Keys = append(client.Keys, login.Key{
			KeyID: id, Value: value, Start: moment(credential["startDateTime"]), End: moment(credential["endDateTime"]),
		})
	}
}

func (d loginDirectory) Resource(name string) (login.Resource, bool) {
	view := d.view()
	property := "servicePrincipalNames"
	if entitytype.IsGUID(name) {
		property = "appId"
	}
	for principal := range view.Lookup(entitytype.ServicePrincipal.Name, property, "", name) {
		resource := login.Resource{
			ClientID:           principal.String("appId"),
			DisplayName:        principal.String("displayName"),
			ServicePrincipalID: principal.ID,
			Enabled:            enabled(principal),
			AssignmentRequired: principal.Bool("appRoleAssignmentRequired"),
		}
		if application, found := view.First(entitytype.Application.Name, "appId", "", resource.ClientID); found {
			api, _ := application.Properties["api"].(map[string]any)
			version, _ := api["requestedAccessTokenVersion"].(float64)
			resource.AccessTokenVersion = int(version)
		}
		return resource, true
	}
	return login.Resource{}, false
}

func (d loginDirectory) GrantedRoles(clientServicePrincipalID, resourceServicePrincipalID string) (roles []string, assigned bool) {
	view := d.view()
	resource, found := view.Get(resourceServicePrincipalID)
	if !found {
		return nil, false
	}
	for assignment := range view.Lookup(entitytype.AppRoleAssignment.Name, "principalId", "", clientServicePrincipalID) {
		if !strings.EqualFold(assignment.String("resourceId"), resourceServicePrincipalID) {
			continue
		}
		assigned = true
		for _, role := range resource.Items("appRoles") {
			value, _ := role["value"].(string)
			if role["id"] == assignment.String("appRoleId") && role["isEnabled"] == true && value != "" {
				roles = append(roles, value)
			}
		}
	}
	return roles, assigned
}

// DirectoryRoles are those of the whole tenant, as the claim wids is about those alone:
// learn.microsoft.com/entra/identity-platform/access-token-claims-reference.
func (d loginDirectory) DirectoryRoles(servicePrincipalID string) []string {
	var templates []string
	for assignment := range access.Given(d.view(), entitytype.RoleAssignment.Name, servicePrincipalID) {
		role, found := d.view().Get(assignment.String("roleDefinitionId"))
		if found && assignment.String("directoryScopeId") == "/" && role.Bool("isEnabled") {
			templates = append(templates, role.String("templateId"))
		}
	}
	return templates
}

func moment(value any) time.Time {
	text, _ := value.(string)
	parsed, _ := time.Parse(time.RFC3339Nano, text) // the zero time for what is missing
	return parsed
}
