package application

import (
	"testing"

	"github.com/microsoftgraph/msgraph-sdk-go/models"

	"github.com/workloadid/terraform-provider-workloadid/internal/mapping/mappingtest"
)

func TestApplication_structure(t *testing.T) {
	mappingtest.Structure(t, attributes, func() entra { return models.NewApplication() }, models.CreateApplicationFromDiscriminatorValue)
}
