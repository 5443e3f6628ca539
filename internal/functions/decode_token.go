package functions

import (
	"context"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/workloadid/terraform-provider-workloadid/internal/jsonwebtoken"
)

// NewDecodeToken is decode_token.
func NewDecodeToken() function.Function { return decodeToken{} }

type decodeToken struct{}

// Metadata implements function.Function.
func (decodeToken) Metadata(_ context.Context, _ function.MetadataRequest, response *function.MetadataResponse) {
	response.Name = "decode_token"
}

// Definition implements function.Function.
func (decodeToken) Definition(_ context.Context, _ function.DefinitionRequest, response *function.DefinitionResponse) {
	const summary = "The claims of a token."
	response.Definition = function.Definition{
		Summary: summary,
		MarkdownDescription: summary + "\n\nThe token is only decoded, not verified: nothing is known of who made it, nor whether it has expired. The result has the claims and not the signature, so that nobody can sign in with it. " +
			"Claims that are not text, such as `exp` or a list of audiences, are in the result as JSON.\n\n" +
			"A token is a secret as long as it is valid. Read it from a file, as in `decode_token(file(\"token.jwt\"))`, so that it is in no state and no plan: saved plans have the values of variables in them, " +
			"those of sensitive ones too. The result of an ephemeral value is ephemeral, and no data source takes it.",
		Parameters: []function.Parameter{function.StringParameter{
			Name: "token", MarkdownDescription: "A JSON Web Token as it is sent, three parts with dots between them, or the JSON object in its middle part, decoded already.",
		}},
		Return: function.MapReturn{ElementType: types.StringType},
	}
}

// Run implements function.Function.
func (decodeToken) Run(ctx context.Context, request function.RunRequest, response *function.RunResponse) {
	var token string
	if response.Error = request.Arguments.Get(ctx, &token); response.Error != nil {
		return
	}
	claims, err := jsonwebtoken.Claims(strings.TrimSpace(token))
	if err != nil {
		response.Error = function.NewArgumentFuncError(0, strings.TrimRight(err.Error(), ".")+".")
		return
	}
	response.Error = response.Result.Set(ctx, claims)
}
