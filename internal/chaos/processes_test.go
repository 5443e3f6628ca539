package chaos

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
)

// needProcesses skips a test that must find processes.
func needProcesses(t *testing.T) {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skipf("the provider's process is found through /proc, which %s does not have", runtime.GOOS)
	}
}

// providersOf are the processes of the provider that a process began.
func providersOf(parent int) []int {
	var found []int
	entries, _ := os.ReadDir("/proc") // without it there are none
	for _, entry := range entries {
		pid, err := strconv.Atoi(entry.Name())
		if err != nil {
			continue
		}
		if _, from, ok := status(pid); ok && from == parent && isProvider(pid) {
			found = append(found, pid)
		}
	}
	return found
}

// isProvider reports whether a process runs the provider: another one may have got the number.
func isProvider(pid int) bool {
	program, err := os.Readlink(fmt.Sprintf("/proc/%d/exe", pid))
	return err == nil && strings.HasPrefix(filepath.Base(program), "terraform-provider-workloadid")
}

// lives reports whether a process of the provider is there that has not ended.
func lives(pid int) bool {
	state, _, ok := status(pid)
	return ok && state != "Z" && state != "X" && isProvider(pid)
}

// status is the state and the parent of a process; see proc(5), /proc/pid/stat. The program's name, which may have
// anything in it, ends with the last bracket.
func status(pid int) (state string, parent int, ok bool) {
	content, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return "", 0, false
	}
	fields := strings.Fields(string(content[strings.LastIndexByte(string(content), ')')+1:]))
	if len(fields) < 2 {
		return "", 0, false
	}
	parent, err = strconv.Atoi(fields[1])
	return fields[0], parent, err == nil
}
