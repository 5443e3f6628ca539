package entity

import (
	"context"
	"fmt"
	"strings"
	"sync"
)

// answers are what was found of one kind, by what was asked for. They belong to one configured provider.
type answers[T any] struct {
	mutex sync.Mutex
	found map[string]*remembered[T]
}

// remembered is one of them, once somebody has had its turn.
type remembered[T any] struct {
	turn   chan struct{}
	asked  bool
	answer T
}

// Remembered asks a question of one kind once in this process, whatever is written meanwhile; letter case does not matter.
// Whoever asks the same waits for the answer. A failure is not remembered, nor does an answer count that does not serve.
func Remembered[T any](ctx context.Context, api *Services, kind, question string, serves func(T) bool, ask func() (T, error)) (T, error) {
	entry, _ := api.Plans.LoadOrStore(kind, &answers[T]{found: map[string]*remembered[T]{}})
	all := entry.(*answers[T])
	question = strings.ToLower(question)
	all.mutex.Lock()
	this := all.found[question]
	if this == nil {
		this = &remembered[T]{turn: make(chan struct{}, 1)}
		all.found[question] = this
	}
	all.mutex.Unlock()
	select {
	case this.turn <- struct{}{}:
	case <-ctx.Done():
		var none T
		return none, fmt.Errorf("no time was left to wait for an equal lookup of %s: %w", Title(kind), context.Cause(ctx))
	}
	defer func() { <-this.turn }()
	if this.asked && serves(this.answer) {
		return this.answer, nil
	}
	answer, err := ask()
	if err == nil {
		this.asked, this.answer = true, answer
	}
	return answer, err
}
