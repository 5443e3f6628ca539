package applicationpart

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/microsoftgraph/msgraph-sdk-go/models"

	"github.com/workloadid/terraform-provider-workloadid/internal/entity"
	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
	"github.com/workloadid/terraform-provider-workloadid/internal/services/application"
	"github.com/workloadid/terraform-provider-workloadid/internal/validate"
)

// NewIdentifierURIResource is workloadid_application_identifier_uri.
func NewIdentifierURIResource() resource.Resource { return identifierURI.resource() }

var identifierURI = &kind{
	noun: "application_identifier_uri", title: "identifier URI", attribute: "identifier_uris",
	description: "An identifier URI of an application: a name of it as an API, which may be that of something made after the application.",
	key:         []string{"identifier_uri"}, fixed: true,
	rows: mapping.Table[entra]{mapping.String("identifier_uri", schema.StringAttribute{
		Required: true, Validators: []validator.String{validate.IdentifierURI()},
		MarkdownDescription: "The URI, such as `api://orders.contoso.com` or `\"api://${workloadid_application.orders.client_id}\"`. Changing it makes a new one.",
	}, func(from entra) *string { return first(from.GetIdentifierUris()) }, func(to entra, uri *string) { to.SetIdentifierUris(only(uri)) }).Property("identifierUris").CreateOnly()},
	collections: one(elements[string]{
		name: "identifier_uris", in: "identifierUris", get: entra.GetIdentifierUris, set: entra.SetIdentifierUris, key: itself,
	}),
	plan: func(_ context.Context, _ *entity.Services, change *entity.Change) diag.Diagnostics {
		uri := change.Planned.String("identifier_uri")
		if uri == "" || uri == change.State.String("identifier_uri") { // older applications have some of any form
			return nil
		}
		if validate.CheckIdentifierScheme(uri) == nil {
			return nil
		}
		return diag.Diagnostics{diag.NewAttributeErrorDiagnostic(path.Root("identifier_uri"), "Invalid identifier URI",
			fmt.Sprintf("%q must have a scheme: api://%s, or https:// with a verified domain.", uri, uri))}
	},
	validate: func(config mapping.Value) diag.Diagnostics {
		if !application.HasClientIDPlaceholder(config.String("identifier_uri")) {
			return nil
		}
		return diag.Diagnostics{diag.NewAttributeErrorDiagnostic(path.Root("identifier_uri"), "The client id is known here",
			"{client_id} is for the application's own resource, which can't refer to itself. Here, write ${workloadid_application.NAME.client_id} in its place.")}
	},
}

// NewRedirectURIsResource is workloadid_application_redirect_uris.
func NewRedirectURIsResource() resource.Resource { return redirectURIs.resource() }

var redirectURIs = &kind{
	noun: "application_redirect_uris", title: "redirect URI", attribute: "web.redirect_uris`, `spa.redirect_uris` or `public_client.redirect_uris",
	description: "Redirect URIs of an application on one platform, such as that of a host which exists only after the application. Several resources can add to one platform, each its own URIs.\n\nAn import takes all that the platform has.",
	key:         []string{"platform"}, shared: true, parts: []string{"redirect_uris"},
	rows: mapping.Table[entra]{
		mapping.String("platform", schema.StringAttribute{
			Required: true, Validators: []validator.String{stringvalidator.OneOf(string(validate.Web), string(validate.SPA), string(validate.PublicClient))},
			MarkdownDescription: "Where the application runs: `web`, `spa` (a single-page application) or `public_client` (on a desktop or a phone). Changing it makes new ones.",
		}, func(from entra) *string { return new(string(platformOf(from))) }, setPlatform).Property("").CreateOnly(),
		mapping.Strings("redirect_uris", schema.SetAttribute{
			Required: true, Validators: []validator.Set{setvalidator.SizeAtLeast(1)},
			MarkdownDescription: "Where tokens and codes may be sent. An application has at most 256 on all platforms together, 100 where personal Microsoft accounts sign in.",
		}, func(from entra) []string { return platforms[platformOf(from)].get(from) }, func(to entra, uris []string) { platforms[platformOf(to)].set(to, uris) }).Property("redirectUris"),
	},
	collections: func(part entra) []collection { return []collection{platforms[platformOf(part)]} },
	identify: func(_ context.Context, _ *entity.Services, values map[string]string) error {
		if _, known := platforms[validate.Platform(values["platform"])]; !known {
			return fmt.Errorf("%q is no platform: it is %s, %s or %s", values["platform"], validate.Web, validate.SPA, validate.PublicClient)
		}
		return nil
	},
	validate: func(config mapping.Value) (diagnostics diag.Diagnostics) {
		uris, ok := config.Get("redirect_uris").(types.Set)
		if !ok || !config.Has("platform") {
			return nil
		}
		at := path.Root("redirect_uris")
		for _, rule := range application.RedirectURIs(validate.Platform(config.String("platform"))).Validators {
			var response validator.SetResponse
			rule.ValidateSet(context.Background(), validator.SetRequest{Path: at, PathExpression: at.Expression(), ConfigValue: uris}, &response)
			diagnostics.Append(response.Diagnostics...)
		}
		return diagnostics
	},
}

// platforms have the redirect URIs. Each is an object of its own, which tells the platform of a part.
var platforms = map[validate.Platform]elements[string]{
	validate.Web: {
		name: "web.redirect_uris", in: "web", key: itself,
		get: func(of entra) []string {
			if web := of.GetWeb(); web != nil {
				return web.GetRedirectUris()
			}
			return nil
		},
		set: func(to entra, uris []string) {
			to.SetWeb(models.NewWebApplication())
			to.GetWeb().SetRedirectUris(uris)
		},
	},
	validate.SPA: {
		name: "spa.redirect_uris", in: "spa", key: itself,
		get: func(of entra) []string {
			if spa := of.GetSpa(); spa != nil {
				return spa.GetRedirectUris()
			}
			return nil
		},
		set: func(to entra, uris []string) {
			to.SetSpa(models.NewSpaApplication())
			to.GetSpa().SetRedirectUris(uris)
		},
	},
	validate.PublicClient: {
		name: "public_client.redirect_uris", in: "publicClient", key: itself,
		get: func(of entra) []string {
			if client := of.GetPublicClient(); client != nil {
				return client.GetRedirectUris()
			}
			return nil
		},
		set: func(to entra, uris []string) {
			to.SetPublicClient(models.NewPublicClientApplication())
			to.GetPublicClient().SetRedirectUris(uris)
		},
	},
}

func platformOf(part entra) validate.Platform {
	switch {
	case part.GetSpa() != nil:
		return validate.SPA
	case part.GetPublicClient() != nil:
		return validate.PublicClient
	}
	return validate.Web
}

func setPlatform(to entra, platform *string) {
	platforms[validate.Platform(*platform)].set(to, nil)
}

func itself(text string) string { return text }

func first[X any](all []X) *X {
	if len(all) == 0 {
		return nil
	}
	return &all[0]
}

func only[X any](element *X) []X {
	if element == nil {
		return nil
	}
	return []X{*element}
}

// one is the collection of parts that are always in the same.
func one(in collection) func(entra) []collection {
	return func(entra) []collection { return []collection{in} }
}
