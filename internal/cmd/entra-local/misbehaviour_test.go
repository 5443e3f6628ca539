package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestServe_misbehaviour(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "rules")
	if err := os.WriteFile(file, []byte("# of the file\nGET /** 503 p=0.05\n\nDELETE /** reset\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	const off = `{"limits":{}}`
	for _, test := range []struct {
		arguments []string
		faults    string
		limit     string // a part of the answer
	}{
		{nil, `{"rules":[]}`, off},
		{[]string{"--throttle", "S"}, `{"rules":[]}`, `"units":{"count":3500,"per":"10s"}`},
		{[]string{"--throttle", "L/80"}, `{"rules":[]}`, `"units":{"count":100,"per":"10s"}`},
		{
			[]string{"--fault", "POST /applications,x 429 retry-after=1.5 count=1", "--fault", "@" + file},
			`{"rules":[{"rule":"POST /applications,x 429 retry-after=1.5 count=1","matched":0,"applied":0},` +
				`{"rule":"GET /** 503 p=0.05","matched":0,"applied":0},{"rule":"DELETE /** reset","matched":0,"applied":0}]}`, off,
		},
		{
			[]string{"--fault", "GET /nothing 503", "--latency", "1ms..2ms"},
			`{"rules":[{"rule":"* /** latency=1ms..2ms","matched":0,"applied":0},{"rule":"GET /nothing 503","matched":0,"applied":0}]}`, off,
		},
	} {
		running, _, _, _ := serving(t, t.TempDir(), test.arguments...)
		if got := get(t, running, "/_local/faults"); got != test.faults {
			t.Errorf("%v: %s", test.arguments, got)
		}
		if got := get(t, running, "/_local/throttle"); !strings.Contains(got, test.limit) {
			t.Errorf("%v: %s", test.arguments, got)
		}
	}
}

func TestServe_misbehaviourUsage(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "rules")
	if err := os.WriteFile(file, []byte("GET /** 503\nGET /** explode\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		arguments []string
		code      int
		says      string
	}{
		{[]string{"--fault", "GET /applications"}, exitUsage, "--fault: line 1"},
		{[]string{"--fault", "@" + file}, exitUsage, "line 2"},
		{[]string{"--fault", "@" + file + ".missing"}, exitFailure, "reading the rules of --fault"},
		{[]string{"--throttle", "XL"}, exitUsage, `--throttle: "XL" is not the size of a tenant`},
		{[]string{"--latency", "soon"}, exitUsage, `invalid argument "soon" for "--latency" flag`},
	} {
		_, said, code := command(t, append([]string{"serve", "--ca-dir", t.TempDir()}, test.arguments...)...)
		if code != test.code || !strings.Contains(said, test.says) {
			t.Errorf("%v: %d %q", test.arguments, code, said)
		}
	}
}

func TestServe_misbehaviourHelp(t *testing.T) {
	t.Parallel()
	help, _, code := command(t, "serve", "--help")
	for _, part := range []string{"--fault", "--throttle", "--latency", "truncated", "retry-after="} {
		if code != 0 || !strings.Contains(help, part) {
			t.Errorf("the help does not have %s", part)
		}
	}
}
