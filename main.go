// Command terraform-provider-workloadid serves the workloadid Terraform provider.
package main

import (
	"context"
	"flag"
	"log"
	"os"
	"runtime/debug"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"

	"github.com/workloadid/terraform-provider-workloadid/internal/orphan"
	"github.com/workloadid/terraform-provider-workloadid/internal/provider"
)

// version is set by the linker when a release is built.
var version = "dev"

func main() {
	debugging := flag.Bool("debug", false, "wait for a debugger: print what TF_REATTACH_PROVIDERS must be set to, and serve until interrupted")
	flag.Parse()
	collectSeldom(os.Getenv)
	logForReaders(os.Getenv, os.Setenv)

	var options []tf6server.ServeOpt
	if *debugging {
		options = append(options, tf6server.WithManagedDebug())
	} else {
		orphan.Watch(context.Background(), func() { os.Exit(1) })
	}
	err := tf6server.Serve("registry.terraform.io/workloadid/workloadid", func() tfprotov6.ProviderServer {
		return provider.NewServer(provider.Options{Version: version})
	}, options...)
	if err != nil {
		log.Fatal(err)
	}
}

// A provider makes a great deal of garbage and holds little: collecting it as often as Go does by default takes a third of
// its time. It may grow to several times what it holds, but not past the limit unless it must: a machine that runs
// Terraform, often a small one, runs other providers too.
const (
	garbagePercent = 400
	memoryLimit    = 160 << 20
)

// collectSeldom sets up the garbage collector, unless the environment does.
func collectSeldom(getenv func(string) string) {
	if getenv("GOGC") == "" {
		debug.SetGCPercent(garbagePercent)
	}
	if getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memoryLimit)
	}
}

// logForReaders turns the logs off when nobody reads them. Without TF_LOG or TF_LOG_PROVIDER, Terraform throws away what a
// provider logs; but the loggers don't know that, and write several lines for each call, which Terraform then reads. In a
// plan of thousands of resources that was a sixth of the provider's time. A level that is set for one of the loggers
// itself stays.
func logForReaders(getenv func(string) string, setenv func(name, value string) error) {
	if getenv("TF_LOG") != "" || getenv("TF_LOG_PROVIDER") != "" {
		return
	}
	for _, logger := range []string{"TF_LOG_SDK", "TF_LOG_SDK_PROTO", "TF_LOG_SDK_FRAMEWORK", "TF_LOG_PROVIDER_WORKLOADID"} {
		if getenv(logger) == "" {
			_ = setenv(logger, "OFF") // fails for names that are none only
		}
	}
}
