package graph

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// Caller is whom an access token stands for.
// See https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference.
type Caller struct {
	// TenantID is the tenant that issued the token.
	TenantID string
	// ClientID is the application that asked for the token.
	ClientID string
	// ObjectID is the service principal, or the user when a person signed in.
	ObjectID string
}

// callerOf reads the claims of an access token. The token is ours, from the login service over TLS: its signature is
// Microsoft Graph's to check.
func callerOf(token string) (Caller, error) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return Caller{}, errors.New("the access token is not a JSON Web Token, so it does not say whom it stands for")
	}
	payload, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(parts[1], "="))
	if err != nil {
		return Caller{}, fmt.Errorf("the access token's claims cannot be decoded: %w", err)
	}
	var claims struct {
		TenantID string `json:"tid"`
		ClientID string `json:"appid"`
		ObjectID string `json:"oid"`
	}
	if err := json.Unmarshal(payload, &claims); err != nil {
		return Caller{}, fmt.Errorf("the access token's claims cannot be read: %w", err)
	}
	return Caller(claims), nil
}
