// Package accesstoken is the ephemeral workloadid_access_token: an access token of Microsoft Entra for one run.
package accesstoken

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/workloadid/terraform-provider-workloadid/internal/entity"
	"github.com/workloadid/terraform-provider-workloadid/internal/jsonwebtoken"
	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
	"github.com/workloadid/terraform-provider-workloadid/internal/validate"
)

// token is what the login service gave.
type token struct {
	text      string
	expiresOn time.Time
}

var attributes = mapping.Table[token]{
	mapping.Argument[token]("scope", schema.StringAttribute{
		Required: true, Validators: []validator.String{validate.DefaultScope()},
		MarkdownDescription: "What the token is for: the identifier URI of an API with `/.default` after it, such as `https://graph.microsoft.com/.default` or `api://orders/.default`.",
	}),
	mapping.Argument[token]("client_id", schema.StringAttribute{
		Optional: true, Validators: []validator.String{validate.UUID()},
		MarkdownDescription: "Client id of an application or a managed identity that trusts a token of another issuer, to get the access token as. Unset, it is the one that Terraform runs as.",
	}),
	mapping.Argument[token]("tenant_id", schema.StringAttribute{
		Optional: true, Validators: []validator.String{validate.UUID(), stringvalidator.AlsoRequires(path.MatchRoot("client_id"))},
		MarkdownDescription: "Tenant in which `client_id` signs in. Unset, it is the provider's.",
	}),
	mapping.Argument[token]("assertion", schema.StringAttribute{
		Optional: true, Sensitive: true,
		Validators:          []validator.String{stringvalidator.LengthAtLeast(1), stringvalidator.AlsoRequires(path.MatchRoot("client_id")), stringvalidator.ConflictsWith(path.MatchRoot("assertion_file"))},
		MarkdownDescription: "The token of the other issuer. Unset, and without `assertion_file`, it is the one that the provider block or its environment has for `use_oidc`: of GitHub Actions, Azure DevOps, HCP Terraform, GitLab …",
	}),
	mapping.Argument[token]("assertion_file", schema.StringAttribute{
		Optional: true, Validators: []validator.String{stringvalidator.LengthAtLeast(1), stringvalidator.AlsoRequires(path.MatchRoot("client_id"))},
		MarkdownDescription: "File with the token of the other issuer, such as that of a Kubernetes service account.",
	}),
	mapping.Derived("token", schema.StringAttribute{Computed: true, Sensitive: true, MarkdownDescription: "The access token."}, func(from token, _ attr.Value) attr.Value {
		return types.StringValue(from.text)
	}),
	mapping.Derived("expires_on", schema.StringAttribute{Computed: true, MarkdownDescription: "Time at which the token expires, in RFC 3339 form."}, func(from token, _ attr.Value) attr.Value {
		return types.StringValue(from.expiresOn.UTC().Truncate(time.Second).Format(time.RFC3339))
	}),
	mapping.Derived("claims", schema.MapAttribute{
		Computed: true, ElementType: types.StringType,
		MarkdownDescription: "The claims of the token, such as `oid`, `appid` and `roles`; what is not text is JSON. Null where the API's tokens are not JSON Web Tokens. They are not verified, which is for the API to do.",
	}, func(from token, _ attr.Value) attr.Value {
		claims, err := jsonwebtoken.Claims(from.text)
		if err != nil {
			return types.MapNull(types.StringType)
		}
		elements := make(map[string]attr.Value, len(claims))
		for name, value := range claims {
			elements[name] = types.StringValue(value)
		}
		return types.MapValueMust(types.StringType, elements)
	}),
}

// NewEphemeralResource is the ephemeral workloadid_access_token.
func NewEphemeralResource() ephemeral.EphemeralResource {
	return entity.Ephemeral[token]{
		Noun: "access_token",
		Description: "An access token of Microsoft Entra for one run, in no plan and no state: of whoever Terraform runs as, or of an application or managed identity that trusts another issuer's token. " +
			"For other providers that take a token, and for checks of what an identity may do.\n\n" +
			"Nothing is left to remove: a token is valid until it expires, about an hour later. It is not renewed during a run.",
		Table: attributes,
		Open: func(ctx context.Context, api *entity.Services, config mapping.Value) (token, error) {
			got, err := api.Token(ctx, entity.TokenRequest{
				Scope: config.String("scope"), ClientID: config.String("client_id"), TenantID: config.String("tenant_id"),
				Assertion: config.String("assertion"), AssertionFile: config.String("assertion_file"),
			})
			return token{got.Token, got.ExpiresOn}, err
		},
	}.EphemeralResource()
}
