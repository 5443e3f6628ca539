// Package federatedidentitycredential is workloadid_federated_identity_credential: the trust of an application, or of a
// managed identity, in the tokens of another issuer. See https://learn.microsoft.com/graph/api/resources/federatedidentitycredential.
package federatedidentitycredential

import (
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/microsoftgraph/msgraph-sdk-go/models"

	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
	"github.com/workloadid/terraform-provider-workloadid/internal/validate"
)

type entra = models.FederatedIdentityCredentialable

// The audience that Microsoft recommends for exchanged tokens in the public cloud.
const defaultAudience = "api://AzureADTokenExchange"

var attributes = mapping.Table[entra]{
	mapping.String("id", schema.StringAttribute{Computed: true, MarkdownDescription: "Object id of the credential; its id in Azure where it is one of a managed identity."}, entra.GetId, nil),
	mapping.Argument[entra]("application_id", schema.StringAttribute{Optional: true, Validators: []validator.String{validate.UUID()}, MarkdownDescription: "Object id of the application that trusts the issuer. Exactly one of `application_id` and `user_assigned_identity_id` is needed. Changing it makes a new credential."}).CreateOnly().ID(),
	mapping.Argument[entra]("user_assigned_identity_id", schema.StringAttribute{Optional: true, Validators: []validator.String{validate.IdentityID()}, MarkdownDescription: "Id, in Azure, of the user-assigned managed identity that trusts the issuer, in any subscription. Changing it makes a new credential."}).CreateOnly().Alike(strings.EqualFold),
	mapping.String("name", schema.StringAttribute{
		Required: true, Validators: []validator.String{validate.FederatedCredentialName()},
		MarkdownDescription: "Name of the credential within its application or identity: 3 to 120 letters, digits, `-` and `_`. Changing it makes a new credential.",
	}, entra.GetName, entra.SetName).CreateOnly(),
	mapping.String("issuer", schema.StringAttribute{
		Required: true, Validators: []validator.String{validate.Issuer()},
		MarkdownDescription: "URL of the issuer, exactly as in the `iss` claim of its tokens. The function `issuer_url` writes those of well-known issuers.",
	}, entra.GetIssuer, entra.SetIssuer),
	mapping.String("subject", schema.StringAttribute{
		Optional:            true,
		Validators:          []validator.String{validate.Subject(), stringvalidator.ExactlyOneOf(path.MatchRoot("subject"), path.MatchRoot("claims_matching_expression"))},
		MarkdownDescription: "The `sub` claim of the tokens that are trusted, letter by letter. Functions write it for each issuer, such as `github_subject`. Exactly one of `subject` and `claims_matching_expression` is needed.",
	}, entra.GetSubject, entra.SetSubject),
	mapping.Converted("claims_matching_expression", schema.StringAttribute{
		Optional:            true,
		Validators:          []validator.String{validate.ClaimsMatchingExpression("issuer")},
		PlanModifiers:       []planmodifier.String{validate.RequiredClaims("issuer")},
		MarkdownDescription: "Condition on the claims of the tokens that are trusted, for GitHub, GitLab and HCP Terraform, such as `claims['sub'] matches 'repo:contoso/*' and claims['repository_owner_id'] eq '123'`. Functions write it, such as `github_expression`. For applications only. A preview of Microsoft Entra, on Microsoft Graph's beta endpoint.",
	}, expressionOf, setExpression, decodeExpression, encodeExpression),
	mapping.Converted("audience", schema.StringAttribute{
		Optional: true, Computed: true, Default: stringdefault.StaticString(defaultAudience),
		Validators:          []validator.String{validate.TokenAudience()},
		MarkdownDescription: "The `aud` claim of the tokens that are trusted. Default `" + defaultAudience + "`.",
	}, entra.GetAudiences, entra.SetAudiences, decodeAudience, encodeAudience).Property("audiences"),
	mapping.String("description", schema.StringAttribute{Optional: true, Validators: []validator.String{stringvalidator.UTF8LengthAtMost(600)}, MarkdownDescription: "What the credential is for, at most 600 characters. For applications only."}, entra.GetDescription, entra.SetDescription),
}

// Graph has a collection of audiences and allows one.
func decodeAudience(from entra, _ attr.Value) attr.Value {
	if audiences := from.GetAudiences(); len(audiences) > 0 {
		return types.StringValue(audiences[0])
	}
	return types.StringNull()
}

func encodeAudience(value attr.Value, to entra) {
	to.SetAudiences([]string{value.(types.String).ValueString()})
}

// The SDK's v1.0 models do not know the expression, which is a property of the beta endpoint.
const expressionProperty = "claimsMatchingExpression"

// See https://learn.microsoft.com/graph/api/resources/federatedidentityexpression?view=graph-rest-beta.
const languageVersion = 1

func expressionOf(from entra) any { return from.GetAdditionalData()[expressionProperty] }

func setExpression(to entra, expression any) {
	to.GetAdditionalData()[expressionProperty] = expression
}

func decodeExpression(from entra, _ attr.Value) attr.Value {
	expression, _ := expressionOf(from).(map[string]any)
	value, _ := expression["value"].(*string)
	return types.StringPointerValue(value)
}

func encodeExpression(value attr.Value, to entra) {
	if text := value.(types.String).ValueString(); text != "" {
		setExpression(to, map[string]any{"value": text, "languageVersion": languageVersion})
	}
}
