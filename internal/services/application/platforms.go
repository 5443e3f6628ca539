package application

import (
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/microsoftgraph/msgraph-sdk-go/models"

	"github.com/workloadid/terraform-provider-workloadid/internal/entity"
	"github.com/workloadid/terraform-provider-workloadid/internal/graph"
	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
	"github.com/workloadid/terraform-provider-workloadid/internal/validate"
)

// See https://learn.microsoft.com/graph/api/resources/webapplication.
type web = models.WebApplicationable

var webAttributes = mapping.Table[web]{
	mapping.String("homepage_url", schema.StringAttribute{Optional: true, Validators: urls, MarkdownDescription: "Home page."}, web.GetHomePageUrl, web.SetHomePageUrl).Property("homePageUrl"),
	mapping.String("logout_url", schema.StringAttribute{Optional: true, Validators: []validator.String{validate.LogoutURL()}, MarkdownDescription: "Where users are signed out, by front channel, back channel or SAML."}, web.GetLogoutUrl, web.SetLogoutUrl),
	mapping.Strings("redirect_uris", redirectURIs(validate.Web, ""), web.GetRedirectUris, web.SetRedirectUris).Risk(),
	mapping.Object("implicit_grant", schema.SingleNestedAttribute{Optional: true, Computed: true, MarkdownDescription: "Tokens that are issued without a code."},
		implicitGrantAttributes, web.GetImplicitGrantSettings, web.SetImplicitGrantSettings, models.NewImplicitGrantSettings).Property("implicitGrantSettings"),
}

type implicitGrant = models.ImplicitGrantSettingsable

var implicitGrantAttributes = mapping.Table[implicitGrant]{
	mapping.Bool("access_token_issuance_enabled", schema.BoolAttribute{Optional: true, Computed: true, MarkdownDescription: "Whether access tokens are issued by the implicit flow."}, implicitGrant.GetEnableAccessTokenIssuance, implicitGrant.SetEnableAccessTokenIssuance).Property("enableAccessTokenIssuance").Risk("true"),
	mapping.Bool("id_token_issuance_enabled", schema.BoolAttribute{Optional: true, Computed: true, MarkdownDescription: "Whether ID tokens are issued by the implicit flow."}, implicitGrant.GetEnableIdTokenIssuance, implicitGrant.SetEnableIdTokenIssuance).Property("enableIdTokenIssuance").Risk("true"),
}

var spaAttributes = mapping.Table[models.SpaApplicationable]{
	mapping.Strings("redirect_uris", redirectURIs(validate.SPA, " `brk-multihub://` and the origin, without a path, is for [nested app authentication](https://learn.microsoft.com/office/dev/add-ins/develop/enable-nested-app-authentication-in-your-add-in): Office add-ins and Teams tabs whose host signs in for them."), models.SpaApplicationable.GetRedirectUris, models.SpaApplicationable.SetRedirectUris).Risk(),
}

var publicClientAttributes = mapping.Table[models.PublicClientApplicationable]{
	mapping.Strings("redirect_uris", redirectURIs(validate.PublicClient, ""), models.PublicClientApplicationable.GetRedirectUris, models.PublicClientApplicationable.SetRedirectUris).Risk(),
}

func redirectURIs(platform validate.Platform, more string) schema.SetAttribute {
	return schema.SetAttribute{
		Optional: true, Computed: true,
		Validators:          []validator.Set{setvalidator.ValueStringsAre(validate.RedirectURI(platform))},
		MarkdownDescription: "Where tokens and codes may be sent; at most 256 on all platforms together, 100 where personal Microsoft accounts sign in." + more,
	}
}

// atRedirectURI works out which redirect URI a refusal is about: the service says only that one of them is invalid, of
// whatever platform.
func atRedirectURI(err error, plan mapping.Value) error {
	answer, ok := graph.AsError(err)
	if !ok || !strings.Contains(answer.Message, "redirectUris") && !strings.Contains(answer.Message, "replyUrls") {
		return err
	}
	var at []path.Path
	var suspects, all []string
	for _, platform := range []validate.Platform{validate.Web, validate.SPA, validate.PublicClient} {
		for _, uri := range plan.Object(string(platform)).Strings("redirect_uris") {
			attribute := path.Root(string(platform)).AtName("redirect_uris")
			all = append(all, fmt.Sprintf("%q in %s", uri, attribute))
			if wrong := validate.SuspectRedirectURI(platform, plan.String("sign_in_audience"), uri); wrong != nil {
				at = append(at, attribute.AtSetValue(types.StringValue(uri)))
				suspects = append(suspects, fmt.Sprintf("%q in %s %s.", uri, attribute, wrong))
			}
		}
	}
	switch {
	case len(suspects) == 1:
		return &entity.AttributeError{Path: at[0], Summary: "a redirect URI is refused", Detail: err.Error() + "\n\n" + suspects[0]}
	case len(suspects) > 1:
		return fmt.Errorf("%w\n\nIt is one of these:\n  - %s", err, strings.Join(suspects, "\n  - "))
	case len(all) > 0:
		return fmt.Errorf("%w\n\nIt is one of these, and the service does not say which:\n  - %s", err, strings.Join(all, "\n  - "))
	}
	return err
}
