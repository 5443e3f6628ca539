// Package provider is the provider block: its arguments, the credentials it finds, and the catalog of what it offers.
package provider

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/workloadid/terraform-provider-workloadid/internal/arm"
	"github.com/workloadid/terraform-provider-workloadid/internal/boundary"
	"github.com/workloadid/terraform-provider-workloadid/internal/entity"
	"github.com/workloadid/terraform-provider-workloadid/internal/graph"
	"github.com/workloadid/terraform-provider-workloadid/internal/shortcut"
)

const typeName = "workloadid"

const providerDescription = `Manages the identities that software uses in Microsoft Entra: applications, service principals and the federated credentials by which workloads sign in without a secret.

Every argument can be left out and comes from the environment then, under the names that the azurerm and azuread providers use, so that a pipeline that is set up for them needs no change.

The first of these that is configured is how Terraform signs in: a client certificate, a client secret, AKS workload identity (` + "`use_aks_workload_identity`" + `), a token of an OpenID Connect issuer (` + "`use_oidc`" + `), a managed identity (` + "`use_msi`" + `), and the Azure CLI.`

// Options are for tests and for programs that run the provider in their own process.
type Options struct {
	// Version is the provider's.
	Version string
	// Transport, when set, sends every request, to Graph and to the login service, in place of the network.
	Transport http.RoundTripper
	// LookupEnv, when set, is read in place of the environment.
	LookupEnv func(name string) (value string, ok bool)
	// ConsistencyWindow, when set, is how long after a write an older answer is expected; for tests, which have no time.
	ConsistencyWindow time.Duration
	// Deadlock, when set, is how long a write waits for another one to give up a value that only one can have; for tests likewise.
	Deadlock time.Duration
	// SignInLimit, when set, is how long a sign-in may take; for tests likewise.
	SignInLimit time.Duration
	// Clock, when set, is the time by which credentials expire; for tests, which put it forward.
	Clock func() time.Time
}

// New makes the provider.
func New(version string) provider.Provider { return NewWithOptions(Options{Version: version}) }

// NewWithOptions makes the provider with a transport and an environment of the caller's.
func NewWithOptions(options Options) provider.Provider {
	if options.LookupEnv == nil {
		options.LookupEnv = os.LookupEnv
	}
	return &workloadid{options: options}
}

var described = shortcut.Describe(typeName, resources)

// NewServer makes the provider and serves it by Terraform's protocol.
func NewServer(options Options) *boundary.Server {
	server, mask := Unguarded(options)
	return boundary.New(server, mask)
}

// Unguarded is the server without what NewServer sees to at last: that a panic ends one call and not the process, and that no
// secret is in a message. Mask takes secrets out of a text.
func Unguarded(options Options) (server *shortcut.Server, mask func(text string) string) {
	p := NewWithOptions(options).(*workloadid)
	framework := providerserver.NewProtocol6(p)().(shortcut.Framework)
	return shortcut.New(framework, described, func() (any, bool) {
		services := p.configured.Load()
		return services, services != nil
	}), p.mask
}

type workloadid struct {
	options Options
	// configured is what the resources were handed, once they were and nothing is put off.
	configured atomic.Pointer[entity.Services]
	// secrets are those that it was given.
	secrets atomic.Pointer[[]string]
}

func (p *workloadid) mask(text string) string {
	var secrets []string
	if known := p.secrets.Load(); known != nil {
		secrets = *known
	}
	return graph.MaskText(text, secrets...)
}

var (
	_ provider.ProviderWithValidateConfig     = (*workloadid)(nil)
	_ provider.ProviderWithFunctions          = (*workloadid)(nil)
	_ provider.ProviderWithEphemeralResources = (*workloadid)(nil)
	_ provider.ProviderWithListResources      = (*workloadid)(nil)
	_ provider.ProviderWithActions            = (*workloadid)(nil)
)

func (p *workloadid) Metadata(_ context.Context, _ provider.MetadataRequest, response *provider.MetadataResponse) {
	response.TypeName = typeName
	response.Version = p.options.Version
}

func (p *workloadid) Schema(_ context.Context, _ provider.SchemaRequest, response *provider.SchemaResponse) {
	response.Schema = providerSchema()
}

// ValidateConfig checks what the block alone can tell. The environment is not looked at: a configuration is valid or
// not wherever it is validated.
func (p *workloadid) ValidateConfig(ctx context.Context, request provider.ValidateConfigRequest, response *provider.ValidateConfigResponse) {
	found, diags := readSettings(ctx, request.Config, func(string) (string, bool) { return "", false })
	response.Diagnostics.Append(diags...)
	for _, pair := range alternatives {
		if found.isSet(pair[0]) && found.isSet(pair[1]) {
			response.Diagnostics.AddAttributeError(pair[1].path(), "Conflicting arguments", fmt.Sprintf("Set %s or %s, not both.", pair[0].name, pair[1].name))
		}
	}
}

// Configure finds out who calls and hands the clients to everything the provider offers. It gets an access token, so
// that a credential that does not work is reported here, once, and not by each resource.
func (p *workloadid) Configure(ctx context.Context, request provider.ConfigureRequest, response *provider.ConfigureResponse) {
	found, diags := readSettings(ctx, request.Config, p.options.LookupEnv)
	response.Diagnostics.Append(diags...)
	p.secrets.Store(new(found.secrets()))
	if diags.HasError() {
		return
	}
	var services *entity.Services
	if unknown := blocking(found.unknown()); len(unknown) > 0 {
		if request.ClientCapabilities.DeferralAllowed {
			response.Deferred = &provider.Deferred{Reason: provider.DeferredReasonProviderConfigUnknown}
		}
		services, diags = servicesToCome(unknown)
	} else {
		services, diags = p.signIn(ctx, found, p.userAgent(request.TerraformVersion))
	}
	response.Diagnostics.Append(diags...)
	if diags.HasError() {
		return
	}
	if response.Deferred == nil {
		p.configured.Store(services)
	}
	response.ResourceData = services
	response.DataSourceData = services
	response.EphemeralResourceData = services
	response.ListResourceData = services
	response.ActionData = services
}

// signInLimit is how long a sign-in may take, with all that it waits for: more than any takes that comes to a good end.
const signInLimit = 2 * time.Minute

// signIn is services within a time limit, and says so where that was passed.
func (p *workloadid) signIn(ctx context.Context, found settings, userAgent string) (*entity.Services, diag.Diagnostics) {
	limit := cmp.Or(p.options.SignInLimit, signInLimit)
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	services, diagnostics := p.services(ctx, found, userAgent)
	if diagnostics.HasError() && errors.Is(ctx.Err(), context.DeadlineExceeded) {
		diagnostics.AddError("Signing in took too long", fmt.Sprintf("It was given up after %s. What it waited for is in the error before this one.", limit))
	}
	return services, diagnostics
}

// services signs in and makes the clients.
func (p *workloadid) services(ctx context.Context, found settings, userAgent string) (*entity.Services, diag.Diagnostics) {
	var diagnostics diag.Diagnostics
	fail := func(summary string, err error) (*entity.Services, diag.Diagnostics) {
		diagnostics.AddError(summary, upperFirst(err.Error()))
		return nil, diagnostics
	}

	roots, err := trustedRoots(found)
	if err != nil {
		return fail("Cannot read certificate authorities", err)
	}
	transport := p.options.Transport
	if transport == nil {
		transport = graph.NewTransport(roots)
	}
	transport = graph.Bounded(transport)
	if found.isSet(clientIDFile) && found.pick(clientID, clientIDFile) == clientIDFile {
		id, err := found.content(clientID, clientIDFile)
		if err == nil {
			err = isGUID(id)
		}
		if err != nil {
			return fail("Invalid "+found[clientIDFile].origin, err)
		}
		found[clientID] = setting{value: id, origin: found[clientIDFile].origin}
	}

	chosen, err := choose(found)
	if err != nil {
		diagnostics.AddError(chosen.failure(err))
		return nil, diagnostics
	}
	cloud, err := cloudOf(ctx, found, transport)
	if err != nil {
		return fail("Cannot find Microsoft Graph", err)
	}
	logged := func(transport http.RoundTripper) http.RoundTripper {
		return graph.NewLogging(transport, "login", found.secrets())
	}
	in := signIn{
		settings:        found,
		customAuthority: cloud.CustomAuthority,
		transport:       graph.NewRetry(logged(transport)),
		options: azcore.ClientOptions{
			Cloud:     cloud.Azure(),
			Telemetry: policy.TelemetryOptions{ApplicationID: "workloadid"},
			Transport: &http.Client{Transport: logged(graph.Confined(transport, cloud)), CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
		},
	}
	credential, err := chosen.source.build(in)
	if err != nil {
		diagnostics.AddError(chosen.failure(err))
		return nil, diagnostics
	}
	client, err := graph.New(graph.Options{
		Cloud: cloud, GraphEndpoint: found.text(graphEndpoint), Credential: credential,
		Transport: transport, UserAgent: userAgent, Secrets: found.secrets(),
	})
	if err != nil {
		return fail("Cannot use Microsoft Graph", err)
	}
	caller, err := client.Caller(ctx)
	if err != nil {
		diagnostics.AddError(chosen.failure(err))
		return nil, diagnostics
	}
	return &entity.Services{
		Window:   p.options.ConsistencyWindow,
		Deadlock: p.options.Deadlock,
		Clock:    p.options.Clock,
		Token:    in.tokens(credential),
		Graph:    client,
		ResourceManager: arm.New(arm.Options{
			Cloud: cloud, Endpoint: found.text(resourceManagerEndpoint), Credential: credential,
			Transport: transport, UserAgent: userAgent, Secrets: found.secrets(),
		}),
		Source:   chosen.source.name,
		TenantID: caller.TenantID, ClientID: caller.ClientID, SubscriptionID: found.text(subscriptionID),
		SubscriptionUnknown: slices.Contains(found.unknown(), subscriptionID.name),
		AdoptLeftovers:      found.flag(adoptLeftovers, false),
	}, nil
}

// blocking leaves out what is not needed to sign in.
func blocking(unknown []string) []string {
	var names []string
	for _, name := range unknown {
		if name != subscriptionID.name && name != adoptLeftovers.name {
			names = append(names, name)
		}
	}
	return names
}

// servicesToCome stand in while the provider block has unknown values.
func servicesToCome(unknown []string) (*entity.Services, diag.Diagnostics) {
	var diagnostics diag.Diagnostics
	cloud, _ := graph.LookupCloud(graph.PublicCloud)
	client, err := graph.New(graph.Options{Cloud: cloud, Credential: notYet(unknown)})
	if err != nil {
		diagnostics.AddError("Cannot use Microsoft Graph", err.Error())
	}
	token := func(ctx context.Context, request entity.TokenRequest) (azcore.AccessToken, error) {
		return notYet(unknown).GetToken(ctx, policy.TokenRequestOptions{})
	}
	return &entity.Services{Token: token, Graph: client, ResourceManager: arm.New(arm.Options{Cloud: cloud, Credential: notYet(unknown)}), SubscriptionUnknown: true}, diagnostics
}

// notYet is the credential of a provider block whose arguments are not all known. No request is sent.
type notYet []string

func (n notYet) GetToken(context.Context, policy.TokenRequestOptions) (azcore.AccessToken, error) {
	return azcore.AccessToken{}, fmt.Errorf("the provider block's %s %s not known yet, because it depends on something that is not applied. "+
		"Apply that first (terraform apply -target=…), or give the provider a value that is known", strings.Join(n, " and "), plural(len(n), "is", "are"))
}

func (p *workloadid) userAgent(terraform string) string {
	agent := fmt.Sprintf("terraform-provider-workloadid/%s (+https://registry.terraform.io/providers/workloadid/workloadid) Terraform/%s", p.options.Version, terraform)
	if more, _ := p.options.LookupEnv("TF_APPEND_USER_AGENT"); strings.TrimSpace(more) != "" {
		agent += " " + strings.TrimSpace(more)
	}
	return agent
}

func (p *workloadid) Resources(context.Context) []func() resource.Resource { return resources }

func (p *workloadid) DataSources(context.Context) []func() datasource.DataSource { return dataSources }

func (p *workloadid) ListResources(context.Context) []func() list.ListResource { return listResources }

func (p *workloadid) EphemeralResources(context.Context) []func() ephemeral.EphemeralResource {
	return ephemeralResources
}

func (p *workloadid) Functions(context.Context) []func() function.Function {
	return providerFunctions
}

func (p *workloadid) Actions(context.Context) []func() action.Action { return actions }
