package provider

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/workloadid/terraform-provider-workloadid/internal/entity"
	"github.com/workloadid/terraform-provider-workloadid/internal/graph"
)

// tokens gives access tokens: of the provider's own credential, or of somebody who trusts another issuer's token.
func (in signIn) tokens(own azcore.TokenCredential) func(context.Context, entity.TokenRequest) (azcore.AccessToken, error) {
	return func(ctx context.Context, request entity.TokenRequest) (azcore.AccessToken, error) {
		credential := own
		if request.ClientID != "" {
			var err error
			if credential, err = in.federated(request); err != nil {
				return azcore.AccessToken{}, err
			}
		}
		token, err := credential.GetToken(ctx, policy.TokenRequestOptions{Scopes: []string{request.Scope}})
		if err != nil {
			failed := graph.NewCredentialError(err)
			detail := upperFirst(failed.Message)
			if remedy := remedies[failed.Code]; remedy != "" {
				detail += "\n\n" + remedy
			}
			at := path.Root("scope")
			if request.ClientID != "" {
				at = path.Root("client_id")
			}
			return azcore.AccessToken{}, &entity.AttributeError{Path: at, Summary: "cannot sign in to Microsoft Entra", Detail: detail}
		}
		return token, nil
	}
}

// federated exchanges another issuer's token, got anew whenever one is needed.
func (in signIn) federated(request entity.TokenRequest) (azcore.TokenCredential, error) {
	assertion, err := in.assertionFor(request)
	if err != nil {
		return nil, err
	}
	tenant := cmp.Or(request.TenantID, in.settings.text(tenantID))
	if tenant == "" {
		return nil, &entity.AttributeError{Path: path.Root("tenant_id"), Summary: "the tenant is not known", Detail: "Set tenant_id here or in the provider block."}
	}
	return azidentity.NewClientAssertionCredential(tenant, request.ClientID, assertion, &azidentity.ClientAssertionCredentialOptions{
		ClientOptions: in.options, DisableInstanceDiscovery: in.customAuthority,
	})
}

// assertionFor is where the other issuer's token comes from.
func (in signIn) assertionFor(request entity.TokenRequest) (func(context.Context) (string, error), error) {
	s := in.settings
	switch {
	case request.Assertion != "":
		return func(context.Context) (string, error) { return request.Assertion, nil }, nil
	case request.AssertionFile != "":
		if _, err := readAssertion(request.AssertionFile); err != nil {
			return nil, &entity.AttributeError{Path: path.Root("assertion_file"), Summary: "there is no token of another issuer", Detail: upperFirst(strings.TrimRight(err.Error(), ".")) + "."}
		}
		return func(context.Context) (string, error) { return readAssertion(request.AssertionFile) }, nil
	case s.pick(oidcToken, oidcTokenFile) != nil:
		return func(context.Context) (string, error) { return s.content(oidcToken, oidcTokenFile) }, nil
	case s.isSet(serviceConnectionID) && s.isSet(oidcRequestURL) && s.isSet(oidcRequestToken):
		return in.azureDevOpsToken, nil
	case s.isSet(oidcRequestURL) && s.isSet(oidcRequestToken):
		return in.gitHubToken, nil
	}
	return nil, &entity.AttributeError{
		Path: path.Root("client_id"), Summary: "there is no token of another issuer",
		Detail: fmt.Sprintf("Set assertion or assertion_file. Without them it is what the provider has for use_oidc, and none of %s, %s and %s is set.", oidcToken, oidcTokenFile, oidcRequestURL),
	}
}

// readAssertion reads a token's file whenever it is needed, since whoever writes it replaces it before it expires.
func readAssertion(file string) (string, error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("the file cannot be read: %w", err)
	}
	token := strings.TrimSpace(unmarked(string(content)))
	if token == "" {
		return "", errors.New("the file " + file + " is empty")
	}
	return token, nil
}
