package validate_test

import (
	"testing"
	"time"

	"github.com/workloadid/terraform-provider-workloadid/internal/validate"
)

func TestParseDuration(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Duration{
		"90d": 90 * 24 * time.Hour, "2160h": 90 * 24 * time.Hour, "1d12h": 36 * time.Hour, "0s": 0, "0d": 0, "30m": 30 * time.Minute, "1.5h": 90 * time.Minute, "0": 0,
	} {
		if got, err := validate.ParseDuration(text); err != nil || got != want {
			t.Errorf("%q: got %s, %v; want %s", text, got, err, want)
		}
	}
	for _, text := range []string{"", "d", "90", "90 d", "P90D", "-1h", "1h2d", "3 months", "999999999d", "9999999999h", "1w", "h"} {
		if got, err := validate.ParseDuration(text); err == nil {
			t.Errorf("%q is taken for %s", text, got)
		}
	}
	if !validate.SameDuration("90d", "2160h") || validate.SameDuration("90d", "91d") || validate.SameDuration("x", "x") {
		t.Error("durations are not compared by what they are")
	}
}

func TestCheckTime(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"2030-01-31T12:00:00Z", "2030-01-31T12:00:00+02:00"} {
		if err := validate.CheckTime(text); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
	for _, text := range []string{"", "2030-01-31", "2030-01-31T12:00:00", "2030-01-31T12:00:00.5Z", "tomorrow"} {
		if validate.CheckTime(text) == nil {
			t.Errorf("%q is taken for a time", text)
		}
	}
	if !validate.SameTime("2030-01-31T12:00:00Z", "2030-01-31T14:00:00+02:00") || validate.SameTime("2030-01-31T12:00:00Z", "2030-01-31T12:00:01Z") {
		t.Error("times are not compared by what they are")
	}
}
