package main

import (
	"slices"
	"testing"
)

func TestList_takesOnlyRows(t *testing.T) {
	t.Parallel()
	var l list
	if err := l.Set("plan,curve"); err != nil || !slices.Equal(l, list{"plan", "curve"}) {
		t.Errorf("got %v, %v", l, err)
	}
	for _, wrong := range []string{"", "plan,", "plans", "plan, curve"} {
		if err := new(list).Set(wrong); err == nil {
			t.Errorf("%q is taken", wrong)
		}
	}
}

func TestNumbers_ascend(t *testing.T) {
	t.Parallel()
	n := numbers{7}
	if err := n.Set("1,10,5000"); err != nil || !slices.Equal(n, numbers{1, 10, 5000}) {
		t.Errorf("got %v, %v", n, err)
	}
	for _, wrong := range []string{"", "0", "10,1", "10,10", "1,x"} {
		if err := new(numbers).Set(wrong); err == nil {
			t.Errorf("%q is taken", wrong)
		}
	}
}
