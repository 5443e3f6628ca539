package emulator

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/access"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/directory"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/entitytype"
)

// seedAccess makes the app role assignments and delegated permission grants of a seed. What they join need not be there:
// they join it once it is.
func seedAccess(given Seed) ([]*directory.Object, error) {
	var objects []*directory.Object
	for _, item := range given.AppRoleAssignments {
		ids, err := guids(entitytype.AppRoleAssignment, item, "principalId", "resourceId", "appRoleId")
		if err != nil {
			return nil, err
		}
		objects = append(objects, seededAssignment(ids[0], ids[1], ids[2]))
	}
	for _, item := range given.OAuth2PermissionGrants {
		item = maps.Clone(item)
		ends := []string{"clientId", "resourceId", "principalId"}
		if item["consentType"] == "AllPrincipals" {
			ends = ends[:2]
		}
		ids, err := guids(entitytype.OAuth2PermissionGrant, item, ends...)
		if err != nil {
			return nil, err
		}
		for i, end := range ends {
			item[end] = ids[i]
		}
		principalID := strings.Join(ids[2:], "")
		item["id"] = access.GrantID(ids[0], ids[1], principalID)
		if err := entitytype.OAuth2PermissionGrant.Shape(item); err != nil {
			return nil, fmt.Errorf("seeding a delegated permission grant: %w", err)
		}
		objects = append(objects, &directory.Object{
			ID: item["id"].(string), Type: entitytype.OAuth2PermissionGrant.Name, Properties: entitytype.OAuth2PermissionGrant.New(item),
		})
	}
	return objects, nil
}

// guids are those members of a seeded object, which has to have them, and no others where it is an assignment.
func guids(t *entitytype.Type, item map[string]any, names ...string) ([]string, error) {
	ids := make([]string, len(names))
	for i, name := range names {
		ids[i], _ = item[name].(string)
		if !entitytype.IsGUID(ids[i]) {
			return nil, fmt.Errorf("a seeded %s has no %s that is a GUID: %v", t.Name, name, item)
		}
		ids[i] = strings.ToLower(ids[i])
	}
	for name := range item {
		if t == entitytype.AppRoleAssignment && !slices.Contains(names, name) {
			return nil, fmt.Errorf("a seeded %s has %s, and should have %s alone", t.Name, name, strings.Join(names, ", "))
		}
	}
	return ids, nil
}

// seededAssignment is an app role assignment whose id follows from what it is.
func seededAssignment(principalID, resourceID, roleID string) *directory.Object {
	id := access.AssignmentID(principalID, uuid.NewSHA1(uuid.MustParse(principalID), []byte(resourceID+roleID)))
	return &directory.Object{
		ID: id, Type: entitytype.AppRoleAssignment.Name,
		Properties: entitytype.AppRoleAssignment.New(map[string]any{
			"id": id, "appRoleId": roleID, "createdDateTime": beginning, "principalId": principalID, "resourceId": resourceID,
		}),
	}
}
