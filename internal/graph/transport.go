package graph

import (
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"sync"
	"time"
)

// clientRequestID is the header by which a request is found again in Microsoft's logs and ours.
const clientRequestID = "client-request-id"

// roundTripper is a function as a link of the chain.
type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(request *http.Request) (*http.Response, error) { return f(request) }

// NewTransport makes the pool of connections that everything the provider sends shares: HTTP/2 where the server speaks
// it, proxies from the environment, and rootCAs (nil: the system's) as trusted authorities.
func NewTransport(rootCAs *x509.CertPool) http.RoundTripper {
	pool := &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: 15 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		ForceAttemptHTTP2:     true,
		TLSClientConfig:       &tls.Config{RootCAs: rootCAs, MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout:   15 * time.Second,
		ResponseHeaderTimeout: 2 * time.Minute,
		ExpectContinueTimeout: time.Second,
		IdleConnTimeout:       90 * time.Second,
		MaxIdleConnsPerHost:   32,
		// A connection that went dead without a word is noticed within half a minute.
		HTTP2: &http.HTTP2Config{SendPingTimeout: 20 * time.Second, PingTimeout: 10 * time.Second},
	}
	return &pooled{RoundTripper: newOpening(pool), pool: pool}
}

// pooled lets an http.Client close the idle connections below.
type pooled struct {
	http.RoundTripper
	pool *http.Transport
}

func (p *pooled) CloseIdleConnections() { p.pool.CloseIdleConnections() }

// newOpening lets one request to a host go first and the others wait for its answer: net/http opens a connection for
// each request that finds none, so that a refresh of many objects would begin with as many TLS handshakes, of which
// HTTP/2 then needs one.
func newOpening(next http.RoundTripper) http.RoundTripper {
	var openings sync.Map // "scheme://host" -> *opening
	return roundTripper(func(request *http.Request) (*http.Response, error) {
		host := request.URL.Scheme + "://" + request.URL.Host
		value, _ := openings.LoadOrStore(host, &opening{turn: make(chan struct{}, 1), done: make(chan struct{})})
		o := value.(*opening)
		select {
		case <-o.done:
			return next.RoundTrip(request)
		case <-request.Context().Done():
			return nil, request.Context().Err()
		case o.turn <- struct{}{}:
		}
		response, err := next.RoundTrip(request)
		if err == nil {
			o.once.Do(func() { close(o.done) })
		}
		<-o.turn
		return response, err
	})
}

type opening struct {
	once sync.Once
	turn chan struct{}
	done chan struct{}
}

// newIdentification says who calls.
func newIdentification(next http.RoundTripper, userAgent string) http.RoundTripper {
	return roundTripper(func(request *http.Request) (*http.Response, error) {
		if userAgent != "" {
			request.Header.Set("User-Agent", userAgent)
		}
		return next.RoundTrip(request)
	})
}
