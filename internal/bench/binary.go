package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
)

// quickRuns is how often to measure what takes milliseconds.
const quickRuns = 15

func measureSize(_ context.Context, b *bench) ([]result, error) {
	info, err := os.Stat(b.provider)
	if err != nil {
		return nil, err
	}
	return []result{judge("provider binary, stripped", figures{size: info.Size()}, atMostSize(30))}, nil
}

func measureStart(ctx context.Context, b *bench) ([]result, error) {
	var runs []figures
	var floors []time.Duration
	for range quickRuns + 1 {
		f, err := start(ctx, b.provider)
		if err != nil {
			return nil, err
		}
		inert, err := start(ctx, b.inert)
		if err != nil {
			return nil, err
		}
		runs, floors = append(runs, f), append(floors, inert.wall)
	}
	f := summary(runs[1:]) // the first run also reads the binary from disk
	f.floor, f.counted = median(floors[1:]), false
	return []result{judge("provider start, to the handshake", f, within(50*time.Millisecond), atMostMemory(30))}, nil
}

// start measures from starting a provider to its handshake, as a CLI starts it: with mutual TLS (the keys of both sides
// are made within that time).
func start(ctx context.Context, binary string) (figures, error) {
	client := plugin.NewClient(&plugin.ClientConfig{
		// https://developer.hashicorp.com/terraform/plugin/terraform-plugin-protocol
		HandshakeConfig: plugin.HandshakeConfig{
			MagicCookieKey:   "TF_PLUGIN_MAGIC_COOKIE",
			MagicCookieValue: "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2",
		},
		VersionedPlugins: map[int]plugin.PluginSet{6: {}},
		AllowedProtocols: []plugin.Protocol{plugin.ProtocolGRPC},
		AutoMTLS:         true,
		Cmd:              exec.CommandContext(ctx, binary),
		Logger:           hclog.NewNullLogger(),
	})
	defer client.Kill()
	started := time.Now()
	if _, err := client.Start(); err != nil {
		return figures{}, fmt.Errorf("starting %s: %w", binary, err)
	}
	f := figures{wall: time.Since(started)}
	f.peak = peakOf(strconv.Itoa(client.ReattachConfig().Pid))
	return f, nil
}
