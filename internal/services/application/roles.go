package application

import (
	"cmp"
	"strings"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-framework-validators/mapvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/microsoftgraph/msgraph-sdk-go/models"

	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
	"github.com/workloadid/terraform-provider-workloadid/internal/validate"
)

type role = models.AppRoleable

// See https://learn.microsoft.com/graph/api/resources/approle.
var roleAttributes = mapping.Table[role]{
	mapping.UUID("id", schema.StringAttribute{Optional: true, Computed: true, Validators: uuids, MarkdownDescription: "Id of the role. Unset, the provider derives one from the value: the same one on every run."}, role.GetId, role.SetId),
	mapping.Bool("enabled", schema.BoolAttribute{Optional: true, Computed: true, Default: booldefault.StaticBool(true), MarkdownDescription: "Whether the role can be assigned. Default `true`."}, role.GetIsEnabled, role.SetIsEnabled).Property("isEnabled"),
	mapping.Strings("allowed_member_types", schema.SetAttribute{
		Required:            true,
		Validators:          []validator.Set{setvalidator.SizeAtLeast(1), setvalidator.ValueStringsAre(stringvalidator.OneOf("User", "Application"))},
		MarkdownDescription: "Who can have the role: `Application`, `User` (which includes groups), or both.",
	}, role.GetAllowedMemberTypes, role.SetAllowedMemberTypes),
	mapping.String("display_name", schema.StringAttribute{Optional: true, MarkdownDescription: "Name that people see when they assign or consent."}, role.GetDisplayName, role.SetDisplayName),
	mapping.String("description", schema.StringAttribute{Optional: true, MarkdownDescription: "What the role allows."}, role.GetDescription, role.SetDescription),
}

var appRoles = mapping.Map("app_roles", schema.MapNestedAttribute{
	Optional: true, Computed: true, Validators: []validator.Map{mapvalidator.KeysAre(validate.ClaimValue())},
	MarkdownDescription: "Application permissions and user roles that the application defines, by the value that tokens carry; a role without a value is keyed by its id. Removing one disables it first, as Microsoft Graph demands.",
}, roleAttributes, permissionKey[role](roleKind), entra.GetAppRoles, entra.SetAppRoles, models.NewAppRole)

// permissionNamespace makes the ids that the provider generates its own: version 5 UUIDs of this namespace and the
// permission's kind and value. They need to be unique within one application only.
var permissionNamespace = uuid.NewSHA1(uuid.NameSpaceURL, []byte("https://registry.terraform.io/providers/workloadid/workloadid"))

// permissionKey tells roles and scopes apart by their value, or by their id where there is no value.
func permissionKey[P permission](kind string) mapping.Key[P] {
	return mapping.Key[P]{
		IDs: true,
		Of: func(p P) string {
			if value := text(p.GetValue()); value != "" {
				return value
			}
			return idOf(p)
		},
		Set: func(p P, key string) {
			if !strings.EqualFold(idOf(p), key) { // else a permission without a value
				p.SetValue(&key)
			}
		},
		Complete: func(key string, configured, planned map[string]attr.Value) {
			if given := configured["id"]; !planned["id"].IsUnknown() || given != nil && !given.IsNull() {
				return
			}
			id := key
			if uuid.Validate(key) != nil {
				id = generatedID(kind, key)
			}
			planned["id"] = types.StringValue(id)
		},
	}
}

func idOf(p permission) string {
	if id := p.GetId(); id != nil {
		return id.String()
	}
	return ""
}

func text(value *string) string {
	if value == nil {
		return ""
	}
	return *value
}

func compareText(a, b *string) int { return cmp.Compare(text(a), text(b)) }
