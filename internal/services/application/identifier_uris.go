package application

import (
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
	"github.com/workloadid/terraform-provider-workloadid/internal/validate"
)

// clientIDPlaceholder stands for the application's own client id, which nobody knows before the application exists.
const clientIDPlaceholder = "{client_id}"

var identifierURIs = mapping.Converted("identifier_uris", schema.SetAttribute{
	Optional: true, Computed: true, ElementType: types.StringType,
	Validators:          []validator.Set{setvalidator.ValueStringsAre(validate.IdentifierURI())},
	MarkdownDescription: "URIs that name the application as an API. `{client_id}` in one stands for the application's own client id, as in `api://{client_id}`; at creation such URIs cost one more request.",
}, entra.GetIdentifierUris, entra.SetIdentifierUris,
	func(from entra, prior attr.Value) attr.Value {
		uris := from.GetIdentifierUris()
		if uris == nil {
			return types.SetNull(types.StringType)
		}
		return mapping.StringSet(asWritten(uris, mapping.Texts(prior), text(from.GetAppId())))
	},
	func(value attr.Value, to entra) {
		uris := mapping.Texts(value)
		slices.Sort(uris)
		to.SetIdentifierUris(append([]string{}, uris...))
	})

// asWritten gives each URI the form that the configuration has it in.
func asWritten(uris, configured []string, clientID string) []string {
	written := slices.Clone(uris)
	for _, uri := range configured {
		if i := slices.Index(written, expand(uri, clientID)); i >= 0 {
			written[i] = uri
		}
	}
	return written
}

func expand(uri, clientID string) string {
	return strings.ReplaceAll(uri, clientIDPlaceholder, clientID)
}

func expandAll(uris []string, clientID string) []string {
	expanded := make([]string, len(uris))
	for i, uri := range uris {
		expanded[i] = expand(uri, clientID)
	}
	return expanded
}

func containsOwnClientID(uris []string) bool {
	return slices.ContainsFunc(uris, func(uri string) bool { return strings.Contains(uri, clientIDPlaceholder) })
}

// sameIdentifierURIs reports whether two ways of writing them mean the same, as after an import, where the state has the
// client id itself.
func sameIdentifierURIs(planned, state []string, clientID string) bool {
	a, b := expandAll(planned, clientID), expandAll(state, clientID)
	slices.Sort(a)
	slices.Sort(b)
	return slices.Equal(a, b)
}
