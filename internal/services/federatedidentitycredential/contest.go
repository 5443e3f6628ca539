package federatedidentitycredential

import (
	"context"
	"strings"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/microsoftgraph/msgraph-sdk-go/models"

	"github.com/workloadid/terraform-provider-workloadid/internal/entity"
	"github.com/workloadid/terraform-provider-workloadid/internal/graph"
	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
)

// contest: among the credentials of an application, or of an identity, each trusts another subject of an issuer
// (https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations).
var contest = &entity.Contest[entra]{
	Values: func(object mapping.Value) []string {
		if !object.Has("subject") {
			return nil
		}
		return []string{strings.Join([]string{parentID(object), object.String("issuer"), object.String("subject")}, "\n")}
	},
	Refused: func(err error) bool {
		// The code is that of every value that is refused, and Azure has none for it.
		answer, ok := graph.AsError(err)
		return ok && (strings.Contains(answer.Message, "combination of issuer and subject must be unique") || strings.Contains(answer.Message, "Issuer and subject combination already exists"))
	},
	Vacate: vacate,
}

// vacate has a credential trust a subject that nobody has and nobody can guess.
func vacate(ctx context.Context, api *entity.Services, write *entity.Write[entra]) (entra, error) {
	nobody := "workloadid:nobody:" + uuid.NewString()
	vacated := write.Prior.With("subject", types.StringValue(nobody))
	if inAzure(write.Prior) {
		return putInAzure(ctx, api, vacated)
	}
	body := models.NewFederatedIdentityCredential()
	body.SetSubject(&nobody)
	if _, err := named(api.Graph.V1(), write.Prior).Patch(ctx, body, nil); err != nil {
		return nil, err
	}
	write.Body.SetSubject(new(write.Plan.String("subject")))
	now := models.NewFederatedIdentityCredential()
	attributes.Encode(vacated, now)
	now.SetId(new(write.Prior.String("id")))
	return now, nil
}
