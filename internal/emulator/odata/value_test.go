package odata

import (
	"encoding/json"
	"testing"
)

func TestCompare(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		edm        string
		a, b       any
		order      int
		comparable bool
	}{
		{"Edm.String", "a", "B", -1, true},
		{"Edm.String", "ä", "Ä", 0, true},
		{"Edm.String", nil, "", -1, true},
		{"Edm.String", nil, nil, 0, true},
		{"Edm.String", "a", 1.0, 0, false},
		{"Edm.Boolean", true, false, 1, true},
		{"Edm.Boolean", true, "true", 0, false},
		{"Edm.Int32", 2, 10.0, -1, true},
		{"Edm.Int32", int32(2), int64(2), 0, true},
		{"Edm.Int32", json.Number("3"), 2.5, 1, true},
		{"Edm.Int32", json.Number("x"), 2.5, 0, false},
		{"Edm.Double", float32(0.5), 1, -1, true},
		{"Edm.Int32", 1, "1", 0, false},
		{"Edm.DateTimeOffset", "2026-01-01T00:00:00Z", "2026-01-01T01:00:00+01:00", 0, true},
		{"Edm.DateTimeOffset", "2026-01-01T00:00:00.1Z", "2026-01-01T00:00:00.05Z", 1, true},
		{"Edm.DateTimeOffset", "yesterday", "2026-01-01T00:00:00Z", 0, false},
		{"complex", Object{}, Object{}, 0, false},
	} {
		order, comparable := compare(test.edm, test.a, test.b)
		if comparable != test.comparable || comparable && order != test.order {
			t.Errorf("%v and %v as %s: %d %v, want %d %v", test.a, test.b, test.edm, order, comparable, test.order, test.comparable)
		}
	}
}

func TestElements(t *testing.T) {
	t.Parallel()
	for want, collection := range []any{nil, []any{1}, []string{"a", "b"}, []Object{{}, {}, {}}} {
		if got := len(elements(collection)); got != want {
			t.Errorf("%v has %d", collection, got)
		}
	}
}
