package graph

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

const defaultConcurrency = 32

// workload is a part of Graph that is throttled on its own. Every is the time between requests it bears in the long
// run (0: no limit but the answers' own), burst how many it takes at once.
//
// Source: https://learn.microsoft.com/graph/throttling-limits.
type workload struct {
	paths []string
	every time.Duration
	burst int
}

// workloads: the first that matches a request's path, after the version, is the one it counts for.
var workloads = []workload{
	// One request a second for a tenant, and no Retry-After when it is more.
	{paths: []string{"/identity/conditionalAccess", "/identityProtection"}, every: time.Second, burst: 1},
	// Five requests in ten seconds for an application in a tenant.
	{paths: []string{"/auditLogs", "/reports"}, every: 2 * time.Second, burst: 5},
	// The directory gives thousands of units in ten seconds and says when it is too much.
	{paths: []string{"/"}},
}

// newLimits bounds the requests in flight and keeps to each workload's pace. When Graph throttles one request, all of
// that workload wait out its Retry-After, because requests sent meanwhile would count against the limit and fail too.
func newLimits(next http.RoundTripper, concurrency int) http.RoundTripper {
	if concurrency == 0 {
		concurrency = defaultConcurrency
	}
	slots := make(chan struct{}, concurrency)
	paces := make([]*pace, len(workloads))
	for i, w := range workloads {
		limit := rate.Inf
		if w.every > 0 {
			limit = rate.Every(w.every)
		}
		paces[i] = &pace{limiter: rate.NewLimiter(limit, w.burst)}
	}
	return roundTripper(func(request *http.Request) (*http.Response, error) {
		ctx := request.Context()
		p := paces[workloadOf(request.URL.Path)]
		for {
			pause := p.remaining()
			if pause <= 0 {
				break
			}
			if !wait(ctx, pause) {
				return nil, newOutOfTime(ctx, "Microsoft Graph is throttling requests")
			}
		}
		if err := p.limiter.Wait(ctx); err != nil {
			return nil, newOutOfTime(ctx, "Microsoft Graph takes requests of this kind only slowly")
		}
		select {
		case slots <- struct{}{}:
		case <-ctx.Done():
			return nil, newOutOfTime(ctx, "other requests to Microsoft Graph are in flight")
		}
		defer func() { <-slots }()
		response, err := next.RoundTrip(request)
		if err == nil && response.StatusCode == http.StatusTooManyRequests {
			if d, ok := retryAfter(response.Header, time.Now()); ok {
				p.hold(d)
			}
		}
		if err == nil {
			p.hold(restraint(response.Header))
		}
		return response, err
	})
}

// restraint is the pause that keeps a workload below its limit. Graph says how much of the limit is used only from 0.8 on,
// and throttles above 1 ("x-ms-throttle-limit-percentage", https://learn.microsoft.com/graph/throttling-limits).
func restraint(header http.Header) time.Duration {
	used, err := strconv.ParseFloat(header.Get("x-ms-throttle-limit-percentage"), 64)
	if err != nil || used <= 0.8 {
		return 0
	}
	return time.Duration(min(used-0.8, 1) * float64(time.Second))
}

// workloadOf returns the index of the workload that a path such as /v1.0/auditLogs/signIns belongs to.
func workloadOf(path string) int {
	if _, rest, ok := strings.Cut(strings.TrimPrefix(path, "/"), "/"); ok {
		path = "/" + rest
	}
	for i, w := range workloads {
		for _, prefix := range w.paths {
			if strings.HasPrefix(path, prefix) {
				return i
			}
		}
	}
	return len(workloads) - 1
}

// outOfTime means that a request was not sent, because its context ended, or would have, before its turn.
type outOfTime struct {
	reason string
	err    error
}

func newOutOfTime(ctx context.Context, reason string) error {
	if ctx.Err() != nil {
		return &outOfTime{reason, context.Cause(ctx)}
	}
	return &outOfTime{reason, context.DeadlineExceeded}
}

func (e *outOfTime) Error() string {
	return fmt.Sprintf("no time was left to wait for the request's turn, since %s: %v", e.reason, e.err)
}

func (e *outOfTime) Unwrap() error { return e.err }

// pace is what is left of a workload's allowance.
type pace struct {
	limiter *rate.Limiter
	mu      sync.Mutex
	until   time.Time
}

func (p *pace) remaining() time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	return time.Until(p.until)
}

func (p *pace) hold(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if until := time.Now().Add(d); d > 0 && until.After(p.until) {
		p.until = until
	}
}
