package functions

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/workloadid/terraform-provider-workloadid/internal/issuer"
)

// NewIssuerURL is issuer_url.
func NewIssuerURL() function.Function { return issuerURL{} }

type issuerURL struct{}

// Metadata implements function.Function.
func (issuerURL) Metadata(_ context.Context, _ function.MetadataRequest, response *function.MetadataResponse) {
	response.Name = "issuer_url"
}

// Definition implements function.Function.
func (issuerURL) Definition(_ context.Context, _ function.DefinitionRequest, response *function.DefinitionResponse) {
	const summary = "The URL of a well-known issuer, as its tokens have it in `iss`."
	var table strings.Builder
	table.WriteString("| Name | Issuer | URL | Audience | Claims in expressions |\n|---|---|---|---|---|\n")
	for _, known := range issuer.All {
		if len(known.URLs) == 0 {
			continue
		}
		var urls []string
		for _, form := range known.URLs {
			urls = append(urls, "`"+form.Template+"`")
		}
		fmt.Fprintf(&table, "| `%s` | [%s](%s) | %s | %s | %s |\n", known.Key, known.Name, known.Page, strings.Join(urls, "<br>"), known.Audience, claimsOf(known))
	}
	response.Definition = function.Definition{
		Summary: "The URL of a well-known issuer, as its tokens have it in iss.",
		MarkdownDescription: summary + "\n\n" + table.String() + "\nEach name in braces needs a value. Where several URLs take the same values, the first is returned. " +
			"Where a claim has an asterisk, an expression may match it by a pattern. GitHub Actions has expressions for its first URL only.",
		Parameters: []function.Parameter{
			function.StringParameter{Name: "name", MarkdownDescription: "The issuer's name in the table."},
		},
		VariadicParameter: function.MapParameter{Name: "values", ElementType: types.StringType, MarkdownDescription: "An object with a value for each name in braces. Not needed where there are none."},
		Return:            function.StringReturn{},
	}
}

func claimsOf(known *issuer.Issuer) string {
	var claims []string
	for claim, matching := range known.Claims {
		text := "`" + claim + "`"
		if matching == issuer.ByPattern {
			text += "*"
		}
		claims = append(claims, text)
	}
	slices.Sort(claims)
	return strings.Join(claims, ", ")
}

// Run implements function.Function.
func (issuerURL) Run(ctx context.Context, request function.RunRequest, response *function.RunResponse) {
	var name string
	var given []map[string]types.String
	if response.Error = request.Arguments.Get(ctx, &name, &given); response.Error != nil {
		return
	}
	known := issuer.Find(name)
	if known == nil || len(known.URLs) == 0 {
		response.Error = function.NewArgumentFuncError(0, fmt.Sprintf("name must be one of %s. Got: %q.", list(issuer.Keys(), "and"), name))
		return
	}
	values := map[string]string{}
	for i, object := range given {
		if i > 0 {
			response.Error = function.NewArgumentFuncError(int64(i+1), "values must be one object with all values.")
			return
		}
		var wholly bool
		if values, wholly = present(object); !wholly {
			response.Error = response.Result.Set(ctx, types.StringUnknown())
			return
		}
	}
	url, err := known.Fill(values)
	if err != nil {
		response.Error = function.NewArgumentFuncError(min(1, int64(len(given))), strings.TrimRight(err.Error(), ".")+".")
		return
	}
	response.Error = response.Result.Set(ctx, url)
}
