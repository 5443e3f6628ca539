package batch

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
)

// response is a response as a batch has it.
type response struct {
	ID      string            `json:"id"`
	Status  int               `json:"status"`
	Headers map[string]string `json:"headers"`
	Body    any               `json:"body"` // JSON, base64 of anything else, or null
}

// recorder keeps what a handler answers.
type recorder struct {
	header  http.Header
	status  int
	sent    http.Header // the header as it was when the status was written
	content bytes.Buffer
}

func (r *recorder) Header() http.Header { return r.header }

func (r *recorder) WriteHeader(status int) {
	if r.status == 0 && status >= http.StatusOK { // what comes before is only informational
		r.status, r.sent = status, r.header.Clone()
	}
}

func (r *recorder) Write(content []byte) (int, error) {
	r.WriteHeader(http.StatusOK)
	return r.content.Write(content)
}

func (r *recorder) response(id string) response {
	r.WriteHeader(http.StatusOK)
	answer := response{ID: id, Status: r.status, Headers: map[string]string{}}
	for name, values := range r.sent {
		if name != "Content-Length" { // the length of something that is not sent like this
			answer.Headers[name] = strings.Join(values, ", ")
		}
	}
	content := r.content.Bytes()
	switch {
	case len(content) == 0:
	case strings.HasPrefix(r.sent.Get("Content-Type"), "application/json") && json.Valid(content):
		answer.Body = json.RawMessage(content)
	default:
		answer.Body = base64.StdEncoding.EncodeToString(content)
	}
	return answer
}
