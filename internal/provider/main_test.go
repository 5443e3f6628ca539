package provider_test

import (
	"testing"

	"github.com/workloadid/terraform-provider-workloadid/internal/acctest"
)

func TestMain(m *testing.M) { acctest.Main(m) }
