package entity

import (
	"context"
	"errors"
	"reflect"
	"testing"
)

// TestAnything: a description of anything has all that the typed one has, but the table, which goes beside it.
func TestAnything(t *testing.T) {
	for name, test := range map[string]struct {
		typed    any
		anything func(any) any
	}{
		"resource":    {&Resource[*string]{}, func(of any) any { return of.(*Resource[*string]).anything() }},
		"data source": {&DataSource[*string]{}, func(of any) any { return of.(*DataSource[*string]).anything() }},
		"collection":  {&Collection[*string]{}, func(of any) any { return of.(*Collection[*string]).anything() }},
		"ephemeral":   {&Ephemeral[*string]{}, func(of any) any { return of.(*Ephemeral[*string]).anything() }},
	} {
		t.Run(name, func(t *testing.T) {
			for _, value := range reflect.ValueOf(test.typed).Elem().Fields() {
				fill(value)
			}
			for field, value := range reflect.ValueOf(test.anything(test.typed)).Fields() {
				if field.Name != "Table" && value.IsZero() {
					t.Errorf("%s is lost", field.Name)
				}
			}
		})
	}
}

// TestAnything_whatIsNot: what a description leaves out is left out.
func TestAnything_whatIsNot(t *testing.T) {
	got := Resource[*string]{}.anything()
	if got.Update != nil || got.Prepare != nil || got.Find != nil || got.Leftover != nil || got.Discard != nil || got.Finish != nil {
		t.Errorf("there are hooks that nobody gave: %+v", got)
	}
}

// fill gives a value something that is not its zero.
func fill(value reflect.Value) {
	switch value.Kind() {
	case reflect.String:
		value.SetString("text")
	case reflect.Slice:
		value.Set(reflect.MakeSlice(value.Type(), 1, 1))
	case reflect.Map:
		value.Set(reflect.MakeMap(value.Type()))
	case reflect.Pointer:
		value.Set(reflect.New(value.Type().Elem()))
	case reflect.Struct:
		fill(value.Field(0))
	case reflect.Func:
		value.Set(reflect.MakeFunc(value.Type(), nil))
	}
}

// TestDuring: what a hook makes of a write stays, whether it fails or not.
func TestDuring(t *testing.T) {
	body, made := new("body"), new("made")
	write := &Write[any]{Body: body}
	err := writing(func(_ context.Context, _ *Services, write *Write[*string]) error {
		if write.Body != body || write.Object != nil {
			t.Errorf("the hook has %+v", write)
		}
		write.Object, write.Adopted = made, true
		return errNotFound
	})(t.Context(), nil, write)
	if !errors.Is(err, errNotFound) || write.Object != made || !write.Adopted || write.Body != body {
		t.Errorf("got %+v, %v", write, err)
	}
}
