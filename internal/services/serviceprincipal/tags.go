package serviceprincipal

import (
	"context"
	"net/http"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/microsoftgraph/msgraph-sdk-go/applicationswithappid"

	"github.com/workloadid/terraform-provider-workloadid/internal/entity"
	"github.com/workloadid/terraform-provider-workloadid/internal/graph"
	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
)

// Microsoft Graph shows the tags of an application among those of its service principal, which has its own besides
// (https://learn.microsoft.com/graph/api/resources/application, "tags"), and does not say which are whose. So the tags that a
// service principal has from its application are kept in an attribute of their own. The application is asked for them only
// where something is shown that is in neither: otherwise a refresh costs nothing more.

// inherited is where an answer, once its tags are taken apart, has those of the application.
const inherited = "applicationTags"

func setTags(found entra, own, fromApplication []string) {
	found.SetTags(own)
	found.GetAdditionalData()[inherited] = fromApplication
}

// separateTags takes the tags apart that an answer shows.
func separateTags(ctx context.Context, api *entity.Services, known mapping.Value, found entra) error {
	shown, own, of := found.GetTags(), known.Strings("tags"), known.Strings("application_tags")
	if len(without(shown, append(own, of...))) > 0 || len(without(append(own, of...), shown)) > 0 {
		application, err := tagsOfApplication(ctx, api, found)
		if err != nil {
			return err
		}
		// What both have is the service principal's own where it was known to be.
		of = slices.DeleteFunc(without(application, own), func(tag string) bool { return !slices.Contains(shown, tag) })
		own = without(shown, of)
	}
	setTags(found, own, of)
	return nil
}

// tagsOfApplication are none where the application is in another tenant, or not to be read: then they count as the service
// principal's own.
func tagsOfApplication(ctx context.Context, api *entity.Services, principal entra) ([]string, error) {
	if len(principal.GetTags()) == 0 || principal.GetAppId() == nil {
		return nil, nil
	}
	if owner := principal.GetAppOwnerOrganizationId(); owner == nil || !mapping.SameGUID(owner.String(), api.TenantID) {
		return nil, nil
	}
	application, err := applicationswithappid.NewApplicationsWithAppIdRequestBuilderInternal(nil, api.Graph.V1(), principal.GetAppId()).
		Get(graph.Shared(ctx), &applicationswithappid.ApplicationsWithAppIdRequestBuilderGetRequestConfiguration{
			QueryParameters: &applicationswithappid.ApplicationsWithAppIdRequestBuilderGetQueryParameters{Select: []string{"tags"}},
		})
	if answer, refused := graph.AsError(err); graph.IsNotFound(err) || refused && answer.Status == http.StatusForbidden {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return application.GetTags(), nil
}

// plan takes a tag that the application has for one that need not be written: it makes no difference.
func plan(ctx context.Context, api *entity.Services, change *entity.Change) diag.Diagnostics {
	if !change.State.IsNull() && change.Planned.Has("tags") {
		wanted, own, of := change.Planned.Strings("tags"), change.State.Strings("tags"), change.State.Strings("application_tags")
		if len(without(wanted, append(own, of...))) == 0 && len(without(own, append(wanted, of...))) == 0 {
			change.Planned = change.Planned.With("tags", change.State.Get("tags"))
		}
	}
	return entity.CheckOwnership(ctx, api, change)
}

// without gives the texts of a that are not in b, never nil.
func without(a, b []string) []string {
	rest := []string{}
	for _, text := range a {
		if !slices.Contains(b, text) {
			rest = append(rest, text)
		}
	}
	return rest
}
