package graph

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
)

const (
	// renewBefore is how long before its end a token is replaced, unless the login service names a time or the token
	// lives so briefly that half its life is less.
	renewBefore = 5 * time.Minute
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
	renewAt time.Time

	// replacement is the last token that replaced one which was refused before its time, accepted the last one with which
	// a request was served.
	replacement, accepted atomic.Pointer[string]
}

// maxReplacements is how often one request may get a new token for one that was refused. Those that are sent beside it
// may use up a new one before it comes to be sent again.
const maxReplacements = 3

func newAuthenticator(credential azcore.TokenCredential, scope string, origin *url.URL) *authenticator {
	return &authenticator{credential: credential, scope: scope, origin: origin, turn: make(chan struct{}, 1)}
}

// token returns an access token that can be used now. When the service challenged a token with claims (continuous
// access evaluation), that one is replaced, unless another request has done so meanwhile.
func (a *authenticator) token(ctx context.Context, challenged, claims string) (string, error) {
	select {
	case a.turn <- struct{}{}:
	case <-ctx.Done():
		return "", ctx.Err()
	}
	defer func() { <-a.turn }()

	now := time.Now()
	usable := a.current.Token != challenged && now.Add(usableFor).Before(a.current.ExpiresOn)
	if usable && now.Before(a.renewAt) {
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
		return "", NewCredentialError(err)
	}
	a.current = token
	a.renewAt = token.RefreshOn
	if a.renewAt.IsZero() {
		a.renewAt = token.ExpiresOn.Add(-min(renewBefore, token.ExpiresOn.Sub(now)/2))
	}
	return token.Token, nil
}

// roundTripper adds the token, to requests to Graph's own origin and to no other: nextLink and Location are the
// server's words. A claims challenge is met once, with a token that carries the claims; a refusal of the token itself is met
// with a new one.
// See https://learn.microsoft.com/entra/identity-platform/claims-challenge.
func (a *authenticator) roundTripper(next http.RoundTripper) http.RoundTripper {
	return roundTripper(func(request *http.Request) (*http.Response, error) {
		if request.URL.Scheme != a.origin.Scheme || request.URL.Host != a.origin.Host {
			return nil, &misdirected{to: request.URL.Host, want: a.origin.Host, what: "the access token"}
		}
		token := ""
		send := func(claims string) (response *http.Response, err error) {
			if token, err = a.token(request.Context(), token, claims); err != nil {
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
		if err == nil && response.StatusCode == http.StatusUnauthorized {
			if claims := challengedClaims(response.Header); claims != "" {
				_ = response.Body.Close()
				return send(claims)
			}
		}
		for range maxReplacements {
			if err != nil || response.StatusCode != http.StatusUnauthorized {
				break
			}
			if response, err = whole(response, nil); err != nil || !invalidToken(response) || !a.mayReplace(token) {
				return response, err
			}
			again, failure := send(newerThan(time.Now()))
			if _, failed := errors.AsType[*CredentialError](failure); failed {
				return response, nil // which says more
			}
			a.replacement.Store(new(token))
			response, err = again, failure
		}
		if err == nil && response.StatusCode != http.StatusUnauthorized {
			a.accepted.Store(new(token))
		}
		return response, err
	})
}

// mayReplace reports whether a token that was refused, though by its own word it is valid, may be replaced by a new one:
// not if it is such a replacement itself and nothing was ever served with it, since then something else is wrong.
func (a *authenticator) mayReplace(token string) bool {
	last, accepted := a.replacement.Load(), a.accepted.Load()
	return last == nil || *last != token || accepted != nil && *accepted == token
}

// newerThan is the claims that the service itself sends when a token is revoked. Without claims, credentials give the
// token that they have in their cache.
func newerThan(now time.Time) string {
	return fmt.Sprintf(`{"access_token":{"nbf":{"essential":true,"value":"%d"}}}`, now.Unix())
}

// invalidToken reports whether the answer, which is in memory, says that the token has expired or was revoked. It does so
// before the token's time where a clock is wrong.
func invalidToken(response *http.Response) bool {
	body, _ := io.ReadAll(response.Body)
	response.Body = io.NopCloser(bytes.NewReader(body))
	var parsed errorBody
	return json.Unmarshal(body, &parsed) == nil && slices.Contains(invalidTokenCodes, parsed.Error.Code)
}

// invalidTokenCodes are those of Microsoft Graph and of Azure Resource Manager.
var invalidTokenCodes = []string{"InvalidAuthenticationToken", "ExpiredAuthenticationToken"}

// misdirected is a request to another host than the service's.
type misdirected struct{ to, want, what string }

func (e *misdirected) Error() string {
	return fmt.Sprintf("a request to %s is refused, since it would hand over %s for %s", e.to, e.what, e.want)
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
