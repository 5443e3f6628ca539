package chaos

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/fault"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/throttle"
)

// storm is a tenant at its worst, for a CLI. Everything that chance decides comes from the seed; but the CLI sends what it
// sends at the same time in any order, so that a run comes close to another one and is not the same.
type storm struct {
	seed      uint64
	workloads int
	lag       time.Duration // at most
	// window is the provider's, longer than the lag. It has two minutes for it as a rule, which is how long it looks for
	// what an unanswered create may have made: a test has no such time.
	window time.Duration
	limits throttle.Limits
	// apart is how many requests are between the faults that are sure to happen; 0 has none of them.
	apart int
}

var (
	// Microsoft's limits are for ten seconds and for two and a half minutes; these are reached and left behind in seconds, also
	// where a machine with much to do sends a third of what an idle one does.
	wholeStorm = storm{
		seed: 20260301, workloads: 50, lag: 30 * time.Second, window: 40 * time.Second, apart: 15,
		limits: throttle.Limits{Units: throttle.Limit{Count: 100, Per: 10 * time.Second}, Writes: throttle.Limit{Count: 30, Per: 10 * time.Second}},
	}
	smallStorm = storm{
		seed: 1, workloads: 3, lag: 300 * time.Millisecond, window: time.Second,
		limits: throttle.Limits{Units: throttle.Limit{Count: 20, Per: time.Second}, Writes: throttle.Limit{Count: 10, Per: time.Second}},
	}
)

// kinds are the faults of the storm.
var kinds = []string{
	anyRequest + " 429 retry-after=1.5",
	anyRequest + " 429",
	anyRequest + " 503 retry-after=2",
	anyRequest + " 503",
	anyRequest + " 504",
	anyRequest + " 504 after",
	anyRequest + " 500",
	anyRequest + " 500 after",
	anyWrite + " 409 code=Directory_ConcurrencyViolation",
	anyRequest + " reset",
	anyRequest + " reset after",
	anyRequest + " lost=2s",
	anyRequest + " truncated",
	anyRequest + " expired",
}

// Of the token endpoint fewer failures in a row are borne than of Microsoft Graph, and a run asks it only a few times.
const (
	anyRequest = "* /v1.0/**"
	anyWrite   = "POST,PUT,PATCH,DELETE /v1.0/**"
	// odds are how many requests fail, by all kinds together.
	odds = 0.05
)

// rules have all requests take their time and fail by chance. Each kind of fault happens once for certain too, and the
// token endpoint fails where the provider asks it for another token, because one has expired before its time.
func (s storm) rules() []fault.Rule {
	lines := []string{fmt.Sprintf("%s latency=5ms..150ms p=0.3 seed=%d", anyRequest, s.seed)}
	if s.apart > 0 {
		// Without a fault it is asked twice, to plan and to apply.
		lines = append(lines, tokenPath+" 503 skip=2 count=2", tokenPath+" reset skip=2 count=1")
		for i, kind := range kinds {
			lines = append(lines, fmt.Sprintf("%s skip=%d count=1", kind, s.apart*(i+1)))
		}
	}
	for i, kind := range kinds {
		lines = append(lines, fmt.Sprintf("%s p=%.5f seed=%d", kind, odds/float64(len(kinds)), s.seed+uint64(i)))
	}
	return fault.MustParse(lines...)
}

// TestCLI has a CLI apply, plan and destroy a lot while the tenant fails in every way at once.
func TestCLI(t *testing.T) {
	t.Parallel()
	cli := findCLI(t)
	s := smallStorm
	if *whole {
		s = wholeStorm
	}
	site, err := newSite(t.Context(), cli, "workloads.tf", s.window)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := site.close(); err != nil {
			t.Error(err)
		}
	}()
	site.workspace.Env = append(site.workspace.Env, fmt.Sprintf("TF_VAR_workloads=%d", s.workloads))
	if err := site.tenant.SetReplication(emulator.Replication{Replicas: 4, Lag: emulator.Lag{Max: s.lag}, Seed: s.seed}); err != nil {
		t.Fatal(err)
	}
	site.tenant.Throttle().Set(s.limits)
	site.tenant.Faults().Set(s.rules()...)

	part := fmt.Sprintf("%s: %d applications with service principals and credentials, replicas up to %s behind, faults in %g %% of all requests and a small throttle (seed %d)",
		cli.Name, s.workloads, s.lag, odds*100, s.seed)
	refused := 0
	for _, step := range []struct {
		name string
		do   func() error
		want int
	}{
		{"apply succeeds at the first attempt", func() error { _, err := site.run(t.Context(), "apply"); return err }, 3 * s.workloads},
		{"the plan is empty", func() error { return site.planEmpty(t.Context()) }, 3 * s.workloads},
		{"destroy succeeds at the first attempt", func() error { _, err := site.run(t.Context(), "destroy"); return err }, 0},
	} {
		site.tenant.ResetRequests()
		began := time.Now()
		err := step.do()
		took := time.Since(began).Round(100 * time.Millisecond)
		if there := len(site.live()); err == nil && there != step.want {
			err = fmt.Errorf("the tenant holds %d objects, not %d", there, step.want)
		}
		if err == nil {
			err = site.exact()
		}
		sent, failed, throttled := came(site.tenant.Requests())
		refused += throttled
		results.enter(part, step.name, err == nil, "%d objects, %s, %d requests of which %d met a fault and %d the throttle", step.want, took, sent, failed, throttled)
		if err != nil {
			t.Fatalf("seed %d: %s: %v", s.seed, step.name, err)
		}
	}

	if s.apart == 0 {
		return
	}
	var spared []string
	for _, report := range site.tenant.Faults().Report() {
		if report.Applied == 0 && report.Rule.Probability == 0 {
			spared = append(spared, report.Rule.String())
		}
	}
	results.enter(part, "every kind of fault has happened", spared == nil && refused > 0, "%d kinds, the token endpoint's, and the throttle", len(kinds))
	if spared != nil || refused == 0 {
		t.Errorf("these did not happen: %q; the throttle refused %d requests", spared, refused)
	}
}

// came counts the requests, those that failed by a rule, and those that the throttle refused.
func came(requests []emulator.Request) (sent, failed, throttled int) {
	for _, r := range requests {
		if strings.Contains(r.Note, "fault: ") || strings.Contains(r.Note, "token expired") {
			failed++
		}
		if strings.Contains(r.Note, "throttled: ") {
			throttled++
		}
	}
	return len(requests), failed, throttled
}
