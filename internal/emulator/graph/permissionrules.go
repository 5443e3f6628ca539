package graph

import (
	"net/http"
	"reflect"
	"slices"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/directory"
)

func scopes(application *directory.Object) []map[string]any {
	api, _ := application.Properties["api"].(map[string]any)
	return directory.Items(api["oauth2PermissionScopes"])
}

// checkPermissions judges the app roles and permission scopes, which share one space of ids and one of values: a role and a scope
// may have one value, as one permission with one id.
func checkPermissions(_ *request, _ *directory.View, _, after *directory.Object) error {
	if personalAccounts(after) {
		if len(after.Items("appRoles")) > 0 {
			return invalidValue("appRoles")
		}
		if len(scopes(after)) > maximumPersonalScopes {
			return invalidValue("oauth2PermissionScopes")
		}
		for _, scope := range scopes(after) {
			if value, _ := scope["value"].(string); len(value) > maximumPersonalScopeValue {
				return invalidValue("oauth2PermissionScopes")
			}
		}
	}
	for _, role := range after.Items("appRoles") {
		if members, _ := role["allowedMemberTypes"].([]any); len(members) == 0 {
			return badRequest("Invalid value specified for property 'allowedMemberTypes' of resource 'AppRole'.")
		}
	}
	owners := map[any]any{} // ids by value
	for _, permissions := range [][]map[string]any{after.Items("appRoles"), scopes(after)} {
		ids := map[any]bool{}
		for _, permission := range permissions {
			id, value := permission["id"], permission["value"]
			if ids[id] {
				return badRequest(duplicateValue)
			}
			ids[id] = true
			if value == nil || value == "" {
				continue
			}
			if other, taken := owners[value]; taken && other != id {
				return badRequest(duplicateValue)
			}
			owners[value] = id
		}
	}
	return checkShared(after)
}

const duplicateValue = "It contains duplicate value. Please Provide unique value."

// checkShared wants an app role and a permission scope with one id to be the same in all that both have; the words, and the
// properties, are those of github.com/MicrosoftDocs/azure-docs/issues/81899. The code is not known, and is that of other refusals.
func checkShared(application *directory.Object) error {
	for _, role := range application.Items("appRoles") {
		for _, scope := range scopes(application) {
			if role["id"] != scope["id"] {
				continue
			}
			for of, same := range map[string]string{
				"description": "adminConsentDescription", "displayName": "adminConsentDisplayName", "isEnabled": "isEnabled", "value": "value",
			} {
				if nothing(role[of]) != nothing(scope[same]) {
					return badRequest("The following values must match for the 'oauth2Permissions' and 'appRoles' properties with identifier '%v': "+
						"(description, adminConsentDescription),(displayName, adminConsentDisplayName),(isEnabled, isEnabled),(origin, origin),(value, value). "+
						"Ensure that you are intending to have entries with the same identifier, and if so, are updating them together.", role["id"])
				}
			}
		}
	}
	return nil
}

// nothing makes one of null and an empty text.
func nothing(value any) any {
	if value == "" {
		return nil
	}
	return value
}

// checkRemovedPermissions lets app roles and permission scopes go, or change their value, only when they were disabled
// before, which the replica that passes the change on must have seen. What was given of them stays, and gives nothing any
// more: nobody documents that it would be taken away.
func checkRemovedPermissions(r *request, _ *directory.View, before, after *directory.Object) error {
	if before == nil {
		return nil
	}
	for _, kind := range []func(*directory.Object) []map[string]any{func(o *directory.Object) []map[string]any { return o.Items("appRoles") }, scopes} {
		now := map[any]map[string]any{}
		for _, permission := range kind(after) {
			now[permission["id"]] = permission
		}
		enabled := map[any]bool{}
		for _, object := range []*directory.Object{before, r.seen(before)} {
			for _, permission := range kind(object) {
				if permission["isEnabled"] == true {
					enabled[permission["id"]] = true
				}
			}
		}
		for _, permission := range kind(before) {
			if !enabled[permission["id"]] {
				continue
			}
			if kept, ok := now[permission["id"]]; !ok || kept["value"] != permission["value"] {
				return failure(http.StatusBadRequest, "CannotDeleteOrUpdateEnabledEntitlement",
					"Permission (scope or role) cannot be deleted or updated unless disabled first.")
			}
		}
	}
	return nil
}

// checkPreAuthorized wants pre-authorized clients to be given permission scopes that there were before the request: those of
// the same request do not count (https://github.com/microsoftgraph/microsoft-graph-docs/issues/20177), nor do those that the
// replica has not seen that passes the change on. A scope may go although a client is pre-authorized for it, which stays then
// with an id that nothing has (https://github.com/MicrosoftDocs/azure-docs/issues/121168).
func checkPreAuthorized(r *request, _ *directory.View, before, after *directory.Object) error {
	clients := preAuthorized(after)
	ids := make([][]any, len(clients))
	total := 0
	for i, client := range clients {
		ids[i], _ = client["delegatedPermissionIds"].([]any)
		total += len(ids[i])
		if personalAccounts(after) && (i >= maximumPersonalClients || len(ids[i]) > maximumPersonalClientScopes || total > maximumPersonalAuthorized) {
			return invalidValue("preAuthorizedApplications")
		}
	}
	known := map[any]bool{}
	if before != nil {
		if reflect.DeepEqual(clients, preAuthorized(before)) {
			return nil
		}
		seen := map[any]bool{}
		for _, scope := range scopes(r.seen(before)) {
			seen[scope["id"]] = true
		}
		for _, scope := range scopes(before) {
			known[scope["id"]] = seen[scope["id"]]
		}
	}
	for _, id := range slices.Concat(ids...) {
		if !known[id] {
			// The code is in https://github.com/microsoftgraph/microsoft-graph-docs/issues/12675.
			return failure(http.StatusBadRequest, "InvalidValue",
				"Property api.preAuthorizedApplications.delegatedPermissionIds has a Permission Id that cannot be found in the AppPermissions sets.")
		}
	}
	return nil
}

func preAuthorized(application *directory.Object) []map[string]any {
	api, _ := application.Properties["api"].(map[string]any)
	return directory.Items(api["preAuthorizedApplications"])
}
