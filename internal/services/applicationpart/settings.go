package applicationpart

import (
	"slices"

	"github.com/hashicorp/terraform-plugin-framework-validators/mapvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/microsoftgraph/msgraph-sdk-go/models"

	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
	"github.com/workloadid/terraform-provider-workloadid/internal/services/application"
)

// NewOptionalClaimsResource is workloadid_application_optional_claims.
func NewOptionalClaimsResource() resource.Resource { return optionalClaims.resource() }

type (
	claim  = models.OptionalClaimable
	claims = models.OptionalClaimsable
)

var optionalClaims = &kind{
	noun: "application_optional_claims", title: "optional claim", attribute: "optional_claims",
	description: "Claims that are added to the tokens of an application. Several resources can add claims, each its own.\n\nAn import takes all that there are.",
	shared:      true, parts: []string{"access_token", "id_token", "saml2_token"},
	rows: mapping.Part(mapping.Table[claims]{
		mapping.Map("access_token", claimsOf("access"), application.ClaimAttributes, application.ClaimKey, claims.GetAccessToken, claims.SetAccessToken, models.NewOptionalClaim),
		mapping.Map("id_token", claimsOf("ID"), application.ClaimAttributes, application.ClaimKey, claims.GetIdToken, claims.SetIdToken, models.NewOptionalClaim),
		mapping.Map("saml2_token", claimsOf("SAML"), application.ClaimAttributes, application.ClaimKey, claims.GetSaml2Token, claims.SetSaml2Token, models.NewOptionalClaim),
	}, claimsIn),
	element: func() entra {
		part := models.NewApplication()
		claimsIn(part)
		return part
	},
	collections: func(entra) []collection {
		return []collection{
			claimCollection("access_token", claims.GetAccessToken, claims.SetAccessToken),
			claimCollection("id_token", claims.GetIdToken, claims.SetIdToken),
			claimCollection("saml2_token", claims.GetSaml2Token, claims.SetSaml2Token),
		}
	},
	validate: func(config mapping.Value) diag.Diagnostics {
		if slices.ContainsFunc([]string{"access_token", "id_token", "saml2_token"}, config.Given) {
			return nil
		}
		return diag.Diagnostics{diag.NewAttributeErrorDiagnostic(path.Root("access_token"), "No claims", "Set access_token, id_token, saml2_token, or several of them.")}
	},
}

func claimsOf(token string) schema.MapNestedAttribute {
	return schema.MapNestedAttribute{Optional: true, Validators: []validator.Map{mapvalidator.SizeAtLeast(1)}, MarkdownDescription: "Claims of " + token + " tokens, by their name."}
}

// claimsIn are the claims of an application, to be written to.
func claimsIn(of entra) claims {
	if of.GetOptionalClaims() == nil {
		of.SetOptionalClaims(models.NewOptionalClaims())
	}
	return of.GetOptionalClaims()
}

// claimCollection has those of one kind of tokens. A claim of the user's and a predefined one may have one name.
func claimCollection(token string, get func(claims) []claim, set func(claims, []claim)) collection {
	return elements[claim]{
		name: "optional_claims." + token, in: "optionalClaims",
		get: func(of entra) []claim {
			if all := of.GetOptionalClaims(); all != nil {
				return mapping.Present(get(all))
			}
			return nil
		},
		set: func(to entra, all []claim) { set(claimsIn(to), all) },
		key: func(c claim) string {
			key := token + "." + application.ClaimKey.Of(c)
			if source := c.GetSource(); source != nil && *source != "" {
				key += " of the " + *source
			}
			return key
		},
	}
}

// NewFallbackPublicClientResource is workloadid_application_fallback_public_client.
func NewFallbackPublicClientResource() resource.Resource { return fallbackPublicClient.resource() }

var fallbackPublicClient = &kind{
	noun: "application_fallback_public_client", title: "setting", attribute: "fallback_public_client_enabled",
	parts:       []string{"enabled"},
	description: "Whether an application is a public client where its type can't be told from the request. Destroying it makes that false, as it is of itself.",
	rows: mapping.Table[entra]{mapping.Bool("enabled", schema.BoolAttribute{
		Required: true, MarkdownDescription: "Whether it is a public client then.",
	}, entra.GetIsFallbackPublicClient, entra.SetIsFallbackPublicClient).Property("isFallbackPublicClient")},
	collections: one(elements[bool]{
		name: "fallback_public_client_enabled", in: "isFallbackPublicClient", key: func(bool) string { return "fallback_public_client" },
		get: func(of entra) []bool { // null is false (https://learn.microsoft.com/graph/api/resources/application)
			enabled := of.GetIsFallbackPublicClient()
			return []bool{enabled != nil && *enabled}
		},
		set: func(to entra, values []bool) {
			// Without a part it is false, for nobody documents that the service takes null.
			to.SetIsFallbackPublicClient(new(len(values) > 0 && values[0]))
		},
		counts: func(enabled bool) bool { return enabled },
	}),
}
