package process

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"testing"
)

// holding has the test program hold much, as a provider does that reads a large tenant, and say how often it collected.
const holding = "PROCESS_TEST_HOLDS"

func TestMain(m *testing.M) {
	if os.Getenv(holding) == "" {
		os.Exit(m.Run())
	}
	Prepare()
	held := make([][]byte, 0, 1<<20)
	for range cap(held) { // 320 MB
		held = append(held, make([]byte, 320))
	}
	var sum int
	for range 3 * cap(held) { // 960 MB of garbage
		sum += len(make([]byte, 320+len(held)%2))
	}
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	runtime.KeepAlive(held)
	fmt.Println(stats.NumGC, sum)
}

// TestMemoryLimit_grows: a process that holds twice the limit does not spend its time on collecting.
func TestMemoryLimit_grows(t *testing.T) {
	t.Parallel()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), program) //nolint:gosec // this one
	command.Env = append(os.Environ(), holding+"=1")
	output, err := command.Output()
	if err != nil {
		t.Fatal(err)
	}
	count, _, _ := strings.Cut(string(output), " ")
	if collections, err := strconv.Atoi(count); err != nil || collections > 30 {
		t.Errorf("%s collections, %v", count, err)
	}
}

func TestLogForReaders(t *testing.T) {
	t.Parallel()
	off := map[string]string{
		"TF_LOG_SDK": "OFF", "TF_LOG_SDK_PROTO": "OFF", "TF_LOG_SDK_FRAMEWORK": "OFF", "TF_LOG_PROVIDER_WORKLOADID": "OFF",
	}
	withProto := maps.Clone(off)
	withProto["TF_LOG_SDK_PROTO"] = "DEBUG"
	for name, test := range map[string]struct{ before, after map[string]string }{
		"nobody reads":              {map[string]string{}, off},
		"Terraform's own logs only": {map[string]string{"TF_LOG_CORE": "TRACE"}, off},
		"everything":                {map[string]string{"TF_LOG": "INFO"}, map[string]string{}},
		"the provider's":            {map[string]string{"TF_LOG_PROVIDER": "JSON"}, map[string]string{}},
		"one logger":                {map[string]string{"TF_LOG_SDK_PROTO": "DEBUG"}, withProto},
	} {
		environment := maps.Clone(test.before)
		logForReaders(func(name string) string { return environment[name] }, func(name, value string) error {
			environment[name] = value
			return nil
		})
		want := maps.Clone(test.before)
		maps.Copy(want, test.after)
		if !maps.Equal(environment, want) {
			t.Errorf("%s: %v, want %v", name, environment, want)
		}
	}
}
