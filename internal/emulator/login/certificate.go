package login

import (
	"bytes"
	"crypto/sha1" //nolint:gosec // x5t is a SHA-1 thumbprint: it names a certificate, and proves nothing
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// checkCertificate believes an assertion that the client made itself, signed with the key of one of its certificates,
// see learn.microsoft.com/entra/identity-platform/certificate-credentials.
func (l *Login) checkCertificate(client Client, a *assertion) *failure {
	if !strings.EqualFold(a.issuer, client.ClientID) || !strings.EqualFold(a.subject, client.ClientID) {
		return invalidClient(700021, "Client assertion application identifier doesn't match 'client_id' parameter. Review the documentation at https://learn.microsoft.com/entra/identity-platform/certificate-credentials .")
	}
	algorithm := jose.SignatureAlgorithm(a.header.Algorithm)
	if algorithm != jose.RS256 && algorithm != jose.PS256 {
		return unsupportedAlgorithm()
	}
	thumbprint, ok := a.thumbprint()
	if !ok {
		return invalidRequest(5002723, "Invalid JWT token. No certificate thumbprint certificate specified in the token header.")
	}
	name := strings.ToUpper(hex.EncodeToString(thumbprint))
	key, certificate, ok := findCertificate(client.Keys, thumbprint)
	if !ok {
		return unusableCertificate(client, "The certificate with identifier used to sign the client assertion is not registered on application.",
			"Reason - The key was not found.", "Thumbprint of key used by client: '"+name+"'")
	}
	found := fmt.Sprintf("Found key 'Start=%s, End=%s'", keyTime(key.Start), keyTime(key.End))
	if !within(l.now(), key.Start, key.End) {
		return unusableCertificate(client, "The certificate with identifier used to sign the client assertion is expired on application.",
			"Reason - The key used is expired.", "Thumbprint of key used by client: '"+name+"'", found)
	}
	if !a.verify(certificate.PublicKey, algorithm) {
		return unusableCertificate(client, "Client assertion failed signature validation.",
			"Reason - The provided signature value did not match the expected signature value.", "Thumbprint of key used by client: '"+name+"'", found)
	}
	if !slices.ContainsFunc(a.audiences, l.isOwnAudience) {
		return invalidClient(700023, "Client assertion audience claim does not match Realm issuer. Review the documentation at https://learn.microsoft.com/entra/identity-platform/certificate-credentials .")
	}
	return a.checkTime(l.now())
}

// thumbprint is the SHA-256 or SHA-1 hash by which the header names the certificate. Clients disagree on its encoding:
// the specification has base64url without padding, MSAL for Go pads and uses the other alphabet, and older libraries
// give the hash in hexadecimal as the key's identifier.
func (a *assertion) thumbprint() ([]byte, bool) {
	for _, candidate := range []struct {
		text   string
		length int
	}{{a.header.Thumbprint256, sha256.Size}, {a.header.Thumbprint, sha1.Size}} {
		text := strings.NewReplacer("+", "-", "/", "_").Replace(strings.TrimRight(candidate.text, "="))
		if hash, err := base64.RawURLEncoding.DecodeString(text); err == nil && len(hash) == candidate.length {
			return hash, true
		}
	}
	hash, err := hex.DecodeString(a.header.KeyID)
	return hash, err == nil && (len(hash) == sha1.Size || len(hash) == sha256.Size)
}

func findCertificate(keys []Key, thumbprint []byte) (Key, *x509.Certificate, bool) {
	for _, key := range keys {
		value := key.Value
		if block, _ := pem.Decode(value); block != nil {
			value = block.Bytes
		}
		certificate, err := x509.ParseCertificate(value)
		if err != nil {
			continue // the directory takes any bytes; only certificates are of use here
		}
		short, long := sha1.Sum(certificate.Raw), sha256.Sum256(certificate.Raw) //nolint:gosec // as above
		if bytes.Equal(short[:], thumbprint) || bytes.Equal(long[:], thumbprint) {
			return key, certificate, true
		}
	}
	return Key{}, nil, false
}

func keyTime(t time.Time) string { return t.UTC().Format("01/02/2006 15:04:05") }

func unusableCertificate(client Client, message string, details ...string) *failure {
	return invalidClient(700027, "%s [%s, Please visit the Azure Portal, Graph Explorer or directly use MS Graph to see configured keys for app Id '%s'. Review the documentation at https://docs.microsoft.com/en-us/graph/deployments to determine the corresponding service endpoint and https://docs.microsoft.com/en-us/graph/api/application-get?view=graph-rest-1.0&tabs=http to build a query request URL, such as 'https://graph.microsoft.com/beta/applications/%s'].",
		message, strings.Join(details, ", "), client.ClientID, client.ClientID)
}
