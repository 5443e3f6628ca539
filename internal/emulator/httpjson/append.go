package httpjson

import (
	"encoding/json"
	"maps"
	"math"
	"slices"
	"strconv"
)

// Append appends a value as JSON, members in the order of their names. It is encoding/json for what that package decodes
// into, at a third of the cost, as large answers are made of nothing else.
func Append(to []byte, value any) ([]byte, error) {
	switch value := value.(type) {
	case nil:
		return append(to, "null"...), nil
	case bool:
		return strconv.AppendBool(to, value), nil
	case string:
		return appendString(to, value)
	case int:
		return strconv.AppendInt(to, int64(value), 10), nil
	case float64:
		if whole := int64(value); math.Abs(value) < 1<<53 && float64(whole) == value {
			return strconv.AppendInt(to, whole, 10), nil
		}
	case map[string]any:
		return appendObject(to, value)
	case []any:
		return appendArray(to, value)
	case []map[string]any:
		return appendArray(to, value)
	}
	content, err := json.Marshal(value)
	return append(to, content...), err
}

func appendObject(to []byte, object map[string]any) ([]byte, error) {
	if object == nil {
		return append(to, "null"...), nil
	}
	var space [64]string // more than an entity has properties; larger objects have their names elsewhere
	names := slices.AppendSeq(space[:0], maps.Keys(object))
	slices.Sort(names)
	to = append(to, '{')
	var err error
	for i, name := range names {
		if i > 0 {
			to = append(to, ',')
		}
		if to, err = appendString(to, name); err != nil {
			return to, err
		}
		if to, err = Append(append(to, ':'), object[name]); err != nil {
			return to, err
		}
	}
	return append(to, '}'), nil
}

func appendArray[T any](to []byte, items []T) ([]byte, error) {
	if items == nil {
		return append(to, "null"...), nil
	}
	to = append(to, '[')
	var err error
	for i, item := range items {
		if i > 0 {
			to = append(to, ',')
		}
		if to, err = Append(to, item); err != nil {
			return to, err
		}
	}
	return append(to, ']'), nil
}

func appendString(to []byte, text string) ([]byte, error) {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			content, err := json.Marshal(text)
			return append(to, content...), err
		}
	}
	to = append(to, '"')
	to = append(to, text...)
	return append(to, '"'), nil
}
