package application

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/microsoftgraph/msgraph-sdk-go/models"

	"github.com/workloadid/terraform-provider-workloadid/internal/entity"
	"github.com/workloadid/terraform-provider-workloadid/internal/graph"
	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
)

// contest: an identifier URI, and a unique name, is one of a single application of the tenant.
var contest = &entity.Contest[entra]{
	Values: func(object mapping.Value) (values []string) {
		if name := object.String("unique_name"); name != "" {
			values = append(values, "unique_name "+name)
		}
		for _, uri := range object.Strings("identifier_uris") {
			if !strings.Contains(uri, clientIDPlaceholder) { // nobody else has one with this application's client id
				values = append(values, "identifier_uris "+strings.ToLower(uri))
			}
		}
		return values
	},
	Refused: func(err error) bool {
		answer, ok := graph.AsError(err)
		return ok && (entity.IsAlreadyThere(err) || answer.Status == http.StatusBadRequest && strings.Contains(answer.Message, "same value for property identifierUris already exists"))
	},
	Vacate: vacate,
}

// vacate has an application give up the identifier URIs that it is to lose. A unique name never changes.
func vacate(ctx context.Context, api *entity.Services, write *entity.Write[entra]) (entra, error) {
	clientID := write.Prior.String("client_id")
	planned := expandAll(write.Plan.Strings("identifier_uris"), clientID)
	kept := slices.DeleteFunc(expandAll(write.Prior.Strings("identifier_uris"), clientID), func(uri string) bool { return !slices.Contains(planned, uri) })
	body := models.NewApplication()
	body.SetIdentifierUris(append([]string{}, kept...))
	if _, err := item(api, write.Prior).Patch(ctx, body, nil); err != nil {
		return nil, err
	}
	now := models.NewApplication()
	attributes.Encode(write.Prior, now)
	now.SetIdentifierUris(body.GetIdentifierUris())
	now.SetId(new(write.Prior.String("id")))
	now.SetAppId(&clientID)
	return now, nil
}
