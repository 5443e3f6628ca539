package boundary

import (
	"context"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/workloadid/terraform-provider-workloadid/internal/mistake"
)

// GetMetadata says what there is.
func (s *Server) GetMetadata(ctx context.Context, request *tfprotov6.GetMetadataRequest) (*tfprotov6.GetMetadataResponse, error) {
	return call(ctx, s, "listing what there is", s.Framework.GetMetadata, request, nil)
}

// GetProviderSchema describes everything.
func (s *Server) GetProviderSchema(ctx context.Context, request *tfprotov6.GetProviderSchemaRequest) (*tfprotov6.GetProviderSchemaResponse, error) {
	return call(ctx, s, "describing itself", s.Framework.GetProviderSchema, request, nil)
}

// GetResourceIdentitySchemas describes what identifies resources.
func (s *Server) GetResourceIdentitySchemas(ctx context.Context, request *tfprotov6.GetResourceIdentitySchemasRequest) (*tfprotov6.GetResourceIdentitySchemasResponse, error) {
	return call(ctx, s, "describing itself", s.Framework.GetResourceIdentitySchemas, request, nil)
}

// ValidateProviderConfig checks the provider block.
func (s *Server) ValidateProviderConfig(ctx context.Context, request *tfprotov6.ValidateProviderConfigRequest) (*tfprotov6.ValidateProviderConfigResponse, error) {
	return call(ctx, s, "checking the provider block", s.Framework.ValidateProviderConfig, request, nil)
}

// ConfigureProvider signs in.
func (s *Server) ConfigureProvider(ctx context.Context, request *tfprotov6.ConfigureProviderRequest) (*tfprotov6.ConfigureProviderResponse, error) {
	return call(ctx, s, "signing in", s.Framework.ConfigureProvider, request, nil)
}

// ValidateResourceConfig checks a configuration.
func (s *Server) ValidateResourceConfig(ctx context.Context, request *tfprotov6.ValidateResourceConfigRequest) (*tfprotov6.ValidateResourceConfigResponse, error) {
	return call(ctx, s, "checking the configuration", s.Framework.ValidateResourceConfig, request, nil)
}

// UpgradeResourceState reads a state of an earlier version.
func (s *Server) UpgradeResourceState(ctx context.Context, request *tfprotov6.UpgradeResourceStateRequest) (*tfprotov6.UpgradeResourceStateResponse, error) {
	return call(ctx, s, "reading the state", s.Framework.UpgradeResourceState, request, nil)
}

// UpgradeResourceIdentity reads an identity of an earlier version.
func (s *Server) UpgradeResourceIdentity(ctx context.Context, request *tfprotov6.UpgradeResourceIdentityRequest) (*tfprotov6.UpgradeResourceIdentityResponse, error) {
	return call(ctx, s, "reading the state", s.Framework.UpgradeResourceIdentity, request, nil)
}

// ImportResourceState begins an import.
func (s *Server) ImportResourceState(ctx context.Context, request *tfprotov6.ImportResourceStateRequest) (*tfprotov6.ImportResourceStateResponse, error) {
	return call(ctx, s, "importing", s.Framework.ImportResourceState, request, nil)
}

// MoveResourceState takes over the state of another type.
func (s *Server) MoveResourceState(ctx context.Context, request *tfprotov6.MoveResourceStateRequest) (*tfprotov6.MoveResourceStateResponse, error) {
	return call(ctx, s, "moving a resource", s.Framework.MoveResourceState, request, nil)
}

// GenerateResourceConfig writes a configuration.
func (s *Server) GenerateResourceConfig(ctx context.Context, request *tfprotov6.GenerateResourceConfigRequest) (*tfprotov6.GenerateResourceConfigResponse, error) {
	return call(ctx, s, "writing a configuration", s.Framework.GenerateResourceConfig, request, nil)
}

// ValidateDataResourceConfig checks a configuration.
func (s *Server) ValidateDataResourceConfig(ctx context.Context, request *tfprotov6.ValidateDataResourceConfigRequest) (*tfprotov6.ValidateDataResourceConfigResponse, error) {
	return call(ctx, s, "checking the configuration", s.Framework.ValidateDataResourceConfig, request, nil)
}

// ReadDataSource reads a data source.
func (s *Server) ReadDataSource(ctx context.Context, request *tfprotov6.ReadDataSourceRequest) (*tfprotov6.ReadDataSourceResponse, error) {
	return call(ctx, s, "reading a data source", s.Framework.ReadDataSource, request, nil)
}

// GetFunctions describes the functions.
func (s *Server) GetFunctions(ctx context.Context, request *tfprotov6.GetFunctionsRequest) (*tfprotov6.GetFunctionsResponse, error) {
	return call(ctx, s, "describing itself", s.Framework.GetFunctions, request, nil)
}

// ValidateEphemeralResourceConfig checks a configuration.
func (s *Server) ValidateEphemeralResourceConfig(ctx context.Context, request *tfprotov6.ValidateEphemeralResourceConfigRequest) (*tfprotov6.ValidateEphemeralResourceConfigResponse, error) {
	return call(ctx, s, "checking the configuration", s.Framework.ValidateEphemeralResourceConfig, request, nil)
}

// OpenEphemeralResource makes an ephemeral object.
func (s *Server) OpenEphemeralResource(ctx context.Context, request *tfprotov6.OpenEphemeralResourceRequest) (*tfprotov6.OpenEphemeralResourceResponse, error) {
	return call(ctx, s, "opening an ephemeral resource", s.Framework.OpenEphemeralResource, request, nil)
}

// RenewEphemeralResource renews it.
func (s *Server) RenewEphemeralResource(ctx context.Context, request *tfprotov6.RenewEphemeralResourceRequest) (*tfprotov6.RenewEphemeralResourceResponse, error) {
	return call(ctx, s, "renewing an ephemeral resource", s.Framework.RenewEphemeralResource, request, nil)
}

// CloseEphemeralResource removes it.
func (s *Server) CloseEphemeralResource(ctx context.Context, request *tfprotov6.CloseEphemeralResourceRequest) (*tfprotov6.CloseEphemeralResourceResponse, error) {
	return call(ctx, s, "closing an ephemeral resource", s.Framework.CloseEphemeralResource, request, nil)
}

// ValidateListResourceConfig checks a configuration.
func (s *Server) ValidateListResourceConfig(ctx context.Context, request *tfprotov6.ValidateListResourceConfigRequest) (*tfprotov6.ValidateListResourceConfigResponse, error) {
	return call(ctx, s, "checking the configuration", s.Framework.ValidateListResourceConfig, request, nil)
}

// ValidateActionConfig checks a configuration.
func (s *Server) ValidateActionConfig(ctx context.Context, request *tfprotov6.ValidateActionConfigRequest) (*tfprotov6.ValidateActionConfigResponse, error) {
	return call(ctx, s, "checking the configuration", s.Framework.ValidateActionConfig, request, nil)
}

// PlanAction plans an action.
func (s *Server) PlanAction(ctx context.Context, request *tfprotov6.PlanActionRequest) (*tfprotov6.PlanActionResponse, error) {
	return call(ctx, s, "planning an action", s.Framework.PlanAction, request, nil)
}

// ReadResource refreshes an object, which stays as the state has it where that fails.
func (s *Server) ReadResource(ctx context.Context, request *tfprotov6.ReadResourceRequest) (*tfprotov6.ReadResourceResponse, error) {
	return call(ctx, s, "reading "+request.TypeName, s.Framework.ReadResource, request, func(response *tfprotov6.ReadResourceResponse) {
		response.NewState, response.Private, response.NewIdentity = request.CurrentState, request.Private, request.CurrentIdentity
	})
}

// PlanResourceChange plans a change.
func (s *Server) PlanResourceChange(ctx context.Context, request *tfprotov6.PlanResourceChangeRequest) (*tfprotov6.PlanResourceChangeResponse, error) {
	return call(ctx, s, "planning "+request.TypeName, s.Framework.PlanResourceChange, request, func(response *tfprotov6.PlanResourceChangeResponse) {
		response.PlannedState, response.PlannedPrivate, response.PlannedIdentity = request.ProposedNewState, request.PriorPrivate, request.PriorIdentity
	})
}

// ApplyResourceChange changes an object. Where that fails, the state keeps what it had.
func (s *Server) ApplyResourceChange(ctx context.Context, request *tfprotov6.ApplyResourceChangeRequest) (*tfprotov6.ApplyResourceChangeResponse, error) {
	return call(ctx, s, "changing "+request.TypeName, s.Framework.ApplyResourceChange, request, func(response *tfprotov6.ApplyResourceChangeResponse) {
		response.NewState, response.Private, response.NewIdentity = request.PriorState, request.PlannedPrivate, request.PlannedIdentity
	})
}

// CallFunction calls a function.
func (s *Server) CallFunction(ctx context.Context, request *tfprotov6.CallFunctionRequest) (response *tfprotov6.CallFunctionResponse, err error) {
	defer func() {
		if panicked := recover(); panicked != nil {
			text := mistake.Summary + ": " + mistake.Detail("calling the function "+request.Name, panicked)
			response, err = &tfprotov6.CallFunctionResponse{Error: &tfprotov6.FunctionError{Text: text}}, nil
		}
		if response != nil && response.Error != nil {
			response.Error.Text = s.text(response.Error.Text)
		}
	}()
	return s.Framework.CallFunction(ctx, request)
}

// ListResource lists objects one by one.
func (s *Server) ListResource(ctx context.Context, request *tfprotov6.ListResourceRequest) (*tfprotov6.ListResourceServerStream, error) {
	return &tfprotov6.ListResourceServerStream{Results: func(yield func(tfprotov6.ListResourceResult) bool) {
		stream(yield, func(d *tfprotov6.Diagnostic) tfprotov6.ListResourceResult {
			d.Detail = s.text(d.Detail)
			return tfprotov6.ListResourceResult{Diagnostics: []*tfprotov6.Diagnostic{d}}
		}, "listing "+request.TypeName, func(yield func(tfprotov6.ListResourceResult) bool) error {
			listed, err := s.Framework.ListResource(ctx, request)
			if err != nil {
				return err
			}
			for result := range listed.Results {
				s.clean(&result)
				if !yield(result) {
					break
				}
			}
			return nil
		})
	}}, nil
}

// InvokeAction carries out an action.
func (s *Server) InvokeAction(ctx context.Context, request *tfprotov6.InvokeActionRequest) (*tfprotov6.InvokeActionServerStream, error) {
	return &tfprotov6.InvokeActionServerStream{Events: func(yield func(tfprotov6.InvokeActionEvent) bool) {
		stream(yield, func(d *tfprotov6.Diagnostic) tfprotov6.InvokeActionEvent {
			d.Detail = s.text(d.Detail)
			return tfprotov6.InvokeActionEvent{Type: tfprotov6.CompletedInvokeActionEventType{Diagnostics: []*tfprotov6.Diagnostic{d}}}
		}, "the action "+request.ActionType, func(yield func(tfprotov6.InvokeActionEvent) bool) error {
			invoked, err := s.Framework.InvokeAction(ctx, request)
			if err != nil {
				return err
			}
			for event := range invoked.Events {
				switch e := event.Type.(type) {
				case tfprotov6.CompletedInvokeActionEventType:
					s.clean(&e)
				case tfprotov6.ProgressInvokeActionEventType:
					event.Type = tfprotov6.ProgressInvokeActionEventType{Message: s.text(e.Message)}
				}
				if !yield(event) {
					break
				}
			}
			return nil
		})
	}}, nil
}

// stream passes the parts of an answer on, and ends it with a failure where there is one, unless nobody listens any more.
func stream[P any](yield func(P) bool, failed func(*tfprotov6.Diagnostic) P, doing string, parts func(yield func(P) bool) error) {
	heard := true
	defer func() {
		if panicked := recover(); panicked != nil && heard {
			yield(failed(failure(doing, panicked)))
		}
	}()
	err := parts(func(part P) bool {
		heard = yield(part)
		return heard
	})
	if err != nil && heard {
		yield(failed(&tfprotov6.Diagnostic{Severity: tfprotov6.DiagnosticSeverityError, Summary: "It failed at " + doing, Detail: err.Error()}))
	}
}
