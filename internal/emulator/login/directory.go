package login

import (
	"context"
	"time"
)

// Directory is what the token endpoint asks of the tenant. Implementations are safe for concurrent use;
// what they return is not changed afterwards by either side.
type Directory interface {
	// At returns the directory as one request is to see it: where it is kept in several replicas, as one of them has it.
	// The context is the request's.
	At(ctx context.Context) Directory
	// TenantID is the tenant's id, a lower-case UUID.
	TenantID() string
	// TenantName is the tenant's display name, which error messages mention.
	TenantName() string
	// TenantDomains are the verified domains, each of which names the tenant in a URL as well as its id does.
	TenantDomains() []string
	// Client finds an application or managed identity of this tenant by its client id (appId), which has any letter case.
	Client(clientID string) (Client, bool)
	// Resource finds a service principal by appId (any letter case) or exact service principal name, such as
	// an identifier URI. Microsoft's well-known names (https://graph.microsoft.com,
	// https://management.azure.com …) belong to the service principals that carry them.
	Resource(name string) (Resource, bool)
	// GrantedRoles returns the values of the enabled app roles of the resource that are assigned to the client, both
	// given by the object id of their service principal. Assigned is true even when only the default role
	// (without a value) is assigned.
	GrantedRoles(clientServicePrincipalID, resourceServicePrincipalID string) (roles []string, assigned bool)
	// DirectoryRoles returns the template ids of the directory roles the service principal holds.
	DirectoryRoles(servicePrincipalID string) []string
}

// Client is an application that asks for a token.
type Client struct {
	ClientID             string // appId
	DisplayName          string
	ServicePrincipalID   string // object id; empty when the tenant has no service principal of the application
	Enabled              bool   // the service principal's accountEnabled
	Public               bool   // the application's isFallbackPublicClient
	SignInAudience       string
	Secrets              []Secret // of the application and of its service principal
	Keys                 []Key    // those with usage Verify, of both
	FederatedCredentials []FederatedCredential
	ManagedIdentityID    string // ARM id of a managed identity, or of the resource that it is the identity of; else empty
}

// Secret is a passwordCredential.
type Secret struct {
	KeyID      string
	Text       string
	Start, End time.Time // zero: unbounded
}

// Key is a keyCredential of type AsymmetricX509Cert and usage Verify.
type Key struct {
	KeyID      string
	Value      []byte // the certificate: DER, or PEM, as Graph accepted it
	Start, End time.Time
}

// FederatedCredential is a federatedIdentityCredential; exactly one of Subject and Expression is set.
type FederatedCredential struct {
	Name       string
	Issuer     string
	Subject    string
	Expression string // claimsMatchingExpression.value
	Audiences  []string
}

// Resource is a service principal for which a token is asked.
type Resource struct {
	ClientID           string // appId
	DisplayName        string
	ServicePrincipalID string
	Enabled            bool
	AssignmentRequired bool // appRoleAssignmentRequired
	AccessTokenVersion int  // api.requestedAccessTokenVersion; 0 is 1
}
