package secrets

import (
	"context"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// The calls that are only watched.

func (s *server) GetMetadata(ctx context.Context, r *tfprotov6.GetMetadataRequest) (*tfprotov6.GetMetadataResponse, error) {
	return call(ctx, s, seen{rpc: "GetMetadata"}, r, s.next.GetMetadata)
}

func (s *server) GetResourceIdentitySchemas(ctx context.Context, r *tfprotov6.GetResourceIdentitySchemasRequest) (*tfprotov6.GetResourceIdentitySchemasResponse, error) {
	return call(ctx, s, seen{rpc: "GetResourceIdentitySchemas"}, r, s.next.GetResourceIdentitySchemas)
}

func (s *server) ValidateProviderConfig(ctx context.Context, r *tfprotov6.ValidateProviderConfigRequest) (*tfprotov6.ValidateProviderConfigResponse, error) {
	return call(ctx, s, seen{rpc: "ValidateProviderConfig"}, r, s.next.ValidateProviderConfig)
}

func (s *server) StopProvider(ctx context.Context, r *tfprotov6.StopProviderRequest) (*tfprotov6.StopProviderResponse, error) {
	return call(ctx, s, seen{rpc: "StopProvider"}, r, s.next.StopProvider)
}

func (s *server) ValidateResourceConfig(ctx context.Context, r *tfprotov6.ValidateResourceConfigRequest) (*tfprotov6.ValidateResourceConfigResponse, error) {
	return call(ctx, s, seen{rpc: "ValidateResourceConfig", of: r.TypeName}, r, s.next.ValidateResourceConfig)
}

func (s *server) UpgradeResourceState(ctx context.Context, r *tfprotov6.UpgradeResourceStateRequest) (*tfprotov6.UpgradeResourceStateResponse, error) {
	return call(ctx, s, seen{rpc: "UpgradeResourceState", of: r.TypeName, kind: resources}, r, s.next.UpgradeResourceState)
}

func (s *server) ReadResource(ctx context.Context, r *tfprotov6.ReadResourceRequest) (*tfprotov6.ReadResourceResponse, error) {
	return call(ctx, s, seen{rpc: "ReadResource", of: r.TypeName, kind: resources}, r, s.next.ReadResource)
}

func (s *server) PlanResourceChange(ctx context.Context, r *tfprotov6.PlanResourceChangeRequest) (*tfprotov6.PlanResourceChangeResponse, error) {
	return call(ctx, s, seen{rpc: "PlanResourceChange", of: r.TypeName, kind: resources}, r, s.next.PlanResourceChange)
}

func (s *server) ApplyResourceChange(ctx context.Context, r *tfprotov6.ApplyResourceChangeRequest) (*tfprotov6.ApplyResourceChangeResponse, error) {
	return call(ctx, s, seen{rpc: "ApplyResourceChange", of: r.TypeName, kind: resources}, r, s.next.ApplyResourceChange)
}

func (s *server) ImportResourceState(ctx context.Context, r *tfprotov6.ImportResourceStateRequest) (*tfprotov6.ImportResourceStateResponse, error) {
	return call(ctx, s, seen{rpc: "ImportResourceState", of: r.TypeName, kind: resources}, r, s.next.ImportResourceState)
}

func (s *server) MoveResourceState(ctx context.Context, r *tfprotov6.MoveResourceStateRequest) (*tfprotov6.MoveResourceStateResponse, error) {
	return call(ctx, s, seen{rpc: "MoveResourceState", of: r.TargetTypeName, kind: resources}, r, s.next.MoveResourceState)
}

func (s *server) UpgradeResourceIdentity(ctx context.Context, r *tfprotov6.UpgradeResourceIdentityRequest) (*tfprotov6.UpgradeResourceIdentityResponse, error) {
	return call(ctx, s, seen{rpc: "UpgradeResourceIdentity", of: r.TypeName}, r, s.next.UpgradeResourceIdentity)
}

func (s *server) GenerateResourceConfig(ctx context.Context, r *tfprotov6.GenerateResourceConfigRequest) (*tfprotov6.GenerateResourceConfigResponse, error) {
	return call(ctx, s, seen{rpc: "GenerateResourceConfig", of: r.TypeName, kind: resources}, r, s.next.GenerateResourceConfig)
}

func (s *server) ValidateDataResourceConfig(ctx context.Context, r *tfprotov6.ValidateDataResourceConfigRequest) (*tfprotov6.ValidateDataResourceConfigResponse, error) {
	return call(ctx, s, seen{rpc: "ValidateDataResourceConfig", of: r.TypeName}, r, s.next.ValidateDataResourceConfig)
}

func (s *server) ReadDataSource(ctx context.Context, r *tfprotov6.ReadDataSourceRequest) (*tfprotov6.ReadDataSourceResponse, error) {
	return call(ctx, s, seen{rpc: "ReadDataSource", of: r.TypeName, kind: dataSources}, r, s.next.ReadDataSource)
}

func (s *server) CallFunction(ctx context.Context, r *tfprotov6.CallFunctionRequest) (*tfprotov6.CallFunctionResponse, error) {
	return call(ctx, s, seen{rpc: "CallFunction", of: r.Name}, r, s.next.CallFunction)
}

func (s *server) GetFunctions(ctx context.Context, r *tfprotov6.GetFunctionsRequest) (*tfprotov6.GetFunctionsResponse, error) {
	return call(ctx, s, seen{rpc: "GetFunctions"}, r, s.next.GetFunctions)
}

func (s *server) ValidateEphemeralResourceConfig(ctx context.Context, r *tfprotov6.ValidateEphemeralResourceConfigRequest) (*tfprotov6.ValidateEphemeralResourceConfigResponse, error) {
	return call(ctx, s, seen{rpc: "ValidateEphemeralResourceConfig", of: r.TypeName}, r, s.next.ValidateEphemeralResourceConfig)
}

func (s *server) OpenEphemeralResource(ctx context.Context, r *tfprotov6.OpenEphemeralResourceRequest) (*tfprotov6.OpenEphemeralResourceResponse, error) {
	return call(ctx, s, seen{rpc: "OpenEphemeralResource", of: r.TypeName, kind: ephemerals}, r, s.next.OpenEphemeralResource)
}

func (s *server) RenewEphemeralResource(ctx context.Context, r *tfprotov6.RenewEphemeralResourceRequest) (*tfprotov6.RenewEphemeralResourceResponse, error) {
	return call(ctx, s, seen{rpc: "RenewEphemeralResource", of: r.TypeName}, r, s.next.RenewEphemeralResource)
}

func (s *server) CloseEphemeralResource(ctx context.Context, r *tfprotov6.CloseEphemeralResourceRequest) (*tfprotov6.CloseEphemeralResourceResponse, error) {
	return call(ctx, s, seen{rpc: "CloseEphemeralResource", of: r.TypeName}, r, s.next.CloseEphemeralResource)
}

func (s *server) ValidateListResourceConfig(ctx context.Context, r *tfprotov6.ValidateListResourceConfigRequest) (*tfprotov6.ValidateListResourceConfigResponse, error) {
	return call(ctx, s, seen{rpc: "ValidateListResourceConfig", of: r.TypeName}, r, s.next.ValidateListResourceConfig)
}

func (s *server) ValidateActionConfig(ctx context.Context, r *tfprotov6.ValidateActionConfigRequest) (*tfprotov6.ValidateActionConfigResponse, error) {
	return call(ctx, s, seen{rpc: "ValidateActionConfig", of: r.ActionType}, r, s.next.ValidateActionConfig)
}

func (s *server) PlanAction(ctx context.Context, r *tfprotov6.PlanActionRequest) (*tfprotov6.PlanActionResponse, error) {
	return call(ctx, s, seen{rpc: "PlanAction", of: r.ActionType}, r, s.next.PlanAction)
}
