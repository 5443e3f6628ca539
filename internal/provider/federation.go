package provider

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
)

// exchangeAudience is the audience of tokens that are exchanged for one of Microsoft Entra.
const exchangeAudience = "api://AzureADTokenExchange"

// assertion makes a credential that exchanges another issuer's token, fetched anew whenever one is needed.
func (in signIn) assertion(token func(context.Context) (string, error)) (azcore.TokenCredential, error) {
	return azidentity.NewClientAssertionCredential(in.settings.text(tenantID), in.settings.text(clientID), token, &azidentity.ClientAssertionCredentialOptions{
		ClientOptions: in.options, DisableInstanceDiscovery: in.customAuthority,
	})
}

// gitHubToken asks GitHub Actions for the job's token.
// See https://docs.github.com/actions/reference/security/oidc.
func (in signIn) gitHubToken(ctx context.Context) (string, error) {
	var answer struct {
		Value string `json:"value"`
	}
	err := in.askForToken(ctx, http.MethodGet, map[string]string{"audience": exchangeAudience}, &answer)
	return answer.Value, present(answer.Value, err)
}

// azureDevOpsToken asks Azure DevOps for the token of a service connection.
// See https://learn.microsoft.com/rest/api/azure/devops/distributedtask/oidctoken/create.
func (in signIn) azureDevOpsToken(ctx context.Context) (string, error) {
	var answer struct {
		Token string `json:"oidcToken"`
	}
	err := in.askForToken(ctx, http.MethodPost, map[string]string{"api-version": "7.1", "serviceConnectionId": in.settings.text(serviceConnectionID)}, &answer)
	return answer.Token, present(answer.Token, err)
}

func present(token string, err error) error {
	if err == nil && token == "" {
		return errors.New("the pipeline's token endpoint answered without a token")
	}
	return err
}

func (in signIn) askForToken(ctx context.Context, method string, query map[string]string, answer any) error {
	address, err := url.Parse(in.settings.text(oidcRequestURL))
	if err != nil {
		return fmt.Errorf("%s is not an address: %w", oidcRequestURL, err)
	}
	values := address.Query()
	for name, value := range query {
		values.Set(name, value)
	}
	address.RawQuery = values.Encode()
	request, err := http.NewRequestWithContext(ctx, method, address.String(), nil)
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+in.settings.text(oidcRequestToken))
	request.Header.Set("Accept", "application/json")
	request.Header.Set("Content-Type", "application/json")
	response, err := in.transport.RoundTrip(request)
	if err != nil {
		return fmt.Errorf("asking %s for the pipeline's token: %w", address.Host, err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return fmt.Errorf("asking %s for the pipeline's token: %w", address.Host, err)
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answered %s when it was asked for the pipeline's token; check %s and %s", address.Host, response.Status, oidcRequestURL, oidcRequestToken)
	}
	if err := json.Unmarshal(body, answer); err != nil {
		return fmt.Errorf("%s answered something that is not a token", address.Host)
	}
	return nil
}
