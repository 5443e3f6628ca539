// Package delegatedpermissiongrant is workloadid_delegated_permission_grant: what a client may do at an API on behalf of
// users. See https://learn.microsoft.com/graph/api/resources/oauth2permissiongrant.
package delegatedpermissiongrant

import (
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/microsoft/kiota-abstractions-go/serialization"
	"github.com/microsoftgraph/msgraph-sdk-go/models"

	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
	"github.com/workloadid/terraform-provider-workloadid/internal/services/api"
	"github.com/workloadid/terraform-provider-workloadid/internal/validate"
)

// grant is what Graph has, and the name of the API, of which it has only the id.
type grant struct {
	models.OAuth2PermissionGrantable
	api *string
}

type entra = *grant

func newGrant() entra { return &grant{OAuth2PermissionGrantable: models.NewOAuth2PermissionGrant()} }

// parse reads one from JSON.
func parse(node serialization.ParseNode) (serialization.Parsable, error) {
	parsed, err := models.CreateOAuth2PermissionGrantFromDiscriminatorValue(node)
	if err != nil {
		return nil, err
	}
	return &grant{OAuth2PermissionGrantable: parsed.(models.OAuth2PermissionGrantable)}, nil
}

var uuids = []validator.String{validate.UUID()}

var attributes = mapping.Table[entra]{
	mapping.String("id", schema.StringAttribute{
		Computed: true, Validators: []validator.String{validate.OpaqueID()},
		MarkdownDescription: "Id of the grant, which is no GUID.",
	}, entra.GetId, nil),
	mapping.String("service_principal_id", schema.StringAttribute{
		Required: true, Validators: uuids,
		MarkdownDescription: "Object id of the client's service principal, which is to act on behalf of users. Changing it makes a new grant.",
	}, entra.GetClientId, entra.SetClientId).Property("clientId").CreateOnly().ID(),
	mapping.Derived(api.TargetName, api.TargetNameAttribute(), func(from entra, prior attr.Value) attr.Value {
		return mapping.Known(prior, types.StringPointerValue(from.api))
	}).Property("resourceId").ID(),
	mapping.String(api.TargetID, api.TargetIDAttribute(), entra.GetResourceId, entra.SetResourceId).CreateOnly().ID(),
	mapping.Converted("scopes", schema.SetAttribute{
		Required: true, ElementType: types.StringType,
		Validators:          []validator.Set{setvalidator.SizeAtLeast(1), setvalidator.ValueStringsAre(stringvalidator.RegexMatches(regexp.MustCompile(`^\S+$`), "must be the value of a scope, without spaces"))},
		MarkdownDescription: "Values of the API's delegated scopes, such as `User.Read`: all that the client may use there.",
	}, entra.GetScope, entra.SetScope, decodeScopes, encodeScopes).Property("scope"),
	mapping.String("user_id", schema.StringAttribute{
		Optional: true, Validators: uuids,
		MarkdownDescription: "Object id of the user on behalf of whom the client may act. Unset, it may on behalf of all users. Changing it makes a new grant.",
	}, entra.GetPrincipalId, entra.SetPrincipalId).Property("principalId").CreateOnly().ID(),
}

// Graph has the scopes in one text, in no particular order and, where other tools wrote it, with spaces at its ends.
func decodeScopes(from entra, _ attr.Value) attr.Value {
	if from.GetScope() == nil {
		return types.SetNull(types.StringType)
	}
	return mapping.StringSet(strings.Fields(*from.GetScope()))
}

func encodeScopes(value attr.Value, to entra) { to.SetScope(new(joined(mapping.Texts(value)))) }

func joined(scopes []string) string {
	return strings.Join(slices.Sorted(slices.Values(scopes)), " ")
}
