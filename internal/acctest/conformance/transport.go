package conformance

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"strings"
)

// Transport sends requests through next, and reports what of each exchange with
// Microsoft Graph is not documented. It changes nothing on the way.
func (d *Documents) Transport(next http.RoundTripper, report func(Violation)) http.RoundTripper {
	return transport{d, next, report}
}

type transport struct {
	documents *Documents
	next      http.RoundTripper
	report    func(Violation)
}

func (t transport) RoundTrip(request *http.Request) (*http.Response, error) {
	if !strings.HasPrefix(request.URL.Path, "/v1.0/") && !strings.HasPrefix(request.URL.Path, "/beta/") {
		return t.next.RoundTrip(request)
	}
	sent, err := drain(&request.Body)
	if err != nil {
		return nil, err
	}
	response, err := t.next.RoundTrip(request)
	if err != nil {
		return nil, err
	}
	got, err := drain(&response.Body)
	if err != nil {
		response.Body = brokenOff{bytes.NewReader(got), err}
		return response, nil
	}
	for _, v := range t.documents.Check(Exchange{
		Method: request.Method, Target: request.URL.RequestURI(),
		RequestHeader: request.Header, RequestBody: plain(request.Header, sent),
		Status: response.StatusCode, ResponseHeader: response.Header, ResponseBody: plain(response.Header, got),
	}) {
		t.report(v)
	}
	return response, nil
}

// brokenOff is a body that ends with an error.
type brokenOff struct {
	content *bytes.Reader
	err     error
}

func (b brokenOff) Read(p []byte) (int, error) {
	if n, err := b.content.Read(p); err == nil {
		return n, nil
	}
	return 0, b.err
}

func (brokenOff) Close() error { return nil }

// drain reads a body, and puts one with the same content in its place. What it read before an error it returns too.
func drain(body *io.ReadCloser) ([]byte, error) {
	if *body == nil || *body == http.NoBody {
		return nil, nil
	}
	content, err := io.ReadAll(*body)
	if err != nil {
		_ = (*body).Close()
		return content, err
	}
	if err := (*body).Close(); err != nil {
		return nil, err
	}
	*body = io.NopCloser(bytes.NewReader(content))
	return content, nil
}

// plain undoes the content encoding; a body that is not what it says stays, and is
// reported as not being JSON.
func plain(header http.Header, body []byte) []byte {
	if header.Get("Content-Encoding") != "gzip" {
		return body
	}
	reader, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return body
	}
	decoded, err := io.ReadAll(reader)
	if err != nil {
		return body
	}
	return decoded
}
