package access

import (
	"strings"
	"testing"

	"github.com/google/uuid"
)

// The ids are those that the reference shows of the same objects: learn.microsoft.com/graph/api/approleassignment-get,
// …/oauth2permissiongrant-list and …/oauth2permissiongrant-delta.
func TestIDs_areAsTheReferenceShowsThem(t *testing.T) {
	t.Parallel()
	const shown = "ep6PKgGvOkGVksMuwOXBpxV3dkHvwM1ElSjMUzZtaIA"
	if got := AssignmentID("2a8f9e7a-af01-413a-9592-c32ec0e5c1a7", uuid.New()); !IsAssignmentID(got) || got[:21] != shown[:21] || len(got) != len(shown) {
		t.Errorf("assignment %s, want the beginning of %s", got, shown)
	}
	for _, test := range []struct{ client, resource, principal, want string }{
		{"263a5b01-03e5-408e-8557-bab681df104c", "1804a6f8-e623-4520-8f40-ba1b0c11c42d", "", "AVs6JuUDjkCFV7q2gd8QTPimBBgj5iBFj0C6GwwRxC0"},
		{"22a3c970-8ad4-4120-8127-300837f87f2c", "98dc9d95-49b6-405a-b3c0-834e969a708b", "c2e8df37-c6a7-4d88-89b1-feb4f1fda7c5", "cMmjItSKIEGBJzAIN_h_LJWd3Ji2SVpAs8CDTpaacIs33-jCp8aITYmx_rTx_afF"},
	} {
		if got := GrantID(test.client, test.resource, test.principal); got != test.want {
			t.Errorf("grant %s, want %s", got, test.want)
		}
	}
	for _, other := range []string{"", "x", shown[1:], shown + "AAAA", strings.Repeat("=", 43)} {
		if IsAssignmentID(other) {
			t.Errorf("%q passes for the id of an assignment", other)
		}
	}
}
