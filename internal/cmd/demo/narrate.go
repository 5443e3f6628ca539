package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"sync"
	"time"
)

// narrator tells what happens: in colour on a terminal, plain in a pipe or where NO_COLOR is set.
type narrator struct {
	out     io.Writer
	colour  bool
	started time.Time
	step    int
}

func newNarrator(out *os.File) *narrator {
	n := &narrator{out: out, started: time.Now()}
	if info, err := out.Stat(); err == nil && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb" {
		n.colour = info.Mode()&os.ModeCharDevice != 0
	}
	return n
}

const (
	bold   = "1"
	dim    = "2"
	red    = "31"
	green  = "32"
	yellow = "33"
	cyan   = "36"
)

func (n *narrator) paint(style, text string) string {
	if !n.colour {
		return text
	}
	return "\x1b[" + style + "m" + text + "\x1b[0m"
}

// Step begins a part of the demonstration and says why it is worth watching.
func (n *narrator) Step(title, why string) {
	n.step++
	fmt.Fprintf(n.out, "\n%s\n", n.paint(bold+";"+cyan, fmt.Sprintf("%d. %s", n.step, title)))
	for line := range strings.Lines(why) {
		fmt.Fprintf(n.out, "   %s\n", n.paint(dim, strings.TrimSpace(line)))
	}
}

// Command shows a command as one would type it.
func (n *narrator) Command(words ...string) {
	fmt.Fprintf(n.out, "   %s %s\n", n.paint(green, "$"), n.paint(bold, strings.Join(words, " ")))
}

// Say prints a line of what came out.
func (n *narrator) Say(format string, args ...any) {
	for line := range strings.Lines(fmt.Sprintf(format, args...)) {
		fmt.Fprintf(n.out, "   %s\n", strings.TrimRight(line, "\n"))
	}
}

// Checked prints what has just been proved.
func (n *narrator) Checked(format string, args ...any) {
	fmt.Fprintf(n.out, "   %s %s\n", n.paint(green, "✓"), fmt.Sprintf(format, args...))
}

// Failed prints what went wrong.
func (n *narrator) Failed(err error) {
	fmt.Fprintf(n.out, "\n%s %v\n", n.paint(bold+";"+red, "The demonstration failed:"), err)
}

// Done says how long all of it took.
func (n *narrator) Done(format string, args ...any) {
	fmt.Fprintf(n.out, "\n%s (%.0f s)\n", n.paint(bold+";"+green, fmt.Sprintf(format, args...)), time.Since(n.started).Seconds())
}

var colours = regexp.MustCompile("\x1b\\[[0-9;]*m")

// Lines is a writer that passes on the lines for which keep returns true, and remembers all of them. The CLI writes
// to it from two streams at once.
type lines struct {
	narrator *narrator
	keep     func(plain string) bool

	mu      sync.Mutex
	pending []byte
	all     bytes.Buffer
}

// Lines returns such a writer; patterns are regular expressions, any of which a line must match. Without patterns,
// every line that is not empty passes.
func (n *narrator) Lines(patterns ...string) *lines {
	wanted := regexp.MustCompile(`\S`)
	if len(patterns) > 0 {
		wanted = regexp.MustCompile(strings.Join(patterns, "|"))
	}
	return &lines{narrator: n, keep: wanted.MatchString}
}

// Write prints the complete lines among what it is given and keeps the rest for the next call.
func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all.Write(p)
	l.pending = append(l.pending, p...)
	for {
		line, rest, found := bytes.Cut(l.pending, []byte("\n"))
		if !found {
			return len(p), nil
		}
		l.pending = rest
		if l.keep(colours.ReplaceAllString(string(line), "")) {
			l.narrator.Say("%s", line)
		}
	}
}

// Everything is all that was written, kept or not.
func (l *lines) Everything() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.all.String()
}
