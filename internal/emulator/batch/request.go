package batch

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// request is a request as a batch has it.
type request struct {
	ID        string            `json:"id"`
	Method    string            `json:"method"`
	URL       string            `json:"url"`
	Headers   map[string]string `json:"headers"`
	Body      json.RawMessage   `json:"body"`
	DependsOn []string          `json:"dependsOn"`
}

// step is a request that is ready to be served, and then its response.
type step struct {
	id        string
	request   *http.Request
	dependsOn []*step
	response  response
	done      chan struct{} // closed when there is a response
}

// refusal is a text of Microsoft Graph's, with which it refuses the whole batch where one of its requests is malformed.
type refusal string

func (r refusal) Error() string { return string(r) }

const errPayload = refusal("Invalid batch payload format.")

func plan(requests []request, batch *http.Request, version string) ([]*step, error) {
	steps := make([]*step, len(requests))
	byID := map[string]*step{}
	for i, inner := range requests {
		id := strings.ToLower(inner.ID)
		if id == "" {
			return nil, errPayload
		}
		if byID[id] != nil {
			return nil, refusal("Request Id " + inner.ID + " has to be unique in a batch.")
		}
		built, err := inner.build(batch, version)
		if err != nil {
			return nil, err
		}
		steps[i] = &step{id: inner.ID, request: built, done: make(chan struct{})}
		byID[id] = steps[i]
	}
	for i, inner := range requests {
		for _, id := range inner.DependsOn {
			dependency := byID[strings.ToLower(id)]
			if dependency == nil {
				return nil, errPayload
			}
			steps[i].dependsOn = append(steps[i].dependsOn, dependency)
		}
	}
	if circular(steps) {
		return nil, errPayload
	}
	return steps, nil
}

// circular tells whether some of the steps wait for each other: whether taking away, again and again, those that wait
// for nothing leaves any.
func circular(steps []*step) bool {
	settled := map[*step]bool{}
	for range steps {
		for _, s := range steps {
			waits := false
			for _, dependency := range s.dependsOn {
				waits = waits || !settled[dependency]
			}
			settled[s] = settled[s] || !waits
		}
	}
	for _, s := range steps {
		if !settled[s] {
			return true
		}
	}
	return false
}

// build makes a request that a handler can't tell from one that came by itself.
func (q request) build(batch *http.Request, version string) (*http.Request, error) {
	if q.Method == "" || q.URL == "" {
		return nil, errPayload
	}
	headers := http.Header{}
	for _, name := range []string{"Authorization", "User-Agent"} {
		if value := batch.Header.Get(name); value != "" {
			headers.Set(name, value)
		}
	}
	for name, value := range q.Headers {
		headers.Set(name, value)
	}
	hasBody := len(q.Body) > 0 && string(q.Body) != "null"
	writes := q.Method == http.MethodPost || q.Method == http.MethodPut || q.Method == http.MethodPatch
	if (writes || hasBody) && (!hasBody || headers.Get("Content-Type") == "") {
		return nil, refusal("Write request id : " + q.ID + " does not contain Content-Type header or body.")
	}
	content, err := q.content(headers.Get("Content-Type"))
	if err != nil {
		return nil, err
	}
	address := version + "/" + escape(strings.TrimPrefix(q.URL, "/"))
	// NewRequest checks the method and the address.
	built, err := http.NewRequestWithContext(batch.Context(), q.Method, address, bytes.NewReader(content))
	if err != nil {
		return nil, errPayload
	}
	if !hasBody {
		built.Body, built.ContentLength = http.NoBody, 0
	}
	built.Header = headers
	built.Host, built.RemoteAddr, built.TLS = batch.Host, batch.RemoteAddr, batch.TLS
	built.Proto, built.ProtoMajor, built.ProtoMinor = batch.Proto, batch.ProtoMajor, batch.ProtoMinor
	built.RequestURI = address
	return built, nil
}

// escape escapes what may not stand in a request line, as a client outside a batch would have had to, and leaves the
// rest as it was written.
func escape(address string) string {
	var b strings.Builder
	for i := range len(address) {
		if c := address[i]; c <= ' ' || c >= 0x7f || strings.IndexByte(`"<>#`, c) >= 0 {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

// content is the body that is sent: JSON as it is, anything else from base64.
func (q request) content(contentType string) ([]byte, error) {
	var encoded string
	if strings.HasPrefix(contentType, "application/json") || json.Unmarshal(q.Body, &encoded) != nil {
		return q.Body, nil
	}
	encoded = strings.NewReplacer("-", "+", "_", "/").Replace(strings.TrimRight(encoded, "="))
	content, err := io.ReadAll(base64.NewDecoder(base64.RawStdEncoding, strings.NewReader(encoded)))
	if err != nil {
		return nil, errPayload
	}
	return content, nil
}
