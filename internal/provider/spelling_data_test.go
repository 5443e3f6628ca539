package provider_test

import (
	"maps"
	"reflect"
	"slices"
	"testing"

	"github.com/workloadid/terraform-provider-workloadid/internal/acctest"
	"github.com/workloadid/terraform-provider-workloadid/internal/acctest/samples"
)

// TestSpelling_dataSources: what is looked up by an id in capitals is what is found by it in small letters.
func TestSpelling_dataSources(t *testing.T) {
	t.Parallel()
	for _, typeName := range slices.Sorted(maps.Keys(samples.DataSources)) {
		for _, sample := range samples.DataSources[typeName] {
			t.Run(typeName+"/"+sample.Name, func(t *testing.T) {
				t.Parallel()
				h := acctest.New(t)
				if sample.Scope != "" { // nobody has a role there who was not given one
					h.AzureRoles(t, sample.Scope, "Reader")
				}
				config, _ := life(t, h, sample)
				small := h.ReadDataSource(t, typeName, config)
				if again := h.ReadDataSource(t, typeName, inCapitals(config)); !reflect.DeepEqual(capitals(small), capitals(again)) {
					t.Errorf("found by an id in small letters and in capitals:\n%v\n%v", small, again)
				}
			})
		}
	}
}
