package emulator

import (
	"context"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/replication"
)

// Request is an entry of the log of requests.
type Request struct {
	Sequence      uint64    `json:"seq"`
	Time          time.Time `json:"time"`
	Method        string    `json:"method"`
	Path          string    `json:"path"`           // with the query, as it was sent
	Status        int       `json:"status"`         // 0 where the connection was broken off before the answer
	RequestBytes  int64     `json:"requestBytes"`   // of the body, as it was sent
	ResponseBytes int64     `json:"responseBytes"`  // of the body, as it was sent
	Connection    uint64    `json:"connection"`     // which connection of the server, counted from 1; 0 where it is unknown
	Protocol      string    `json:"protocol"`       // "HTTP/2.0"
	Note          string    `json:"note,omitempty"` // how the tenant misbehaved, if it did

	// Replicas are those that answered: one, or for a batch one for each request in it, in order of arrival.
	Replicas []replication.Served `json:"replicas,omitempty"`
}

// maximumLog is how many requests the log keeps, some 80 MB of them; older ones are forgotten.
const maximumLog = 200_000

// requestLog keeps the requests in order of completion.
type requestLog struct {
	mutex    sync.Mutex
	sequence uint64
	requests []Request
}

type connectionKey struct{}

var connections atomic.Uint64

// ConnContext gives each connection of an http.Server a number, which the log of requests shows; it is for the server's
// field of that name.
func ConnContext(ctx context.Context, _ net.Conn) context.Context {
	return context.WithValue(ctx, connectionKey{}, connections.Add(1))
}

// record serves a request and notes it.
func (l *requestLog) record(w http.ResponseWriter, r *http.Request, options Options, serve http.HandlerFunc) {
	entry := Request{Time: options.Now().UTC(), Method: r.Method, Path: r.URL.RequestURI(), Protocol: r.Proto}
	entry.Connection, _ = r.Context().Value(connectionKey{}).(uint64)
	body := &countedBody{ReadCloser: r.Body}
	if r.Body != nil {
		r.Body = body
	}
	noted := new(notes)
	r = r.WithContext(context.WithValue(r.Context(), notesKey{}, noted))
	counted := &countedResponse{ResponseWriter: w}
	defer func() {
		entry.Note = noted.String()
		entry.Status, entry.RequestBytes, entry.ResponseBytes = counted.status, body.bytes, counted.bytes
		entry.Replicas = replication.Traced(r.Context())
		options.Logger.Debug("request", "method", entry.Method, "path", entry.Path, "status", entry.Status, "took", options.Now().Sub(entry.Time).Round(time.Microsecond), "note", entry.Note)
		l.mutex.Lock()
		defer l.mutex.Unlock()
		l.sequence++
		entry.Sequence = l.sequence
		if len(l.requests) == maximumLog {
			l.requests = slices.Delete(l.requests, 0, maximumLog/4)
		}
		l.requests = append(l.requests, entry)
	}()
	serve(counted, r)
	if counted.status == 0 {
		counted.status = http.StatusOK
	}
}

type notesKey struct{}

// notes are made on a request while it is served, also by those of its parts that are served at the same time.
type notes struct {
	mutex sync.Mutex
	texts []string
}

func (n *notes) String() string {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	return strings.Join(n.texts, "; ")
}

// note makes a note in the log on what happens to a request, or to one of a batch.
func note(r *http.Request, text string) {
	if n, logged := r.Context().Value(notesKey{}).(*notes); logged {
		n.mutex.Lock()
		defer n.mutex.Unlock()
		n.texts = append(n.texts, text)
	}
}

func (l *requestLog) entries() []Request {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return slices.Concat([]Request{}, l.requests)
}

func (l *requestLog) clear() {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.requests = nil
}

// Requests returns the log of requests: everything the tenant was asked since it began, or since ResetRequests, except
// under /_local/.
func (t *Tenant) Requests() []Request { return t.log.entries() }

// ResetRequests empties the log of requests.
func (t *Tenant) ResetRequests() { t.log.clear() }

type countedBody struct {
	io.ReadCloser
	bytes int64
}

func (b *countedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.bytes += int64(n)
	return n, err
}

type countedResponse struct {
	http.ResponseWriter
	status int
	bytes  int64
}

func (w *countedResponse) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

func (w *countedResponse) Write(content []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	n, err := w.ResponseWriter.Write(content)
	w.bytes += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController reach what is below.
func (w *countedResponse) Unwrap() http.ResponseWriter { return w.ResponseWriter }
