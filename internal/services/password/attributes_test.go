package password

import (
	"testing"

	"github.com/microsoftgraph/msgraph-sdk-go/models"

	"github.com/workloadid/terraform-provider-workloadid/internal/mapping/mappingtest"
)

func TestPassword_structure(t *testing.T) {
	t.Parallel()
	for _, k := range []kind{ofApplication, ofServicePrincipal} {
		mappingtest.Structure(t, k.table(), func() entra { return models.NewPasswordCredential() }, models.CreatePasswordCredentialFromDiscriminatorValue)
	}
}
