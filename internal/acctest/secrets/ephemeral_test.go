package secrets

import "testing"

// What an ephemeral resource holds is kept nowhere, so that a plan must not have it, whose values do not tell of which
// attribute they are.
func TestWatch_ephemeral(t *testing.T) {
	t.Parallel()
	for attribute, want := range map[string]int{"thing.value": 0, "ephemeral.thing.value": 1} {
		w := New()
		w.Documented("/make", attribute)
		w.answer("of the answer to POST /things/1/make", []byte(`{"secretText":"correct horse battery"}`))
		w.look(piece{place: "tfplan", content: []byte("… correct horse battery …"), nameless: true})
		if got := w.Findings(); len(got) != want {
			t.Errorf("%s: found %v, want %d", attribute, got, want)
		}
	}
}
