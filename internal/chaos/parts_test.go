package chaos

import (
	"fmt"
	"slices"
	"strings"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/directory"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/entitytype"
)

// isPart reports whether a resource is a part of an application, which has no object of its own.
func isPart(typeName string) bool {
	noun, ok := strings.CutPrefix(typeName, "workloadid_application_")
	return ok && noun != "password" && noun != "certificate"
}

// isRewritten reports whether a resource is a part of what Microsoft Graph can only replace as a whole.
func isRewritten(typeName string) bool {
	return isPart(typeName) && typeName != "workloadid_application_owner" || strings.HasSuffix(typeName, "_certificate")
}

// partsAsDeclared reports where the applications have other parts than are declared: by resources for parts, and in the
// applications' own configurations. It is for worlds in which there are such resources.
func (w *world) partsAsDeclared() error {
	if !slices.ContainsFunc(w.managed, func(m *managed) bool { return isPart(m.resource.Type()) }) {
		return nil
	}
	var got, want []string
	for _, object := range live(w.tenant, w.seeded) {
		if object.Type == entitytype.Application.Name {
			got = append(got, heldParts(object)...)
		}
	}
	for _, m := range w.managed {
		if state := m.resource.State(); m.config != nil && state != nil {
			want = append(want, declaredParts(m, state)...)
		}
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		return fmt.Errorf("the applications have the parts\n%s\nwant\n%s\nrequests:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"), w.requests())
	}
	return nil
}

// heldParts are what an application has, each by what tells it from others.
func heldParts(application *directory.Object) []string {
	var parts []string
	add := func(kind string, keys ...any) {
		for _, key := range keys {
			parts = append(parts, fmt.Sprint(application.ID, " ", kind, " ", key))
		}
	}
	items := func(value any, kind, key string) {
		for _, item := range directory.Items(value) {
			add(kind, item[key])
		}
	}
	object := func(name string) map[string]any {
		value, _ := application.Properties[name].(map[string]any)
		return value
	}
	texts := func(value any) []any { values, _ := value.([]any); return values }
	items(application.Properties["appRoles"], "app_role", "id")
	items(object("api")["oauth2PermissionScopes"], "permission_scope", "id")
	items(object("api")["preAuthorizedApplications"], "pre_authorized_client", "appId")
	items(application.Properties["requiredResourceAccess"], "required_api_access", "resourceAppId")
	add("known_client", texts(object("api")["knownClientApplications"])...)
	add("identifier_uri", texts(application.Properties["identifierUris"])...)
	for property, platform := range map[string]string{"web": "web", "spa": "spa", "publicClient": "public_client"} {
		add("redirect_uris "+platform, texts(object(property)["redirectUris"])...)
	}
	for property, token := range map[string]string{"accessToken": "access_token", "idToken": "id_token", "saml2Token": "saml2_token"} {
		items(object("optionalClaims")[property], "optional_claims "+token, "name")
	}
	for _, owner := range application.Owners {
		add("owner", owner)
	}
	if application.Properties["isFallbackPublicClient"] == true {
		add("fallback_public_client", true)
	}
	return parts
}

// declaredParts are what a resource says that its application has.
func declaredParts(m *managed, state map[string]any) []string {
	var parts []string
	id := state["application_id"]
	add := func(kind string, key any) { parts = append(parts, fmt.Sprint(id, " ", kind, " ", key)) }
	if m.resource.Type() == "workloadid_application" {
		id = state["id"]
		elements := func(kind string, config, state any) {
			configured, _ := config.(map[string]any)
			for key := range configured {
				add(kind, state.(map[string]any)[key].(map[string]any)["id"])
			}
		}
		elements("app_role", m.config["app_roles"], state["app_roles"])
		if api, ok := m.config["api"].(map[string]any); ok {
			elements("permission_scope", api["oauth2_permission_scopes"], state["api"].(map[string]any)["oauth2_permission_scopes"])
		}
		return parts
	}
	keys := map[string]string{
		"app_role": "app_role_id", "permission_scope": "scope_id", "pre_authorized_client": "authorized_client_id", "required_api_access": "api_client_id",
		"known_client": "known_client_id", "identifier_uri": "identifier_uri", "owner": "owner_id",
	}
	switch noun := strings.TrimPrefix(m.resource.Type(), "workloadid_application_"); {
	case !isPart(m.resource.Type()):
	case keys[noun] != "":
		add(noun, state[keys[noun]])
	case noun == "redirect_uris":
		for _, uri := range state["redirect_uris"].([]any) {
			add(noun+" "+state["platform"].(string), uri)
		}
	case noun == "optional_claims":
		for _, token := range []string{"access_token", "id_token", "saml2_token"} {
			claims, _ := state[token].(map[string]any)
			for name := range claims {
				add(noun+" "+token, name)
			}
		}
	case noun == "fallback_public_client":
		if state["enabled"] == true {
			add(noun, true)
		}
	default:
		panic("what " + m.resource.Type() + " is a part of an application by is not known here: add it")
	}
	return parts
}
