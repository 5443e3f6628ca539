package httpjson

import (
	"bytes"
	"encoding/json"
	"math"
	"testing"
)

func standard(t *testing.T, value any) string {
	t.Helper()
	var buffer bytes.Buffer
	encoder := json.NewEncoder(&buffer)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		t.Fatal(err)
	}
	return string(bytes.TrimSuffix(buffer.Bytes(), []byte("\n")))
}

func TestAppend(t *testing.T) {
	t.Parallel()
	for _, value := range []any{
		nil, true, false, "", "plain <b> & 'quoted'", 5, -7, 0.0, 1.5, 1e300, float64(1 << 53), -12.0, math.Copysign(0.25, -1),
		map[string]any{},
		map[string]any(nil),
		[]any{},
		[]any(nil),
		[]map[string]any{},
		[]map[string]any(nil),
		map[string]any{
			"value": []map[string]any{{"b": nil, "a": []any{"x", 1.0, map[string]any{"deep": true}}}}, "@odata.count": 3, "Z": "z",
		},
		[]string{"a"},
		struct{ A int }{1},
		json.Number("12.50"),
	} {
		got, err := Append([]byte("before "), value)
		if want := "before " + standard(t, value); err != nil || string(got) != want {
			t.Errorf("%#v: %s, %v, want %s", value, got, err, want)
		}
	}
	if _, err := Append(nil, map[string]any{"bad": math.NaN()}); err == nil {
		t.Error("not a number is no error")
	}
}

func FuzzAppend(f *testing.F) {
	f.Add(`{"a":[1,"\u2028\u0000é\"\\",null,{"<":1e400}]}`)
	f.Fuzz(func(t *testing.T, text string) {
		for _, value := range []any{text, decoded(text)} {
			got, err := Append(nil, value)
			if err != nil {
				t.Fatal(err)
			}
			var back, want any
			if err := json.Unmarshal(got, &back); err != nil {
				t.Fatalf("%v: %s", err, got)
			}
			if err := json.Unmarshal([]byte(standard(t, value)), &want); err != nil {
				t.Fatal(err)
			}
			if standard(t, back) != standard(t, want) {
				t.Errorf("%q: %s", text, got)
			}
		}
	})
}

func decoded(text string) (value any) {
	_ = json.Unmarshal([]byte(text), &value) // null where it is no JSON
	return value
}
