package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// usage is what the providers that a CLI started used: the memory of the largest, and the processor's time of all. Each
// command of a CLI starts several, one after the other.
type usage struct {
	peak int64 // resident bytes
	cpu  time.Duration
}

const (
	// Between two looks at the processes passes a part of the time that the CLI has run for: a provider of a short command is
	// there for a few dozen milliseconds, and looking often takes time from what is measured. A peak only grows, so what is
	// missed is what the last moments before the end add.
	shortestPause, longestPause = time.Millisecond, 50 * time.Millisecond
	looksPerTime                = 50
	// tick is the unit of the times in /proc/PID/stat; it is the same on all systems.
	tick = 10 * time.Millisecond
)

// watch follows the providers that a CLI starts, through /proc; where there is none, it sees nothing. It goes on until
// stop is called.
func watch(cli int) (stop func() usage) {
	end, result := make(chan struct{}), make(chan usage)
	go func() {
		w := watched{cli: cli, foreign: map[string]bool{}, own: map[string]usage{}}
		for started := time.Now(); ; {
			select {
			case <-time.After(min(max(shortestPause, time.Since(started)/looksPerTime), longestPause)):
				w.look()
			case <-end:
				result <- w.usage()
				return
			}
		}
	}()
	return func() usage {
		close(end)
		return <-result
	}
}

type watched struct {
	cli     int
	foreign map[string]bool  // processes that are none of the CLI's
	own     map[string]usage // its providers, by process id
}

func (w *watched) look() {
	proc, err := os.Open("/proc")
	if err != nil {
		return
	}
	defer proc.Close()
	names, _ := proc.Readdirnames(-1) // what came before an error is good
	for _, name := range names {
		if name[0] < '1' || name[0] > '9' || w.foreign[name] {
			continue
		}
		stat, err := os.ReadFile("/proc/" + name + "/stat")
		if err != nil {
			continue // it has just ended
		}
		parent, cpu, err := parseStat(stat)
		if err != nil || parent != w.cli {
			w.foreign[name] = true
			continue
		}
		// Until it has become the provider, a new process is a copy of the CLI.
		program, err := os.Readlink("/proc/" + name + "/exe")
		if err != nil || !strings.HasPrefix(filepath.Base(program), "terraform-provider-") {
			continue
		}
		w.own[name] = usage{peak: max(peakOf(name), w.own[name].peak), cpu: cpu}
	}
}

func (w *watched) usage() usage {
	var all usage
	for _, one := range w.own {
		all.peak = max(all.peak, one.peak)
		all.cpu += one.cpu
	}
	return all
}

// parseStat reads the parent and the processor's time from /proc/PID/stat; see proc_pid_stat(5). The second field is a
// name in brackets, which may have brackets and spaces in it.
func parseStat(stat []byte) (parent int, cpu time.Duration, err error) {
	fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
	if len(fields) < 13 {
		return 0, 0, fmt.Errorf("%q is not the content of a /proc/PID/stat", stat)
	}
	if parent, err = strconv.Atoi(string(fields[1])); err != nil {
		return 0, 0, err
	}
	for _, field := range fields[11:13] { // in user mode, and in the kernel
		ticks, err := strconv.Atoi(string(field))
		if err != nil {
			return 0, 0, err
		}
		cpu += time.Duration(ticks) * tick
	}
	return parent, cpu, nil
}

// peakOf is the most memory that a process has had resident, 0 where that is not known.
func peakOf(process string) int64 {
	status, err := os.ReadFile("/proc/" + process + "/status")
	if err != nil {
		return 0
	}
	return parsePeak(string(status))
}

// parsePeak reads VmHWM; see proc_pid_status(5).
func parsePeak(status string) int64 {
	_, rest, _ := strings.Cut(status, "\nVmHWM:")
	line, _, _ := strings.Cut(rest, "\n")
	kibibytes, err := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(line, "kB")), 10, 64)
	if err != nil {
		return 0
	}
	return kibibytes << 10
}
