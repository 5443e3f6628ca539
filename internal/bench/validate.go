package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"time"

	"github.com/workloadid/terraform-provider-workloadid/internal/terraformcli"
)

// measureValidate is of what `validate` of the demonstration's configuration takes: starting the CLI, starting the
// provider, asking it for its schema, and checking each resource.
func measureValidate(ctx context.Context, b *bench) ([]result, error) {
	dir, err := os.MkdirTemp(b.folder, "demo-")
	if err != nil {
		return nil, err
	}
	workspace, err := terraformcli.New(b.cli, b.provider, b.demo, dir)
	if err != nil {
		return nil, err
	}
	if _, err := workspace.Run(ctx, "init", "-input=false", "-no-color"); err != nil {
		return nil, err
	}
	blocks, err := countBlocks(b.demo)
	if err != nil {
		return nil, err
	}
	inert, err := b.workspace(ctx, builtIn("inert"), each(blocks, valueFile)...)
	if err != nil {
		return nil, err
	}
	var runs []figures
	var floors []time.Duration
	for range quickRuns + 1 {
		wall, err := validate(ctx, workspace)
		if err != nil {
			return nil, err
		}
		floor, err := validate(ctx, inert)
		if err != nil {
			return nil, err
		}
		runs, floors = append(runs, figures{wall: wall}), append(floors, floor)
	}
	f := summary(runs[1:]) // the first run also reads the programs from disk
	f.floor, f.counted = median(floors[1:]), false
	return []result{judge(fmt.Sprintf("validate of %s, %d resources", b.demo, blocks), f, within(200*time.Millisecond))}, nil
}

func validate(ctx context.Context, w *terraformcli.Workspace) (time.Duration, error) {
	started := time.Now()
	_, err := w.Run(ctx, "validate", "-no-color")
	return time.Since(started), err
}

var block = regexp.MustCompile(`(?m)^(resource|data) "`)

// countBlocks is how many resources and data sources the .tf files of a folder have.
func countBlocks(folder string) (int, error) {
	files, err := filepath.Glob(filepath.Join(folder, "*.tf"))
	count := 0
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			return 0, err
		}
		count += len(block.FindAll(content, -1))
	}
	return count, err
}
