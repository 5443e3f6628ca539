package graph

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"net"
	"net/http"
	"strconv"
	"time"
)

const (
	// maxAttempts bounds how often one request is sent, the first time included; maxSilent does while nothing answers,
	// so that a wrong address is reported in seconds, or the service only says that it failed (500). Where the service only asks for patience (429) the context's
	// deadline is the only bound.
	maxAttempts = 8
	maxSilent   = 5
	// firstDelay doubles with each attempt up to longestDelay. Retry-After is obeyed as it is.
	firstDelay   = 500 * time.Millisecond
	longestDelay = 30 * time.Second
)

// NewRetry sends again what may be sent again, until it succeeds, attempts run out, or the context's deadline would
// pass while waiting.
func NewRetry(next http.RoundTripper) http.RoundTripper {
	return roundTripper(func(request *http.Request) (*http.Response, error) {
		ctx := request.Context()
		failures := 0 // being asked for patience is none
		for attempt := 1; ; attempt++ {
			sent, err := replay(request)
			if err != nil {
				return nil, err
			}
			response, err := whole(next.RoundTrip(sent))
			throttled := err == nil && response.StatusCode == http.StatusTooManyRequests
			silent := err != nil || response.StatusCode == http.StatusInternalServerError
			if !throttled {
				failures++
			}
			last := failures >= maxAttempts || silent && failures >= maxSilent
			if last || ctx.Err() != nil || ctx.Value(unrepeatedKey{}) != nil || !mayRetry(repeatable(request), response, err) {
				return response, failure(request, err)
			}
			if !wait(ctx, delay(attempt, response)) {
				return response, failure(request, err)
			}
			if response != nil {
				_ = response.Body.Close()
			}
		}
	})
}

// whole reads the answer to its end, so that one that breaks off is a failure like any other, and repeated like any other.
func whole(response *http.Response, err error) (*http.Response, error) {
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(response.Body)
	_ = response.Body.Close()
	if err != nil {
		return nil, fmt.Errorf("the answer broke off after %d bytes: %w", len(body), err)
	}
	response.Body = io.NopCloser(bytes.NewReader(body))
	return response, nil
}

// failure puts a name to what never became an answer.
func failure(request *http.Request, err error) error {
	if err == nil {
		return nil
	}
	if request.Context().Err() != nil || !networkFailure(err) {
		return err
	}
	return &NetworkError{Operation: request.Method + " " + request.URL.Path, Host: request.URL.Host, Err: err}
}

// mayRetry decides whether sending the request again is both useful and safe.
//
// Useful: Microsoft Graph documentation, "Best practices for handling throttling and errors": 429 and 503 are to be
// repeated after Retry-After, 502 and 504 after a pause; a 500 passes as a rule, though it need not. Safe: GET, PUT, PATCH
// and DELETE may reach the service twice without harm. A POST may not, so it is repeated only when the service says that
// it did not act (429: throttled before processing, https://learn.microsoft.com/graph/throttling; 503 with a Retry-After,
// by which the service asks for the request again) or when the connection to it was never made.
func mayRetry(idempotent bool, response *http.Response, err error) bool {
	if err != nil {
		return retryable(err) && (idempotent || neverSent(err))
	}
	switch response.StatusCode {
	case http.StatusTooManyRequests:
		return true
	case http.StatusServiceUnavailable:
		return idempotent || response.Header.Get("Retry-After") != ""
	case http.StatusInternalServerError, http.StatusBadGateway, http.StatusGatewayTimeout:
		return idempotent
	default:
		return false
	}
}

type unrepeatedKey struct{}

// Unrepeated keeps the requests of a context from being sent again by themselves: what they write was made of what was read
// before, and is to be made again of what is there by then. [Again] says when.
func Unrepeated(ctx context.Context) context.Context {
	return context.WithValue(ctx, unrepeatedKey{}, true)
}

// Again reports whether what ended in err may be tried again, and waits until it may. It is for what may be carried out
// twice without harm.
func Again(ctx context.Context, attempt int, err error) bool {
	answer, answered := AsError(err)
	switch {
	case ctx.Err() != nil || !answered && !mayRetry(true, nil, err):
		return false
	case !answered:
		return attempt < maxSilent && wait(ctx, delay(attempt, nil))
	}
	response := &http.Response{StatusCode: answer.Status, Header: answer.Header}
	bound := maxAttempts
	switch answer.Status {
	case http.StatusTooManyRequests:
		bound = math.MaxInt
	case http.StatusInternalServerError:
		bound = maxSilent
	}
	return attempt < bound && mayRetry(true, response, nil) && wait(ctx, delay(attempt, response))
}

// Persistent sends a request again while it gets no answer, or none that counts. It reports whether one was sent before the
// last that may have been carried out: what the last is told to be there already may come of that.
func Persistent(ctx context.Context, send func(ctx context.Context) error) (unanswered bool, err error) {
	ctx = Unrepeated(ctx)
	for attempt := 1; ; attempt++ {
		err = send(ctx)
		if err == nil || !Again(ctx, attempt, err) {
			return unanswered, err
		}
		unanswered = unanswered || IsAmbiguous(err)
	}
}

type repeatableKey struct{}

// Repeatable marks the requests of a context as ones that may reach the service twice without harm, a POST too.
func Repeatable(ctx context.Context) context.Context {
	return context.WithValue(ctx, repeatableKey{}, true)
}

func repeatable(request *http.Request) bool {
	return request.Method != http.MethodPost || request.Context().Value(repeatableKey{}) != nil
}

// retryable tells failures of the moment from those that time does not heal: a host that does not exist, a certificate
// that is not trusted, a credential that is refused.
func retryable(err error) bool {
	if !networkFailure(err) {
		return false
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return false
	}
	dns, ok := errors.AsType[*net.DNSError](err)
	return !ok || !dns.IsNotFound
}

// networkFailure tells what the network did from what the links of the chain themselves refuse. It does not ask for
// context.DeadlineExceeded, which net/http's own timeouts claim to be.
func networkFailure(err error) bool {
	if _, ok := errors.AsType[*CredentialError](err); ok {
		return false
	}
	if _, ok := errors.AsType[*misdirected](err); ok {
		return false
	}
	if _, ok := errors.AsType[*tooLarge](err); ok {
		return false
	}
	_, ok := errors.AsType[*outOfTime](err)
	return !ok
}

// neverSent is true when not even a connection came about.
func neverSent(err error) bool {
	op, ok := errors.AsType[*net.OpError](err)
	return ok && op.Op == "dial"
}

// IsAmbiguous reports whether a request that ended in err may have been carried out all the same: it was sent, and no
// answer says that nothing was done.
func IsAmbiguous(err error) bool {
	if err == nil || neverSent(err) || !networkFailure(err) {
		return false
	}
	answer, answered := AsError(err)
	return !answered || answer.Status >= http.StatusInternalServerError
}

// delay is Retry-After when the answer has one (seconds, perhaps with a fraction, or a date), else an exponential
// back-off of which the second half is chance, so that parallel requests don't return together.
func delay(attempt int, response *http.Response) time.Duration {
	if response != nil {
		if d, ok := retryAfter(response.Header, time.Now()); ok {
			return d
		}
	}
	backOff := longestDelay
	if doublings := attempt - 1; doublings < 10 {
		backOff = min(firstDelay<<doublings, longestDelay)
	}
	return backOff/2 + rand.N(backOff/2+1)
}

func retryAfter(header http.Header, now time.Time) (time.Duration, bool) {
	value := header.Get("Retry-After")
	if seconds, err := strconv.ParseFloat(value, 64); err == nil && seconds >= 0 && seconds < 1e6 {
		return time.Duration(seconds * float64(time.Second)), true
	}
	if date, err := http.ParseTime(value); err == nil {
		return max(0, date.Sub(now)), true
	}
	return 0, false
}

// wait sleeps, and returns false at once when the context would end first.
func wait(ctx context.Context, d time.Duration) bool {
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) <= d {
		return false
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
