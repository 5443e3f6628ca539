// Command inert is a provider that does nothing: its resource is a string that is kept, and its data source is one that
// is given back. What Terraform needs for it, it needs for any provider of the framework, so the benchmark measures the
// others beside it.
package main

import (
	"context"
	"log"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
)

func main() {
	err := providerserver.Serve(context.Background(), newProvider, providerserver.ServeOpts{
		Address:         "registry.terraform.io/workloadid/inert",
		ProtocolVersion: 6,
	})
	if err != nil {
		log.Fatal(err)
	}
}
