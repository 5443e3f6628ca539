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
// testing/synctest when the tenant was made in the same bubble. The time of a bubble begins in the year 2000, when the
// seeded credentials are not valid yet: sleep until they are, which takes no time.
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
	if client.Err() != nil {
		if request.Body != nil {
			_ = request.Body.Close()
		}
		return nil, context.Cause(client)
	}
	server, hangUp := context.WithCancel(client)
	defer hangUp()
	arrived := arrive(server, request)
	served := make(chan *connection, 1)
	go func() {
		c := &connection{header: http.Header{}}
		c.serve(t.Tenant, arrived)
		_ = arrived.Body.Close()
		served <- c
	}()
	select {
	case c := <-served:
		return c.response(request)
	case <-client.Done():
		return nil, context.Cause(client)
	}
}

// arrive is the request as a server has it.
func arrive(ctx context.Context, request *http.Request) *http.Request {
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
	return arrived
}

// connection is the tenant's end of a connection that is none.
type connection struct {
	header  http.Header
	status  int
	sent    http.Header // the header when the status was written
	content bytes.Buffer
	broken  bool // off, by the tenant
}

func (c *connection) serve(handler http.Handler, request *http.Request) {
	defer func() {
		if p := recover(); p == http.ErrAbortHandler { //nolint:errorlint // a sentinel that is thrown as it is
			c.broken = true
		} else if p != nil {
			panic(p)
		}
	}()
	handler.ServeHTTP(c, request)
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

// response is what the client sees.
func (c *connection) response(request *http.Request) (*http.Response, error) {
	if c.broken && c.status == 0 {
		return nil, &net.OpError{Op: "read", Net: "tcp", Err: os.NewSyscallError("read", syscall.ECONNRESET)}
	}
	c.WriteHeader(http.StatusOK)
	response := &http.Response{
		Status:     strconv.Itoa(c.status) + " " + http.StatusText(c.status),
		StatusCode: c.status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: c.sent, Request: request,
		ContentLength: int64(c.content.Len()),
	}
	body := io.Reader(&c.content)
	if length, err := strconv.ParseInt(c.sent.Get("Content-Length"), 10, 64); err == nil && request.Method != http.MethodHead {
		c.broken = c.broken || length > response.ContentLength
		response.ContentLength = length
	}
	if c.broken {
		body = io.MultiReader(body, brokenOff{})
	}
	response.Body = io.NopCloser(body)
	return response, nil
}

// brokenOff is where a body ends that should go on.
type brokenOff struct{}

func (brokenOff) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }
