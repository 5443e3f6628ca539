package directoryrole

import (
	"testing"

	"github.com/microsoftgraph/msgraph-sdk-go/models"

	"github.com/workloadid/terraform-provider-workloadid/internal/mapping/mappingtest"
)

func TestDirectoryRole_structure(t *testing.T) {
	t.Parallel()
	mappingtest.Structure(t, Attributes, func() Role { return models.NewUnifiedRoleDefinition() }, models.CreateUnifiedRoleDefinitionFromDiscriminatorValue)
}
