package entity

import (
	"context"
	"strings"
	"testing"
)

// TestSend_aPanicIsLikeABrokenAnswer: what was made at that moment is looked for.
func TestSend_aPanicIsLikeABrokenAnswer(t *testing.T) {
	t.Parallel()
	r := &managed{Resource: Resource[any]{Noun: "application", Create: func(context.Context, *Services, *Write[any]) (any, error) { panic("broken") }}}
	created, err := r.send(t.Context(), &Write[any]{})
	if created != nil || !Ambiguous(err) || !strings.Contains(err.Error(), "creating the application, probably on an answer that it did not expect: broken") {
		t.Errorf("%v, %v", created, err)
	}
}
