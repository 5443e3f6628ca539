package graph

import (
	"context"
	"io"
	"net/http"
	"sync"
	"time"
)

const (
	// lookupAge is how long a lookup's answer serves others that ask the same.
	lookupAge = 2 * time.Minute
	// lookupBytes bounds what is kept of all answers.
	lookupBytes = 16 << 20
)

type sharedKey struct{}

// Shared lets the requests of a context have the answer to an equal one: to one that is under way, or that was made a
// moment ago and found something. It is for lookups, of which a configuration has many that ask the same.
func Shared(ctx context.Context) context.Context { return context.WithValue(ctx, sharedKey{}, true) }

// lookups are the answers that are shared. Any write of this process ends them.
type lookups struct {
	next http.RoundTripper

	mu         sync.Mutex
	answers    map[string]*lookup
	bytes      int
	generation int
}

// lookup is one answer, once done is closed.
type lookup struct {
	done chan struct{}
	// until is when it is old; zero while it is under way.
	until time.Time

	status int
	header http.Header
	body   []byte
	err    error
	// abandoned means that there is none, because whoever asked gave up.
	abandoned bool
}

func (l *lookup) response(request *http.Request) (*http.Response, error) {
	if l.err != nil {
		return nil, l.err
	}
	return inMemory(request, l.status, l.header.Clone(), l.body), nil
}

func newLookups(next http.RoundTripper) *lookups {
	return &lookups{next: next, answers: map[string]*lookup{}}
}

func (l *lookups) RoundTrip(request *http.Request) (*http.Response, error) {
	switch {
	case request.Method != http.MethodGet:
		l.forget()
		defer l.forget()
		return l.next.RoundTrip(request)
	case request.Context().Value(sharedKey{}) == nil:
		return l.next.RoundTrip(request)
	}
	// Everything that an answer depends on; the others are the same for all requests, or new with each.
	question := request.URL.String() + "\n" + request.Header.Get("ConsistencyLevel") + "\n" + request.Header.Get("Prefer")
	for {
		answer, first, generation := l.join(question)
		if first {
			l.ask(request, question, answer, generation)
			return answer.response(request)
		}
		select {
		case <-answer.done:
			if !answer.abandoned {
				return answer.response(request)
			}
		case <-request.Context().Done():
			return nil, newOutOfTime(request.Context(), "an equal request to Microsoft Graph is under way")
		}
	}
}

// join finds the answer to a question, or begins one.
func (l *lookups) join(question string) (answer *lookup, first bool, generation int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	answer = l.answers[question]
	if answer != nil && (answer.until.IsZero() || time.Now().Before(answer.until)) {
		return answer, false, l.generation
	}
	if answer != nil {
		l.bytes -= len(answer.body)
	}
	answer = &lookup{done: make(chan struct{})}
	l.answers[question] = answer
	return answer, true, l.generation
}

// ask sends the request. Whoever waits has its answer, and those that come later have one that found something.
func (l *lookups) ask(request *http.Request, question string, answer *lookup, generation int) {
	response, err := l.next.RoundTrip(request)
	if err == nil {
		answer.status, answer.header = response.StatusCode, response.Header
		answer.body, err = io.ReadAll(response.Body)
		_ = response.Body.Close()
	}
	answer.err, answer.abandoned = err, err != nil && request.Context().Err() != nil
	l.mu.Lock()
	defer l.mu.Unlock()
	defer close(answer.done)
	if l.answers[question] != answer {
		return // a write has come between
	}
	if answer.status != http.StatusOK || err != nil || generation != l.generation || l.bytes+len(answer.body) > lookupBytes {
		delete(l.answers, question)
		return
	}
	answer.until = time.Now().Add(lookupAge)
	l.bytes += len(answer.body)
}

func (l *lookups) forget() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.generation++
	l.drop()
}

func (l *lookups) drop() { l.answers, l.bytes = map[string]*lookup{}, 0 }
