// Command echo is our provider without what it is for: it has the same schemas, and gives back whatever it is given. What
// Terraform spends on a plan of which nothing comes is what it spends on the same plan with any provider that has these
// attributes, so the benchmark measures it for scale. It stands between the inert provider, which has one attribute, and
// ours.
package main

import (
	"context"
	"log"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"

	"github.com/workloadid/terraform-provider-workloadid/internal/boundary"
	"github.com/workloadid/terraform-provider-workloadid/internal/process"
	"github.com/workloadid/terraform-provider-workloadid/internal/provider"
)

func main() {
	process.Prepare()
	err := tf6server.Serve("registry.terraform.io/workloadid/workloadid", func() tfprotov6.ProviderServer { return newServer() })
	if err != nil {
		log.Fatal(err)
	}
}

// server has the schemas from our provider. States that are stored it gives in the protocol's form, which is the one thing
// that it can't give back as it came.
type server struct{ *boundary.Server }

func newServer() server { return server{provider.NewServer(provider.Options{Version: "echo"})} }

// ConfigureProvider configures nothing.
func (server) ConfigureProvider(context.Context, *tfprotov6.ConfigureProviderRequest) (*tfprotov6.ConfigureProviderResponse, error) {
	return &tfprotov6.ConfigureProviderResponse{}, nil
}

// ValidateResourceConfig accepts everything.
func (server) ValidateResourceConfig(context.Context, *tfprotov6.ValidateResourceConfigRequest) (*tfprotov6.ValidateResourceConfigResponse, error) {
	return &tfprotov6.ValidateResourceConfigResponse{}, nil
}

// ReadResource finds what the state has.
func (server) ReadResource(_ context.Context, request *tfprotov6.ReadResourceRequest) (*tfprotov6.ReadResourceResponse, error) {
	return &tfprotov6.ReadResourceResponse{NewState: request.CurrentState, Private: request.Private}, nil
}

// PlanResourceChange plans what Terraform proposes.
func (server) PlanResourceChange(_ context.Context, request *tfprotov6.PlanResourceChangeRequest) (*tfprotov6.PlanResourceChangeResponse, error) {
	return &tfprotov6.PlanResourceChangeResponse{PlannedState: request.ProposedNewState, PlannedPrivate: request.PriorPrivate}, nil
}
