package azureroleassignment

import (
	"context"
	"strings"

	"github.com/workloadid/terraform-provider-workloadid/internal/arm"
	"github.com/workloadid/terraform-provider-workloadid/internal/entity"
	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
	"github.com/workloadid/terraform-provider-workloadid/internal/services/azureroledefinition"
)

var targets = []entity.Target{
	{Attribute: "principal_id", What: "principal with the object id", Find: func(ctx context.Context, api *entity.Services, plan mapping.Value) error {
		collection, known := map[string]string{servicePrincipal: "servicePrincipals", "User": "users", "Group": "groups"}[plan.String("principal_type")]
		if !known {
			collection = "directoryObjects"
		}
		return entity.To("principal_id", "", collection).Find(ctx, api, plan)
	}},
	{Attribute: "role_definition_id", What: "role with the id", Find: func(ctx context.Context, api *entity.Services, plan mapping.Value) error {
		if plan.Unknown("scope") {
			return nil
		}
		_, err := azureroledefinition.ByID(ctx, api, plan.String("scope"), plan.String("role_definition_id"))
		return err
	}},
	{Attribute: "scope", What: "scope", Find: func(ctx context.Context, api *entity.Services, plan mapping.Value) error {
		// Each type of resource has versions of its own: of one in a group, the group is looked up.
		segments := strings.Split(strings.TrimSuffix(plan.String("scope"), "/"), "/")
		if len(segments) < 3 || !strings.EqualFold(segments[1], "subscriptions") {
			return nil
		}
		there := 3
		if len(segments) >= 5 && strings.EqualFold(segments[3], "resourceGroups") {
			there = 5
		}
		return api.ResourceManager.Check(ctx, strings.Join(segments[:there], "/"), arm.VersionOfGroups)
	}, Remedy: "If this run makes it, refer to its id, which nobody knows before."},
}
