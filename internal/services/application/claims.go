package application

import (
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/microsoftgraph/msgraph-sdk-go/models"

	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
)

// See https://learn.microsoft.com/graph/api/resources/optionalclaims.
type optionalClaims = models.OptionalClaimsable

var optionalClaimsAttributes = mapping.Table[optionalClaims]{
	mapping.Map("access_token", claimsOf("access"), claimAttributes, claimKey, optionalClaims.GetAccessToken, optionalClaims.SetAccessToken, models.NewOptionalClaim),
	mapping.Map("id_token", claimsOf("ID"), claimAttributes, claimKey, optionalClaims.GetIdToken, optionalClaims.SetIdToken, models.NewOptionalClaim),
	mapping.Map("saml2_token", claimsOf("SAML"), claimAttributes, claimKey, optionalClaims.GetSaml2Token, optionalClaims.SetSaml2Token, models.NewOptionalClaim),
}

func claimsOf(token string) schema.MapNestedAttribute {
	return schema.MapNestedAttribute{Optional: true, Computed: true, MarkdownDescription: "Claims of " + token + " tokens, by their name."}
}

type claim = models.OptionalClaimable

var claimAttributes = mapping.Table[claim]{
	mapping.String("source", schema.StringAttribute{Optional: true, MarkdownDescription: "Where the claim comes from: `user` for a directory extension; unset for a predefined claim."}, claim.GetSource, claim.SetSource),
	mapping.Bool("essential", schema.BoolAttribute{Optional: true, Computed: true, Default: booldefault.StaticBool(false), MarkdownDescription: "Whether the application can't do without the claim. Default `false`."}, claim.GetEssential, claim.SetEssential),
	mapping.Strings("additional_properties", schema.SetAttribute{Optional: true, Computed: true, Default: noTexts, MarkdownDescription: "How the claim behaves, for example `emit_as_roles` or `include_externally_authenticated_upn`."}, claim.GetAdditionalProperties, claim.SetAdditionalProperties),
}

var claimKey = mapping.Key[claim]{
	Of:  func(c claim) string { return text(c.GetName()) },
	Set: func(c claim, name string) { c.SetName(&name) },
}

// groupMembershipClaims is one comma-separated text in Graph.
// See https://learn.microsoft.com/entra/identity-platform/reference-microsoft-graph-app-manifest#groupmembershipclaims-attribute.
var groupMembershipClaims = mapping.Converted("group_membership_claims", schema.SetAttribute{
	Optional: true, Computed: true, ElementType: types.StringType,
	Validators:          []validator.Set{setvalidator.ValueStringsAre(stringvalidator.OneOf("None", "SecurityGroup", "DirectoryRole", "ApplicationGroup", "All"))},
	MarkdownDescription: "Which groups and roles of the user are in tokens: `SecurityGroup`, `DirectoryRole`, `ApplicationGroup`, `All` or `None`.",
}, entra.GetGroupMembershipClaims, entra.SetGroupMembershipClaims,
	func(from entra, _ attr.Value) attr.Value {
		value := from.GetGroupMembershipClaims()
		if value == nil {
			return types.SetNull(types.StringType)
		}
		var claims []string
		for claim := range strings.SplitSeq(*value, ",") {
			if claim = strings.TrimSpace(claim); claim != "" {
				claims = append(claims, claim)
			}
		}
		return mapping.StringSet(claims)
	},
	func(value attr.Value, to entra) {
		claims := mapping.Texts(value)
		if len(claims) == 0 {
			to.SetGroupMembershipClaims(nil)
			return
		}
		slices.Sort(claims)
		to.SetGroupMembershipClaims(new(strings.Join(claims, ",")))
	})
