package odata

import (
	"cmp"
	"encoding/json"
	"strings"
	"time"
)

// The values of a filter, of an order and of a search are compared in the directory's way: text without regard to case,
// times by the instant.

// compare orders two values of a property of the given Edm type; nil comes first. It reports false where the values
// can't be compared.
func compare(edm string, a, b any) (int, bool) {
	if a == nil || b == nil {
		return cmp.Compare(rank(a), rank(b)), true
	}
	switch x := a.(type) {
	case string:
		y, ok := b.(string)
		if !ok {
			return 0, false
		}
		if edm == "Edm.DateTimeOffset" {
			return compareTimes(x, y)
		}
		return cmp.Compare(strings.ToLower(x), strings.ToLower(y)), true
	case bool:
		y, ok := b.(bool)
		if !ok {
			return 0, false
		}
		return cmp.Compare(rank(x), rank(y)), true
	}
	x, ok := number(a)
	if !ok {
		return 0, false
	}
	y, ok := number(b)
	return cmp.Compare(x, y), ok
}

func rank(v any) int {
	switch v {
	case nil:
		return 0
	case false:
		return 1
	}
	return 2
}

func compareTimes(a, b string) (int, bool) {
	x, err := time.Parse(time.RFC3339, a)
	if err != nil {
		return 0, false
	}
	y, err := time.Parse(time.RFC3339, b)
	return x.Compare(y), err == nil
}

func number(v any) (float64, bool) {
	switch n := v.(type) {
	case float64:
		return n, true
	case float32:
		return float64(n), true
	case int:
		return float64(n), true
	case int32:
		return float64(n), true
	case int64:
		return float64(n), true
	case json.Number:
		f, err := n.Float64()
		return f, err == nil
	}
	return 0, false
}

// elements returns the members of a collection value.
func elements(v any) []any {
	switch c := v.(type) {
	case []any:
		return c
	case []string:
		return boxed(c)
	case []Object:
		return boxed(c)
	}
	return nil
}

func boxed[T any](values []T) []any {
	out := make([]any, len(values))
	for i, v := range values {
		out[i] = v
	}
	return out
}
