package application

import (
	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-framework-validators/mapvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/microsoftgraph/msgraph-sdk-go/models"

	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
	"github.com/workloadid/terraform-provider-workloadid/internal/validate"
)

// See https://learn.microsoft.com/graph/api/resources/requiredresourceaccess.
type resourceAccess = models.RequiredResourceAccessable

var requiredResourceAccess = mapping.Map("required_resource_access", schema.MapNestedAttribute{
	Optional: true, Computed: true, Validators: []validator.Map{mapvalidator.KeysAre(validate.UUID())},
	MarkdownDescription: "Permissions that the application asks for, by the client id of the API. Asking is not getting: someone must consent. `required_api_access` has the same by names.",
}, mapping.Table[resourceAccess]{
	permissions("app_role_ids", "Role", "Ids of the API's app roles: permissions that the application has by itself."),
	permissions("scope_ids", "Scope", "Ids of the API's scopes: permissions that the application has on behalf of a user."),
}, mapping.Key[resourceAccess]{
	Of:  func(access resourceAccess) string { return text(access.GetResourceAppId()) },
	Set: func(access resourceAccess, key string) { access.SetResourceAppId(new(mapping.FoldID(key))) },
	IDs: true,
}, entra.GetRequiredResourceAccess, entra.SetRequiredResourceAccess, models.NewRequiredResourceAccess)

// permissions are those of one type in a collection that Graph keeps mixed.
func permissions(name, kind, description string) mapping.Row[resourceAccess] {
	return mapping.Converted(name, schema.SetAttribute{
		Optional: true, Computed: true, Default: noTexts, ElementType: types.StringType,
		Validators:          []validator.Set{setvalidator.ValueStringsAre(validate.UUID())},
		MarkdownDescription: description,
	}, resourceAccess.GetResourceAccess, resourceAccess.SetResourceAccess,
		func(from resourceAccess, _ attr.Value) attr.Value {
			var ids []string
			for _, access := range mapping.Present(from.GetResourceAccess()) {
				if text(access.GetTypeEscaped()) == kind && access.GetId() != nil {
					ids = append(ids, access.GetId().String())
				}
			}
			return mapping.StringSet(ids)
		},
		func(value attr.Value, to resourceAccess) {
			all := to.GetResourceAccess()
			if all == nil {
				all = []models.ResourceAccessable{}
			}
			for _, id := range mapping.Texts(value) {
				parsed, err := uuid.Parse(id)
				if err != nil {
					continue // refused by the attribute's validator
				}
				access := models.NewResourceAccess()
				access.SetId(&parsed)
				access.SetTypeEscaped(&kind)
				all = append(all, access)
			}
			to.SetResourceAccess(all)
		}).Property("resourceAccess").ID()
}
