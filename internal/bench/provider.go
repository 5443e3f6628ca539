package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"time"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
)

// binarySize is the size in megabytes (of 1,000,000 bytes) of the provider as `make build` strips it.
func binarySize(_ context.Context, o options) ([]float64, error) {
	info, err := os.Stat(o.provider)
	if err != nil {
		return nil, err
	}
	return []float64{float64(info.Size()) / 1e6}, nil
}

// startUp is the time in milliseconds from starting the provider to its handshake, as a CLI starts it: with mutual TLS
// (the keys of both sides are made within that time).
func startUp(ctx context.Context, o options) ([]float64, error) {
	var samples []float64
	for range o.runs + 1 {
		client := plugin.NewClient(&plugin.ClientConfig{
			// https://developer.hashicorp.com/terraform/plugin/terraform-plugin-protocol
			HandshakeConfig: plugin.HandshakeConfig{
				MagicCookieKey:   "TF_PLUGIN_MAGIC_COOKIE",
				MagicCookieValue: "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2",
			},
			VersionedPlugins: map[int]plugin.PluginSet{6: {}},
			AllowedProtocols: []plugin.Protocol{plugin.ProtocolGRPC},
			AutoMTLS:         true,
			Cmd:              exec.CommandContext(ctx, o.provider),
			Logger:           hclog.NewNullLogger(),
		})
		start := time.Now()
		_, err := client.Start()
		elapsed := time.Since(start)
		client.Kill()
		if err != nil {
			return nil, fmt.Errorf("starting the provider: %w", err)
		}
		samples = append(samples, float64(elapsed.Microseconds())/1000)
	}
	return samples[1:], nil // the first run also reads the binary from disk
}
