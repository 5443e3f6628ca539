package fault

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/requestpath"
)

// Effect is what happens to a request.
type Effect string

// The effects; the package's documentation says what they do.
const (
	Status    Effect = "status"
	Reset     Effect = "reset"
	Lost      Effect = "lost"
	Truncated Effect = "truncated"
	Empty     Effect = "empty"
	Garbled   Effect = "garbled"
	Delayed   Effect = "delayed"
	Expired   Effect = "expired"
	Latency   Effect = "latency"
)

// Rule says which requests fail, and how. Its text, and what the parts mean, is in the package's documentation.
type Rule struct {
	Methods []string // upper case; empty is any
	Path    string
	Effect  Effect
	Delay   Delay // of Lost, Delayed and Latency

	Status     int // of the effect Status
	Code       string
	Message    string
	RetryAfter string
	After      bool // of the effects Status and Reset

	Skip        int
	Count       int     // 0 is without end
	Probability float64 // 0 is always
	Seed        uint64
}

// Delay is a time by chance between two, which may be the same.
type Delay struct{ Min, Max time.Duration }

// UnmarshalText reads "100ms" or "50ms..200ms".
func (d *Delay) UnmarshalText(text []byte) error {
	low, high, isRange := strings.Cut(string(text), "..")
	if !isRange {
		high = low
	}
	least, errLeast := time.ParseDuration(low)
	most, errMost := time.ParseDuration(high)
	if errLeast != nil || errMost != nil || least < 0 || most < least {
		return fmt.Errorf("%q is not a duration such as 100ms, nor two with .. between, the shorter one first", text)
	}
	*d = Delay{least, most}
	return nil
}

// MarshalText is String.
func (d Delay) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

func (d Delay) String() string {
	if d.Min == d.Max {
		return d.Min.String()
	}
	return d.Min.String() + ".." + d.Max.String()
}

// String is the rule as Parse reads it.
func (r Rule) String() string {
	parts := []string{"*", quoted(r.Path), string(r.Effect)}
	if len(r.Methods) > 0 {
		parts[0] = strings.Join(r.Methods, ",")
	}
	switch {
	case r.Effect == Status:
		parts[2] = strconv.Itoa(r.Status)
	case r.Effect == Latency, r.Effect == Delayed, r.Delay != Delay{}:
		parts[2] += "=" + r.Delay.String()
	}
	option := func(name, value string, given bool) {
		if given {
			parts = append(parts, name+"="+quoted(value))
		}
	}
	if r.After {
		parts = append(parts, "after")
	}
	option("code", r.Code, r.Code != "")
	option("message", r.Message, r.Message != "")
	option("retry-after", r.RetryAfter, r.RetryAfter != "")
	option("skip", strconv.Itoa(r.Skip), r.Skip > 0)
	option("count", strconv.Itoa(r.Count), r.Count > 0)
	option("p", strconv.FormatFloat(r.Probability, 'g', -1, 64), r.Probability > 0)
	option("seed", strconv.FormatUint(r.Seed, 10), r.Seed > 0)
	return strings.Join(parts, " ")
}

func quoted(text string) string {
	special := func(r rune) bool { return r == '"' || r == '#' || unicode.IsSpace(r) || !unicode.IsPrint(r) }
	if strings.ContainsFunc(text, special) {
		return strconv.Quote(text)
	}
	return text
}

// matches reports whether the rule is about a request with that method and those segments.
func (r Rule) matches(method string, segments []string) bool {
	if len(r.Methods) > 0 && !slices.Contains(r.Methods, method) {
		return false
	}
	pattern := strings.Split(strings.Trim(r.Path, "/"), "/")
	return match(pattern, segments) || requestpath.IsGraph(segments) && match(pattern, segments[1:])
}

// match goes through the pattern once, with all the places in the path at which what came of it so far may end.
func match(pattern, segments []string) bool {
	ends := make([]bool, len(segments)+1)
	ends[0] = true
	for _, part := range pattern {
		if part == "**" {
			for i := 1; i < len(ends); i++ {
				ends[i] = ends[i] || ends[i-1]
			}
			continue
		}
		for i := len(segments); i > 0; i-- {
			ends[i] = ends[i-1] && (part == "*" || part == segments[i-1])
		}
		ends[0] = false
	}
	return ends[len(segments)]
}
