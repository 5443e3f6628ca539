//go:build unix

package emulator_test

import (
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator"
)

// processorTime is what this process has used so far.
func processorTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err) // the arguments are good
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// BenchmarkServer is of a tenant of 50,000 applications, over HTTP/2 and TLS. It counts the processor time of the client,
// too, which is in the same process.
func BenchmarkServer(b *testing.B) {
	p := serveEstate(b, 50_000)
	report := func(b *testing.B, work func()) {
		work() // connects
		b.ResetTimer()
		before := processorTime()
		work()
		b.StopTimer()
		b.ReportMetric(float64((processorTime()-before).Microseconds())/float64(b.N), "cpu-µs/op")
	}
	b.Run("read", func(b *testing.B) {
		report(b, func() { p.reads(b, b.N) })
	})
	for name, path := range map[string]string{
		"page of 999":          pageOf999,
		"page of 999 in beta":  strings.Replace(pageOf999, "v1.0", "beta", 1),
		"expanded page of 100": expandedPages,
		"filter by name":       byName(40_000),
		"filter all":           "/v1.0/applications?$select=id&$filter=startswith(displayName,'Estate 4999')",
	} {
		b.Run(name, func(b *testing.B) {
			report(b, func() {
				for range b.N {
					p.get(b, path)
				}
			})
		})
	}
}

// BenchmarkEstate is of 100,000 applications, each with a service principal and a credential: of the memory they need, and
// of the time it takes to make them.
func BenchmarkEstate(b *testing.B) {
	for b.Loop() {
		before, memory := processorTime(), heap()
		tenant, err := emulator.New(emulator.Options{})
		if err != nil {
			b.Fatal(err)
		}
		if err := tenant.AddSeed(emulator.Seed{Estate: 100_000}); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric((processorTime() - before).Seconds(), "cpu-s/op")
		b.ReportMetric(float64(heap()-memory)/(1<<20), "MiB")
		runtime.KeepAlive(tenant)
	}
}

// heap is the memory in use.
func heap() uint64 {
	runtime.GC()
	runtime.GC() // what pools kept through the first one
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	return memory.HeapAlloc
}

// The tenant must not be what a client of large estates waits for. The bounds are two to three times what it is to keep
// to on a usual machine: 2,000 reads a second on one core, a page of 999 in 100 ms, a search without looking at all
// objects, 100,000 applications in 2 GB. It is measured in processor time, the client's included, so that whatever else
// the machine does makes little difference; and not at the same time as other tests, which is why it is not parallel.
func TestTenant_size(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	if raceDetector() {
		t.Skip("the race detector takes most of the time")
	}
	const applications = 10_000
	memory, before := heap(), processorTime()
	p := serveEstate(t, applications)
	made := processorTime() - before
	check := func(what string, each, bound time.Duration) {
		t.Helper()
		t.Logf("%s takes %v of a processor", what, each)
		if each > bound {
			t.Errorf("%s takes %v of a processor, more than %v", what, each, bound)
		}
	}
	check("making an estate of 10,000", made, 6*time.Second)
	each := (heap() - memory) / applications
	t.Logf("an application, its service principal and its credential take %d bytes", each)
	if each > 2<<30/100_000 {
		t.Errorf("100,000 of them are more than 2 GB")
	}
	for what, test := range map[string]struct {
		work  func()
		times int
		bound time.Duration // of one
	}{
		"a read":                  {func() { p.reads(t, 1000) }, 1000, 1250 * time.Microsecond},
		"a page of 999":           {func() { p.get(t, pageOf999) }, 1, 250 * time.Millisecond},
		"an expanded page of 100": {func() { p.get(t, expandedPages) }, 1, 50 * time.Millisecond},
		"a search by name":        {func() { p.get(t, byName(applications-5)) }, 1, 3 * time.Millisecond},
	} {
		best := time.Hour
		for range 5 {
			before := processorTime()
			test.work()
			best = min(best, (processorTime()-before)/time.Duration(test.times))
		}
		check(what, best, test.bound)
	}
}

func raceDetector() bool {
	build, _ := debug.ReadBuildInfo()
	return slices.Contains(build.Settings, debug.BuildSetting{Key: "-race", Value: "true"})
}
