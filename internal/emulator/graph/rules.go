package graph

import (
	"net/http"
	"slices"
	"strings"
	"unicode"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/directory"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/entitytype"
)

// Limits of an application; those of audiences with personal Microsoft accounts are in
// learn.microsoft.com/entra/identity-platform/supported-accounts-validation.
const (
	maximumManifestEntries   = 1200
	maximumPersonalPasswords = 2
)

// checkApplication judges an application as a whole, as it is to be; before is nil for a new one.
func (r *request) checkApplication(view *directory.View, before, after *directory.Object) error {
	for _, check := range []func(*directory.View, *directory.Object, *directory.Object) error{
		checkUniqueName, checkTags, r.checkIdentifierURIs, checkPermissions, checkRemovedPermissions, checkResourceAccess,
	} {
		if err := check(view, before, after); err != nil {
			return err
		}
	}
	return nil
}

// personalAccounts reports whether people sign in to the application with personal Microsoft accounts.
func personalAccounts(application *directory.Object) bool {
	audience := application.String("signInAudience")
	return audience == entitytype.AzureADandPersonalMicrosoftAccount || audience == entitytype.PersonalMicrosoftAccount
}

func checkUniqueName(view *directory.View, _, after *directory.Object) error {
	name := after.String("uniqueName")
	if name == "" {
		return nil
	}
	if other, exists := view.First(applicationType.Name, "uniqueName", "", name); exists && other.ID != after.ID {
		return conflict("Another object with the same value for property uniqueName already exists.")
	}
	return nil
}

func checkTags(_ *directory.View, _, after *directory.Object) error {
	tags := after.Strings("tags")
	for i, tag := range tags {
		if strings.ContainsFunc(tag, unicode.IsSpace) || slices.Contains(tags[:i], tag) {
			return badRequest("Invalid value specified for property 'tags' of resource 'Application'.")
		}
	}
	return nil
}

func (r *request) checkIdentifierURIs(view *directory.View, _, after *directory.Object) error {
	for _, uri := range after.Strings("identifierUris") {
		for other := range view.Lookup(applicationType.Name, "identifierUris", "", uri) {
			if other.ID != after.ID {
				return badRequest("Another object with the same value for property identifierUris already exists.")
			}
		}
	}
	return nil
}

func checkPermissions(_ *directory.View, _, after *directory.Object) error {
	return nil
}

// checkRemovedPermissions lets app roles and permission scopes go, or change their value, only when they were disabled
// before.
func checkRemovedPermissions(_ *directory.View, before, after *directory.Object) error {
	if before == nil {
		return nil
	}
	now := map[any]map[string]any{}
	for _, permission := range entitlements(after) {
		now[permission["id"]] = permission
	}
	for _, permission := range entitlements(before) {
		if permission["isEnabled"] != true {
			continue
		}
		if kept, ok := now[permission["id"]]; !ok || kept["value"] != permission["value"] {
			return failure(http.StatusBadRequest, "CannotDeleteOrUpdateEnabledEntitlement", "Permission (scope or role) cannot be deleted or updated unless disabled first.")
		}
	}
	return nil
}

// entitlements are the app roles and permission scopes of an application.
func entitlements(application *directory.Object) []map[string]any {
	api, _ := application.Properties["api"].(map[string]any)
	return append(application.Items("appRoles"), directory.Items(api["oauth2PermissionScopes"])...)
}

func checkResourceAccess(_ *directory.View, _, after *directory.Object) error {
	return nil
}
