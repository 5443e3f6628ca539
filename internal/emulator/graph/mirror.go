package graph

import (
	"maps"
	"reflect"
	"slices"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/directory"
)

// mirrored is what a service principal shows of the application it represents.
func mirrored(application *directory.Object) map[string]any {
	web, _ := application.Properties["web"].(map[string]any)
	api, _ := application.Properties["api"].(map[string]any)
	scopes := api["oauth2PermissionScopes"]
	return map[string]any{
		"addIns":                    application.Properties["addIns"],
		"appDescription":            application.Properties["description"],
		"appDisplayName":            application.Properties["displayName"],
		"appRoles":                  application.Properties["appRoles"],
		"displayName":               application.Properties["displayName"],
		"homepage":                  web["homePageUrl"],
		"info":                      application.Properties["info"],
		"isDisabled":                application.Properties["isDisabled"],
		"logoutUrl":                 web["logoutUrl"],
		"oauth2PermissionScopes":    scopes,
		"publishedPermissionScopes": scopes,
		"replyUrls":                 redirects(application),
		"signInAudience":            application.Properties["signInAudience"],
		"verifiedPublisher":         application.Properties["verifiedPublisher"],
	}
}

func redirects(application *directory.Object) []any {
	addresses := []any{}
	for _, platform := range []string{"web", "spa", "publicClient"} {
		settings, _ := application.Properties[platform].(map[string]any)
		uris, _ := settings["redirectUris"].([]any)
		addresses = append(addresses, uris...)
	}
	return addresses
}

// mirror brings the service principals of an application up to date with it.
func mirror(txn *directory.Txn, application *directory.Object) error {
	for principal := range txn.Lookup(principalType.Name, "appId", "", application.String("appId")) {
		changed := principal.Clone()
		if err := follow(txn, application, changed); err != nil {
			return err
		}
		if !reflect.DeepEqual(changed.Properties, principal.Properties) {
			txn.Put(changed)
		}
	}
	return nil
}

// follow sets what the service principal has from its application, whose names and tags are added to its own.
func follow(txn *directory.Txn, application, principal *directory.Object) error {
	maps.Copy(principal.Properties, mirrored(application))
	names := []string{application.String("appId")}
	names = appendNew(names, application.Strings("identifierUris"))
	names = appendNew(names, principal.Private[ownNames])
	for _, name := range names {
		for other := range txn.Lookup(principalType.Name, "servicePrincipalNames", "", name) {
			if other.ID != principal.ID {
				return nameInUse(name)
			}
		}
	}
	principal.Properties["servicePrincipalNames"] = anys(names)
	principal.Properties["tags"] = anys(appendNew(slices.Clone(principal.Private[ownTags]), application.Strings("tags")))
	return nil
}

// What a service principal has besides what its application gives it, in Object.Private.
const (
	ownTags  = "tags"
	ownNames = "servicePrincipalNames"
)

// takeOver applies what a request wants of a service principal to what its application says. The application is nil
// where it is registered in another tenant.
func (r *request) takeOver(txn *directory.Txn, application, principal *directory.Object, given map[string]any) error {
	private := maps.Clone(principal.Private)
	if private == nil {
		private = map[string][]string{}
	}
	principal.Private = private
	if _, ok := given["tags"]; ok {
		private[ownTags] = principal.Strings("tags")
	}
	if _, ok := given["servicePrincipalNames"]; ok {
		private[ownNames] = slices.DeleteFunc(principal.Strings("servicePrincipalNames"), func(name string) bool {
			return application != nil && (name == application.String("appId") || slices.Contains(application.Strings("identifierUris"), name))
		})
	}
	if application == nil {
		return nil
	}
	for property, value := range mirrored(application) {
		if wanted, ok := given[property]; ok && !reflect.DeepEqual(wanted, value) {
			return badRequest("Property %s on the service principal does not match the application object.", property)
		}
	}
	return follow(txn, application, principal)
}

func appendNew(texts, more []string) []string {
	for _, text := range more {
		if !slices.Contains(texts, text) {
			texts = append(texts, text)
		}
	}
	return texts
}

func anys(texts []string) []any {
	values := make([]any, len(texts))
	for i, text := range texts {
		values[i] = text
	}
	return values
}
