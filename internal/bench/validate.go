package main

import (
	"context"
	"os"
	"time"

	"github.com/workloadid/terraform-provider-workloadid/internal/terraformcli"
)

// validate is the time in seconds that `validate` of the configuration takes: starting the CLI, starting the provider,
// asking it for its schema, and checking each resource.
func validate(ctx context.Context, o options) ([]float64, error) {
	dir, err := os.MkdirTemp("", "workloadid-bench-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	workspace, err := terraformcli.New(o.cli, o.provider, o.configuration, dir)
	if err != nil {
		return nil, err
	}
	if _, err := workspace.Run(ctx, "init", "-input=false", "-no-color"); err != nil {
		return nil, err
	}
	var samples []float64
	for range o.runs + 1 {
		start := time.Now()
		if _, err := workspace.Run(ctx, "validate", "-no-color"); err != nil {
			return nil, err
		}
		samples = append(samples, time.Since(start).Seconds())
	}
	return samples[1:], nil // the first run also reads the programs from disk
}
