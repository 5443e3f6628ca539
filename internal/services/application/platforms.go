package application

import (
	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/microsoftgraph/msgraph-sdk-go/models"

	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
	"github.com/workloadid/terraform-provider-workloadid/internal/validate"
)

// See https://learn.microsoft.com/graph/api/resources/webapplication.
type web = models.WebApplicationable

var webAttributes = mapping.Table[web]{
	mapping.String("homepage_url", schema.StringAttribute{Optional: true, Validators: urls, MarkdownDescription: "Home page."}, web.GetHomePageUrl, web.SetHomePageUrl).Property("homePageUrl"),
	mapping.String("logout_url", schema.StringAttribute{Optional: true, Validators: []validator.String{validate.LogoutURL()}, MarkdownDescription: "Where users are signed out, by front channel, back channel or SAML."}, web.GetLogoutUrl, web.SetLogoutUrl),
	mapping.Strings("redirect_uris", redirectURIs(validate.Web, ""), web.GetRedirectUris, web.SetRedirectUris),
	mapping.Object("implicit_grant", schema.SingleNestedAttribute{Optional: true, Computed: true, MarkdownDescription: "Tokens that are issued without a code."},
		implicitGrantAttributes, web.GetImplicitGrantSettings, web.SetImplicitGrantSettings, models.NewImplicitGrantSettings).Property("implicitGrantSettings"),
}

type implicitGrant = models.ImplicitGrantSettingsable

var implicitGrantAttributes = mapping.Table[implicitGrant]{
	mapping.Bool("access_token_issuance_enabled", schema.BoolAttribute{Optional: true, Computed: true, MarkdownDescription: "Whether access tokens are issued by the implicit flow."}, implicitGrant.GetEnableAccessTokenIssuance, implicitGrant.SetEnableAccessTokenIssuance).Property("enableAccessTokenIssuance"),
	mapping.Bool("id_token_issuance_enabled", schema.BoolAttribute{Optional: true, Computed: true, MarkdownDescription: "Whether ID tokens are issued by the implicit flow."}, implicitGrant.GetEnableIdTokenIssuance, implicitGrant.SetEnableIdTokenIssuance).Property("enableIdTokenIssuance"),
}

var spaAttributes = mapping.Table[models.SpaApplicationable]{
	mapping.Strings("redirect_uris", redirectURIs(validate.SPA, " `brk-multihub://` and the origin, without a path, is for [nested app authentication](https://learn.microsoft.com/office/dev/add-ins/develop/enable-nested-app-authentication-in-your-add-in): Office add-ins and Teams tabs whose host signs in for them."), models.SpaApplicationable.GetRedirectUris, models.SpaApplicationable.SetRedirectUris),
}

var publicClientAttributes = mapping.Table[models.PublicClientApplicationable]{
	mapping.Strings("redirect_uris", redirectURIs(validate.PublicClient, ""), models.PublicClientApplicationable.GetRedirectUris, models.PublicClientApplicationable.SetRedirectUris),
}

func redirectURIs(platform validate.Platform, more string) schema.SetAttribute {
	return schema.SetAttribute{
		Optional: true, Computed: true,
		Validators:          []validator.Set{setvalidator.ValueStringsAre(validate.RedirectURI(platform))},
		MarkdownDescription: "Where tokens and codes may be sent; at most 256 on all platforms together, 100 where personal Microsoft accounts sign in." + more,
	}
}
