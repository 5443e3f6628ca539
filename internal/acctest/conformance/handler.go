package conformance

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"strings"
)

// Handler passes requests on to next, and reports what of each exchange is not
// documented. A body of next is passed on as it is.
func (d *Documents) Handler(next http.Handler, report func(Violation)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, "/v1.0/") && !strings.HasPrefix(r.URL.Path, "/beta/") {
			next.ServeHTTP(w, r)
			return
		}
		requestBody, err := io.ReadAll(r.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(requestBody))
		recorded := &recorder{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(recorded, r)
		exchange := Exchange{
			Method: r.Method, Target: r.URL.RequestURI(),
			RequestHeader: r.Header, RequestBody: plain(r.Header, requestBody),
			Status: recorded.status, ResponseHeader: w.Header(), ResponseBody: plain(w.Header(), recorded.body.Bytes()),
		}
		for _, v := range d.Check(exchange) {
			report(v)
		}
	})
}

type recorder struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
}

func (r *recorder) WriteHeader(status int) {
	r.status = status
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(b []byte) (int, error) {
	r.body.Write(b)
	return r.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the writer.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

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
