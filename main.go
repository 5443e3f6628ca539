// Command terraform-provider-workloadid serves the workloadid Terraform provider.
package main

import (
	"context"
	"flag"
	"log"
	"os"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"

	"github.com/workloadid/terraform-provider-workloadid/internal/graph"
	"github.com/workloadid/terraform-provider-workloadid/internal/orphan"
	"github.com/workloadid/terraform-provider-workloadid/internal/process"
	"github.com/workloadid/terraform-provider-workloadid/internal/provider"
)

// version is set by the linker when a release is built.
var version = "dev"

func main() {
	debugging := flag.Bool("debug", false, "wait for a debugger: print what TF_REATTACH_PROVIDERS must be set to, and serve until interrupted")
	flag.Parse()
	process.Prepare()
	log.SetOutput(graph.MaskedWriter(os.Stderr))

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
