package emulator

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/graph"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/login"
)

// audiences are the names by which tokens are meant for Microsoft Graph: its address and its appId.
var audiences = map[string]bool{
	"https://graph.microsoft.com": true, "https://graph.microsoft.com/": true, graphAppID: true,
	"https://graph.microsoft.us": true, "https://dod-graph.microsoft.us": true, "https://microsoftgraph.chinacloudapi.cn": true,
}

// authenticate says who bears a token.
func (t *Tenant) authenticate(token string) (graph.Caller, error) {
	claims, err := t.verify.Verify(token)
	switch {
	case errors.Is(err, login.ErrExpired):
		return graph.Caller{}, graph.ErrExpired
	case err != nil:
		return graph.Caller{}, err
	case !audiences[claims.Audience] && !t.isOrigin(claims.Audience):
		return graph.Caller{}, graph.ErrAudience
	}
	permissions := claims.Roles
	if claims.Delegated {
		permissions = claims.Scopes
	}
	return graph.Caller{
		AppID: claims.ClientID, ObjectID: claims.ObjectID, TenantID: claims.TenantID, Permissions: permissions, Delegated: claims.Delegated,
		DirectoryRoles: claims.DirectoryRoles,
	}, nil
}

// isOrigin reports whether an audience is this tenant's own address, which stands for Microsoft Graph's.
func (t *Tenant) isOrigin(audience string) bool {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	for address := range t.origins {
		if address != "" && (audience == address || audience == address+"/") {
			return true
		}
	}
	return false
}

// tokenLifetime is how long the tokens of Token are valid.
const tokenLifetime = time.Hour

// Token returns an access token for Microsoft Graph with those permissions, such as "Application.ReadWrite.All",
// whoever has been granted what: for tests, which look at the directory, or change it, beside the client under test.
// Its bearer is the seeded caller.
func (t *Tenant) Token(roles ...string) string {
	return t.sign(map[string]any{"idtyp": "app", "oid": callerObjectID, "sub": callerObjectID, "roles": roles})
}

// ManagementToken is Token for Azure Resource Manager, where its bearer can do what the roles assigned to the seeded caller
// allow.
func (t *Tenant) ManagementToken() string {
	return t.sign(map[string]any{"aud": "https://management.azure.com", "idtyp": "app", "oid": callerObjectID, "sub": callerObjectID})
}

// UserToken is Token for a user, given by the object id, on whose behalf the seeded caller acts with those permissions. The
// user signs in as a Global Administrator, whatever the directory says, so that only the permissions count.
func (t *Tenant) UserToken(userID string, scopes ...string) string {
	return t.UserTokenAs(userID, []string{graph.GlobalAdministrator}, scopes...)
}

// UserTokenAs is UserToken for a user with these directory roles, given by their template ids, in the whole tenant.
func (t *Tenant) UserTokenAs(userID string, roles []string, scopes ...string) string {
	return t.sign(map[string]any{"idtyp": "user", "oid": userID, "sub": userID, "scp": strings.Join(scopes, " "), "wids": roles})
}

// sign makes an access token of the seeded caller that also says what is given.
func (t *Tenant) sign(bearer map[string]any) string {
	token, err := t.signed(bearer)
	if err != nil {
		panic(fmt.Sprintf("signing an access token: %v", err)) // the key has signed before
	}
	return token
}

func (t *Tenant) signed(bearer map[string]any) (string, error) {
	key, err := t.keys.Key("login")
	if err != nil {
		return "", err
	}
	signer, err := jose.NewSigner(
		jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: key.Private, KeyID: key.ID}},
		(&jose.SignerOptions{}).WithType("JWT"))
	if err != nil {
		return "", err
	}
	now := t.options.Now()
	issuer := "https://sts.windows.net/" + t.options.TenantID + "/"
	return jwt.Signed(signer).Claims(map[string]any{
		"aud": "https://graph.microsoft.com", "iss": issuer, "idp": issuer, "ver": "1.0",
		"iat": now.Unix(), "nbf": now.Unix(), "exp": now.Add(tokenLifetime).Unix(),
		"appid": CallerClientID, "tid": t.options.TenantID,
	}).Claims(bearer).Serialize()
}
