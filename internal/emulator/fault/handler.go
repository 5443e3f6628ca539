package fault

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/refusal"
)

const (
	// patience is how long a connection stays open on which no answer comes, where the rule doesn't say.
	patience = 4 * time.Minute
	// maximumBody is how much of a request is read ahead of time, in bytes: more than any service accepts.
	maximumBody = 8 << 20
)

type inBatch struct{}

// Handler serves requests by next, as far as the rules let it. It breaks connections by panicking with
// http.ErrAbortHandler, as net/http defines it.
func (f *Faults) Handler(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		force := f.force.Load()
		if force == nil {
			next.ServeHTTP(w, r)
			return
		}
		if strings.HasSuffix(r.URL.Path, "/$batch") {
			r = r.WithContext(context.WithValue(r.Context(), inBatch{}, true))
		}
		v := force.judge(r)
		if v.latency > 0 {
			f.options.Note(r, "latency "+v.latency.String())
			readAhead(r)
			if !wait(r.Context(), v.latency) {
				panic(http.ErrAbortHandler)
			}
		}
		f.apply(v, w, r, next)
	})
}

// Inner does the same for the requests of a JSON batch that Handler let through. Others it leaves to next: Handler has
// seen them.
func (f *Faults) Inner(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		force := f.force.Load()
		if force == nil || r.Context().Value(inBatch{}) == nil {
			next.ServeHTTP(w, r)
			return
		}
		f.apply(force.judge(r), w, r, next)
	})
}

func (f *Faults) apply(v verdict, w http.ResponseWriter, r *http.Request, next http.Handler) {
	if v.expired {
		f.options.Note(r, "token expired")
		refusal.Write(w, r, f.options.Now(), refusal.Refusal{Status: http.StatusUnauthorized})
		return
	}
	if v.rule == nil {
		next.ServeHTTP(w, r)
		return
	}
	f.options.Note(r, "fault: "+v.rule.String())
	if v.rule.Effect == Status || v.rule.Effect == Reset {
		if v.rule.After {
			next.ServeHTTP(newAnswer(), r)
		}
		if v.rule.Effect == Reset {
			panic(http.ErrAbortHandler)
		}
		refusal.Write(w, r, f.options.Now(), refusal.Refusal{
			Status: v.rule.Status, Code: v.rule.Code, Message: v.rule.Message, RetryAfter: v.rule.RetryAfter,
		})
		return
	}
	answered := newAnswer()
	next.ServeHTTP(answered, r)
	readAhead(r) // until its end the server does not notice that the client has gone
	switch v.rule.Effect {
	case Truncated:
		answered.truncate(w)
	case Empty:
		answered.empty()
		answered.write(w)
		return
	case Garbled:
		answered.garble(v.seed)
		answered.write(w)
		return
	case Lost:
		if v.delay == 0 {
			v.delay = patience
		}
		wait(r.Context(), v.delay)
	case Delayed:
		if wait(r.Context(), v.delay) {
			answered.write(w)
			return
		}
	default:
		panic(fmt.Sprintf("the effect %q is not known", v.rule.Effect)) // Parse knows no such
	}
	panic(http.ErrAbortHandler)
}

// readAhead reads the request's body, as it would have been sent by now.
func readAhead(r *http.Request) {
	// What fails here does so again when the rest is read.
	content, _ := io.ReadAll(io.LimitReader(r.Body, maximumBody))
	r.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(content), r.Body), r.Body}
}

// answer is an answer that has not been sent.
type answer struct {
	header http.Header
	status int
	sent   http.Header // the header when the status was written
	body   bytes.Buffer
}

func newAnswer() *answer { return &answer{header: http.Header{}} }

func (a *answer) Header() http.Header { return a.header }

func (a *answer) WriteHeader(status int) {
	if a.status == 0 && status >= http.StatusOK { // what comes before is only informational
		a.status, a.sent = status, a.header.Clone()
	}
}

func (a *answer) Write(content []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	return a.body.Write(content)
}

func (a *answer) write(w http.ResponseWriter) {
	a.WriteHeader(http.StatusOK)
	maps.Copy(w.Header(), a.sent)
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body.Bytes()) // a client that went away
}

// empty takes everything out of the object that a good answer is.
func (a *answer) empty() {
	a.WriteHeader(http.StatusOK)
	if a.status >= http.StatusMultipleChoices || !bytes.HasPrefix(bytes.TrimSpace(a.body.Bytes()), []byte("{")) {
		return
	}
	a.body.Reset()
	a.body.WriteString("{}")
	a.sent.Del("Content-Length")
}

// truncate sends the header and half of the body; nothing where there is no body to break off in.
func (a *answer) truncate(w http.ResponseWriter) {
	a.WriteHeader(http.StatusOK)
	if a.body.Len() == 0 {
		return
	}
	maps.Copy(w.Header(), a.sent)
	w.Header().Set("Content-Length", strconv.Itoa(a.body.Len()))
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body.Bytes()[:a.body.Len()/2])
	_ = http.NewResponseController(w).Flush() // in a batch there is nothing to flush
}
