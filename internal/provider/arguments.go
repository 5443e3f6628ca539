package provider

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/workloadid/terraform-provider-workloadid/internal/graph"
)

// argument is one row of the table from which the schema of the provider block, the look-up in the environment and the
// documentation come.
type argument struct {
	// name as it is written; "endpoints.graph" is graph inside endpoints.
	name string
	// environment variables that stand in when the argument is not set, the first one that has a value.
	environment []string
	// workloadIdentity is the variable of the Azure workload identity webhook, which counts last and only when
	// use_aks_workload_identity chooses it.
	workloadIdentity string
	flag             bool
	sensitive        bool
	description      string
	// check refuses a value, wherever it comes from.
	check func(string) error
}

var (
	tenantID = &argument{
		name: "tenant_id", environment: []string{"ARM_TENANT_ID"}, workloadIdentity: "AZURE_TENANT_ID", check: isTenant,
		description: "The tenant to manage: its ID (a GUID) or one of its domain names. The Azure CLI and a managed identity have a tenant of their own, so that it may be left out with them.",
	}
	clientID = &argument{
		name: "client_id", environment: []string{"ARM_CLIENT_ID"}, workloadIdentity: "AZURE_CLIENT_ID", check: isGUID,
		description: "The client ID (application ID) of the application or managed identity that Terraform signs in as. With `use_msi` it selects a user-assigned managed identity; without it the system-assigned one is used.",
	}
	clientIDFile = &argument{
		name: "client_id_file", environment: []string{"ARM_CLIENT_ID_FILE_PATH"},
		description: "The path of a file that holds the client ID, instead of `client_id`.",
	}
	subscriptionID = &argument{
		name: "subscription_id", environment: []string{"ARM_SUBSCRIPTION_ID"}, check: isGUID,
		description: "The Azure subscription for what lives in Azure rather than in the tenant, such as managed identities.",
	}
	adoptLeftovers = &argument{
		name: "adopt_leftovers", environment: []string{"WORKLOADID_ADOPT_LEFTOVERS"}, flag: true,
		description: "Whether to take over what exists already and is exactly as declared, instead of failing with the block that imports it. For one run after another that was interrupted: nothing proves whose such objects are, and two configurations that manage one object lose it together. The default is `false`.",
	}

	environment = &argument{
		name: "environment", environment: []string{"ARM_ENVIRONMENT"}, check: isCloud,
		description: "The Microsoft cloud: `public` (the default), `usgovernment` or `china`. The names that azuread has besides are understood too: `global`, `usgovernmentl4`, `usgovernmentl5`, `dod`.",
	}
	metadataHost = &argument{
		name: "metadata_host", environment: []string{"ARM_METADATA_HOSTNAME", "ARM_METADATA_HOST"}, check: isHost,
		description: "The host, as in `management.example.com` or `localhost:8443`, that is asked at `/metadata/endpoints` where this cloud's services are, instead of `environment`. In the provider block it also counts instead of the variables of `endpoints`. For Azure Stack Hub, private clouds and a local tenant.",
	}
	graphEndpoint = &argument{
		name: "endpoints.graph", environment: []string{"WORKLOADID_GRAPH_ENDPOINT"}, check: isOrigin,
		description: "The origin of Microsoft Graph, as in `https://graph.microsoft.com`.",
	}
	resourceManagerEndpoint = &argument{
		name: "endpoints.resource_manager", environment: []string{"WORKLOADID_RESOURCE_MANAGER_ENDPOINT"}, check: isOrigin,
		description: "The origin of Azure Resource Manager, as in `https://management.azure.com`.",
	}
	authority = &argument{
		name: "endpoints.authority", environment: []string{"WORKLOADID_AUTHORITY"}, check: isOrigin,
		description: "The origin of the login service, as in `https://login.microsoftonline.com`.",
	}
	caCertificateFile = &argument{
		name: "ca_certificate_file", environment: []string{"WORKLOADID_CA_CERTIFICATE_FILE"},
		description: "The path of a PEM file with certificate authorities to trust besides the system's, for a network that inspects TLS or a local tenant.",
	}

	clientSecret = &argument{
		name: "client_secret", environment: []string{"ARM_CLIENT_SECRET"}, sensitive: true,
		description: "A client secret of the application `client_id`.",
	}
	clientSecretFile = &argument{
		name: "client_secret_file", environment: []string{"ARM_CLIENT_SECRET_FILE_PATH"},
		description: "The path of a file that holds the client secret, instead of `client_secret`.",
	}
	clientCertificate = &argument{
		name: "client_certificate", environment: []string{"ARM_CLIENT_CERTIFICATE"}, sensitive: true,
		description: "A certificate of the application `client_id` with its private key: base64 of a PKCS#12 bundle, or PEM.",
	}
	clientCertificateFile = &argument{
		name: "client_certificate_file", environment: []string{"ARM_CLIENT_CERTIFICATE_PATH"},
		description: "The path of a PKCS#12 (`.pfx`) or PEM file with the certificate and its private key, instead of `client_certificate`.",
	}
	clientCertificatePassword = &argument{
		name: "client_certificate_password", environment: []string{"ARM_CLIENT_CERTIFICATE_PASSWORD"}, sensitive: true,
		description: "The password of the PKCS#12 bundle.",
	}

	useOIDC = &argument{
		name: "use_oidc", environment: []string{"ARM_USE_OIDC"}, flag: true,
		description: "Sign in with a token of an OpenID Connect issuer that `client_id` trusts through a federated credential. The default is `false`, and `true` when the block itself sets `oidc_token` or `oidc_token_file`.",
	}
	oidcToken = &argument{
		name: "oidc_token", environment: []string{"ARM_OIDC_TOKEN"}, sensitive: true,
		description: "The issuer's token itself.",
	}
	oidcTokenFile = &argument{
		name: "oidc_token_file", environment: []string{"ARM_OIDC_TOKEN_FILE_PATH"}, workloadIdentity: "AZURE_FEDERATED_TOKEN_FILE",
		description: "The path of a file that holds the issuer's token, instead of `oidc_token`. It is read again whenever a token is needed, so that it may be rotated.",
	}
	oidcRequestURL = &argument{
		name: "oidc_request_url", environment: []string{"ARM_OIDC_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_URL", "SYSTEM_OIDCREQUESTURI"}, check: isAddress,
		description: "The address at which a pipeline asks for its token. GitHub Actions and Azure DevOps set it themselves.",
	}
	oidcRequestToken = &argument{
		name: "oidc_request_token", environment: []string{"ARM_OIDC_REQUEST_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_TOKEN", "SYSTEM_ACCESSTOKEN"}, sensitive: true,
		description: "The token with which a pipeline asks at `oidc_request_url`.",
	}
	serviceConnectionID = &argument{
		name:        "ado_pipeline_service_connection_id",
		environment: []string{"ARM_ADO_PIPELINE_SERVICE_CONNECTION_ID", "ARM_OIDC_AZURE_SERVICE_CONNECTION_ID", "AZURESUBSCRIPTION_SERVICE_CONNECTION_ID"},
		check:       isGUID,
		description: "The ID of the Azure DevOps service connection whose token is asked for. Setting it says that the pipeline is Azure DevOps' and not GitHub's.",
	}
	useAKSWorkloadIdentity = &argument{
		name: "use_aks_workload_identity", environment: []string{"ARM_USE_AKS_WORKLOAD_IDENTITY"}, flag: true,
		description: "Sign in as the workload identity of the Kubernetes pod that Terraform runs in. `client_id`, `tenant_id` and `oidc_token_file` come from the variables that the Azure workload identity webhook sets. The default is `false`.",
	}
	useMSI = &argument{
		name: "use_msi", environment: []string{"ARM_USE_MSI"}, flag: true,
		description: "Sign in as the managed identity of the machine that Terraform runs on. The default is `false`.",
	}
	msiEndpoint = &argument{
		name: "msi_endpoint", environment: []string{"ARM_MSI_ENDPOINT"}, check: isURL,
		description: "The address of the managed identity token endpoint, where it is not found by itself.",
	}
	useCLI = &argument{
		name: "use_cli", environment: []string{"ARM_USE_CLI"}, flag: true,
		description: "Sign in as whoever is signed in to the Azure CLI, when nothing else is configured. The default is `true`.",
	}
)

// arguments is the table, in the order of the documentation.
var arguments = []*argument{
	tenantID, clientID, clientIDFile, subscriptionID, adoptLeftovers,
	environment, metadataHost, graphEndpoint, resourceManagerEndpoint, authority, caCertificateFile,
	clientSecret, clientSecretFile, clientCertificate, clientCertificateFile, clientCertificatePassword,
	useOIDC, oidcToken, oidcTokenFile, oidcRequestURL, oidcRequestToken, serviceConnectionID,
	useAKSWorkloadIdentity, useMSI, msiEndpoint, useCLI,
}

// alternatives are pairs of which a provider block may set one: a value, and the file that holds it.
var alternatives = [][2]*argument{
	{clientID, clientIDFile},
	{clientSecret, clientSecretFile},
	{clientCertificate, clientCertificateFile},
	{oidcToken, oidcTokenFile},
}

// path is where the argument stands in the configuration.
func (a *argument) path() path.Path {
	parent, child, nested := strings.Cut(a.name, ".")
	if nested {
		return path.Root(parent).AtName(child)
	}
	return path.Root(a.name)
}

// String names the argument with the variable most people know it by: "client_id (or ARM_CLIENT_ID)".
func (a *argument) String() string {
	if len(a.environment) == 0 {
		return a.name
	}
	return fmt.Sprintf("%s (or %s)", a.name, a.environment[0])
}

// providerSchema is the schema of the provider block.
func providerSchema() schema.Schema {
	attributes := map[string]schema.Attribute{}
	endpoints := map[string]schema.Attribute{}
	for _, a := range arguments {
		if _, child, nested := strings.Cut(a.name, "."); nested {
			endpoints[child] = a.attribute()
		} else {
			attributes[a.name] = a.attribute()
		}
	}
	attributes["endpoints"] = schema.SingleNestedAttribute{
		Optional:            true,
		MarkdownDescription: "Origins of single services, in place of those of `environment` or `metadata_host`.",
		Attributes:          endpoints,
	}
	return schema.Schema{MarkdownDescription: providerDescription, Attributes: attributes}
}

func (a *argument) attribute() schema.Attribute {
	description := a.description
	if variables := append(append([]string{}, a.environment...), nonEmpty(a.workloadIdentity)...); len(variables) > 0 {
		description += " Environment: `" + strings.Join(variables, "`, `") + "`."
	}
	if a.flag {
		return schema.BoolAttribute{Optional: true, MarkdownDescription: description}
	}
	attribute := schema.StringAttribute{Optional: true, Sensitive: a.sensitive, MarkdownDescription: description}
	if a.check != nil {
		attribute.Validators = []validator.String{checked{a}}
	}
	return attribute
}

func nonEmpty(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

// checked applies an argument's check to the provider block; the values of the environment meet the same check when
// they are read.
type checked struct{ argument *argument }

func (c checked) Description(context.Context) string { return "a valid " + c.argument.name }

func (c checked) MarkdownDescription(context.Context) string {
	return "a valid `" + c.argument.name + "`"
}

func (c checked) ValidateString(_ context.Context, request validator.StringRequest, response *validator.StringResponse) {
	if request.ConfigValue.IsNull() || request.ConfigValue.IsUnknown() {
		return
	}
	if err := c.argument.check(request.ConfigValue.ValueString()); err != nil {
		response.Diagnostics.AddAttributeError(request.Path, "Invalid "+c.argument.name, upperFirst(err.Error()))
	}
}

var (
	guid   = regexp.MustCompile(`^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$`)
	domain = regexp.MustCompile(`^[0-9A-Za-z]([0-9A-Za-z-]*[0-9A-Za-z])?(\.[0-9A-Za-z]([0-9A-Za-z-]*[0-9A-Za-z])?)+$`)
)

func isGUID(value string) error {
	if !guid.MatchString(value) {
		return fmt.Errorf("%q is not a GUID such as 00000000-0000-0000-0000-000000000000", value)
	}
	return nil
}

func isTenant(value string) error {
	if !guid.MatchString(value) && !domain.MatchString(value) {
		return fmt.Errorf("%q is neither a tenant ID (a GUID) nor a domain name of a tenant", value)
	}
	return nil
}

func isCloud(value string) error {
	if _, ok := graph.LookupCloud(value); !ok {
		return fmt.Errorf("%q is not a cloud, the clouds are %s", value, strings.Join(graph.CloudNames(), ", "))
	}
	return nil
}

func isHost(value string) error {
	if strings.Contains(value, "://") {
		return isOrigin(value)
	}
	if u, err := url.Parse("https://" + value); err != nil || u.Host != value || value == "" {
		return fmt.Errorf("%q is not the name of a host, with a port if it needs one", value)
	}
	return nil
}

// isOrigin takes the address of a host, over which nothing secret can be read.
func isOrigin(value string) error {
	if err := isAddress(value); err != nil {
		return err
	}
	u, err := url.Parse(value)
	if err == nil && (strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "") {
		err = fmt.Errorf("%q has more than a host: the paths of requests come after it. Give %s://%s", value, u.Scheme, u.Host)
	}
	return err
}

// isAddress takes an address at which nothing secret can be read on its way.
func isAddress(value string) error {
	if err := isURL(value); err != nil {
		return err
	}
	if u, err := url.Parse(value); err == nil && !graph.IsSafe(u) {
		return fmt.Errorf("%q sends secrets and tokens over plain HTTP to another machine: give an https address. Plain HTTP is for this machine (localhost, 127.0.0.1) alone", value)
	}
	return nil
}

func isURL(value string) error {
	u, err := url.Parse(value)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return fmt.Errorf("%q is not an address such as https://example.com", value)
	}
	if u.User != nil {
		return errors.New("the address must not contain a user name or password")
	}
	return nil
}

func upperFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
