package approleassignment

import (
	"testing"

	"github.com/workloadid/terraform-provider-workloadid/internal/mapping/mappingtest"
)

func TestAppRoleAssignment_structure(t *testing.T) {
	mappingtest.Structure(t, attributes, newAssignment, parse)
}
