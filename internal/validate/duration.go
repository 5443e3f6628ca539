package validate

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
)

var durationForm = regexp.MustCompile(`^(?:([0-9]{1,5})d)?([0-9hms.]*)$`)

// ParseDuration reads a duration such as 90d, 36h or 1d12h: Go's own form with days, of 24 hours each, before it.
func ParseDuration(text string) (time.Duration, error) {
	wrong := errors.New("must be a duration in days, hours, minutes and seconds, as in 90d, 36h or 1d12h")
	match := durationForm.FindStringSubmatch(text)
	if match == nil || text == "" {
		return 0, wrong
	}
	var total time.Duration
	if match[1] != "" {
		days, err := strconv.Atoi(match[1])
		if err != nil {
			return 0, wrong
		}
		total = time.Duration(days) * 24 * time.Hour
	}
	if match[2] != "" {
		rest, err := time.ParseDuration(match[2])
		if err != nil || rest > 100_000*time.Hour {
			return 0, wrong
		}
		total += rest
	}
	return total, nil
}

// SameDuration reports whether two texts are one duration, such as 90d and 2160h.
func SameDuration(a, b string) bool {
	first, err := ParseDuration(a)
	second, other := ParseDuration(b)
	return err == nil && other == nil && first == second
}

// Duration is for durations of at least so long.
func Duration(least time.Duration) validator.String {
	return rule{description: "must be a duration, as in 90d, 36h or 1d12h", check: func(value string) error {
		duration, err := ParseDuration(value)
		if err == nil && duration < least {
			err = fmt.Errorf("must be at least %s", least)
		}
		return err
	}}
}

// Time is for points in time, to the second.
func Time() validator.String {
	return rule{description: "must be a time in RFC 3339 form", check: CheckTime}
}

// CheckTime is the rule of Time.
func CheckTime(value string) error {
	moment, err := time.Parse(time.RFC3339, value)
	if err != nil || moment.Nanosecond() != 0 {
		return errors.New("must be a time in RFC 3339 form, to the second, as in 2030-01-31T12:00:00Z")
	}
	return nil
}

// SameTime reports whether two texts are the same time, such as in two time zones.
func SameTime(a, b string) bool {
	first, err := time.Parse(time.RFC3339, a)
	second, other := time.Parse(time.RFC3339, b)
	return err == nil && other == nil && first.Equal(second)
}
