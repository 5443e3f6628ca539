package application

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/microsoftgraph/msgraph-sdk-go/models"

	"github.com/workloadid/terraform-provider-workloadid/internal/entity"
	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
)

// A role and a scope may have one value. To Microsoft Graph they are one permission then, with one id, which can be granted in
// both ways: it refuses one value with two ids, and one id of which not all of this is the same in both (its words are in
// https://github.com/MicrosoftDocs/azure-docs/issues/81899; see also hashicorp/terraform-provider-azuread#963).
var sameInBoth = []struct{ ofRole, ofScope string }{
	{"id", "id"}, {"description", "admin_consent_description"}, {"display_name", "admin_consent_display_name"}, {"enabled", "enabled"},
}

// The collections, as they are called in a configuration.
const (
	rolesName  = "app_roles"
	scopesName = "oauth2_permission_scopes"
)

func scopesOf(application mapping.Value) map[string]mapping.Value {
	return application.Object("api").Elements(scopesName)
}

// shared are the values that a role and a scope have, in order.
func shared(application mapping.Value) []string {
	ofScopes := scopesOf(application)
	return slices.DeleteFunc(slices.Sorted(maps.Keys(application.Elements(rolesName))), func(value string) bool {
		_, both := ofScopes[value]
		return !both
	})
}

// checkShared finds, in a configuration or a plan, what Microsoft Graph would refuse of a role and a scope with one value. What is
// not known yet may turn out right.
func checkShared(application mapping.Value) diag.Diagnostics {
	var diagnostics diag.Diagnostics
	ofRoles, ofScopes := application.Elements(rolesName), scopesOf(application)
	for _, value := range shared(application) {
		role, scope := ofRoles[value], ofScopes[value]
		for _, same := range sameInBoth {
			a, b := role.Get(same.ofRole), scope.Get(same.ofScope)
			// An id that is left out becomes the other's.
			if a == nil || b == nil || a.IsUnknown() || b.IsUnknown() || same.ofRole == "id" && (a.IsNull() || b.IsNull()) {
				continue
			}
			if one, other := said(a), said(b); one != other && !mapping.SameGUID(one, other) {
				diagnostics.AddAttributeError(path.Root("api").AtName(scopesName).AtMapKey(value).AtName(same.ofScope), "Role and scope differ",
					fmt.Sprintf("The app role and the scope %q have one value, so that Microsoft Graph takes them for one permission: %s of the role and %s of the scope must be the same. "+
						"They are %s and %s. Make them the same, or give one of the two another value.", value, same.ofRole, same.ofScope, one, other))
			}
		}
	}
	return diagnostics
}

// said is an attribute as a person would write it. A permission is enabled unless it is said that it is not.
func said(value attr.Value) string {
	switch v := value.(type) {
	case types.String:
		return fmt.Sprintf("%q", v.ValueString())
	case types.Bool:
		return fmt.Sprint(v.IsNull() || v.ValueBool())
	}
	return value.String()
}

// shareIDs plans one id for a role and a scope with one value: the one that either was given, or has already.
func shareIDs(change *entity.Change) {
	fixed := func(configured, state map[string]mapping.Value, value string) bool {
		return configured[value].Given("id") || state[value].Has("id")
	}
	for _, value := range shared(change.Planned) {
		ofRoles, ofScopes := change.Planned.Elements(rolesName), scopesOf(change.Planned)
		switch {
		case !fixed(scopesOf(change.Config), scopesOf(change.State), value):
			api := change.Planned.Object("api")
			change.Planned = change.Planned.With("api", api.With(scopesName, withID(api.Get(scopesName), value, ofRoles[value].Get("id"))).Framework())
		case !fixed(change.Config.Elements(rolesName), change.State.Elements(rolesName), value):
			change.Planned = change.Planned.With(rolesName, withID(change.Planned.Get(rolesName), value, ofScopes[value].Get("id")))
		}
	}
}

// withID is a map of permissions in which one has another id.
func withID(permissions attr.Value, value string, id attr.Value) attr.Value {
	collection := permissions.(types.Map)
	elements := maps.Clone(collection.Elements())
	elements[value] = mapping.NewValue(elements[value].(types.Object)).With("id", id).Framework()
	return types.MapValueMust(collection.ElementType(context.Background()), elements)
}

// checkPermissionIDs finds ids that are given twice. Only a role and a scope with one value may have one.
func checkPermissionIDs(config mapping.Value, diagnostics *diag.Diagnostics) {
	type permission struct{ value, kind string }
	seen := map[string]permission{}
	for _, permissions := range []struct {
		kind     string
		at       path.Path
		elements map[string]mapping.Value
	}{
		{rolesName, path.Root(rolesName), config.Elements(rolesName)},
		{scopesName, path.Root("api").AtName(scopesName), scopesOf(config)},
	} {
		for _, value := range slices.Sorted(maps.Keys(permissions.elements)) {
			id := strings.ToLower(permissions.elements[value].String("id"))
			other, twice := seen[id]
			if twice && id != "" && (other.kind == permissions.kind || other.value != value) {
				diagnostics.AddAttributeError(permissions.at.AtMapKey(value).AtName("id"), "Id used twice",
					fmt.Sprintf("%q and %q have the same id %s. Leave id unset and the provider generates one.", other.value, value, id))
			}
			seen[id] = permission{value, permissions.kind}
		}
	}
}

// disableBeforeRemoval is the PATCH that must come first, nil where none must. A role and a scope with one value are disabled
// together, since one may not be enabled without the other; what of them stays is enabled again by the update itself.
func disableBeforeRemoval(write *entity.Write[entra]) entra {
	current, planned := entra(models.NewApplication()), entra(models.NewApplication())
	attributes.Encode(write.Prior, current)
	attributes.Encode(write.Plan, planned)
	going := map[string]bool{}
	if after := write.Body.GetAppRoles(); after != nil {
		removed(current.GetAppRoles(), after, going)
	}
	if api := write.Body.GetApi(); api != nil && api.GetOauth2PermissionScopes() != nil {
		removed(offeredBy(current), api.GetOauth2PermissionScopes(), going)
	}
	if len(going) == 0 {
		return nil
	}
	body := models.NewApplication()
	if disable(current.GetAppRoles(), going) {
		body.SetAppRoles(current.GetAppRoles())
		write.Body.SetAppRoles(orEmpty(planned.GetAppRoles()))
	}
	if disable(offeredBy(current), going) {
		offered := models.NewApiApplication()
		offered.SetOauth2PermissionScopes(offeredBy(current))
		if after := write.Body.GetApi(); after != nil && after.GetPreAuthorizedApplications() != nil && after.GetOauth2PermissionScopes() != nil {
			offered.SetPreAuthorizedApplications(withoutScopes(current.GetApi().GetPreAuthorizedApplications(), after.GetOauth2PermissionScopes()))
		}
		body.SetApi(offered)
		if write.Body.GetApi() == nil {
			write.Body.SetApi(models.NewApiApplication())
		}
		write.Body.GetApi().SetOauth2PermissionScopes(orEmpty(offeredBy(planned)))
	}
	return body
}

func offeredBy(application entra) []scope {
	if application.GetApi() == nil {
		return nil
	}
	return application.GetApi().GetOauth2PermissionScopes()
}

// orEmpty is a collection that clears where it has nothing.
func orEmpty[P any](permissions []P) []P {
	if permissions == nil {
		return []P{}
	}
	return permissions
}

// removed adds the ids of permissions that are enabled now and are removed or given another value by the planned ones.
// Microsoft Graph deletes only what was disabled in an earlier request ("Permission (scope or role) cannot be deleted or updated
// unless disabled first").
func removed[P permission](current, planned []P, ids map[string]bool) {
	kept := map[string]string{}
	for _, p := range planned {
		kept[idOf(p)] = text(p.GetValue())
	}
	for _, p := range current {
		if value, stays := kept[idOf(p)]; p.GetIsEnabled() != nil && *p.GetIsEnabled() && (!stays || value != text(p.GetValue())) {
			ids[idOf(p)] = true
		}
	}
}

// disable disables those of the permissions that have one of these ids, and reports whether there are any.
func disable[P permission](permissions []P, ids map[string]bool) (found bool) {
	for _, p := range permissions {
		if ids[idOf(p)] {
			p.SetIsEnabled(new(false))
			found = true
		}
	}
	return found
}
