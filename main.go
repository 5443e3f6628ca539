// Command terraform-provider-workloadid serves the workloadid Terraform provider.
package main

import (
	"context"
	"flag"
	"log"
	"os"

	frameworkprovider "github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"

	"github.com/workloadid/terraform-provider-workloadid/internal/orphan"
	"github.com/workloadid/terraform-provider-workloadid/internal/provider"
)

// version is set by the linker when a release is built.
var version = "dev"

func main() {
	debug := flag.Bool("debug", false, "wait for a debugger: print what TF_REATTACH_PROVIDERS must be set to, and serve until interrupted")
	flag.Parse()
	if !*debug {
		orphan.Watch(context.Background(), func() { os.Exit(1) })
	}

	err := providerserver.Serve(context.Background(), func() frameworkprovider.Provider { return provider.New(version) }, providerserver.ServeOpts{
		Address:         "registry.terraform.io/workloadid/workloadid",
		Debug:           *debug,
		ProtocolVersion: 6,
	})
	if err != nil {
		log.Fatal(err)
	}
}
