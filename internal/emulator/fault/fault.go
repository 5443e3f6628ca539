package fault

import (
	"context"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/requestpath"
)

// Options configures New. A nil function is none.
type Options struct {
	Now  func() time.Time                   // nil is time.Now
	Note func(r *http.Request, note string) // is told what happens to a request
}

// Faults is the rules in force. Its methods are safe for concurrent use.
type Faults struct {
	options Options
	force   atomic.Pointer[force] // nil while there are no rules
}

// force is rules in force, with what has come of them.
type force struct {
	mutex   sync.Mutex
	rules   []counted
	expired map[string]bool // tokens
}

type counted struct {
	Rule
	matched, applied int
	chance           *rand.Rand
}

// New returns no faults.
func New(options Options) *Faults {
	if options.Now == nil {
		options.Now = time.Now
	}
	if options.Note == nil {
		options.Note = func(*http.Request, string) {}
	}
	return &Faults{options: options}
}

// Set puts these rules in place of those before. Tokens that had expired by a rule are good again.
func (f *Faults) Set(rules ...Rule) {
	if len(rules) == 0 {
		f.force.Store(nil)
		return
	}
	fresh := &force{expired: map[string]bool{}}
	for i, rule := range rules {
		fresh.rules = append(fresh.rules, counted{Rule: rule, chance: rand.New(rand.NewPCG(rule.Seed, uint64(i)))})
	}
	f.force.Store(fresh)
}

// Clear takes all rules away.
func (f *Faults) Clear() { f.Set() }

// Report is what has come of a rule.
type Report struct {
	Rule    Rule
	Matched int // requests that it is about, as far as no earlier rule decided
	Applied int // those that failed by it
}

// Report says of each rule what has come of it.
func (f *Faults) Report() []Report {
	reports := []Report{}
	force := f.force.Load()
	if force == nil {
		return reports
	}
	force.mutex.Lock()
	defer force.mutex.Unlock()
	for _, rule := range force.rules {
		reports = append(reports, Report{rule.Rule, rule.matched, rule.applied})
	}
	return reports
}

// verdict is what is to happen to a request.
type verdict struct {
	rule    *Rule // nil where it is served as ever
	delay   time.Duration
	latency time.Duration
	expired bool   // its token is
	seed    uint64 // of Garbled
}

func (f *force) judge(r *http.Request) verdict {
	segments := requestpath.Segments(r.URL)
	token := bearer(r)
	f.mutex.Lock()
	defer f.mutex.Unlock()
	v := verdict{expired: f.expired[token]}
	if v.expired {
		return v
	}
	for i := range f.rules {
		rule := &f.rules[i]
		if rule.Effect == Expired && token == "" || !rule.matches(r.Method, segments) || !rule.fires() {
			continue
		}
		delay := rule.delay()
		if rule.Effect == Latency {
			v.latency += delay
			continue
		}
		if rule.Effect == Expired {
			f.expired[token] = true
			v.expired = true
		}
		v.rule, v.delay = &rule.Rule, delay
		if rule.Effect == Garbled {
			v.seed = rule.chance.Uint64()
		}
		return v
	}
	return v
}

// fires counts a matching request and decides on it.
func (c *counted) fires() bool {
	c.matched++
	if c.matched <= c.Skip || c.Count > 0 && c.applied >= c.Count {
		return false
	}
	if c.Probability > 0 && c.chance.Float64() >= c.Probability {
		return false
	}
	c.applied++
	return true
}

func (c *counted) delay() time.Duration {
	spread := c.Delay.Max - c.Delay.Min
	return c.Delay.Min + time.Duration(c.chance.Float64()*float64(spread))
}

// bearer is the token of a request, which is empty where it has none.
func bearer(r *http.Request) string {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(token)
}

// wait waits, and reports whether the client does so too.
func wait(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
