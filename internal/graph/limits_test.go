package graph

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	abstractions "github.com/microsoft/kiota-abstractions-go"
)

// parallel sends n requests at once and returns their errors.
func parallel(ctx context.Context, t *testing.T, client *Client, n int, path string) []error {
	t.Helper()
	errs := make([]error, n)
	var group sync.WaitGroup
	for i := range n {
		group.Go(func() { errs[i] = do(ctx, t, client, abstractions.GET, path) })
	}
	group.Wait()
	return errs
}

func TestLimits_boundConcurrency(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		running, most := 0, 0
		transport := &canned{answers: []func(*http.Request) (*http.Response, error){func(r *http.Request) (*http.Response, error) {
			mu.Lock()
			running++
			most = max(most, running)
			mu.Unlock()
			time.Sleep(time.Second)
			mu.Lock()
			running--
			mu.Unlock()
			return answer(204, "")(r)
		}}}
		client := clientOf(t, Options{Cloud: Cloud{Graph: "https://graph.example"}, Transport: transport, MaxConcurrency: 4})
		start := time.Now()
		if err := errors.Join(parallel(t.Context(), t, client, 12, "/applications")...); err != nil {
			t.Fatal(err)
		}
		if most != 4 || time.Since(start) != 3*time.Second {
			t.Errorf("%d at once, %v in all; want 4 and 3s", most, time.Since(start))
		}
	})
}

func TestLimits_paceOfSlowWorkloads(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]time.Duration{
		"/applications":                         0,
		"/identity/conditionalAccess/policies":  5 * time.Second,
		"/identityProtection/riskyAgents":       5 * time.Second,
		"/auditLogs/signIns":                    2 * time.Second,
		"/reports/appCredentialSignInActivites": 2 * time.Second,
	} {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				client := clientOf(t, Options{Cloud: Cloud{Graph: "https://graph.example"}, Transport: &canned{answers: []func(*http.Request) (*http.Response, error){answer(204, "")}}})
				start := time.Now()
				if err := errors.Join(parallel(t.Context(), t, client, 6, path)...); err != nil {
					t.Fatal(err)
				}
				if got := time.Since(start); got != want {
					t.Errorf("6 requests took %v, want %v", got, want)
				}
			})
		})
	}
}

// One 429 is enough: the others don't run into it too.
func TestLimits_throttlingHoldsTheWholeWorkload(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		transport := &canned{answers: []func(*http.Request) (*http.Response, error){answer(429, "", "Retry-After", "10"), answer(204, "")}}
		client := clientOf(t, Options{Cloud: Cloud{Graph: "https://graph.example"}, Transport: transport, MaxConcurrency: 1})
		start := time.Now()
		var group sync.WaitGroup
		group.Go(func() { _ = do(t.Context(), t, client, abstractions.GET, "/applications/1") })
		synctest.Wait()
		time.Sleep(time.Second)
		if err := do(t.Context(), t, client, abstractions.GET, "/auditLogs/signIns"); err != nil || time.Since(start) != time.Second {
			t.Errorf("another workload: %v after %v, want success after 1s", err, time.Since(start))
		}
		if err := errors.Join(parallel(t.Context(), t, client, 3, "/servicePrincipals")...); err != nil {
			t.Error(err)
		}
		group.Wait()
		if got := time.Since(start); got != 10*time.Second || transport.count() != 6 {
			t.Errorf("%d requests in %v, want 6 in 10s", transport.count(), got)
		}
	})
}

func TestLimits_noTimeToWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		transport := &canned{answers: []func(*http.Request) (*http.Response, error){answer(429, "", "Retry-After", "100"), answer(204, "")}}
		client := clientOf(t, Options{Cloud: Cloud{Graph: "https://graph.example"}, Transport: transport})
		var group sync.WaitGroup
		group.Go(func() { _ = do(t.Context(), t, client, abstractions.GET, "/applications/1") })
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		err := do(ctx, t, client, abstractions.GET, "/applications/2")
		if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "throttling") || transport.count() != 1 {
			t.Errorf("got %v after %d requests", err, transport.count())
		}
		group.Wait()
	})
}
