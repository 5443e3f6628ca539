package login

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/google/uuid"
)

// skew is how far a client's clock may be from the tenant's.
const skew = 5 * time.Minute

// assertion is a JSON Web Token by which a client proves who it is, parsed but not yet believed.
type assertion struct {
	compact string
	header  struct {
		Algorithm     string `json:"alg"`
		KeyID         string `json:"kid"`
		Thumbprint    string `json:"x5t"`
		Thumbprint256 string `json:"x5t#S256"`
	}
	claims    map[string]any
	issuer    string
	subject   string
	audiences []string
	notBefore *time.Time
	expires   *time.Time
}

func malformed(reason string) *failure {
	return invalidRequest(50027, "JWT token is invalid or malformed. %s", reason)
}

func parseAssertion(compact string) (*assertion, *failure) {
	parts := strings.Split(compact, ".")
	if len(parts) != 3 {
		return nil, malformed("It does not have three parts.")
	}
	a := &assertion{compact: compact}
	if err := decodePart(parts[0], &a.header); err != nil {
		return nil, malformed("Its header is not base64url of JSON.")
	}
	if err := decodePart(parts[1], &a.claims); err != nil || a.claims == nil {
		return nil, malformed("Its payload is not base64url of a JSON object.")
	}
	var registered struct {
		Issuer    string       `json:"iss"`
		Subject   string       `json:"sub"`
		Audience  audiences    `json:"aud"`
		NotBefore *numericDate `json:"nbf"`
		Expires   *numericDate `json:"exp"`
	}
	if err := decodePart(parts[1], &registered); err != nil {
		return nil, malformed("One of its claims iss, sub, aud, nbf and exp is of the wrong type.")
	}
	a.issuer, a.subject, a.audiences = registered.Issuer, registered.Subject, registered.Audience
	a.notBefore, a.expires = registered.NotBefore.time(), registered.Expires.time()
	return a, nil
}

func decodePart(part string, into any) error {
	content, err := base64.RawURLEncoding.DecodeString(part)
	if err != nil {
		return err
	}
	return json.Unmarshal(content, into)
}

// audiences is the aud claim: a string or a list of them.
type audiences []string

func (a *audiences) UnmarshalJSON(content []byte) error {
	var one string
	if json.Unmarshal(content, &one) == nil {
		*a = audiences{one}
		return nil
	}
	return json.Unmarshal(content, (*[]string)(a))
}

// numericDate is seconds since 1970, perhaps with a fraction.
type numericDate float64

func (n *numericDate) time() *time.Time {
	if n == nil || *n < 0 || *n > 1<<40 {
		return nil
	}
	return new(time.Unix(int64(*n), 0).UTC())
}

// verify checks the signature with a public key: an RSA key, or a set of them.
func (a *assertion) verify(key any, algorithms ...jose.SignatureAlgorithm) bool {
	signed, err := jose.ParseSignedCompact(a.compact, algorithms)
	if err != nil {
		return false
	}
	_, err = signed.Verify(key)
	return err == nil
}

// checkTime checks that the assertion is valid now.
func (a *assertion) checkTime(now time.Time) *failure {
	const format = "2006-01-02T15:04:05.0000000Z"
	if a.expires == nil {
		return malformed("Its claim exp is missing.")
	}
	from := time.Unix(0, 0).UTC()
	if a.notBefore != nil {
		from = *a.notBefore
	}
	if now.Add(skew).Before(from) || !now.Add(-skew).Before(*a.expires) {
		return invalidClient(700024, "Client assertion is not within its valid time range. Current time: %s, assertion valid from %s, expiry time of assertion %s. Review the documentation at https://learn.microsoft.com/entra/identity-platform/certificate-credentials .",
			now.UTC().Format(format), from.Format(format), a.expires.Format(format))
	}
	return nil
}

func unsupportedAlgorithm() *failure {
	return invalidRequest(5002730, "Invalid JWT token. Unsupported key for the signing algorithm.")
}

// checkAssertion believes an assertion that the client signed with a certificate, or that an issuer signed of which a
// federated identity credential speaks. The two differ in who the assertion says has made it.
func (l *Login) checkAssertion(ctx context.Context, client Client, compact string) *failure {
	a, f := parseAssertion(compact)
	if f != nil {
		return f
	}
	if _, err := uuid.Parse(a.issuer); err == nil {
		return l.checkCertificate(client, a)
	}
	return l.checkFederated(ctx, client, a)
}

// isOwnAudience reports whether an assertion made for this audience was made for this tenant's login endpoint, see
// learn.microsoft.com/entra/identity-platform/certificate-credentials.
func (l *Login) isOwnAudience(audience string) bool {
	path, ok := strings.CutPrefix(audience, l.origin+"/")
	if !ok {
		return false
	}
	tenant, rest, _ := strings.Cut(path, "/")
	return (l.isTenant(tenant) || isAnyTenant(tenant)) &&
		slices.Contains([]string{"", "v2.0", "oauth2/token", "oauth2/v2.0/token"}, strings.TrimSuffix(rest, "/"))
}
