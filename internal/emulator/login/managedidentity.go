package login

import (
	"context"
	"errors"
	"time"
)

// AccessToken is a token with what goes with it.
type AccessToken struct {
	Token     string
	NotBefore time.Time
	ExpiresOn time.Time
	ExpiresIn time.Duration // from when it was issued to ExpiresOn
}

// ManagedIdentityToken issues a token to a managed identity, by whose client id it is asked for, without a proof of who
// asks: Azure has seen that already. The error is a refusal with an AADSTS number; [OAuthCode] tells of which kind.
func (l *Login) ManagedIdentityToken(ctx context.Context, clientID, resource string) (AccessToken, error) {
	tenant := l.directory.At(ctx)
	client, f := l.client(tenant, clientID)
	if f != nil {
		return AccessToken{}, f
	}
	token, f := l.token(tenant, client, byAssertion, resource)
	if f != nil {
		return AccessToken{}, f
	}
	now := l.now()
	const lifetime = expiresIn * time.Second
	return AccessToken{Token: token, NotBefore: now.Add(-backdating), ExpiresOn: now.Add(lifetime), ExpiresIn: lifetime}, nil
}

// OAuthCode is the error code of RFC 6749 for a refusal.
func OAuthCode(err error) string {
	if f, ok := errors.AsType[*failure](err); ok {
		return f.oauth
	}
	return "server_error"
}

// The resource for which workloads get a token that is to be exchanged: a managed identity's is the credential of an
// application that trusts the identity. It is asked for by its name, and its tokens, which are of version 2, have its
// appId as the audience. See
// learn.microsoft.com/entra/workload-id/workload-identity-federation-config-app-trust-managed-identity.
const (
	tokenExchange      = "api://AzureADTokenExchange"
	tokenExchangeAppID = "fb60f99c-7a34-4190-8149-302f77469936"
)

// accepts reports whether a federated identity credential is for tokens with one of the audiences.
func (c FederatedCredential) accepts(a *assertion) bool {
	for _, audience := range a.audiences {
		for _, wanted := range c.Audiences {
			if wanted == audience || wanted == tokenExchange && audience == tokenExchangeAppID {
				return true
			}
		}
	}
	return false
}
