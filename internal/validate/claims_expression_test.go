package validate

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// credential is a configuration with an issuer (a string, nil or unknown) and an expression.
func credential(issuer any, expression string) tfsdk.Config {
	attributes := schema.Schema{Attributes: map[string]schema.Attribute{
		"issuer":     schema.StringAttribute{Required: true},
		"expression": schema.StringAttribute{Required: true},
	}}
	return tfsdk.Config{
		Schema: attributes,
		Raw: tftypes.NewValue(tftypes.Object{AttributeTypes: map[string]tftypes.Type{"issuer": tftypes.String, "expression": tftypes.String}}, map[string]tftypes.Value{
			"issuer":     tftypes.NewValue(tftypes.String, issuer),
			"expression": tftypes.NewValue(tftypes.String, expression),
		}),
	}
}

const githubIssuer = "https://token.actions.githubusercontent.com"

func TestClaimsMatchingExpression_diagnostic(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		issuer     any
		expression string
		want       string // the whole detail; empty: accepted
	}{
		"accepted": {githubIssuer, "claims['sub'] eq 'a'", ""},
		"syntax, whatever the issuer": {
			tftypes.UnknownValue, "claims['sub'] == 'a'",
			"expression, column 15: expected the operator \"eq\" or \"matches\", found \"==\".\n\n" +
				"    claims['sub'] == 'a'\n" +
				"                  ^\n\n" +
				"Write \"eq\" to compare the whole value.",
		},
		"claim of a known issuer": {
			githubIssuer, "claims['actor'] eq 'a'",
			"expression, column 8: the claim 'actor' cannot be used in expressions for GitHub Actions.\n\n" +
				"    claims['actor'] eq 'a'\n" +
				"           ^\n\n" +
				"Use job_workflow_ref, repository_id, repository_owner_id or sub.",
		},
		"claim of an issuer that is not known yet": {tftypes.UnknownValue, "claims['actor'] eq 'a'", ""},
		"no issuer": {nil, "claims['actor'] eq 'a'", ""},
		"issuer without expressions": {
			"https://contoso.com", "claims['sub'] eq 'a'",
			"expression: tokens of the issuer \"https://contoso.com\" cannot be matched by an expression.\n\n" +
				"Use subject instead. Expressions are available for GitHub Actions (https://token.actions.githubusercontent.com), " +
				"GitLab (https://gitlab.com, https://gitlab.<name>.com, https://gitlab.<name>.ca), " +
				"HCP Terraform (https://app.terraform.io, https://app.eu.terraform.io); the URL must be exactly so.",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var response validator.StringResponse
			ClaimsMatchingExpression("issuer").ValidateString(t.Context(), validator.StringRequest{
				Path: path.Root("expression"), ConfigValue: types.StringValue(test.expression), Config: credential(test.issuer, test.expression),
			}, &response)
			switch got := response.Diagnostics; {
			case test.want == "" && len(got) > 0:
				t.Errorf("got %v", got)
			case test.want != "" && (len(got) != 1 || got[0].Detail() != test.want || got[0].Severity() != diag.SeverityError):
				t.Errorf("got %v\nwant %s", got, test.want)
			}
		})
	}
	for _, unset := range []types.String{types.StringNull(), types.StringUnknown()} {
		if got := run(t, ClaimsMatchingExpression("issuer"), unset); len(got) > 0 {
			t.Errorf("%s: %v", unset, got)
		}
	}
}

func TestRequiredClaims_onlyForNewExpressions(t *testing.T) {
	t.Parallel()
	old := types.StringValue("claims['sub'] eq 'a'")
	changed := types.StringValue("claims['sub'] eq 'b'")
	for name, test := range map[string]struct {
		issuer      any
		state, plan types.String
		severity    diag.Severity
		want        string
	}{
		"new":            {githubIssuer, types.StringNull(), old, diag.SeverityError, "must match repository_id"},
		"changed":        {githubIssuer, old, changed, diag.SeverityError, "must match repository_id"},
		"unchanged":      {githubIssuer, old, old, 0, ""},
		"removed":        {githubIssuer, old, types.StringNull(), 0, ""},
		"unknown":        {githubIssuer, old, types.StringUnknown(), 0, ""},
		"unknown issuer": {tftypes.UnknownValue, types.StringNull(), old, 0, ""},
		"complete":       {githubIssuer, types.StringNull(), types.StringValue("claims['sub'] eq 'a' and claims['repository_id'] eq '1'"), 0, ""},
		"doubtful":       {githubIssuer, types.StringNull(), types.StringValue("claims['repository_id'] eq '1'"), diag.SeverityWarning, "sub as well"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			response := planmodifier.StringResponse{PlanValue: test.plan}
			RequiredClaims("issuer").PlanModifyString(t.Context(), planmodifier.StringRequest{
				Path: path.Root("expression"), StateValue: test.state, PlanValue: test.plan, Config: credential(test.issuer, test.plan.ValueString()),
			}, &response)
			switch got := response.Diagnostics; {
			case test.want == "" && len(got) > 0:
				t.Errorf("got %v", got)
			case test.want != "" && (len(got) != 1 || got[0].Severity() != test.severity || !strings.Contains(got[0].Detail(), test.want)):
				t.Errorf("got %v, want %s", got, test.want)
			}
			if !response.PlanValue.Equal(test.plan) {
				t.Errorf("the plan became %s", response.PlanValue)
			}
		})
	}
}
