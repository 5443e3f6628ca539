// Package shortcuttest holds the answers that shortcuts give against the framework's.
package shortcuttest

import (
	"bytes"
	"context"
	"fmt"
	"sync"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/workloadid/terraform-provider-workloadid/internal/shortcut"
)

// Server asks the framework too wherever a shortcut has an answer.
type Server struct {
	*shortcut.Server
	report func(difference string)
	types  func() (map[string]tftypes.Type, error)
	mutex  sync.Mutex
	taken  map[Call]int
}

// Call is one method of Terraform's protocol, for one type of resource.
type Call struct{ Method, TypeName string }

// New compares the answers of a server, and reports where they differ.
func New(server *shortcut.Server, report func(difference string)) *Server {
	return &Server{Server: server, report: report, taken: map[Call]int{}, types: sync.OnceValues(func() (map[string]tftypes.Type, error) {
		schemas, err := server.GetProviderSchema(context.Background(), &tfprotov6.GetProviderSchemaRequest{})
		if err != nil {
			return nil, err
		}
		types := map[string]tftypes.Type{}
		for typeName, schema := range schemas.ResourceSchemas {
			types[typeName] = schema.ValueType()
		}
		return types, nil
	})}
}

// Taken is how often there was a shortcut for a call.
func (s *Server) Taken(call Call) int {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.taken[call]
}

// UpgradeResourceState compares.
func (s *Server) UpgradeResourceState(ctx context.Context, request *tfprotov6.UpgradeResourceStateRequest) (*tfprotov6.UpgradeResourceStateResponse, error) {
	got, ok := s.Shortcuts.Upgrade(request)
	want, err := s.Framework.UpgradeResourceState(ctx, request)
	if ok {
		s.compare(Call{"UpgradeResourceState", request.TypeName}, got, want, err)
	}
	return want, err
}

// ReadResource compares.
func (s *Server) ReadResource(ctx context.Context, request *tfprotov6.ReadResourceRequest) (*tfprotov6.ReadResourceResponse, error) {
	answered, got, ok := s.Shortcuts.Read(ctx, request)
	want, err := s.Framework.ReadResource(answered, request)
	if ok {
		s.compare(Call{"ReadResource", request.TypeName}, got, want, err)
	}
	return want, err
}

// ValidateResourceConfig compares.
func (s *Server) ValidateResourceConfig(ctx context.Context, request *tfprotov6.ValidateResourceConfigRequest) (*tfprotov6.ValidateResourceConfigResponse, error) {
	got, ok := s.Shortcuts.Validate(ctx, request)
	want, err := s.Framework.ValidateResourceConfig(ctx, request)
	if ok {
		s.compare(Call{"ValidateResourceConfig", request.TypeName}, got, want, err)
	}
	return want, err
}

// PlanResourceChange compares.
func (s *Server) PlanResourceChange(ctx context.Context, request *tfprotov6.PlanResourceChangeRequest) (*tfprotov6.PlanResourceChangeResponse, error) {
	got, ok := s.Shortcuts.Plan(ctx, request)
	want, err := s.Framework.PlanResourceChange(ctx, request)
	if ok {
		s.compare(Call{"PlanResourceChange", request.TypeName}, got, want, err)
	}
	return want, err
}

// compare holds an answer of a shortcut against the framework's.
func (s *Server) compare(call Call, got, want any, err error) {
	s.mutex.Lock()
	s.taken[call]++
	s.mutex.Unlock()
	if err != nil {
		s.report(fmt.Sprintf("%s of %s has a shortcut, and the framework fails: %v", call.Method, call.TypeName, err))
		return
	}
	same := cmp.Comparer(func(a, b *tfprotov6.DynamicValue) bool { return s.same(call.TypeName, a, b) })
	if difference := cmp.Diff(want, got, cmpopts.EquateEmpty(), same); difference != "" {
		s.report(fmt.Sprintf("%s of %s is answered otherwise than by the framework (-framework +shortcut):\n%s", call.Method, call.TypeName, difference))
	}
}

// same is about the same bytes, but for the order of maps in states, which the framework leaves to chance.
func (s *Server) same(typeName string, a, b *tfprotov6.DynamicValue) bool {
	if a == nil || b == nil {
		return a == b
	}
	if bytes.Equal(a.MsgPack, b.MsgPack) && bytes.Equal(a.JSON, b.JSON) {
		return true
	}
	types, err := s.types()
	if err != nil || len(a.MsgPack) != len(b.MsgPack) {
		return false
	}
	one, err := a.Unmarshal(types[typeName])
	if err != nil {
		return false
	}
	other, err := b.Unmarshal(types[typeName])
	return err == nil && one.Equal(other)
}
