package acctest

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	"github.com/google/uuid"
	abstractions "github.com/microsoft/kiota-abstractions-go"
	"github.com/microsoft/kiota-abstractions-go/authentication"
	"github.com/microsoft/kiota-abstractions-go/serialization"
	kiotahttp "github.com/microsoft/kiota-http-go"
	jsonserialization "github.com/microsoft/kiota-serialization-json-go"
	textserialization "github.com/microsoft/kiota-serialization-text-go"
	graphcore "github.com/microsoftgraph/msgraph-sdk-go-core"
	"github.com/microsoftgraph/msgraph-sdk-go/applications"
	"github.com/microsoftgraph/msgraph-sdk-go/applicationswithappid"
	"github.com/microsoftgraph/msgraph-sdk-go/models"
	"github.com/microsoftgraph/msgraph-sdk-go/models/odataerrors"
	"github.com/microsoftgraph/msgraph-sdk-go/serviceprincipals"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator"
)

// These tests use the local tenant as programs do that have nothing to do with the provider: with Microsoft's SDK for
// Graph as it comes, its own adapter and middleware included, and azidentity.

// sdk is Microsoft's SDK on a new tenant.
type sdk struct {
	tenant       *emulator.Tenant
	origin       string
	http         *http.Client // trusts the tenant
	adapter      *graphcore.GraphRequestAdapterBase
	applications *applications.ApplicationsRequestBuilder
	principals   *serviceprincipals.ServicePrincipalsRequestBuilder
}

func newSDK(t *testing.T) *sdk {
	t.Helper()
	server, err := emulator.Start(context.WithoutCancel(t.Context()), emulator.Options{}, emulator.ServerOptions{CertificateFolder: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	content, err := os.ReadFile(server.CACertificateFile)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(content) {
		t.Fatal("the tenant's authority has no certificate")
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}, ForceAttemptHTTP2: true}
	t.Cleanup(transport.CloseIdleConnections)
	s := &sdk{tenant: server.Tenant, origin: server.URL, http: &http.Client{Transport: transport}}

	credential, err := s.secret(emulator.CallerClientID, emulator.CallerClientSecret)
	if err != nil {
		t.Fatal(err)
	}
	options := &graphcore.GraphClientOptions{GraphServiceVersion: "v1.0"}
	pipeline := &http.Client{Transport: kiotahttp.NewCustomTransportWithParentTransport(transport, graphcore.GetDefaultMiddlewaresWithOptions(options)...)}
	registerFormats()
	s.adapter, err = graphcore.NewGraphRequestAdapterBaseWithParseNodeFactoryAndSerializationWriterFactoryAndHttpClient(
		authentication.NewBaseBearerTokenAuthenticationProvider(tokens{credential}), *options, nil, nil, pipeline)
	if err != nil {
		t.Fatal(err)
	}
	s.adapter.SetBaseUrl(server.URL + "/v1.0")
	base := map[string]string{"baseurl": s.adapter.GetBaseUrl()}
	s.applications = applications.NewApplicationsRequestBuilderInternal(base, s.adapter)
	s.principals = serviceprincipals.NewServicePrincipalsRequestBuilderInternal(base, s.adapter)
	return s
}

// registerFormats makes known what the SDK reads and writes, as the SDK's root client does.
var registerFormats = sync.OnceFunc(func() {
	abstractions.RegisterDefaultSerializer(func() serialization.SerializationWriterFactory {
		return jsonserialization.NewJsonSerializationWriterFactory()
	})
	abstractions.RegisterDefaultDeserializer(func() serialization.ParseNodeFactory { return jsonserialization.NewJsonParseNodeFactory() })
	abstractions.RegisterDefaultDeserializer(func() serialization.ParseNodeFactory { return textserialization.NewTextParseNodeFactory() })
})

// client is how programs with an Azure SDK are told of the tenant.
func (s *sdk) client() azcore.ClientOptions {
	return azcore.ClientOptions{Transport: s.http, Cloud: cloud.Configuration{ActiveDirectoryAuthorityHost: s.origin}, Retry: policy.RetryOptions{MaxRetries: -1}}
}

func (s *sdk) secret(clientID, secret string) (azcore.TokenCredential, error) {
	return azidentity.NewClientSecretCredential(s.tenant.TenantID(), clientID, secret,
		&azidentity.ClientSecretCredentialOptions{ClientOptions: s.client(), DisableInstanceDiscovery: true})
}

var graphScope = policy.TokenRequestOptions{Scopes: []string{"https://graph.microsoft.com/.default"}}

// tokens gives Kiota the tokens of azidentity.
type tokens struct{ credential azcore.TokenCredential }

func (p tokens) GetAuthorizationToken(ctx context.Context, _ *url.URL, _ map[string]any) (string, error) {
	token, err := p.credential.GetToken(ctx, graphScope)
	return token.Token, err
}

func (p tokens) GetAllowedHostsValidator() *authentication.AllowedHostsValidator {
	return new(authentication.AllowedHostsValidator) // an empty one allows any
}

func (s *sdk) application(t *testing.T, name string) models.Applicationable {
	t.Helper()
	body := models.NewApplication()
	body.SetDisplayName(&name)
	created, err := s.applications.Post(t.Context(), body, nil)
	if err != nil {
		t.Fatalf("creating %s: %v", name, explain(err))
	}
	return created
}

// explain is an error with what the SDK has of Graph's, which its Error method leaves out.
func explain(err error) error {
	if problem, ok := errors.AsType[*odataerrors.ODataError](err); ok && problem.GetErrorEscaped() != nil {
		return fmt.Errorf("%d %s: %s", problem.ResponseStatusCode, *problem.GetErrorEscaped().GetCode(), *problem.GetErrorEscaped().GetMessage())
	}
	return err
}

func TestRealClient_application(t *testing.T) {
	t.Parallel()
	s := newSDK(t)
	body := models.NewApplication()
	body.SetDisplayName(new("Deployer"))
	body.SetTags([]string{"a", "b"})
	web := models.NewWebApplication()
	web.SetRedirectUris([]string{"https://example.com/callback"})
	body.SetWeb(web)
	role := models.NewAppRole()
	role.SetId(new(uuid.New()))
	role.SetAllowedMemberTypes([]string{"Application"})
	role.SetDescription(new("Deploys"))
	role.SetDisplayName(new("Deploy"))
	role.SetValue(new("deploy"))
	role.SetIsEnabled(new(true))
	body.SetAppRoles([]models.AppRoleable{role})
	created, err := s.applications.Post(t.Context(), body, nil)
	if err != nil {
		t.Fatal(explain(err))
	}
	item := s.applications.ByApplicationId(*created.GetId())

	change := models.NewApplication()
	change.SetNotes(new("changed"))
	if _, err := item.Patch(t.Context(), change, nil); err != nil {
		t.Fatal(explain(err))
	}
	appID := *created.GetAppId()
	read, err := applicationswithappid.NewApplicationsWithAppIdRequestBuilderInternal(
		map[string]string{"baseurl": s.adapter.GetBaseUrl()}, s.adapter, &appID).Get(t.Context(), nil)
	if err != nil {
		t.Fatal(explain(err))
	}
	if *read.GetDisplayName() != "Deployer" || *read.GetNotes() != "changed" || !slices.Equal(read.GetTags(), []string{"a", "b"}) ||
		!slices.Equal(read.GetWeb().GetRedirectUris(), []string{"https://example.com/callback"}) || read.GetCreatedDateTime().IsZero() ||
		len(read.GetAppRoles()) != 1 || *read.GetAppRoles()[0].GetValue() != "deploy" {
		t.Errorf("the application is %v, %v, %v", *read.GetDisplayName(), *read.GetNotes(), read.GetTags())
	}

	if err := item.Delete(t.Context(), nil); err != nil {
		t.Fatal(explain(err))
	}
	if _, err := item.Get(t.Context(), nil); err == nil {
		t.Error("the application can be read after it was deleted")
	}
}

func TestRealClient_pages(t *testing.T) {
	t.Parallel()
	s := newSDK(t)
	var want []string
	for i := range 11 {
		want = append(want, *s.application(t, fmt.Sprintf("page %02d", i)).GetDisplayName())
	}
	parameters := &applications.ApplicationsRequestBuilderGetQueryParameters{
		Top: new(int32(3)), Filter: new("startswith(displayName,'page')"), Select: []string{"id", "displayName"},
	}
	first, err := s.applications.Get(t.Context(), &applications.ApplicationsRequestBuilderGetRequestConfiguration{QueryParameters: parameters})
	if err != nil {
		t.Fatal(explain(err))
	}
	if len(first.GetValue()) != 3 || first.GetOdataNextLink() == nil {
		t.Errorf("the first page has %d", len(first.GetValue()))
	}
	iterator, err := graphcore.NewPageIterator[models.Applicationable](first, s.adapter, models.CreateApplicationCollectionResponseFromDiscriminatorValue)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	if err := iterator.Iterate(t.Context(), func(application models.Applicationable) bool {
		got = append(got, *application.GetDisplayName())
		return true
	}); err != nil {
		t.Fatal(explain(err))
	}
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("the pages have %v", got)
	}

	headers := abstractions.NewRequestHeaders()
	headers.Add("ConsistencyLevel", "eventual")
	count, err := s.applications.Count().Get(t.Context(), &applications.CountRequestBuilderGetRequestConfiguration{Headers: headers})
	if err != nil {
		t.Fatal(explain(err))
	}
	if *count != 12 { // and the seeded caller's
		t.Errorf("there are %d", *count)
	}
	counted, err := s.applications.Get(t.Context(), &applications.ApplicationsRequestBuilderGetRequestConfiguration{
		Headers: headers,
		QueryParameters: &applications.ApplicationsRequestBuilderGetQueryParameters{
			Count: new(true), Filter: new("displayName ne 'page 01'"), Orderby: []string{"displayName desc"}, Top: new(int32(1)),
		},
	})
	if err != nil {
		t.Fatal(explain(err))
	}
	if *counted.GetOdataCount() != 11 || *counted.GetValue()[0].GetDisplayName() != "page 10" {
		t.Errorf("counted %d, the first %s", *counted.GetOdataCount(), *counted.GetValue()[0].GetDisplayName())
	}
}

func TestRealClient_delta(t *testing.T) {
	t.Parallel()
	s := newSDK(t)
	gone := s.application(t, "gone")
	first, err := s.applications.Delta().GetAsDeltaGetResponse(t.Context(), nil)
	if err != nil {
		t.Fatal(explain(err))
	}
	if len(first.GetValue()) != 2 || first.GetOdataDeltaLink() == nil {
		t.Fatalf("the first round has %d", len(first.GetValue()))
	}
	s.application(t, "new")
	if err := s.applications.ByApplicationId(*gone.GetId()).Delete(t.Context(), nil); err != nil {
		t.Fatal(explain(err))
	}
	second, err := s.applications.Delta().WithUrl(*first.GetOdataDeltaLink()).GetAsDeltaGetResponse(t.Context(), nil)
	if err != nil {
		t.Fatal(explain(err))
	}
	changes := map[string]bool{} // whether it was removed, by id
	for _, application := range second.GetValue() {
		_, removed := application.GetAdditionalData()["@removed"]
		changes[*application.GetId()] = removed
	}
	if len(changes) != 2 || !changes[*gone.GetId()] {
		t.Errorf("the second round has %v", changes)
	}
}

func TestRealClient_batch(t *testing.T) {
	t.Parallel()
	s := newSDK(t)
	known := s.application(t, "known")
	batch := graphcore.NewBatchRequest(s.adapter)
	add := func(info *abstractions.RequestInformation, err error) string {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		step, err := batch.AddBatchRequestStep(*info)
		if err != nil {
			t.Fatal(err)
		}
		return *step.GetId()
	}
	body := models.NewApplication()
	body.SetDisplayName(new("batched"))
	read := add(s.applications.ByApplicationId(*known.GetId()).ToGetRequestInformation(t.Context(), nil))
	create := add(s.applications.ToPostRequestInformation(t.Context(), body, nil))
	missing := add(s.applications.ByApplicationId("00000000-0000-4000-8000-000000000000").ToGetRequestInformation(t.Context(), nil))
	answer, err := batch.Send(t.Context(), s.adapter)
	if err != nil {
		t.Fatal(explain(err))
	}
	for id, want := range map[string]string{read: "known", create: "batched"} {
		application, err := graphcore.GetBatchResponseById[models.Applicationable](answer, id, models.CreateApplicationFromDiscriminatorValue)
		if err != nil {
			t.Fatal(explain(err))
		}
		if *application.GetDisplayName() != want {
			t.Errorf("the batch has %s, not %s", *application.GetDisplayName(), want)
		}
	}
	if status := *answer.GetResponseById(missing).GetStatus(); status != http.StatusNotFound {
		t.Errorf("the missing application has status %d", status)
	}
}

func TestRealClient_federatedIdentityCredential(t *testing.T) {
	t.Parallel()
	s := newSDK(t)
	application := s.application(t, "Workload")
	principal := models.NewServicePrincipal()
	principal.SetAppId(application.GetAppId())
	if _, err := s.principals.Post(t.Context(), principal, nil); err != nil {
		t.Fatal(explain(err))
	}
	credentials := s.applications.ByApplicationId(*application.GetId()).FederatedIdentityCredentials()
	body := models.NewFederatedIdentityCredential()
	body.SetName(new("cluster"))
	body.SetIssuer(new(s.origin + "/oidc/cluster"))
	body.SetSubject(new("system:serviceaccount:shop:checkout"))
	body.SetAudiences([]string{"api://AzureADTokenExchange"})
	created, err := credentials.Post(t.Context(), body, nil)
	if err != nil {
		t.Fatal(explain(err))
	}
	change := models.NewFederatedIdentityCredential()
	change.SetDescription(new("of the shop"))
	byID := credentials.ByFederatedIdentityCredentialId(*created.GetId())
	if _, err := byID.Patch(t.Context(), change, nil); err != nil {
		t.Fatal(explain(err))
	}
	list, err := credentials.Get(t.Context(), nil)
	if err != nil {
		t.Fatal(explain(err))
	}
	if len(list.GetValue()) != 1 || *list.GetValue()[0].GetDescription() != "of the shop" {
		t.Errorf("there are %d credentials", len(list.GetValue()))
	}

	for subject, want := range map[string]string{"system:serviceaccount:shop:checkout": "", "system:serviceaccount:shop:other": "AADSTS700213"} {
		credential, err := azidentity.NewClientAssertionCredential(s.tenant.TenantID(), *application.GetAppId(),
			func(ctx context.Context) (string, error) { return s.tenantToken(ctx, "cluster", subject) },
			&azidentity.ClientAssertionCredentialOptions{ClientOptions: s.client(), DisableInstanceDiscovery: true})
		if err != nil {
			t.Fatal(err)
		}
		_, err = credential.GetToken(t.Context(), graphScope)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("as %s: %v", subject, err)
		}
	}

	if err := byID.Delete(t.Context(), nil); err != nil {
		t.Fatal(explain(err))
	}
}

func TestRealClient_password(t *testing.T) {
	t.Parallel()
	s := newSDK(t)
	application := s.application(t, "Workload")
	principal := models.NewServicePrincipal()
	principal.SetAppId(application.GetAppId())
	if _, err := s.principals.Post(t.Context(), principal, nil); err != nil {
		t.Fatal(explain(err))
	}
	item := s.applications.ByApplicationId(*application.GetId())
	request := applications.NewItemAddPasswordPostRequestBody()
	wanted := models.NewPasswordCredential()
	wanted.SetDisplayName(new("first"))
	request.SetPasswordCredential(wanted)
	password, err := item.AddPassword().Post(t.Context(), request, nil)
	if err != nil {
		t.Fatal(explain(err))
	}
	credential, err := s.secret(*application.GetAppId(), *password.GetSecretText())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := credential.GetToken(t.Context(), graphScope); err != nil {
		t.Errorf("with the new secret: %v", err)
	}

	removal := applications.NewItemRemovePasswordPostRequestBody()
	removal.SetKeyId(password.GetKeyId())
	if err := item.RemovePassword().Post(t.Context(), removal, nil); err != nil {
		t.Fatal(explain(err))
	}
	if credential, err = s.secret(*application.GetAppId(), *password.GetSecretText()); err != nil {
		t.Fatal(err)
	}
	_, err = credential.GetToken(t.Context(), graphScope)
	failed, ok := errors.AsType[*azidentity.AuthenticationFailedError](err)
	if !ok || !strings.Contains(failed.Error(), "AADSTS7000215") {
		t.Errorf("with the removed secret: %v", err)
	}
}

func TestRealClient_errors(t *testing.T) {
	t.Parallel()
	s := newSDK(t)
	for _, test := range []struct {
		name    string
		ask     func(context.Context) error
		status  int
		code    string
		message string
	}{
		{
			"missing", func(ctx context.Context) error {
				_, err := s.applications.ByApplicationId("00000000-0000-4000-8000-000000000000").Get(ctx, nil)
				return err
			},
			http.StatusNotFound, "Request_ResourceNotFound",
			"Resource '00000000-0000-4000-8000-000000000000' does not exist or one of its queried reference-property objects are not present.",
		},
		{
			"without a name", func(ctx context.Context) error {
				_, err := s.applications.Post(ctx, models.NewApplication(), nil)
				return err
			},
			http.StatusBadRequest, "Request_BadRequest", "A value is required for property 'displayName' of resource 'Application'.",
		},
		{
			"an advanced query without its header", func(ctx context.Context) error {
				_, err := s.applications.Get(ctx, &applications.ApplicationsRequestBuilderGetRequestConfiguration{
					QueryParameters: &applications.ApplicationsRequestBuilderGetQueryParameters{Search: new(`"displayName:x"`)},
				})
				return err
			},
			http.StatusBadRequest, "Request_UnsupportedQuery", "",
		},
	} {
		t.Run(test.name, func(t *testing.T) { // one after the other: a builder's parameters are a map of its own
			err := test.ask(t.Context())
			problem, ok := errors.AsType[*odataerrors.ODataError](err)
			if !ok {
				t.Fatalf("the error is a %T: %v", err, err)
			}
			body := problem.GetErrorEscaped()
			if problem.ResponseStatusCode != test.status || *body.GetCode() != test.code || test.message != "" && *body.GetMessage() != test.message {
				t.Errorf("the error is %v", explain(err))
			}
			inner := body.GetInnerError()
			if inner.GetRequestId() == nil || inner.GetClientRequestId() == nil || inner.GetDate() == nil {
				t.Errorf("innerError lacks something: %v, %v, %v", inner.GetRequestId(), inner.GetClientRequestId(), inner.GetDate())
			}
		})
	}
}

// tenantToken gets a token of a test issuer.
func (s *sdk) tenantToken(ctx context.Context, issuer, subject string) (string, error) {
	query := url.Values{"issuer": {issuer}, "subject": {subject}}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.origin+"/_local/token?"+query.Encode(), nil)
	if err != nil {
		return "", err
	}
	response, err := s.http.Do(request)
	if err != nil {
		return "", err
	}
	defer func() { _ = response.Body.Close() }()
	var answer struct{ Value string }
	err = json.NewDecoder(response.Body).Decode(&answer)
	return answer.Value, err
}
