package shortcut_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/workloadid/terraform-provider-workloadid/internal/acctest/protocol"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator"
	"github.com/workloadid/terraform-provider-workloadid/internal/provider"
)

// BenchmarkRefreshAndPlan is what a plan without changes asks of the provider for an application, its service principal
// and its credential: the milliseconds of CPU, garbage collection included, that each kind of call takes for one resource,
// once answered by the framework alone and once with shortcuts. The tenant's answers are replayed, so that they cost nothing.
func BenchmarkRefreshAndPlan(b *testing.B) {
	const applications = 100
	e := newEstate(b, applications)
	for _, server := range []struct {
		name string
		make func() (tfprotov6.ProviderServer, error)
	}{
		{"framework", e.framework},
		{"shortcuts", e.shortcuts},
	} {
		b.Run(server.name, func(b *testing.B) {
			spent := map[string]time.Duration{}
			b.ReportAllocs()
			for b.Loop() {
				b.StopTimer()
				configured, err := e.configure(b.Context(), server.make)
				if err != nil {
					b.Fatal(err)
				}
				b.StartTimer()
				for first := 0; first < len(e.calls[kinds[0]]); first += atATime {
					for _, kind := range kinds {
						before := processorTime()
						for _, call := range e.calls[kind][first : first+atATime] {
							if err := call(b.Context(), configured); err != nil {
								b.Fatal(err)
							}
						}
						spent[kind] += processorTime() - before
					}
				}
			}
			var total time.Duration
			for _, kind := range kinds {
				b.ReportMetric(perResource(spent[kind], b.N*len(e.calls[kind])), "ms/"+kind)
				total += spent[kind]
			}
			b.ReportMetric(perResource(total, b.N*len(e.calls[kinds[0]])), "ms/resource")
		})
	}
}

// atATime is how many resources Terraform has in hand.
const atATime = 10

var kinds = []string{"upgrade", "read", "validate", "plan"}

func perResource(spent time.Duration, resources int) float64 {
	return float64(spent.Microseconds()) / 1000 / float64(resources)
}

// processorTime is what this process has used.
func processorTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// estate is a tenant with applications that Terraform manages, and the calls of a plan without changes.
type estate struct {
	tenant *emulator.Tenant
	replay *replay
	calls  map[string][]func(context.Context, tfprotov6.ProviderServer) error
}

const origin = "https://tenant.example"

func (e *estate) options(transport http.RoundTripper) provider.Options {
	environment := map[string]string{
		"ARM_TENANT_ID":             e.tenant.TenantID(),
		"ARM_CLIENT_ID":             emulator.CallerClientID,
		"ARM_CLIENT_SECRET":         emulator.CallerClientSecret,
		"WORKLOADID_GRAPH_ENDPOINT": origin,
		"WORKLOADID_AUTHORITY":      origin,
	}
	return provider.Options{
		Version: "test", Transport: transport,
		LookupEnv: func(name string) (string, bool) { value, ok := environment[name]; return value, ok },
	}
}

func (e *estate) framework() (tfprotov6.ProviderServer, error) {
	return providerserver.NewProtocol6WithError(provider.NewWithOptions(e.options(e.replay)))()
}

func (e *estate) shortcuts() (tfprotov6.ProviderServer, error) {
	return provider.NewServer(e.options(e.replay)), nil
}

func (e *estate) configure(ctx context.Context, make func() (tfprotov6.ProviderServer, error)) (tfprotov6.ProviderServer, error) {
	server, err := make()
	if err != nil {
		return nil, err
	}
	if _, diags := protocol.Configure(ctx, server, nil); diags.HasError() {
		return nil, fmt.Errorf("configuring the provider:\n%s", diags)
	}
	return server, nil
}

func newEstate(b *testing.B, applications int) *estate {
	b.Helper()
	tenant, err := emulator.New(emulator.Options{Origin: origin})
	if err != nil {
		b.Fatal(err)
	}
	e := &estate{tenant: tenant, calls: map[string][]func(context.Context, tfprotov6.ProviderServer) error{}}
	e.replay = &replay{RoundTripper: emulator.RoundTripper{Tenant: tenant}, answers: map[string]answer{}}
	framework, err := e.framework()
	if err != nil {
		b.Fatal(err)
	}
	recording := &recorder{ProviderServer: framework, estate: e}
	configured, diags := protocol.Configure(b.Context(), recording, nil)
	if diags.HasError() {
		b.Fatal(diags)
	}
	manage := func(typeName string, config map[string]any) map[string]any {
		resource := configured.Resource(typeName)
		recording.on = false
		if diags := resource.Apply(b.Context(), config); diags.HasError() {
			b.Fatal(diags)
		}
		if diags := resource.Refresh(b.Context()); diags.HasError() {
			b.Fatal(diags)
		}
		recording.on = true
		if diags := resource.Refresh(b.Context()); diags.HasError() {
			b.Fatal(diags)
		}
		recording.upgraded = true // a plan does it once
		plan, diags := resource.Plan(b.Context(), config)
		recording.upgraded = false
		if diags.HasError() || plan.Action != protocol.NoOp {
			b.Fatalf("%s is to be changed: %v %v", typeName, plan, diags)
		}
		return resource.State()
	}
	for i := range applications {
		application := manage("workloadid_application", map[string]any{
			"display_name": fmt.Sprintf("Application %d", i), "description": "Takes orders.", "tags": []any{"shop", "orders"},
			"identifier_uris": []any{fmt.Sprintf("api://orders-%d", i)},
			"api": map[string]any{"oauth2_permission_scopes": map[string]any{"Orders.Read": map[string]any{
				"admin_consent_display_name": "Read orders", "admin_consent_description": "Reads orders.",
			}}},
			"app_roles": map[string]any{"Process": map[string]any{
				"allowed_member_types": []any{"Application"}, "display_name": "Process", "description": "Processes orders.",
			}},
			"required_resource_access": map[string]any{"00000003-0000-0000-c000-000000000000": map[string]any{
				"app_role_ids": []any{"9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30"},
			}},
			"web": map[string]any{"redirect_uris": []any{"https://shop.example/signed-in"}},
		})
		manage("workloadid_service_principal", map[string]any{"client_id": application["client_id"], "notes": "Ask ops."})
		manage("workloadid_federated_identity_credential", map[string]any{
			"application_id": application["id"], "name": "main",
			"issuer": "https://token.actions.githubusercontent.com", "subject": "repo:contoso/shop:ref:refs/heads/main",
		})
	}
	return e
}

// recorder keeps the calls that are made of a server.
type recorder struct {
	tfprotov6.ProviderServer
	estate       *estate
	on, upgraded bool
}

func record[Q, R any](r *recorder, kind string, request *Q, call func(tfprotov6.ProviderServer, context.Context, *Q) (R, error)) {
	if !r.on {
		return
	}
	r.estate.calls[kind] = append(r.estate.calls[kind], func(ctx context.Context, server tfprotov6.ProviderServer) error {
		_, err := call(server, ctx, new(*request))
		return err
	})
}

func (r *recorder) UpgradeResourceState(ctx context.Context, request *tfprotov6.UpgradeResourceStateRequest) (*tfprotov6.UpgradeResourceStateResponse, error) {
	if !r.upgraded {
		record(r, "upgrade", request, tfprotov6.ProviderServer.UpgradeResourceState)
	}
	return r.ProviderServer.UpgradeResourceState(ctx, request)
}

func (r *recorder) ReadResource(ctx context.Context, request *tfprotov6.ReadResourceRequest) (*tfprotov6.ReadResourceResponse, error) {
	record(r, "read", request, tfprotov6.ProviderServer.ReadResource)
	return r.ProviderServer.ReadResource(ctx, request)
}

func (r *recorder) ValidateResourceConfig(ctx context.Context, request *tfprotov6.ValidateResourceConfigRequest) (*tfprotov6.ValidateResourceConfigResponse, error) {
	record(r, "validate", request, tfprotov6.ProviderServer.ValidateResourceConfig)
	return r.ProviderServer.ValidateResourceConfig(ctx, request)
}

func (r *recorder) PlanResourceChange(ctx context.Context, request *tfprotov6.PlanResourceChangeRequest) (*tfprotov6.PlanResourceChangeResponse, error) {
	record(r, "plan", request, tfprotov6.ProviderServer.PlanResourceChange)
	return r.ProviderServer.PlanResourceChange(ctx, request)
}

// replay answers what has been asked before as it was answered then.
type replay struct {
	http.RoundTripper
	mutex   sync.Mutex
	answers map[string]answer
}

type answer struct {
	response *http.Response
	body     []byte
}

func (r *replay) RoundTrip(request *http.Request) (*http.Response, error) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if request.Method != http.MethodGet {
		if !strings.Contains(request.URL.Path, "/oauth2/") {
			clear(r.answers) // the tenant is another now
		}
		return r.RoundTripper.RoundTrip(request)
	}
	key := request.URL.String()
	known, ok := r.answers[key]
	if !ok {
		response, err := r.RoundTripper.RoundTrip(request)
		if err != nil {
			return nil, err
		}
		body, err := io.ReadAll(response.Body)
		if err != nil {
			return nil, err
		}
		known = answer{response, body}
		r.answers[key] = known
	}
	response := new(*known.response)
	response.Header = known.response.Header.Clone()
	response.Body = io.NopCloser(bytes.NewReader(known.body))
	response.Request = request
	return response, nil
}
