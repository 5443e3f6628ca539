package login

import (
	"crypto/rsa"
	"crypto/sha1" //nolint:gosec // x5t
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// certified gives the application a certificate and returns it with its key.
func (tn *tenant) certified() (*rsa.PrivateKey, *x509.Certificate) {
	tn.t.Helper()
	key := rsaKey(tn.t, "client")
	certificate := newCertificate(tn.t, key)
	tn.change(func(c *Client) {
		c.Keys = []Key{{KeyID: "k", Value: certificate.Raw, Start: certificate.NotBefore, End: certificate.NotAfter}}
	})
	return key, certificate
}

func x5t(certificate *x509.Certificate) map[jose.HeaderKey]any {
	hash := sha1.Sum(certificate.Raw) //nolint:gosec // x5t
	return map[jose.HeaderKey]any{"x5t": base64.RawURLEncoding.EncodeToString(hash[:])}
}

// own is the claims of an assertion that the client makes, with changes; nil takes a claim away.
func (tn *tenant) own(changes map[string]any) map[string]any {
	claims := map[string]any{
		"iss": clientID, "sub": clientID, "jti": "1",
		"aud": tn.server.URL + "/" + tenantID + "/oauth2/v2.0/token",
		"nbf": tn.now().Unix(), "exp": tn.now().Add(10 * time.Minute).Unix(),
	}
	maps.Copy(claims, changes)
	maps.DeleteFunc(claims, func(_ string, value any) bool { return value == nil })
	return claims
}

func TestCertificate_accepted(t *testing.T) {
	t.Parallel()
	tn := newTenant(t)
	key, certificate := tn.certified()
	short, long := sha1.Sum(certificate.Raw), sha256.Sum256(certificate.Raw) //nolint:gosec // x5t
	origin := tn.server.URL
	tests := map[string]string{
		"RS256, x5t":        sign(t, jose.RS256, key, x5t(certificate), tn.own(nil)),
		"PS256, x5t#S256":   sign(t, jose.PS256, key, map[jose.HeaderKey]any{"x5t#S256": base64.RawURLEncoding.EncodeToString(long[:])}, tn.own(nil)),
		"padded":            sign(t, jose.PS256, key, map[jose.HeaderKey]any{"x5t#S256": base64.StdEncoding.EncodeToString(long[:])}, tn.own(nil)),
		"kid":               sign(t, jose.RS256, key, map[jose.HeaderKey]any{"kid": strings.ToUpper(hex.EncodeToString(short[:]))}, tn.own(nil)),
		"audience v2.0":     sign(t, jose.RS256, key, x5t(certificate), tn.own(map[string]any{"aud": origin + "/" + tenantID + "/v2.0"})),
		"audience v1":       sign(t, jose.RS256, key, x5t(certificate), tn.own(map[string]any{"aud": origin + "/contoso.example/oauth2/token"})),
		"audience tenant":   sign(t, jose.RS256, key, x5t(certificate), tn.own(map[string]any{"aud": origin + "/" + tenantID + "/"})),
		"audience list":     sign(t, jose.RS256, key, x5t(certificate), tn.own(map[string]any{"aud": []string{"x", origin + "/common/oauth2/v2.0/token"}})),
		"client upper case": sign(t, jose.RS256, key, x5t(certificate), tn.own(map[string]any{"iss": strings.ToUpper(clientID)})),
		"no nbf":            sign(t, jose.RS256, key, x5t(certificate), tn.own(map[string]any{"nbf": nil})),
		"just over":         sign(t, jose.RS256, key, x5t(certificate), tn.own(map[string]any{"exp": tn.now().Add(-4 * time.Minute).Unix()})),
		"almost begun":      sign(t, jose.RS256, key, x5t(certificate), tn.own(map[string]any{"nbf": tn.now().Add(4 * time.Minute).Unix()})),
	}
	for name, assertion := range tests {
		answer, response := tn.assert(assertion)
		if claims := accepted(t, answer, response); claims["appidacr"] != "2" {
			t.Errorf("%s: appidacr is %v", name, claims["appidacr"])
		}
	}
	tn.change(func(c *Client) {
		c.Keys[0].Value = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate.Raw})
		c.Keys = append([]Key{{Value: []byte("not a certificate")}}, c.Keys...)
	})
	answer, response := tn.assert(tests["RS256, x5t"])
	accepted(t, answer, response)
}

func TestCertificate_refused(t *testing.T) {
	t.Parallel()
	tn := newTenant(t)
	key, certificate := tn.certified()
	other := rsaKey(t, "other")
	header := x5t(certificate)
	signed := func(changes map[string]any) string { return sign(t, jose.RS256, key, header, tn.own(changes)) }
	hash := sha1.Sum(certificate.Raw) //nolint:gosec // x5t
	name := strings.ToUpper(hex.EncodeToString(hash[:]))
	parts := strings.Split(signed(nil), ".")
	tests := []struct {
		name, assertion string
		status          int
		oauth           string
		code            int
		says            string
	}{
		{"other client", signed(map[string]any{"iss": apiClientID}), 401, "invalid_client", 700021, "Client assertion application identifier doesn't match 'client_id' parameter."},
		{"other subject", signed(map[string]any{"sub": apiClientID}), 401, "invalid_client", 700021, "doesn't match 'client_id' parameter"},
		{"other audience", signed(map[string]any{"aud": "https://login.example/" + tenantID + "/v2.0"}), 401, "invalid_client", 700023, "Client assertion audience claim does not match Realm issuer."},
		{"other tenant", signed(map[string]any{"aud": tn.server.URL + "/" + apiClientID + "/v2.0"}), 401, "invalid_client", 700023, "audience claim does not match"},
		{"other endpoint", signed(map[string]any{"aud": tn.server.URL + "/" + tenantID + "/v3.0"}), 401, "invalid_client", 700023, "audience claim does not match"},
		{"over", signed(map[string]any{"nbf": nil, "exp": int64(1700000000)}), 401, "invalid_client", 700024, "assertion valid from 1970-01-01T00:00:00.0000000Z, expiry time of assertion 2023-11-14T22:13:20.0000000Z."},
		{"not begun", signed(map[string]any{"nbf": tn.now().Add(time.Hour).Unix(), "exp": tn.now().Add(2 * time.Hour).Unix()}), 401, "invalid_client", 700024, "Client assertion is not within its valid time range. Current time: "},
		{"no end", signed(map[string]any{"exp": nil}), 400, "invalid_request", 50027, "exp is missing"},
		{"unknown certificate", sign(t, jose.RS256, other, x5t(newCertificate(t, other)), tn.own(nil)), 401, "invalid_client", 700027, "The certificate with identifier used to sign the client assertion is not registered on application. [Reason - The key was not found., Thumbprint of key used by client: '"},
		{"other key", sign(t, jose.RS256, other, header, tn.own(nil)), 401, "invalid_client", 700027, "Client assertion failed signature validation. [Reason - The provided signature value did not match the expected signature value., Thumbprint of key used by client: '" + name + "', Found key 'Start="},
		{"no thumbprint", sign(t, jose.RS256, key, nil, tn.own(nil)), 400, "invalid_request", 5002723, "No certificate thumbprint"},
		{"RS512", sign(t, jose.RS512, key, header, tn.own(nil)), 400, "invalid_request", 5002730, "Unsupported key for the signing algorithm"},
		{"HMAC with the certificate", sign(t, jose.HS256, certificate.Raw, header, tn.own(nil)), 400, "invalid_request", 5002730, "Unsupported key"},
		{"unsigned", base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none"}`)) + "." + parts[1] + ".", 400, "invalid_request", 5002730, "Unsupported key"},
		{"words", "not a token", 400, "invalid_request", 50027, "JWT token is invalid or malformed."},
		{"no JSON", "YQ.YQ.YQ", 400, "invalid_request", 50027, "header"},
		{"no payload", parts[0] + ".bnVsbA." + parts[2], 400, "invalid_request", 50027, "payload"},
		{"issuer of the wrong type", parts[0] + "." + base64.RawURLEncoding.EncodeToString([]byte(`{"iss":1}`)) + "." + parts[2], 400, "invalid_request", 50027, "wrong type"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			answer, response := tn.assert(test.assertion)
			refused(t, answer, response, test.status, test.oauth, test.code, test.says)
		})
	}
}

func TestCertificate_expired(t *testing.T) {
	t.Parallel()
	tn := newTenant(t)
	key, certificate := tn.certified()
	tn.change(func(c *Client) { c.Keys[0].End = time.Now().Add(-time.Minute) })
	answer, response := tn.assert(sign(t, jose.RS256, key, x5t(certificate), tn.own(nil)))
	refused(t, answer, response, 401, "invalid_client", 700027, "is expired on application. [Reason - The key used is expired.")
}

// FuzzAssertion checks that nothing a client presents breaks the endpoint, or is believed.
func FuzzAssertion(f *testing.F) {
	header := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"RS256","x5t":"AAAA","kid":"00"}`))
	claims := base64.RawURLEncoding.EncodeToString([]byte(`{"iss":"` + clientID + `","sub":"` + clientID + `","aud":["x"],"exp":1e10}`))
	f.Add(header + "." + claims + ".AAAA")
	f.Add("..")
	f.Add(header + ".bnVsbA.")
	dir := &directory{}
	l, err := New(Options{Directory: dir, Origin: "https://127.0.0.1"})
	if err != nil {
		f.Fatal(err)
	}
	client := Client{
		ClientID: clientID, Keys: []Key{{Value: []byte("x")}},
		FederatedCredentials: []FederatedCredential{{Issuer: "file:///x", Subject: "x", Audiences: []string{"x"}}},
	}
	f.Fuzz(func(t *testing.T, assertion string) {
		if f := l.checkAssertion(t.Context(), client, assertion); f == nil {
			t.Fatalf("%q is believed", assertion)
		}
	})
}
