package delegatedpermissiongrant

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
	"github.com/workloadid/terraform-provider-workloadid/internal/mapping/mappingtest"
)

func TestDelegatedPermissionGrant_structure(t *testing.T) {
	mappingtest.Structure(t, attributes, newGrant, parse)
}

func TestDelegatedPermissionGrant_scopes(t *testing.T) {
	t.Parallel()
	known := mapping.StringSet([]string{"User.Read", "Mail.Read"})
	for _, test := range []struct {
		text string
		want types.Set
	}{
		{" Mail.Read User.Read", known},
		{"User.Read Mail.Read ", known},
		{"Mail.Read  User.Read Mail.Read", known},
		{"", mapping.StringSet(nil)},
	} {
		from := newGrant()
		from.SetScope(&test.text)
		if got := decodeScopes(from, nil); !got.Equal(test.want) {
			t.Errorf("%q: got %s", test.text, got)
		}
	}
	to := newGrant()
	encodeScopes(known, to)
	if *to.GetScope() != "Mail.Read User.Read" {
		t.Errorf("sent %q", *to.GetScope())
	}
}
