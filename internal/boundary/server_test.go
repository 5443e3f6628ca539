package boundary_test

import (
	"context"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/workloadid/terraform-provider-workloadid/internal/boundary"
	"github.com/workloadid/terraform-provider-workloadid/internal/shortcut"
)

func same(text string) string { return text }

// nothing has nothing to call: each call is a panic.
type nothing struct{ shortcut.Framework }

// unguarded are the calls in which the provider does nothing of its own.
var unguarded = []string{"StopProvider", "ConfigureStateStore", "ReadStateBytes", "WriteStateBytes", "LockState", "UnlockState", "GetStates", "DeleteState", "ValidateStateStoreConfig"}

// TestPanics_everyCall: whatever call a panic comes in, it is an error of that call.
func TestPanics_everyCall(t *testing.T) {
	t.Parallel()
	server := reflect.ValueOf(boundary.New(nothing{}, same))
	for i := range server.NumMethod() {
		name, method := server.Type().Method(i).Name, server.Method(i)
		if method.Type().NumIn() != 2 || slices.Contains(unguarded, name) {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			results := method.Call([]reflect.Value{reflect.ValueOf(t.Context()), reflect.New(method.Type().In(1).Elem())})
			if err := results[1].Interface(); err != nil {
				t.Fatal(err)
			}
			var said string
			switch response := results[0].Interface().(type) {
			case *tfprotov6.CallFunctionResponse:
				said = response.Error.Text
			case *tfprotov6.ListResourceServerStream:
				for result := range response.Results {
					said += result.Diagnostics[0].Summary + result.Diagnostics[0].Detail
				}
			case *tfprotov6.InvokeActionServerStream:
				for event := range response.Events {
					d := event.Type.(tfprotov6.CompletedInvokeActionEventType).Diagnostics[0]
					said += d.Summary + d.Detail
				}
			default:
				diagnostics := results[0].Elem().FieldByName("Diagnostics").Interface().([]*tfprotov6.Diagnostic)
				for _, d := range diagnostics {
					said += d.Summary + "\n" + d.Detail
				}
			}
			if !strings.Contains(said, "The provider made a mistake") || !strings.Contains(said, "nil pointer") {
				t.Errorf("it says %q", said)
			}
		})
	}
}

// panicking fails in the middle of everything.
type panicking struct{ shortcut.Framework }

func (panicking) ReadResource(context.Context, *tfprotov6.ReadResourceRequest) (*tfprotov6.ReadResourceResponse, error) {
	panic("an answer")
}

func (panicking) ApplyResourceChange(context.Context, *tfprotov6.ApplyResourceChangeRequest) (*tfprotov6.ApplyResourceChangeResponse, error) {
	panic("an answer")
}

func (panicking) ListResource(context.Context, *tfprotov6.ListResourceRequest) (*tfprotov6.ListResourceServerStream, error) {
	return &tfprotov6.ListResourceServerStream{Results: func(yield func(tfprotov6.ListResourceResult) bool) {
		if yield(tfprotov6.ListResourceResult{DisplayName: "first"}) {
			panic("the second one")
		}
	}}, nil
}

func (panicking) InvokeAction(context.Context, *tfprotov6.InvokeActionRequest) (*tfprotov6.InvokeActionServerStream, error) {
	return &tfprotov6.InvokeActionServerStream{Events: func(func(tfprotov6.InvokeActionEvent) bool) { panic("at once") }}, nil
}

func (panicking) ReadDataSource(context.Context, *tfprotov6.ReadDataSourceRequest) (*tfprotov6.ReadDataSourceResponse, error) {
	return &tfprotov6.ReadDataSourceResponse{Diagnostics: []*tfprotov6.Diagnostic{{Summary: "red \x1b[31m", Detail: "a SECRET\r\nand a line\x07\u202e"}}}, nil
}

// TestPanics_keep: what the state had stays in it.
func TestPanics_keep(t *testing.T) {
	t.Parallel()
	server := boundary.New(panicking{}, same)
	state, private := &tfprotov6.DynamicValue{JSON: []byte(`{"id":"1"}`)}, []byte("private")
	read, err := server.ReadResource(t.Context(), &tfprotov6.ReadResourceRequest{TypeName: "workloadid_application", CurrentState: state, Private: private})
	if err != nil || read.NewState != state || string(read.Private) != "private" || !strings.Contains(read.Diagnostics[0].Detail, "reading workloadid_application") {
		t.Errorf("%v, %+v", err, read)
	}
	changed, err := server.ApplyResourceChange(t.Context(), &tfprotov6.ApplyResourceChangeRequest{PriorState: state, PlannedPrivate: private})
	if err != nil || changed.NewState != state || string(changed.Private) != "private" {
		t.Errorf("%v, %+v", err, changed)
	}
	listed, err := server.ListResource(t.Context(), &tfprotov6.ListResourceRequest{})
	if err != nil {
		t.Fatal(err)
	}
	results := slices.Collect(listed.Results)
	if len(results) != 2 || results[0].DisplayName != "first" || !strings.Contains(results[1].Diagnostics[0].Detail, "the second one") {
		t.Errorf("%+v", results)
	}
	for range listed.Results {
		break
	}
	invoked, err := server.InvokeAction(t.Context(), &tfprotov6.InvokeActionRequest{})
	if err != nil {
		t.Fatal(err)
	}
	for event := range invoked.Events {
		if completed, ok := event.Type.(tfprotov6.CompletedInvokeActionEventType); !ok || !strings.Contains(completed.Diagnostics[0].Detail, "at once") {
			t.Errorf("%+v", event)
		}
	}
}

// TestTexts: nothing of an answer acts upon a terminal, and no secret is in it.
func TestTexts(t *testing.T) {
	t.Parallel()
	server := boundary.New(panicking{}, func(text string) string { return strings.ReplaceAll(text, "SECRET", "***") })
	response, err := server.ReadDataSource(t.Context(), &tfprotov6.ReadDataSourceRequest{})
	if err != nil {
		t.Fatal(err)
	}
	if d := response.Diagnostics[0]; d.Summary != "red \uFFFD[31m" || d.Detail != "a ***\nand a line\uFFFD\uFFFD" {
		t.Errorf("%q, %q", d.Summary, d.Detail)
	}
}
