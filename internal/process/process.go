// Package process sets up the process of a provider, before it serves.
package process

import (
	"math"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

// Prepare sets up the garbage collector and the loggers, unless the environment does.
func Prepare() {
	collectSeldom(os.Getenv)
	logForReaders(os.Getenv, os.Setenv)
}

// A provider makes a great deal of garbage and holds little: collecting it as often as Go does by default takes a third of
// its time. It may grow to several times what it holds, but not past the limit unless it must: a machine that runs
// Terraform, often a small one, runs other providers too. Where it holds much, the limit is in proportion to that: near a
// limit that does not move, Go would do nothing but collect.
const (
	garbagePercent = 400
	memoryLimit    = 160 << 20
	limitPerLive   = 2
)

// collectSeldom sets up the garbage collector, unless the environment does.
func collectSeldom(getenv func(string) string) {
	if getenv("GOGC") == "" {
		debug.SetGCPercent(garbagePercent)
	}
	if getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memoryLimit)
		afterEachCollection(func() { debug.SetMemoryLimit(max(memoryLimit, limitPerLive*live())) })
	}
}

// afterEachCollection has something done whenever garbage has been collected: this is garbage each time.
func afterEachCollection(do func()) {
	runtime.AddCleanup(new([16]byte), func(do func()) {
		do()
		afterEachCollection(do)
	}, do)
}

// live is how many bytes the last collection left.
func live() int64 {
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(sample)
	if sample[0].Value.Kind() != metrics.KindUint64 {
		return 0 // a Go that does not tell
	}
	return int64(min(sample[0].Value.Uint64(), math.MaxInt64/limitPerLive)) //nolint:gosec // no more than that
}

// logForReaders turns the logs off when nobody reads them. Without TF_LOG or TF_LOG_PROVIDER, Terraform throws away what a
// provider logs; but the loggers don't know that, and write several lines for each call, which Terraform then reads. In a
// plan of thousands of resources that was a sixth of the provider's time. A level that is set for one of the loggers
// itself stays.
func logForReaders(getenv func(string) string, setenv func(name, value string) error) {
	if getenv("TF_LOG") != "" || getenv("TF_LOG_PROVIDER") != "" {
		return
	}
	for _, logger := range []string{"TF_LOG_SDK", "TF_LOG_SDK_PROTO", "TF_LOG_SDK_FRAMEWORK", "TF_LOG_PROVIDER_WORKLOADID"} {
		if getenv(logger) == "" {
			_ = setenv(logger, "OFF") // fails for names that are none only
		}
	}
}
