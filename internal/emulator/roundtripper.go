package emulator

import (
	"bytes"
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"syscall"
)

// RoundTripper sends requests to a tenant in the same process, without a network: for clients in tests, also under
// testing/synctest when the tenant was made in the same bubble.
//
// What a tenant does to connections, the client sees as it would on a network. Where the tenant breaks one off, the error
// is syscall.ECONNRESET in a *net.OpError or, in the middle of an answer's body, io.ErrUnexpectedEOF; where no answer
// comes, it is that of the request's context once this ends.
type RoundTripper struct {
	Tenant http.Handler
}

// RoundTrip serves the request. It returns at the end of the request's context, also while the tenant is still at work.
func (t RoundTripper) RoundTrip(request *http.Request) (*http.Response, error) {
	client := request.Context()
	server, hangUp := context.WithCancel(client)
	done := make(chan *http.Response, 1)
	go func() {
		if request.Body != nil {
			defer func() { _ = request.Body.Close() }()
		}
		done <- t.serve(server, request)
	}()
	defer hangUp()
	select {
	case response := <-done:
		if response == nil {
			return nil, &net.OpError{Op: "read", Net: "tcp", Err: os.NewSyscallError("read", syscall.ECONNRESET)}
		}
		return response, nil
	case <-client.Done():
		return nil, context.Cause(client)
	}
}

// serve returns the tenant's answer, nil where the connection was broken off before it.
func (t RoundTripper) serve(ctx context.Context, request *http.Request) *http.Response {
	arrived := request.Clone(ctx)
	if arrived.Body == nil {
		arrived.Body = http.NoBody
	}
	arrived.RequestURI = request.URL.RequestURI()
	if arrived.Host == "" {
		arrived.Host = request.URL.Host
	}
	arrived.RemoteAddr = "127.0.0.1:0" // whoever is in the process is on the machine
	arrived.Proto, arrived.ProtoMajor, arrived.ProtoMinor = "HTTP/1.1", 1, 1
	if request.URL.Scheme == "https" {
		arrived.TLS = &tls.ConnectionState{Version: tls.VersionTLS13, HandshakeComplete: true, ServerName: request.URL.Hostname()}
	}
	w := &connection{header: http.Header{}}
	broken := func() (broken bool) {
		defer func() {
			if p := recover(); p == http.ErrAbortHandler { //nolint:errorlint // a sentinel that is thrown as it is
				broken = true
			} else if p != nil {
				panic(p)
			}
		}()
		t.Tenant.ServeHTTP(w, arrived)
		return false
	}()
	return w.response(request, broken)
}

// connection is the tenant's end of a connection that is none.
type connection struct {
	header  http.Header
	status  int
	sent    http.Header // the header when the status was written
	content bytes.Buffer
}

func (c *connection) Header() http.Header { return c.header }

func (c *connection) WriteHeader(status int) {
	if c.status == 0 && status >= http.StatusOK { // what comes before is only informational
		c.status, c.sent = status, c.header.Clone()
	}
}

func (c *connection) Write(content []byte) (int, error) {
	c.WriteHeader(http.StatusOK)
	return c.content.Write(content)
}

// Flush is here for handlers that send an answer in pieces. The client has it at its end.
func (c *connection) Flush() { c.WriteHeader(http.StatusOK) }

func (c *connection) response(request *http.Request, broken bool) *http.Response {
	if broken && c.status == 0 {
		return nil
	}
	c.WriteHeader(http.StatusOK)
	response := &http.Response{
		Status:     strconv.Itoa(c.status) + " " + http.StatusText(c.status),
		StatusCode: c.status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: c.sent, Request: request, TLS: nil,
		ContentLength: int64(c.content.Len()),
	}
	body := io.Reader(&c.content)
	if length, err := strconv.ParseInt(c.sent.Get("Content-Length"), 10, 64); err == nil && request.Method != http.MethodHead {
		broken = broken || length > response.ContentLength
		response.ContentLength = length
	}
	if broken {
		body = io.MultiReader(body, brokenOff{})
	}
	response.Body = io.NopCloser(body)
	return response
}

// brokenOff is where a body ends that should go on.
type brokenOff struct{}

func (brokenOff) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }
