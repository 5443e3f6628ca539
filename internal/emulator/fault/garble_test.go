package fault

import (
	"encoding/json"
	"testing"
)

func garbled(text string, seed uint64) string {
	a := newAnswer()
	_, _ = a.Write([]byte(text))
	a.garble(seed)
	return a.body.String()
}

// TestGarble has seeds spoil an answer in all the ways that there are, one thing at a time, and always in the same way.
func TestGarble(t *testing.T) {
	t.Parallel()
	const text = `{"id":"a","isEnabled":true,"size":7,"tags":["x"],"web":{"logoutUrl":null}}`
	came := map[string]bool{}
	for seed := range uint64(2000) {
		got := garbled(text, seed)
		if got != garbled(text, seed) {
			t.Fatalf("seed %d spoils in two ways", seed)
		}
		if got == text {
			t.Errorf("seed %d spoils nothing", seed)
		}
		came[got] = true
	}
	for _, want := range []string{
		`{"id":null,"isEnabled":true,"size":7,"tags":["x"],"web":{"logoutUrl":null}}`,
		`{"isEnabled":true,"size":7,"tags":["x"],"web":{"logoutUrl":null}}`,
		`{"id":true,"isEnabled":true,"size":7,"tags":["x"],"web":{"logoutUrl":null}}`,
		`{"id":"a","isEnabled":"text","size":7,"tags":["x"],"web":{"logoutUrl":null}}`,
		`{"id":"a","isEnabled":true,"size":"text","tags":["x"],"web":{"logoutUrl":null}}`,
		`{"id":"a","isEnabled":true,"size":7,"tags":[null,"x"],"web":{"logoutUrl":null}}`,
		`{"id":"a","isEnabled":true,"size":7,"tags":["x"],"web":[{"logoutUrl":null}]}`,
		`null`,
	} {
		if !came[want] {
			t.Errorf("no seed makes %s", want)
		}
	}
	broken := 0
	for got := range came {
		if !json.Valid([]byte(got)) {
			broken++
		}
	}
	if broken == 0 {
		t.Error("no seed cuts the text off")
	}
}

// TestGarble_leavesTheRest has answers that are no JSON pass.
func TestGarble_leavesTheRest(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "7 apples", "<html>"} {
		if got := garbled(text, 1); got != text {
			t.Errorf("%q became %q", text, got)
		}
	}
}
