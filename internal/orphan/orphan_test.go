package orphan_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/workloadid/terraform-provider-workloadid/internal/orphan"
)

// role says what a process of the test is: the one that starts the child and is killed, or the child.
const role = "WORKLOADID_ORPHAN_TEST"

func TestMain(m *testing.M) {
	switch os.Getenv(role) {
	case "parent":
		child := exec.CommandContext(context.Background(), os.Args[0])
		child.Env = append(os.Environ(), role+"=child")
		child.Stdout = os.Stdout
		if err := child.Run(); err != nil {
			panic(err)
		}
	case "child":
		ended := make(chan string)
		orphan.Watch(context.Background(), func() { ended <- "orphaned" })
		fmt.Println("watching")
		select {
		case how := <-ended:
			fmt.Println(how)
		case <-time.After(time.Minute):
			fmt.Println("nothing noticed")
		}
	default:
		os.Exit(m.Run())
	}
}

func TestWatch_noticesThatTheParentWasKilled(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("a process does not notice on Windows")
	}
	parent := exec.CommandContext(t.Context(), os.Args[0])
	parent.Env = append(os.Environ(), role+"=parent")
	// A pipe of our own: the child has its other end too, and outlives the parent.
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	parent.Stdout = writer
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	_ = writer.Close()
	lines := bufio.NewScanner(reader)
	if !lines.Scan() || lines.Text() != "watching" {
		t.Fatalf("the child said %q", lines.Text())
	}
	if err := parent.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = parent.Wait()
	started := time.Now()
	if !lines.Scan() || !strings.Contains(lines.Text(), "orphaned") {
		t.Errorf("the child said %q", lines.Text())
	}
	if took := time.Since(started); took > 10*time.Second {
		t.Errorf("it took %s to notice", took)
	}
}

func TestWatch_aParentThatLivesIsNoReasonToEnd(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 1200*time.Millisecond)
	defer cancel()
	orphan.Watch(ctx, func() { t.Error("the parent is there") })
	<-ctx.Done()
}
