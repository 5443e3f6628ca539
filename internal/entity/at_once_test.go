package entity

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestAtOnce(t *testing.T) {
	t.Parallel()
	first, second := errors.New("first"), errors.New("second")
	err := AtOnce(func() error { return first }, func() error { return nil }, func() error { return second })
	if !errors.Is(err, first) || !errors.Is(err, second) {
		t.Error(err)
	}
	defer func() {
		if text := fmt.Sprint(recover()); !strings.HasPrefix(text, "broken\n") || !strings.Contains(text, "at_once_test.go") {
			t.Errorf("the caller is told %q", text)
		}
	}()
	_ = AtOnce(func() error { panic("broken") })
	t.Error("a panic is lost")
}
