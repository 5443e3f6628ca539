package graph

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
)

const (
	// refreshBefore is how long before its end a token is replaced, unless the login service names a time.
	refreshBefore = 5 * time.Minute
	// usableFor is what a token must still last for a request to be sent with it.
	usableFor = 30 * time.Second
)

// authenticator keeps the one access token that all requests share.
type authenticator struct {
	credential azcore.TokenCredential
	scope      string
	origin     *url.URL

	// turn is held by whoever uses or renews the token; a channel, so that waiting ends with the context.
	turn    chan struct{}
	current azcore.AccessToken
}

func newAuthenticator(credential azcore.TokenCredential, scope string, origin *url.URL) *authenticator {
	return &authenticator{credential: credential, scope: scope, origin: origin, turn: make(chan struct{}, 1)}
}

// token returns an access token that can be used now. With claims (the demand of a continuous access evaluation
// challenge) the token at hand is not good enough and a new one is asked for.
func (a *authenticator) token(ctx context.Context, claims string) (string, error) {
	select {
	case a.turn <- struct{}{}:
	case <-ctx.Done():
		return "", ctx.Err()
	}
	defer func() { <-a.turn }()

	now := time.Now()
	usable := claims == "" && a.current.Token != "" && now.Add(usableFor).Before(a.current.ExpiresOn)
	if usable && !now.After(a.renewal()) {
		return a.current.Token, nil
	}
	token, err := a.credential.GetToken(ctx, policy.TokenRequestOptions{Scopes: []string{a.scope}, Claims: claims, EnableCAE: true})
	if err != nil {
		if usable && ctx.Err() == nil {
			return a.current.Token, nil
		}
		if ctx.Err() != nil {
			return "", ctx.Err()
		}
		return "", newCredentialError(err)
	}
	a.current = token
	return token.Token, nil
}

func (a *authenticator) renewal() time.Time {
	if !a.current.RefreshOn.IsZero() {
		return a.current.RefreshOn
	}
	return a.current.ExpiresOn.Add(-refreshBefore)
}

// roundTripper adds the token, to requests to Graph's own origin and to no other: nextLink and Location are the
// server's words. A claims challenge is met once, with a token that carries the claims.
// See https://learn.microsoft.com/entra/identity-platform/claims-challenge.
func (a *authenticator) roundTripper(next http.RoundTripper) http.RoundTripper {
	return roundTripper(func(request *http.Request) (*http.Response, error) {
		if request.URL.Scheme != a.origin.Scheme || request.URL.Host != a.origin.Host {
			return nil, &misdirected{to: request.URL.Host, want: a.origin.Host}
		}
		send := func(claims string) (*http.Response, error) {
			token, err := a.token(request.Context(), claims)
			if err != nil {
				return nil, err
			}
			attempt, err := replay(request)
			if err != nil {
				return nil, err
			}
			attempt.Header.Set("Authorization", "Bearer "+token)
			return next.RoundTrip(attempt)
		}
		response, err := send("")
		if err != nil || response.StatusCode != http.StatusUnauthorized {
			return response, err
		}
		claims := challengedClaims(response.Header)
		if claims == "" {
			return response, nil
		}
		_ = response.Body.Close()
		return send(claims)
	})
}

// misdirected is a request to another host than Graph's.
type misdirected struct{ to, want string }

func (e *misdirected) Error() string {
	return fmt.Sprintf("a request to %s is refused, since it would hand over the access token for %s", e.to, e.want)
}

// replay copies a request so that it can be sent, again if need be, without changing the original.
func replay(request *http.Request) (*http.Request, error) {
	copied := request.Clone(request.Context())
	if request.GetBody != nil {
		body, err := request.GetBody()
		if err != nil {
			return nil, fmt.Errorf("sending the request again: %w", err)
		}
		copied.Body = body
	}
	return copied, nil
}

var claimsParameter = regexp.MustCompile(`(?i)\bclaims="([^"]+)"`)

// challengedClaims returns the claims, as JSON, that a 401's WWW-Authenticate asks for.
func challengedClaims(header http.Header) string {
	for _, value := range header.Values("WWW-Authenticate") {
		match := claimsParameter.FindStringSubmatch(value)
		if match == nil || !strings.HasPrefix(strings.ToLower(value), "bearer") {
			continue
		}
		encoded := strings.TrimRight(match[1], "=")
		for _, encoding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
			if decoded, err := encoding.DecodeString(encoded); err == nil {
				return string(decoded)
			}
		}
	}
	return ""
}
