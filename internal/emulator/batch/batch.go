// Package batch answers Microsoft Graph's JSON batches (learn.microsoft.com/graph/json-batching).
package batch

import (
	"compress/gzip"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"
)

const (
	maxRequests = 20
	maxSize     = 4 << 20 // bytes of the batch
)

// Handler answers POST /v1.0/$batch and /beta/$batch, each request of a batch being served by next as a request of
// its own, and passes everything else on to next.
//
// Requests that do not depend on each other run at the same time. Each has the batch's Authorization and User-Agent
// headers unless it brings its own; no other header carries over. Errors of the batch itself have the time that now says.
func Handler(next http.Handler, now func() time.Time) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		version, ok := strings.CutSuffix(r.URL.Path, "/$batch")
		if !ok || r.Method != http.MethodPost || version != "/v1.0" && version != "/beta" {
			next.ServeHTTP(w, r)
			return
		}
		ids := identify(w, r)
		ids.date = now().UTC().Format("2006-01-02T15:04:05")
		steps, err := read(w, r, version)
		if err != nil {
			write(w, r, http.StatusBadRequest, failure("BadRequest", err.Error(), ids))
			return
		}
		write(w, r, http.StatusOK, map[string]any{"responses": run(steps, next, ids)})
	})
}

// identity is what answers name a request by, and when.
type identity struct{ request, client, date string }

// identify gives the batch its request-id, and echoes the client's own id or makes one up.
func identify(w http.ResponseWriter, r *http.Request) identity {
	ids := identity{request: uuid.NewString(), client: r.Header.Get("client-request-id")}
	if ids.client == "" {
		ids.client = ids.request
	}
	w.Header().Set("request-id", ids.request)
	w.Header().Set("client-request-id", ids.client)
	return ids
}

// failure is the body of an error; see learn.microsoft.com/graph/errors.
func failure(code, message string, ids identity) map[string]any {
	return map[string]any{"error": map[string]any{
		"code":    code,
		"message": message,
		"innerError": map[string]any{
			"date":              ids.date,
			"request-id":        ids.request,
			"client-request-id": ids.client,
		},
	}}
}

func read(w http.ResponseWriter, r *http.Request, version string) ([]*step, error) {
	body := io.Reader(http.MaxBytesReader(w, r.Body, maxSize))
	if strings.EqualFold(r.Header.Get("Content-Encoding"), "gzip") {
		unzipped, err := gzip.NewReader(body)
		if err != nil {
			return nil, errPayload
		}
		body = io.LimitReader(unzipped, maxSize)
	}
	var batch struct {
		Requests []request `json:"requests"`
	}
	if err := json.NewDecoder(body).Decode(&batch); err != nil || len(batch.Requests) == 0 {
		return nil, errPayload
	}
	if len(batch.Requests) > maxRequests {
		return nil, refusal("Number of requests inside batch exceed the limit.")
	}
	return plan(batch.Requests, r, version)
}

// run runs each request as soon as what it depends on has succeeded, and returns the responses in the order of the
// requests.
func run(steps []*step, next http.Handler, ids identity) []response {
	var (
		all     sync.WaitGroup
		mutex   sync.Mutex
		aborted any
	)
	for _, s := range steps {
		all.Go(func() {
			defer close(s.done)
			// A handler aborts a connection by a panic, which must reach the server from the goroutine it started.
			defer func() {
				if p := recover(); p != nil {
					mutex.Lock()
					defer mutex.Unlock()
					aborted = p
				}
			}()
			for _, dependency := range s.dependsOn {
				<-dependency.done
				if dependency.response.Status >= http.StatusBadRequest || dependency.response.Status == 0 {
					s.response = response{
						ID: s.id, Status: http.StatusFailedDependency,
						Headers: map[string]string{"Cache-Control": "no-cache", "Content-Type": "application/json"},
						Body:    failure("FailedDependency", "", ids),
					}
					return
				}
			}
			recorded := recorder{header: http.Header{}}
			next.ServeHTTP(&recorded, s.request)
			s.response = recorded.response(s.id)
		})
	}
	all.Wait()
	if aborted != nil {
		panic(aborted)
	}
	responses := make([]response, len(steps))
	for i, s := range steps {
		responses[i] = s.response
	}
	return responses
}

func write(w http.ResponseWriter, r *http.Request, status int, value any) {
	w.Header().Set("Content-Type", "application/json")
	body := io.Writer(w)
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		w.Header().Set("Content-Encoding", "gzip")
		zipped := gzip.NewWriter(w)
		defer func() { _ = zipped.Close() }() // a client that went away
		body = zipped
	}
	w.WriteHeader(status)
	encoder := json.NewEncoder(body)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(value) // a client that went away: the value itself is JSON
}
