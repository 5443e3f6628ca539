package validate

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/workloadid/terraform-provider-workloadid/internal/validate/claimsexpression"
)

// ClaimsMatchingExpression checks the expression of a flexible federated identity
// credential: its syntax and, where the attribute beside it that has the issuer is
// known, the claims and operators the issuer allows. A mistake is shown with its
// column. What an issuer requires of new expressions is in RequiredClaims.
func ClaimsMatchingExpression(issuerAttribute string) validator.String {
	return claimsMatchingExpression{issuerAttribute}
}

type claimsMatchingExpression struct{ issuerAttribute string }

func (claimsMatchingExpression) Description(context.Context) string {
	return "must be conditions such as claims['sub'] matches 'repo:contoso/*', joined by and"
}

func (claimsMatchingExpression) MarkdownDescription(context.Context) string {
	return "must be conditions such as `claims['sub'] matches 'repo:contoso/*'`, joined by `and`"
}

func (v claimsMatchingExpression) ValidateString(ctx context.Context, request validator.StringRequest, response *validator.StringResponse) {
	if request.ConfigValue.IsNull() || request.ConfigValue.IsUnknown() {
		return
	}
	source := request.ConfigValue.ValueString()
	var err error
	if _, err = claimsexpression.Parse(source); err == nil {
		var issuer types.String
		response.Diagnostics.Append(beside(ctx, request.Config, request.Path, v.issuerAttribute, &issuer)...)
		if response.Diagnostics.HasError() || issuer.IsNull() || issuer.IsUnknown() {
			return
		}
		err = claimsexpression.Check(issuer.ValueString(), source)
	}
	if mistake, ok := errors.AsType[*claimsexpression.Error](err); ok {
		response.Diagnostics.AddAttributeError(request.Path, "Invalid claims matching expression", explain(request.Path, source, mistake))
	}
}

// RequiredClaims checks that an expression that is new or changed has the claims
// its issuer requires. It is a plan modifier because a credential that exists
// already may lack them, and must neither be blocked nor kept from being imported.
func RequiredClaims(issuerAttribute string) planmodifier.String {
	return requiredClaims{issuerAttribute}
}

type requiredClaims struct{ issuerAttribute string }

func (requiredClaims) Description(context.Context) string {
	return "a new or changed expression must have the claims its issuer requires"
}

func (m requiredClaims) MarkdownDescription(ctx context.Context) string { return m.Description(ctx) }

func (m requiredClaims) PlanModifyString(ctx context.Context, request planmodifier.StringRequest, response *planmodifier.StringResponse) {
	if request.PlanValue.IsNull() || request.PlanValue.IsUnknown() || request.PlanValue.Equal(request.StateValue) {
		return
	}
	var issuer types.String
	response.Diagnostics.Append(beside(ctx, request.Config, request.Path, m.issuerAttribute, &issuer)...)
	if response.Diagnostics.HasError() || issuer.IsNull() || issuer.IsUnknown() {
		return
	}
	source := request.PlanValue.ValueString()
	mistake, doubt := claimsexpression.CheckRequired(issuer.ValueString(), source)
	if mistake != nil {
		response.Diagnostics.AddAttributeError(request.Path, "Incomplete claims matching expression", explain(request.Path, source, mistake))
	}
	if doubt != nil {
		response.Diagnostics.AddAttributeWarning(request.Path, "Questionable claims matching expression", explain(request.Path, source, doubt))
	}
}

// beside reads an attribute that has the same parent as another.
func beside(ctx context.Context, config tfsdk.Config, at path.Path, name string, target any) diag.Diagnostics {
	return config.GetAttribute(ctx, at.ParentPath().AtName(name), target)
}

func explain(at path.Path, source string, mistake *claimsexpression.Error) string {
	if mistake.Column == 0 {
		return fmt.Sprintf("%s: %s\n\n%s", at, mistake.Message, mistake.Remedy)
	}
	// Terraform wraps lines that are long, unless they begin with a space.
	const margin = "    "
	excerpt := margin + strings.ReplaceAll(claimsexpression.Excerpt(source, mistake.Column), "\n", "\n"+margin)
	text := fmt.Sprintf("%s, column %d: %s\n\n%s", at, mistake.Column, mistake.Message, excerpt)
	if mistake.Remedy != "" {
		text += "\n\n" + mistake.Remedy
	}
	return text
}
