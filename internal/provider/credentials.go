package provider

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"

	"github.com/workloadid/terraform-provider-workloadid/internal/graph"
)

// source is one way to sign in.
type source struct {
	name string
	// assess says whether the settings ask for this source, and can.
	assess func(settings) verdict
	// build makes the credential. Only called when assess found it ready.
	build func(signIn) (azcore.TokenCredential, error)
}

// verdict is what a source thinks of the settings.
type verdict struct {
	state  state
	reason string
}

type state int

const (
	// notConfigured: nothing asks for this source; the next one has its turn.
	notConfigured state = iota
	// incomplete: something asks for it, but something else is missing. Going on to the next source would sign in as
	// somebody else than was asked for.
	incomplete
	// ready: it can be tried.
	ready
)

// signIn is what the builders need.
type signIn struct {
	settings settings
	options  azcore.ClientOptions
	// customAuthority: Microsoft does not know the login service, so it must not be asked about it.
	customAuthority bool
	transport       http.RoundTripper
}

// sources are tried in this order, azurerm's and azuread's; the first that is configured is used, and no other.
var sources = []source{
	{
		name: "client certificate",
		assess: func(s settings) verdict {
			if s.pick(clientCertificate, clientCertificateFile) == nil {
				return verdict{notConfigured, "neither client_certificate nor client_certificate_file is set"}
			}
			return needs(s, tenantID, clientID)
		},
		build: func(in signIn) (azcore.TokenCredential, error) {
			certificates, key, err := certificateOf(in.settings)
			if err != nil {
				return nil, err
			}
			return azidentity.NewClientCertificateCredential(in.settings.text(tenantID), in.settings.text(clientID), certificates, key, &azidentity.ClientCertificateCredentialOptions{
				ClientOptions: in.options, DisableInstanceDiscovery: in.customAuthority,
				// Lets an application that trusts a subject name and issuer accept a renewed certificate.
				SendCertificateChain: true,
			})
		},
	},
	{
		name: "client secret",
		assess: func(s settings) verdict {
			if s.pick(clientSecret, clientSecretFile) == nil {
				return verdict{notConfigured, "neither client_secret nor client_secret_file is set"}
			}
			return needs(s, tenantID, clientID)
		},
		build: func(in signIn) (azcore.TokenCredential, error) {
			secret, err := in.settings.content(clientSecret, clientSecretFile)
			if err != nil {
				return nil, err
			}
			return azidentity.NewClientSecretCredential(in.settings.text(tenantID), in.settings.text(clientID), secret, &azidentity.ClientSecretCredentialOptions{
				ClientOptions: in.options, DisableInstanceDiscovery: in.customAuthority,
			})
		},
	},
	{
		name: "AKS workload identity",
		assess: func(s settings) verdict {
			if !s.flag(useAKSWorkloadIdentity, false) {
				return verdict{notConfigured, "use_aks_workload_identity is not true"}
			}
			return needs(s, tenantID, clientID, oidcTokenFile)
		},
		build: func(in signIn) (azcore.TokenCredential, error) {
			if _, err := in.settings.readFile(oidcTokenFile); err != nil {
				return nil, err
			}
			return in.assertion(func(context.Context) (string, error) {
				content, err := in.settings.readFile(oidcTokenFile)
				return strings.TrimSpace(string(content)), err
			})
		},
	},
	{
		name: "OpenID Connect token",
		assess: func(s settings) verdict {
			token := s.pick(oidcToken, oidcTokenFile)
			switch {
			case !s.wantsOIDC():
				return verdict{notConfigured, "use_oidc is not true"}
			case token == nil:
				return verdict{notConfigured, "neither oidc_token nor oidc_token_file is set"}
			default:
				return needs(s, tenantID, clientID)
			}
		},
		build: func(in signIn) (azcore.TokenCredential, error) {
			if _, err := in.settings.content(oidcToken, oidcTokenFile); err != nil {
				return nil, err
			}
			return in.assertion(func(context.Context) (string, error) {
				return in.settings.content(oidcToken, oidcTokenFile)
			})
		},
	},
	{
		name: "OpenID Connect token of Azure DevOps",
		assess: func(s settings) verdict {
			switch {
			case !s.wantsOIDC():
				return verdict{notConfigured, "use_oidc is not true"}
			case !s.isSet(serviceConnectionID):
				return verdict{notConfigured, serviceConnectionID.String() + " is not set"}
			default:
				return needs(s, tenantID, clientID, oidcRequestURL, oidcRequestToken)
			}
		},
		build: func(in signIn) (azcore.TokenCredential, error) { return in.assertion(in.azureDevOpsToken) },
	},
	{
		name: "OpenID Connect token of GitHub Actions",
		assess: func(s settings) verdict {
			switch {
			case !s.wantsOIDC():
				return verdict{notConfigured, "use_oidc is not true"}
			case !s.isSet(oidcRequestURL) && !s.isSet(oidcRequestToken):
				return verdict{incomplete, "use_oidc is true, but there is no token: none of oidc_token, oidc_token_file and oidc_request_url is set, and neither GitHub Actions' nor Azure DevOps' variables are there. In a GitHub workflow the job needs `permissions: id-token: write`"}
			default:
				return needs(s, tenantID, clientID, oidcRequestURL, oidcRequestToken)
			}
		},
		build: func(in signIn) (azcore.TokenCredential, error) { return in.assertion(in.gitHubToken) },
	},
	{
		name: "managed identity",
		assess: func(s settings) verdict {
			if !s.flag(useMSI, false) {
				return verdict{notConfigured, "use_msi is not true"}
			}
			return verdict{state: ready}
		},
		build: managedIdentity,
	},
	{
		name: "Azure CLI",
		assess: func(s settings) verdict {
			if !s.flag(useCLI, true) {
				return verdict{notConfigured, "use_cli is false"}
			}
			return verdict{state: ready}
		},
		build: func(in signIn) (azcore.TokenCredential, error) {
			return azidentity.NewAzureCLICredential(&azidentity.AzureCLICredentialOptions{TenantID: in.settings.text(tenantID)})
		},
	},
}

// wantsOIDC: use_oidc says so; where it is silent, a token in the provider block does. A token in the environment does
// not, because azurerm and azuread ignore it then, and a pipeline must not sign in as somebody else than before.
func (s settings) wantsOIDC() bool {
	return s.flag(useOIDC, s[oidcToken].inBlock || s[oidcTokenFile].inBlock)
}

// needs is the verdict of a source that was asked for and needs these arguments.
func needs(s settings, all ...*argument) verdict {
	var missing []string
	for _, a := range all {
		if !s.isSet(a) {
			missing = append(missing, a.String())
		}
	}
	if len(missing) > 0 {
		return verdict{incomplete, "it is asked for, but not complete: " + strings.Join(missing, " and ") + plural(len(missing), " is", " are") + " not set"}
	}
	return verdict{state: ready}
}

func plural(n int, one, more string) string {
	if n == 1 {
		return one
	}
	return more
}

// choice is the source that is used, and what became of the others.
type choice struct {
	source *source
	// report has a line for each source that was considered.
	report []string
}

// choose goes through the sources in order. An error says what stands in the way of the one that was asked for, or that
// none was.
func choose(s settings) (choice, error) {
	var c choice
	for i := range sources {
		candidate := &sources[i]
		v := candidate.assess(s)
		switch v.state {
		case notConfigured:
			c.report = append(c.report, candidate.name+": not used, "+v.reason)
		case incomplete:
			c.report = append(c.report, candidate.name+": "+v.reason)
			return c, errors.New(candidate.name + ": " + v.reason)
		case ready:
			c.report = append(c.report, candidate.name+": used")
			c.source = candidate
			return c, nil
		}
	}
	return c, errors.New("no source of credentials is configured")
}

// String lists the sources that were considered.
func (c choice) String() string {
	return "Sources of credentials that were considered, in this order:\n  - " + strings.Join(c.report, "\n  - ")
}

// remedies are what to do about the answers of the login service, by its code
// (https://learn.microsoft.com/entra/identity-platform/reference-error-codes).
var remedies = map[string]string{
	"AADSTS7000215": "The secret is not one of this application's. Use the secret's value, not its ID, and check that it belongs to client_id.",
	"AADSTS7000222": "The secret has expired. Create a new one, or use a federated credential, which does not expire.",
	"AADSTS700016":  "Check client_id, and that tenant_id is the tenant in which the application, or a service principal of it, lives.",
	"AADSTS90002":   "Check tenant_id, and that environment is the cloud the tenant lives in.",
	"AADSTS700027":  "Check that the certificate is registered with the application client_id and has not expired.",
	"AADSTS700024":  "Check the clock of this machine, and that the token was issued for this run.",
	"AADSTS70021":   federationRemedy,
	"AADSTS700211":  federationRemedy,
	"AADSTS700212":  federationRemedy,
	"AADSTS700213":  federationRemedy,
	"AADSTS7002131": federationRemedy,
	"AADSTS7002138": "The subject matches except for upper and lower case. Federated credentials compare them exactly.",
	"AADSTS70025":   "The application client_id has no federated credential yet. A new one takes some minutes to be known everywhere.",
	"AADSTS53003":   "A conditional access policy for workload identities blocks this application from here.",
	"AADSTS7000112": "The application is disabled. Enable its service principal.",
	"AADSTS500011":  "Check environment and endpoints: the tenant does not know this Microsoft Graph.",
	"AADSTS7000229": "The application has no service principal in the tenant yet.",
	"AADSTS70011":   "Check environment and endpoints: the login service does not know this Microsoft Graph.",
	"AADSTS50173":   "The sign-in has expired. Run `az login` again.",
	"AADSTS700082":  "The sign-in has expired. Run `az login` again.",
	"AADSTS50076":   "Multi-factor authentication is required. Run `az login` again.",
	"AADSTS50079":   "Multi-factor authentication is required. Run `az login` again.",
	"AADSTS900382":  "Check environment: the application lives in another cloud.",
	"AADSTS7002137": federationRemedy,
	"AADSTS700030":  "The certificate's subject is not one the application trusts.",
	"AADSTS700025":  "The application is a public client. Turn off fallback to public clients, or use another application.",
	"AADSTS700223":  "The tenant's policy does not allow sign-in by federated credentials.",
	"AADSTS700238":  "The tenant's policy does not allow this issuer.",
	"AADSTS50020":   "Sign in with an account of the tenant tenant_id, as with `az login --tenant`.",
}

const federationRemedy = "Compare the token's issuer, subject and audience, which the message names, with the application's federated credentials: they must be equal, in upper and lower case too. A new credential takes some minutes to be known everywhere."

// failure is the one error for a credential that does not work.
func (c choice) failure(err error) (summary, detail string) {
	var b strings.Builder
	reason := err.Error()
	code := ""
	if failed, ok := errors.AsType[*graph.CredentialError](err); ok {
		reason, code = failed.Message, failed.Code
	}
	if c.source == nil {
		fmt.Fprintf(&b, "%s.", upperFirst(strings.TrimRight(reason, ".")))
	} else {
		fmt.Fprintf(&b, "Signing in with the source %q failed: %s", c.source.name, reason)
	}
	if remedy := remedies[code]; remedy != "" {
		b.WriteString("\n\n" + remedy)
	}
	b.WriteString("\n\n" + c.String())
	return "Cannot sign in to Microsoft Entra", b.String()
}
