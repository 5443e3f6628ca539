package graph

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	abstractions "github.com/microsoft/kiota-abstractions-go"
)

var (
	errReset = &net.OpError{Op: "read", Net: "tcp", Err: errors.New("connection reset by peer")}
	errDial  = &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("connection refused")}
)

// through sends one request with a client over the canned answers.
func through(ctx context.Context, t *testing.T, transport *canned, method abstractions.HttpMethod) error {
	t.Helper()
	return do(ctx, t, clientOf(t, Options{Cloud: Cloud{Graph: "https://graph.example"}, Transport: transport}), method, "/applications/1")
}

// Attempts are bounded where the service fails, and having been throttled for long before does not count towards that.
func TestRetry_throttlingUsesUpNoAttempts(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		throttled, failed, sent := answer(429, "", "Retry-After", "1"), fails(errReset), 0
		transport := always(func(r *http.Request) (*http.Response, error) {
			sent++
			switch {
			case sent <= 2*maxAttempts:
				return throttled(r)
			case sent < 2*maxAttempts+maxSilent:
				return failed(r)
			}
			return answer(204, "")(r)
		})
		if err := through(t.Context(), t, transport, abstractions.DELETE); err != nil {
			t.Errorf("after %d requests: %v", sent, err)
		}
	})
}

func TestRetry_whatIsRepeatedAndWhatIsNot(t *testing.T) {
	t.Parallel()
	type reply = func(*http.Request) (*http.Response, error)
	idempotent := []abstractions.HttpMethod{abstractions.GET, abstractions.DELETE, abstractions.PATCH, abstractions.PUT}
	post := []abstractions.HttpMethod{abstractions.POST}
	all := append(post, idempotent...)
	tests := map[string]struct {
		reply   reply
		methods []abstractions.HttpMethod
		repeat  bool
	}{
		"429":                       {answer(429, `{"error":{"code":"TooManyRequests"}}`), all, true},
		"429 with Retry-After":      {answer(429, "", "Retry-After", "1.5"), all, true},
		"503":                       {answer(503, ""), idempotent, true},
		"503 to a POST":             {answer(503, ""), post, false},
		"503 with Retry-After":      {answer(503, "", "Retry-After", "2"), all, true},
		"502":                       {answer(502, ""), idempotent, true},
		"502 to a POST":             {answer(502, "", "Retry-After", "2"), post, false},
		"504":                       {answer(504, ""), idempotent, true},
		"504 to a POST":             {answer(504, "", "Retry-After", "2"), post, false},
		"500":                       {answer(500, ""), idempotent, true},
		"500 to a POST":             {answer(500, "", "Retry-After", "2"), post, false},
		"400":                       {answer(400, ""), all, false},
		"401":                       {answer(401, ""), all, false},
		"403":                       {answer(403, ""), all, false},
		"404":                       {answer(404, ""), all, false},
		"409":                       {answer(409, ""), all, false},
		"connection reset":          {fails(errReset), idempotent, true},
		"connection reset, POST":    {fails(errReset), post, false},
		"answer cut off":            {cutOff, idempotent, true},
		"answer cut off, POST":      {cutOff, post, false},
		"no connection":             {fails(errDial), all, true},
		"no such host":              {fails(&net.OpError{Op: "dial", Err: &net.DNSError{IsNotFound: true}}), all, false},
		"name server out of reach":  {fails(&net.OpError{Op: "dial", Err: &net.DNSError{IsTemporary: true}}), all, true},
		"certificate not trusted":   {fails(&tls.CertificateVerificationError{Err: errors.New("unknown authority")}), all, false},
		"net/http's own time limit": {fails(timeout{}), idempotent, true},
	}
	for name, test := range tests {
		for _, method := range test.methods {
			t.Run(name+"/"+method.String(), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					transport := &canned{answers: []func(*http.Request) (*http.Response, error){test.reply, answer(204, "")}}
					err := through(t.Context(), t, transport, method)
					if test.repeat && (err != nil || transport.count() != 2) {
						t.Errorf("got %v after %d requests, want success after 2", err, transport.count())
					}
					if !test.repeat && (err == nil || transport.count() != 1) {
						t.Errorf("got %v after %d requests, want an error after 1", err, transport.count())
					}
				})
			})
		}
	}
}

func TestRetry_repeatablePost(t *testing.T) {
	t.Parallel()
	for name, reply := range map[string]func(*http.Request) (*http.Response, error){
		"500": answer(500, ""), "503": answer(503, ""), "504": answer(504, ""), "connection reset": fails(errReset), "answer cut off": cutOff,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				transport := &canned{answers: []func(*http.Request) (*http.Response, error){reply, answer(204, "")}}
				if err := through(Repeatable(t.Context()), t, transport, abstractions.POST); err != nil || transport.count() != 2 {
					t.Errorf("got %v after %d requests", err, transport.count())
				}
			})
		})
	}
}

// A 500 that stays is reported in seconds.
func TestRetry_lastingServerError(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		transport := always(answer(500, `{"error":{"code":"Service_InternalServerError","message":"Broken."}}`))
		started := time.Now()
		err := through(t.Context(), t, transport, abstractions.GET)
		if e, ok := AsError(err); !ok || e.Status != 500 || transport.count() != maxSilent || time.Since(started) > 10*time.Second {
			t.Errorf("got %v after %d requests and %s", err, transport.count(), time.Since(started))
		}
	})
}

// timeout is an error like that of net/http when ResponseHeaderTimeout passes, which claims to be a deadline.
type timeout struct{}

func (timeout) Error() string        { return "net/http: timeout awaiting response headers" }
func (timeout) Is(target error) bool { return target == context.DeadlineExceeded }

func cutOff(request *http.Request) (*http.Response, error) {
	response, err := answer(200, "")(request)
	response.Body = io.NopCloser(io.MultiReader(strings.NewReader(`{"id":`), errorReader{}))
	return response, err
}

type errorReader struct{}

func (errorReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func TestRetry_repeatsTheWholeRequest(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		transport := &canned{answers: []func(*http.Request) (*http.Response, error){answer(429, ""), fails(errReset), answer(204, "")}}
		if err := through(t.Context(), t, transport, abstractions.PATCH); err != nil {
			t.Fatal(err)
		}
		for i, request := range transport.seen {
			if transport.bodies[i] != `{"displayName":"x"}` || request.Header.Get("Authorization") != "Bearer token-1" {
				t.Errorf("request %d: body %q, header %v", i, transport.bodies[i], request.Header)
			}
			if id := request.Header.Get(clientRequestID); id == "" || id != transport.seen[0].Header.Get(clientRequestID) {
				t.Errorf("request %d: client-request-id %q", i, id)
			}
		}
	})
}

func TestRetry_obeysRetryAfter(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		header func(time.Time) string
		want   time.Duration
	}{
		"seconds":          {func(time.Time) string { return "7" }, 7 * time.Second},
		"fraction":         {func(time.Time) string { return "2.128" }, 2128 * time.Millisecond},
		"zero":             {func(time.Time) string { return "0" }, 0},
		"date":             {func(now time.Time) string { return now.Add(9 * time.Second).UTC().Format(http.TimeFormat) }, 9 * time.Second},
		"date in the past": {func(now time.Time) string { return now.Add(-time.Hour).UTC().Format(http.TimeFormat) }, 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				transport := &canned{answers: []func(*http.Request) (*http.Response, error){
					func(r *http.Request) (*http.Response, error) {
						return answer(429, "", "Retry-After", test.header(time.Now()))(r)
					},
					answer(204, ""),
				}}
				if err := through(t.Context(), t, transport, abstractions.GET); err != nil {
					t.Fatal(err)
				}
				if got := transport.times[1].Sub(transport.times[0]); got != test.want {
					t.Errorf("waited %v, want %v", got, test.want)
				}
			})
		})
	}
}

func TestRetry_backsOffAndGivesUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		transport := &canned{answers: []func(*http.Request) (*http.Response, error){answer(503, `{"error":{"code":"ServiceUnavailable","message":"Busy."}}`, "Retry-After", "nonsense")}}
		err := through(t.Context(), t, transport, abstractions.GET)
		if e, ok := AsError(err); !ok || e.Status != 503 || e.Message != "Busy." {
			t.Errorf("got %v, want the service's last answer", err)
		}
		if transport.count() != maxAttempts {
			t.Errorf("%d attempts, want %d", transport.count(), maxAttempts)
		}
		expected := firstDelay
		for i := 1; i < len(transport.times); i++ {
			if waited := transport.times[i].Sub(transport.times[i-1]); waited < expected/2 || waited > expected {
				t.Errorf("waited %v before attempt %d, want between %v and %v", waited, i+1, expected/2, expected)
			}
			expected = min(2*expected, longestDelay)
		}
	})
}

// When the deadline would pass while waiting, the answer at hand says more than "deadline exceeded".
func TestRetry_deadlineWins(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		transport := &canned{answers: []func(*http.Request) (*http.Response, error){answer(429, `{"error":{"code":"TooManyRequests"}}`, "Retry-After", "60")}}
		start := time.Now()
		err := through(ctx, t, transport, abstractions.GET)
		if e, ok := AsError(err); !ok || e.Code != "TooManyRequests" {
			t.Errorf("got %v, want Graph's answer", err)
		}
		if waited := time.Since(start); waited != 0 || transport.count() != 1 {
			t.Errorf("gave up after %v and %d requests, want at once", waited, transport.count())
		}
	})
}

func TestRetry_cancelledWhileWaiting(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(3*time.Second, cancel)
		transport := &canned{answers: []func(*http.Request) (*http.Response, error){answer(429, "", "Retry-After", "3600")}}
		start := time.Now()
		err := through(ctx, t, transport, abstractions.GET)
		if err == nil || time.Since(start) != 3*time.Second || transport.count() != 1 {
			t.Errorf("got %v after %v and %d requests", err, time.Since(start), transport.count())
		}
	})
}

func TestRetry_networkFailuresSayWhatToCheck(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		transport := always(fails(errDial))
		err := through(t.Context(), t, transport, abstractions.GET)
		if transport.count() != maxSilent {
			t.Errorf("%d attempts, want %d", transport.count(), maxSilent)
		}
		var network *NetworkError
		if !errors.As(err, &network) || network.Host != "graph.example" || network.Operation != "GET /v1.0/applications/1" || !errors.Is(err, errDial.Err) {
			t.Errorf("got %#v", err)
		}
		for _, want := range []string{"connection refused", "HTTPS_PROXY", "ca_certificate_file", "graph.example"} {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%q lacks %q", err, want)
			}
		}
	})
}

// TestUnrepeated sends once, and says of what it ended in whether, and when, it may be tried again.
func TestUnrepeated(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		reply func(*http.Request) (*http.Response, error)
		again bool
		pause time.Duration // the least
	}{
		"throttled":    {answer(429, "", "Retry-After", "7"), true, 7 * time.Second},
		"unavailable":  {answer(503, ""), true, firstDelay / 2},
		"failed":       {answer(500, ""), true, firstDelay / 2},
		"broken off":   {fails(errReset), true, firstDelay / 2},
		"refused":      {answer(400, ""), false, 0},
		"conflict":     {answer(409, ""), false, 0},
		"no such host": {fails(&net.DNSError{IsNotFound: true}), false, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				sent := 0
				transport := always(func(r *http.Request) (*http.Response, error) {
					sent++
					return test.reply(r)
				})
				err := through(Unrepeated(t.Context()), t, transport, abstractions.PATCH)
				if err == nil || sent != 1 {
					t.Fatalf("it was sent %d times and ended in %v", sent, err)
				}
				began := time.Now()
				if again := Again(t.Context(), 1, err); again != test.again || time.Since(began) < test.pause {
					t.Errorf("again is %t after %s", again, time.Since(began))
				}
				if Again(t.Context(), maxAttempts, err) != (name == "throttled") {
					t.Error("attempts are not bounded as they are for what is repeated by itself")
				}
			})
		})
	}
}
