package graph

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/directory"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/entitytype"
)

// Limits of an application. Those that differ by signInAudience are in
// learn.microsoft.com/entra/identity-platform/supported-accounts-validation, the others in
// learn.microsoft.com/entra/identity/users/directory-service-limits-restrictions.
const (
	maximumManifestEntries = 1200

	maximumResources   = 50  // APIs in requiredResourceAccess
	maximumPermissions = 400 // of all of them

	// With personal Microsoft accounts:
	maximumPersonalName         = 90
	maximumPersonalPasswords    = 2
	maximumPersonalPermissions  = 200
	maximumPersonalPerResource  = 30
	maximumPersonalScopes       = 100
	maximumPersonalScopeValue   = 40
	maximumPersonalClients      = 100 // preAuthorizedApplications
	maximumPersonalClientScopes = 30
	maximumPersonalAuthorized   = 500 // scopes of all of them
)

// rule judges an application as it is to be; before is nil for a new one.
type rule func(r *request, view *directory.View, before, after *directory.Object) error

var applicationRules = []rule{
	checkName, checkUniqueName, checkTags, checkEntries, checkIdentifierURIs, checkRedirectURIs, checkLogoutURL,
	checkAccessTokenVersion, checkPermissions, checkRemovedPermissions, checkPreAuthorized, checkResourceAccess, checkTokenEncryption,
}

func (r *request) checkApplication(view *directory.View, before, after *directory.Object) error {
	for _, check := range applicationRules {
		if err := check(r, view, before, after); err != nil {
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

func invalidValue(property string) error {
	return badRequest("Invalid value specified for property '%s' of resource 'Application'.", property)
}

func checkName(_ *request, _ *directory.View, _, after *directory.Object) error {
	if personalAccounts(after) && utf8.RuneCountInString(after.String("displayName")) > maximumPersonalName {
		return invalidValue("displayName")
	}
	return nil
}

func checkUniqueName(_ *request, view *directory.View, _, after *directory.Object) error {
	name := after.String("uniqueName")
	if name == "" {
		return nil
	}
	if other, exists := view.First(applicationType.Name, "uniqueName", "", name); exists && other.ID != after.ID {
		return conflict("Another object with the same value for property uniqueName already exists.")
	}
	return nil
}

func checkTags(_ *request, _ *directory.View, _, after *directory.Object) error {
	tags := after.Strings("tags")
	for i, tag := range tags {
		if strings.ContainsFunc(tag, unicode.IsSpace) || slices.Contains(tags[:i], tag) {
			return invalidValue("tags")
		}
	}
	return nil
}

func checkEntries(_ *request, _ *directory.View, _, after *directory.Object) error {
	return checkSize(after)
}

// checkSize counts the items of all collections of an application together, its credentials among them, for which there is
// no other limit.
func checkSize(object *directory.Object) error {
	if object.Type == applicationType.Name && entries(object.Properties) > maximumManifestEntries {
		return badRequest("The size of the manifest has exceeded its limit. Please reduce the number of values and retry your request.")
	}
	return nil
}

func entries(value any) int {
	count := 0
	switch value := value.(type) {
	case map[string]any:
		for _, member := range value {
			count += entries(member)
		}
	case []any:
		count = len(value)
		for _, item := range value {
			count += entries(item)
		}
	}
	return count
}

func checkAccessTokenVersion(_ *request, _ *directory.View, before, after *directory.Object) error {
	api, _ := after.Properties["api"].(map[string]any)
	version := api["requestedAccessTokenVersion"]
	switch {
	case version == nil && before == nil && personalAccounts(after):
		after.Properties["api"] = applicationType.Merge(after.Properties, map[string]any{
			"api": map[string]any{"requestedAccessTokenVersion": float64(2)},
		})["api"]
	case version != nil && version != float64(1) && version != float64(2),
		personalAccounts(after) && version != float64(2):
		return badRequest("Property api.requestedAccessTokenVersion is invalid.")
	}
	return nil
}

func checkResourceAccess(_ *request, _ *directory.View, _, after *directory.Object) error {
	resources := after.Items("requiredResourceAccess")
	if len(resources) > maximumResources {
		return invalidValue("requiredResourceAccess")
	}
	total, limit := 0, maximumPermissions
	if personalAccounts(after) {
		limit = maximumPersonalPermissions
	}
	for _, resource := range resources {
		permissions := directory.Items(resource["resourceAccess"])
		total += len(permissions)
		if personalAccounts(after) && len(permissions) > maximumPersonalPerResource {
			return invalidValue("requiredResourceAccess")
		}
		for _, permission := range permissions {
			if permission["type"] == nil {
				return invalidValue("requiredResourceAccess")
			}
		}
	}
	if total > limit {
		return invalidValue("requiredResourceAccess")
	}
	return nil
}

// checkTokenEncryption wants tokenEncryptionKeyId to be the id of a key for encryption that the application has.
func checkTokenEncryption(_ *request, _ *directory.View, _, after *directory.Object) error {
	id := after.String("tokenEncryptionKeyId")
	if id == "" {
		return nil
	}
	for _, key := range after.Items("keyCredentials") {
		if key["keyId"] == id && key["usage"] == "Encrypt" {
			return nil
		}
	}
	return invalidValue("tokenEncryptionKeyId")
}
