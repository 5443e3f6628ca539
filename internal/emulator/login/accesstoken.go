package login

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

// backdating is how long before its making a token begins to be valid.
const backdating = 5 * time.Minute

// defaultDirectoryRole is the template id that stands for being a member of the directory; tokens for Microsoft Graph
// carry it for every service principal.
const defaultDirectoryRole = "0997a1d0-0d1d-4acb-b408-d5ca73121e90"

// payload is the claims of an access token, which is app-only unless it has scopes, see
// learn.microsoft.com/entra/identity-platform/access-token-claims-reference. Those of version 1 and version 2 differ in
// the issuer, the audience and the names for the client.
type payload struct {
	Audience       string   `json:"aud"`
	Issuer         string   `json:"iss"`
	IssuedAt       int64    `json:"iat"`
	NotBefore      int64    `json:"nbf"`
	Expires        int64    `json:"exp"`
	Opaque         string   `json:"aio"`
	AppDisplayName string   `json:"app_displayname,omitempty"`
	AppID          string   `json:"appid,omitempty"`
	AppIDMethod    string   `json:"appidacr,omitempty"`
	Azp            string   `json:"azp,omitempty"`
	AzpMethod      string   `json:"azpacr,omitempty"`
	IdentityOrigin string   `json:"idp,omitempty"`
	IdentityType   string   `json:"idtyp"`
	ObjectID       string   `json:"oid"`
	RefreshHint    string   `json:"rh"`
	Roles          []string `json:"roles,omitempty"`
	Scopes         string   `json:"scp,omitempty"`
	Subject        string   `json:"sub"`
	Region         string   `json:"tenant_region_scope,omitempty"`
	TenantID       string   `json:"tid"`
	TokenID        string   `json:"uti"`
	Version        string   `json:"ver"`
	DirectoryRoles []string `json:"wids,omitempty"`
	ManagedID      string   `json:"xms_mirid,omitempty"` // ARM id of a managed identity
}

// grant is what a token says.
type grant struct {
	client   Client
	method   method
	resource Resource
	audience string // the resource as it was asked for
	roles    []string

	directoryRoles []string // template ids
}

// graphAppID is the well-known appId of Microsoft Graph.
const graphAppID = "00000003-0000-0000-c000-000000000000"

func (l *Login) issue(g grant) (string, error) {
	now := l.now()
	claims := payload{
		IssuedAt:     now.Add(-backdating).Unix(),
		NotBefore:    now.Add(-backdating).Unix(),
		Expires:      now.Add(expiresIn*time.Second + time.Second).Unix(),
		Opaque:       random(32),
		IdentityType: "app",
		ObjectID:     g.client.ServicePrincipalID,
		RefreshHint:  "1." + random(40) + ".",
		Roles:        g.roles,
		Subject:      g.client.ServicePrincipalID,
		TenantID:     l.directory.TenantID(),
		TokenID:      random(16),
		ManagedID:    g.client.ManagedIdentityID,
	}
	if g.resource.AccessTokenVersion == 2 || g.resource.ClientID == tokenExchangeAppID {
		claims.Version = "2.0"
		claims.Issuer = l.issuerV2()
		claims.Audience = g.resource.ClientID
		claims.Azp = g.client.ClientID
		claims.AzpMethod = strconv.Itoa(int(g.method))
	} else {
		claims.Version = "1.0"
		claims.Issuer = l.issuerV1()
		claims.IdentityOrigin = l.issuerV1()
		claims.Audience = g.audience
		claims.AppID = g.client.ClientID
		claims.AppIDMethod = strconv.Itoa(int(g.method))
	}
	if g.resource.ClientID == graphAppID {
		claims.AppDisplayName = g.client.DisplayName
		claims.Region = "WW"
		claims.DirectoryRoles = slices.Concat(g.directoryRoles, []string{defaultDirectoryRole})
	}
	signer, err := jose.NewSigner(
		jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: l.key.Private, KeyID: l.key.ID}},
		(&jose.SignerOptions{}).WithType("JWT"))
	if err != nil {
		return "", fmt.Errorf("signing an access token: %w", err)
	}
	token, err := jwt.Signed(signer).Claims(claims).Serialize()
	if err != nil {
		return "", fmt.Errorf("signing an access token: %w", err)
	}
	return token, nil
}

func random(bytes int) string {
	content := make([]byte, bytes)
	_, _ = rand.Read(content) // never fails
	return base64.RawURLEncoding.EncodeToString(content)
}

// Claims is what a verified access token says of its bearer.
type Claims struct {
	Audience  string   // aud
	ClientID  string   // appid (version 1) or azp (version 2)
	ObjectID  string   // oid: the object id of the service principal, or of the user
	TenantID  string   // tid
	Roles     []string // roles
	Scopes    []string // scp
	Delegated bool     // a user has signed in: the token has scopes, or idtyp says so
	TokenID   string   // uti

	DirectoryRoles []string // wids

	IssuedAt  time.Time
	ExpiresAt time.Time
}

// maxVerified bounds the tokens whose verification is remembered.
const maxVerified = 1000

// Verify checks an access token that this endpoint issued: signature, issuer and time. Failures are ErrExpired or
// ErrInvalid; what an expired token says is returned too. A token is verified once and then remembered until it expires.
func (l *Login) Verify(token string) (Claims, error) {
	hash := sha256.Sum256([]byte(token))
	l.mutex.Lock()
	claims, ok := l.verified[hash]
	l.mutex.Unlock()
	if !ok {
		var err error
		if claims, err = l.verify(token); err != nil {
			return Claims{}, err
		}
		l.remember(hash, claims)
	}
	if !l.now().Before(claims.ExpiresAt) {
		return claims, ErrExpired
	}
	return claims, nil
}

func (l *Login) remember(hash [32]byte, claims Claims) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if len(l.verified) >= maxVerified {
		clear(l.verified)
	}
	l.verified[hash] = claims
}

func (l *Login) verify(token string) (Claims, error) {
	signed, err := jwt.ParseSigned(token, []jose.SignatureAlgorithm{jose.RS256})
	if err != nil {
		return Claims{}, ErrInvalid
	}
	var claims payload
	if err := signed.Claims(l.key.Private.Public(), &claims); err != nil {
		return Claims{}, ErrInvalid
	}
	if claims.Issuer != l.issuerV1() && claims.Issuer != l.issuerV2() {
		return Claims{}, ErrInvalid
	}
	if l.now().Unix() < claims.NotBefore {
		return Claims{}, ErrInvalid
	}
	clientID := claims.AppID
	if clientID == "" {
		clientID = claims.Azp
	}
	return Claims{
		Audience:  claims.Audience,
		ClientID:  clientID,
		ObjectID:  claims.ObjectID,
		TenantID:  claims.TenantID,
		Roles:     claims.Roles,
		Scopes:    strings.Fields(claims.Scopes),
		Delegated: claims.Scopes != "" || claims.IdentityType == "user",
		TokenID:   claims.TokenID,

		DirectoryRoles: claims.DirectoryRoles,

		IssuedAt:  time.Unix(claims.IssuedAt, 0),
		ExpiresAt: time.Unix(claims.Expires, 0),
	}, nil
}
