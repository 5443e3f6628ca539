package graph

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
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
	// Permissions are the application permissions that the service principal has been granted, or, when a person signed in,
	// the delegated ones.
	Permissions []string
	// DirectoryRoles are the template ids of the directory roles in all of the tenant.
	DirectoryRoles []string
	// Delegated says that a person signed in, for whom the application acts.
	Delegated bool
}

const (
	ownedOnly = "Application.ReadWrite.OwnedBy"
	// noDirectoryRole is in the tokens of all service principals, and no role has that id.
	noDirectoryRole = "0997a1d0-0d1d-4acb-b408-d5ca73121e90"
)

// OwnedOnly reports whether all that the caller may do with applications and service principals comes from owning them:
// it has Application.ReadWrite.OwnedBy, and nothing that reaches further. See
// https://learn.microsoft.com/graph/permissions-reference#applicationreadwriteownedby. What a directory role for a single
// application allows does not show.
func (c Caller) OwnedOnly() bool {
	further := slices.ContainsFunc(c.Permissions, func(permission string) bool {
		return permission == "Application.ReadWrite.All" || permission == "Directory.ReadWrite.All"
	}) || slices.ContainsFunc(c.DirectoryRoles, func(role string) bool { return role != noDirectoryRole })
	return !c.Delegated && slices.Contains(c.Permissions, ownedOnly) && !further
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
		TenantID       string   `json:"tid"`
		ClientID       string   `json:"appid"`
		ObjectID       string   `json:"oid"`
		Permissions    []string `json:"roles"`
		DirectoryRoles []string `json:"wids"`
		Scopes         string   `json:"scp"`
	}
	if err := json.Unmarshal(payload, &claims); err != nil {
		return Caller{}, fmt.Errorf("the access token's claims cannot be read: %w", err)
	}
	caller := Caller{
		TenantID: claims.TenantID, ClientID: claims.ClientID, ObjectID: claims.ObjectID,
		Permissions: claims.Permissions, DirectoryRoles: claims.DirectoryRoles,
	}
	if claims.Scopes != "" {
		caller.Permissions, caller.Delegated = strings.Fields(claims.Scopes), true
	}
	return caller, nil
}
