// Package seed holds the directory objects that a new local tenant starts with: service principals of well-known
// Microsoft applications, a few users and groups. README.md names the sources of the identifiers.
package seed

import (
	"bytes"
	_ "embed"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/google/uuid"
)

// MicrosoftServices is the tenant that owns Microsoft's first-party applications.
const MicrosoftServices = "f8cdef31-a31e-4b4a-93e4-5f571e91255a"

// Content is a set of directory objects as Microsoft Graph v1.0 shows them, complete with their ids. What an object
// does not mention is null or empty.
type Content struct {
	ServicePrincipals []map[string]any `json:"servicePrincipals"`
	Users             []map[string]any `json:"users"`
	Groups            []map[string]any `json:"groups"`

	// RoleDefinitions are the built-in directory roles, also with isPrivileged, which only beta shows.
	RoleDefinitions []map[string]any `json:"-"`
}

var (
	//go:embed service_principals.json
	servicePrincipals []byte
	//go:embed permissions.csv
	permissions []byte
	//go:embed people.json
	people []byte
	//go:embed directory_roles.csv
	directoryRoles []byte
)

// objectIDs is the namespace of the object ids of built-in objects.
var objectIDs = uuid.MustParse(MicrosoftServices)

// ObjectID returns the object id of a built-in object, the same in every tenant and run: the version 5 UUID of the
// appId of a service principal, the userPrincipalName of a user or the mailNickname of a group.
func ObjectID(name string) string {
	return uuid.NewSHA1(objectIDs, []byte(name)).String()
}

// Load returns the built-in content. Each call returns objects of its own.
func Load() (Content, error) {
	var content Content
	roles, scopes, err := loadPermissions()
	if err != nil {
		return content, err
	}
	var applications []application
	if err := json.Unmarshal(servicePrincipals, &applications); err != nil {
		return content, fmt.Errorf("reading the built-in service principals: %w", err)
	}
	for _, a := range applications {
		content.ServicePrincipals = append(content.ServicePrincipals, a.servicePrincipal(roles[a.AppID], scopes[a.AppID]))
	}
	if err := json.Unmarshal(people, &content); err != nil {
		return content, fmt.Errorf("reading the built-in users and groups: %w", err)
	}
	for _, user := range content.Users {
		name, _ := user["userPrincipalName"].(string)
		user["id"] = ObjectID(name)
		user["mail"] = name
		user["mailNickname"], _, _ = strings.Cut(name, "@")
		user["accountEnabled"] = true
		user["userType"] = "Member"
	}
	for _, group := range content.Groups {
		name, _ := group["mailNickname"].(string)
		group["id"] = ObjectID(name)
		group["mailEnabled"] = false
		group["securityEnabled"] = true
	}
	content.RoleDefinitions, err = loadDirectoryRoles()
	return content, err
}

type application struct {
	AppID          string   `json:"appId"`
	DisplayName    string   `json:"displayName"`
	IdentifierURIs []string `json:"identifierUris"`
}

func (a application) servicePrincipal(roles, scopes []any) map[string]any {
	names := []any{a.AppID}
	for _, uri := range a.IdentifierURIs {
		names = append(names, uri)
	}
	return map[string]any{
		"id":                        ObjectID(a.AppID),
		"accountEnabled":            true,
		"appDisplayName":            a.DisplayName,
		"appId":                     a.AppID,
		"appOwnerOrganizationId":    MicrosoftServices,
		"appRoleAssignmentRequired": false,
		"appRoles":                  append([]any{}, roles...), // empty rather than null
		"displayName":               a.DisplayName,
		"oauth2PermissionScopes":    append([]any{}, scopes...),
		"servicePrincipalNames":     names,
		"servicePrincipalType":      "Application",
		"signInAudience":            "AzureADMultipleOrgs",
	}
}

// loadPermissions returns the app roles and the delegated permissions of each application, in the order of the file.
// Their descriptions are their display names: nobody reads the longer ones here.
func loadPermissions() (roles, scopes map[string][]any, err error) {
	reader := csv.NewReader(bytes.NewReader(permissions))
	reader.FieldsPerRecord = 6
	rows, err := reader.ReadAll()
	if err != nil {
		return nil, nil, fmt.Errorf("reading the built-in permissions: %w", err)
	}
	roles, scopes = map[string][]any{}, map[string][]any{}
	for _, row := range rows[1:] {
		appID, kind, id, value, consent, displayName := row[0], row[1], row[2], row[3], row[4], row[5]
		switch kind {
		case "Role":
			roles[appID] = append(roles[appID], map[string]any{
				"allowedMemberTypes": []any{"Application"},
				"description":        displayName,
				"displayName":        displayName,
				"id":                 id,
				"isEnabled":          true,
				"origin":             "Application",
				"value":              value,
			})
		case "Scope":
			scopes[appID] = append(scopes[appID], map[string]any{
				"adminConsentDescription": displayName,
				"adminConsentDisplayName": displayName,
				"id":                      id,
				"isEnabled":               true,
				"type":                    consent,
				"userConsentDescription":  nil,
				"userConsentDisplayName":  nil,
				"value":                   value,
			})
		default:
			return nil, nil, fmt.Errorf("reading the built-in permissions: %q is neither Role nor Scope", kind)
		}
	}
	return roles, scopes, nil
}

// loadDirectoryRoles returns the definitions of the built-in roles, in the order of the file.
func loadDirectoryRoles() ([]map[string]any, error) {
	reader := csv.NewReader(bytes.NewReader(directoryRoles))
	reader.FieldsPerRecord = 5
	rows, err := reader.ReadAll()
	if err != nil {
		return nil, fmt.Errorf("reading the built-in directory roles: %w", err)
	}
	var definitions []map[string]any
	for _, row := range rows[1:] {
		id, name, privileged, description := row[0], row[1], row[2], row[3]
		actions := []any{}
		for action := range strings.FieldsSeq(row[4]) {
			actions = append(actions, action)
		}
		definitions = append(definitions, map[string]any{
			"id": id, "templateId": id, "displayName": name, "description": description,
			"isBuiltIn": true, "isEnabled": true, "isPrivileged": privileged == "true", "version": "1", "resourceScopes": []any{"/"},
			"rolePermissions": []any{map[string]any{"allowedResourceActions": actions, "condition": nil, "excludedResourceActions": nil}},
		})
	}
	return definitions, nil
}
