package serviceprincipal

import (
	"testing"

	"github.com/microsoftgraph/msgraph-sdk-go/models"

	"github.com/workloadid/terraform-provider-workloadid/internal/mapping/mappingtest"
)

func TestServicePrincipal_structure(t *testing.T) {
	mappingtest.Structure(t, attributes, func() entra { return models.NewServicePrincipal() }, models.CreateServicePrincipalFromDiscriminatorValue)
}
