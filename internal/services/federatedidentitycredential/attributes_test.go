package federatedidentitycredential

import (
	"testing"

	"github.com/microsoftgraph/msgraph-sdk-go/models"

	"github.com/workloadid/terraform-provider-workloadid/internal/mapping/mappingtest"
)

func TestFederatedIdentityCredential_structure(t *testing.T) {
	mappingtest.Structure(t, attributes, func() entra { return models.NewFederatedIdentityCredential() }, models.CreateFederatedIdentityCredentialFromDiscriminatorValue, expressionProperty)
}
