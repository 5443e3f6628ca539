package functions

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/workloadid/terraform-provider-workloadid/internal/validate/claimsexpression"
)

const claimsParameter = "The claims of a token, as `decode_token` returns them."

// claims is the parameter that takes the claims of a token. Those that are null are claims that the token does not have.
func claims() function.Parameter {
	return function.MapParameter{Name: "claims", ElementType: types.StringType, MarkdownDescription: claimsParameter}
}

// present are the claims that are there; the second result is false where one is not known yet.
func present(given map[string]types.String) (map[string]string, bool) {
	claims := map[string]string{}
	for name, value := range given {
		if value.IsUnknown() {
			return nil, false
		}
		if !value.IsNull() {
			claims[name] = value.ValueString()
		}
	}
	return claims, true
}

// predicate is a function that says something of the claims of a token.
type predicate struct {
	name, summary, details string
	parameter              function.StringParameter
	holds                  func(parameter string, claims map[string]string) (bool, error)
}

var _ function.Function = predicate{}

// NewMatchesClaims is matches_claims.
func NewMatchesClaims() function.Function {
	return predicate{
		name:    "matches_claims",
		summary: "Whether a token's claims satisfy a claims matching expression.",
		details: "It is evaluated as Microsoft Entra does, without asking it, so that a module can test its expressions with `terraform test`: all conditions must hold, letter case counts, `*` stands for any characters and `?` for one, " +
			"and a claim that the token does not have satisfies nothing. Issuer and audience are not part of an expression; `workloadid_federated_credential_check` compares them too.\n\n" +
			"OpenTofu 1.12 crashes on functions of providers in the assert blocks of `tofu test`. Have the module call it there, in a postcondition as below or in an output, which works with both.\n\n" +
			"See [the language of expressions](https://learn.microsoft.com/entra/workload-id/workload-identities-flexible-federated-identity-credentials).",
		parameter: function.StringParameter{Name: "expression", MarkdownDescription: "The expression, as in `claims_matching_expression` of a credential."},
		holds: func(source string, claims map[string]string) (bool, error) {
			expression, err := claimsexpression.Parse(source)
			if err != nil {
				return false, err
			}
			return expression.Matches(claims), nil
		},
	}
}

// NewMatchesSubject is matches_subject.
func NewMatchesSubject() function.Function {
	return predicate{
		name:    "matches_subject",
		summary: "Whether a token's claims satisfy the subject of a federated identity credential.",
		details: "Microsoft Entra compares a subject with the claim `sub` letter by letter, by letter case too, and `*` is no wildcard there: " +
			"see [what it considers](https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations). `matches_claims` is the same for expressions.",
		parameter: function.StringParameter{Name: "subject", MarkdownDescription: "The subject, as in `subject` of a credential."},
		holds: func(subject string, claims map[string]string) (bool, error) {
			sub, ok := claims["sub"]
			return ok && sub == subject, nil
		},
	}
}

// Metadata implements function.Function.
func (f predicate) Metadata(_ context.Context, _ function.MetadataRequest, response *function.MetadataResponse) {
	response.Name = f.name
}

// Definition implements function.Function.
func (f predicate) Definition(_ context.Context, _ function.DefinitionRequest, response *function.DefinitionResponse) {
	response.Definition = function.Definition{
		Summary:             f.summary,
		MarkdownDescription: f.summary + "\n\n" + f.details,
		Parameters:          []function.Parameter{f.parameter, claims()},
		Return:              function.BoolReturn{},
	}
}

// Run implements function.Function.
func (f predicate) Run(ctx context.Context, request function.RunRequest, response *function.RunResponse) {
	var parameter string
	var given map[string]types.String
	if response.Error = request.Arguments.Get(ctx, &parameter, &given); response.Error != nil {
		return
	}
	claims, known := present(given)
	if !known {
		response.Error = response.Result.Set(ctx, types.BoolUnknown())
		return
	}
	holds, err := f.holds(parameter, claims)
	if err != nil {
		response.Error = function.NewArgumentFuncError(0, fmt.Sprintf("%s: %s", f.parameter.Name, err))
		return
	}
	response.Error = response.Result.Set(ctx, holds)
}
