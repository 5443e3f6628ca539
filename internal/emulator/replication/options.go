package replication

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// maximumReplicas is more than any test needs; each change remembers when each replica has it.
const maximumReplicas = 100

// Options says how a directory is replicated. The zero value is one that is not.
type Options struct {
	Replicas int `json:"replicas"` // 0 has the directory itself answer everything
	Lag      Lag `json:"lag"`      // how long after a change each replica has it
	// Seed is what all chance comes from: with the same seed, changes and requests that come in the same order meet the
	// same lags and replicas.
	Seed uint64 `json:"seed"`
	// RoundRobin has the replicas answer in turn; otherwise each request goes to one of them at random.
	RoundRobin bool `json:"roundRobin"`
	// SignIn has the token endpoint, too, see what a replica has: applications and their credentials are unknown to it
	// until they have arrived there.
	SignIn bool `json:"signIn"`
}

func (o Options) check() error {
	switch {
	case o.Replicas < 0 || o.Replicas > maximumReplicas:
		return fmt.Errorf("there can be 0 to %d replicas, not %d", maximumReplicas, o.Replicas)
	case o.Lag.Min < 0 || o.Lag.Max < o.Lag.Min:
		return fmt.Errorf("a lag cannot be %v", o.Lag)
	case o.Replicas == 0 && o.Lag.Max > 0:
		return errors.New("a lag needs replicas")
	}
	return nil
}

// Lag is a time, or the bounds of one that chance picks anew for each change and replica. Its text is "5s" or "0s..30s".
type Lag struct {
	Min, Max time.Duration
}

// Fixed is a lag that is always the same.
func Fixed(lag time.Duration) Lag { return Lag{lag, lag} }

// String is the lag's text.
func (l Lag) String() string {
	if l.Min == l.Max {
		return l.Min.String()
	}
	return l.Min.String() + ".." + l.Max.String()
}

// MarshalText is String.
func (l Lag) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// UnmarshalText reads the lag's text.
func (l *Lag) UnmarshalText(text []byte) error {
	least, most, between := strings.Cut(string(text), "..")
	if !between {
		most = least
	}
	var read Lag
	for _, bound := range []struct {
		text string
		into *time.Duration
	}{{least, &read.Min}, {most, &read.Max}} {
		value, err := time.ParseDuration(bound.text)
		if err != nil {
			return fmt.Errorf(`a lag is a duration, "5s", or two, "0s..30s", not %q`, text)
		}
		*bound.into = value
	}
	if read.Min < 0 || read.Max < read.Min {
		return fmt.Errorf("a lag cannot be %q", text)
	}
	*l = read
	return nil
}
