package main

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
)

// workload is a piece of software with a token of its platform (a Kubernetes service account token, GitHub's OIDC
// token) and nothing else. It has no secret.
type workload struct {
	tenant        *tenant
	clientID      string // of the application whose identity it wants
	platformToken string
}

// Exchange trades the platform's token for one of Microsoft Graph, with the library that real workloads use.
func (w workload) Exchange(ctx context.Context) (string, error) {
	credential, err := azidentity.NewClientAssertionCredential(w.tenant.ID, w.clientID,
		func(context.Context) (string, error) { return w.platformToken, nil },
		&azidentity.ClientAssertionCredentialOptions{ClientOptions: w.tenant.clientOptions(), DisableInstanceDiscovery: true})
	if err != nil {
		return "", err
	}
	token, err := credential.GetToken(ctx, policy.TokenRequestOptions{Scopes: []string{w.tenant.URL + "/.default"}})
	return token.Token, err
}

// Self asks Microsoft Graph for the service principal that the token is of. It needs no permission: "A service
// principal can retrieve its own application and service principal details without being granted any application
// permissions" (https://learn.microsoft.com/graph/api/serviceprincipal-get).
func (w workload) Self(ctx context.Context, token, objectID string) (map[string]any, error) {
	return w.tenant.request(ctx, http.MethodGet, "/v1.0/servicePrincipals/"+objectID, token, nil)
}

// presented is the part of a platform's token that federated credentials look at.
type presented struct {
	Issuer  string `json:"iss"`
	Subject string `json:"sub"`
}

// identity is the part of an access token that says whose it is.
type identity struct {
	ApplicationID string `json:"appid"`
	ObjectID      string `json:"oid"`
	TenantID      string `json:"tid"`
	Kind          string `json:"idtyp"`
}

// claims reads a token without verifying it: who has it from the token endpoint itself has no need to.
func claims(token string, into any) error {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return errors.New("the token is not a JWT")
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return fmt.Errorf("decoding the token: %w", err)
	}
	return json.Unmarshal(payload, into)
}

// refusal is the description of a failed exchange, without the identifiers for Microsoft's support.
func refusal(err error) string {
	failed, ok := errors.AsType[*azidentity.AuthenticationFailedError](err)
	if !ok || failed.RawResponse == nil {
		return err.Error()
	}
	defer failed.RawResponse.Body.Close()
	var body struct {
		Description string `json:"error_description"`
	}
	if err := json.NewDecoder(failed.RawResponse.Body).Decode(&body); err != nil {
		return failed.Error()
	}
	text, _, _ := strings.Cut(body.Description, " Trace ID:")
	return text
}
