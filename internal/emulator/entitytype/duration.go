package entitytype

import (
	"regexp"
	"strconv"
	"time"
)

// durationPattern is the form of Edm.Duration: ISO 8601 with days, hours, minutes and seconds.
var durationPattern = regexp.MustCompile(`^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.\d+)?S)?)?$`)

// ParseDuration reads an Edm.Duration that is not negative, to the second.
func ParseDuration(text string) (time.Duration, bool) {
	parts := durationPattern.FindStringSubmatch(text)
	if parts == nil || text == "P" || text[len(text)-1] == 'T' {
		return 0, false
	}
	var total time.Duration
	for i, unit := range []time.Duration{24 * time.Hour, time.Hour, time.Minute, time.Second} {
		if parts[i+1] == "" {
			continue
		}
		n, err := strconv.ParseInt(parts[i+1], 10, 32)
		if err != nil {
			return 0, false
		}
		total += time.Duration(n) * unit
	}
	return total, total >= 0
}
