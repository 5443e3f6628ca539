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
	return map[string]any{
		"addIns":                 application.Properties["addIns"],
		"appDescription":         application.Properties["description"],
		"appDisplayName":         application.Properties["displayName"],
		"appRoles":               application.Properties["appRoles"],
		"displayName":            application.Properties["displayName"],
		"homepage":               web["homePageUrl"],
		"info":                   application.Properties["info"],
		"isDisabled":             application.Properties["isDisabled"],
		"logoutUrl":              web["logoutUrl"],
		"oauth2PermissionScopes": api["oauth2PermissionScopes"],
		"replyUrls":              redirects(application),
		"signInAudience":         application.Properties["signInAudience"],
		"verifiedPublisher":      application.Properties["verifiedPublisher"],
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

// follow sets what the service principal has from its application, unless another one has a name that it would get.
func follow(txn *directory.Txn, application, principal *directory.Object) error {
	for _, name := range principalNames(application) {
		for other := range txn.Lookup(principalType.Name, "servicePrincipalNames", "", name) {
			if other.ID != principal.ID {
				return nameInUse(name)
			}
		}
	}
	Represent(application, principal)
	return nil
}

// Represent sets what the service principal has from its application, whose tags are added to its own.
func Represent(application, principal *directory.Object) {
	maps.Copy(principal.Properties, mirrored(application))
	principal.Properties["servicePrincipalNames"] = anys(principalNames(application))
	principal.Properties["tags"] = anys(appendNew(slices.Clone(principal.Private[ownTags]), application.Strings("tags")))
}

func principalNames(application *directory.Object) []string {
	return appendNew([]string{application.String("appId")}, application.Strings("identifierUris"))
}

// ownTags is where Object.Private keeps the tags of the service principal alone.
const ownTags = "tags"

// takeOver applies what a request wants of a service principal to what its application says. The application is nil
// where it is registered in another tenant.
func (r *request) takeOver(txn *directory.Txn, application, principal *directory.Object, given map[string]any) error {
	if _, ok := given["tags"]; ok {
		principal.Private = maps.Clone(principal.Private)
		if principal.Private == nil {
			principal.Private = map[string][]string{}
		}
		principal.Private[ownTags] = principal.Strings("tags")
	}
	if application == nil {
		return nil
	}
	wanted := maps.Clone(given)
	delete(wanted, "tags")
	if err := follow(txn, application, principal); err != nil {
		return err
	}
	for _, property := range slices.Sorted(maps.Keys(wanted)) {
		if !reflect.DeepEqual(wanted[property], principal.Properties[property]) && follows(application, property) {
			return badRequest("Property %s on the service principal does not match the application object.", property)
		}
	}
	return nil
}

// follows reports whether a service principal has the property from its application.
func follows(application *directory.Object, property string) bool {
	_, ok := mirrored(application)[property]
	return ok || property == "servicePrincipalNames"
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
