package resourcemanager

import (
	_ "embed"
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/entitytype"
)

// roleDefinitionsJSON has the built-in roles that people use most, with their real ids and names. Where a role has a long
// list of actions, of which the tenant knows nothing but the names, the list is shorter.
// See learn.microsoft.com/azure/role-based-access-control/built-in-roles.
//
//go:embed roledefinitions.json
var roleDefinitionsJSON []byte

// roleDefinition is a role of Azure RBAC.
type roleDefinition struct {
	ID             string   `json:"id"`
	Name           string   `json:"name"`
	Description    string   `json:"description"`
	Actions        []string `json:"actions"`
	NotActions     []string `json:"notActions"`
	DataActions    []string `json:"dataActions"`
	NotDataActions []string `json:"notDataActions"`

	allow, deny []*regexp.Regexp // what Actions and NotActions match
}

// roleDefinitions are the built-in roles, by id.
var roleDefinitions = loadRoleDefinitions()

func loadRoleDefinitions() map[string]*roleDefinition {
	var definitions []*roleDefinition
	if err := json.Unmarshal(roleDefinitionsJSON, &definitions); err != nil {
		panic(err) // the file is part of the program
	}
	found := map[string]*roleDefinition{}
	for _, d := range definitions {
		d.allow, d.deny = patterns(d.Actions), patterns(d.NotActions)
		found[d.ID] = d
	}
	return found
}

// patterns are the expressions for actions in which * stands for anything; letter case does not matter.
func patterns(actions []string) []*regexp.Regexp {
	expressions := make([]*regexp.Regexp, len(actions))
	for i, action := range actions {
		expressions[i] = regexp.MustCompile("(?i)^" + strings.ReplaceAll(regexp.QuoteMeta(action), `\*`, ".*") + "$")
	}
	return expressions
}

// allows reports whether the role has an action that is not among those it does not have.
func (d *roleDefinition) allows(action string) bool {
	matches := func(expression *regexp.Regexp) bool { return expression.MatchString(action) }
	return slices.ContainsFunc(d.allow, matches) && !slices.ContainsFunc(d.deny, matches)
}

// RoleDefinitionID is the id of the built-in role with that name.
func RoleDefinitionID(name string) (id string, ok bool) {
	for _, d := range roleDefinitions {
		if strings.EqualFold(d.Name, name) {
			return d.ID, true
		}
	}
	return "", false
}

// roleDefinitionID is the ARM id of a built-in role, which has the subscription of the scope it is asked for at.
func roleDefinitionID(scope, id string) string {
	prefix := ""
	if at := segments(scope); strings.EqualFold(at[0], "subscriptions") && len(at) > 1 {
		prefix = "/subscriptions/" + strings.ToLower(at[1])
	}
	return prefix + "/providers/Microsoft.Authorization/roleDefinitions/" + id
}

func (r *request) showDefinition(d *roleDefinition) map[string]any {
	list := func(actions []string) []string { return append([]string{}, actions...) } // empty rather than null
	return map[string]any{
		"id": roleDefinitionID(r.scope, d.ID), "name": d.ID, "type": definitionType.String(),
		"properties": map[string]any{
			"roleName": d.Name, "type": "BuiltInRole", "description": d.Description, "assignableScopes": []string{"/"},
			"permissions": []map[string]any{{
				"actions": list(d.Actions), "notActions": list(d.NotActions),
				"dataActions": list(d.DataActions), "notDataActions": list(d.NotDataActions),
			}},
			"createdOn": builtInSince, "updatedOn": builtInSince, "createdBy": nil, "updatedBy": nil,
		},
	}
}

const builtInSince = "2015-02-02T21:55:09.8806423Z"

// readDefinition is learn.microsoft.com/rest/api/authorization/role-definitions/get: at whatever scope, for the built-in
// roles are everywhere.
func readDefinition(r *request) *failure {
	id := strings.ToLower(r.values["definition"])
	if !entitytype.IsGUID(id) {
		return fail(http.StatusBadRequest, "InvalidRoleDefinitionId", "The role definition ID '%s' is not valid. The role definition ID must be a GUID.", id)
	}
	d, found := roleDefinitions[id]
	if !found {
		return noDefinition(http.StatusNotFound, id)
	}
	return r.answer(http.StatusOK, r.showDefinition(d))
}

func noDefinition(status int, id string) *failure {
	return fail(status, "RoleDefinitionDoesNotExist", "The specified role definition with ID '%s' does not exist.", short(id))
}

// short is a GUID as messages about roles have it, without hyphens.
func short(id string) string { return strings.ReplaceAll(id, "-", "") }

// listDefinitions is learn.microsoft.com/rest/api/authorization/role-definitions/list, with the filters of
// learn.microsoft.com/azure/role-based-access-control/role-definitions-list.
func listDefinitions(r *request) *failure {
	terms, f := r.filter()
	if f != nil {
		return f
	}
	name, named, kind := "", false, ""
	for _, t := range terms {
		switch {
		case t.equals("roleName"):
			name, named = t.value, true
		case t.equals("type"):
			kind = t.value
		case t.calls("atScopeAndBelow"), t.calls("atScope"): // there are no custom roles, which they are about
		default:
			return unsupportedFilter(t)
		}
	}
	value := []map[string]any{}
	for _, d := range roleDefinitions {
		if (!named || strings.EqualFold(d.Name, name)) && (kind == "" || strings.EqualFold(kind, "BuiltInRole")) {
			value = append(value, r.showDefinition(d))
		}
	}
	slices.SortFunc(value, func(a, b map[string]any) int { return strings.Compare(a["name"].(string), b["name"].(string)) })
	return r.answer(http.StatusOK, map[string]any{"value": value, "nextLink": nil})
}
