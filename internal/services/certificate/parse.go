package certificate

import (
	"bytes"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"software.sslmate.com/src/go-pkcs12"

	"github.com/workloadid/terraform-provider-workloadid/internal/entity"
)

// unusable says why a text is no certificate that can be used. Its texts never have any of the text in them.
type unusable struct {
	summary, detail string
	// secret says that the text is, or may have in it, a private key: then nothing may point at it, for Terraform prints
	// the lines of the configuration that a diagnostic points at.
	secret bool
}

func (u *unusable) at(attribute path.Path) *entity.AttributeError {
	if u.secret {
		attribute = path.Empty()
	}
	return &entity.AttributeError{Path: attribute, Summary: u.summary, Detail: u.detail}
}

// extract is how people get at what is wanted here.
const (
	extractFromPKCS12 = "openssl pkcs12 -in FILE -clcerts -nokeys | openssl x509"
	extractFromPEM    = "openssl x509 -in FILE"
)

func privateKey(how string) *unusable {
	return &unusable{
		secret: true, summary: "certificate has a private key in it",
		detail: "Microsoft Entra needs the certificate alone, and the provider never needs its private key: nothing was sent or stored. Put there what this prints:\n\n  " + how +
			"\n\nWhere the private key was in a file of the configuration or in a variable, somebody else may have seen it: make a new pair if that can't be ruled out.",
	}
}

func notCertificate(detail string) *unusable {
	return &unusable{summary: "certificate is not a certificate", detail: detail}
}

const accepted = `It takes a certificate in PEM, as in file("certificate.pem"), or in base64 its DER, as in filebase64("certificate.cer"), or a PKCS#12 trust store without a password.`

// parse reads a certificate: PEM or, in base64, DER, PEM or PKCS#12. Of a chain the first one is meant.
func parse(text string) (*x509.Certificate, *unusable) {
	// Some editors put a byte order mark at the beginning of a file.
	text = strings.ReplaceAll(text, "\ufeff", "")
	if strings.TrimSpace(text) == "" {
		return nil, notCertificate("It is empty. " + accepted)
	}
	if isPEM([]byte(text)) {
		return fromPEM([]byte(text))
	}
	if content, err := hex.DecodeString(strings.NewReplacer(":", "", " ", "", "\n", "", "\r", "", "\t", "").Replace(text)); err == nil && len(content) > 0 {
		return nil, inHexadecimal(content)
	}
	content, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(text), ""))
	if err != nil {
		return nil, notCertificate("It is neither PEM nor base64. " + accepted)
	}
	if isPEM(content) {
		return fromPEM(bytes.ReplaceAll(content, []byte("\ufeff"), nil))
	}
	return fromDER(content)
}

// inHexadecimal refuses what Azure Key Vault has beside the base64 that is wanted here.
func inHexadecimal(content []byte) *unusable {
	if isKey(content) || isPKCS12(content) {
		return privateKey(extractFromPKCS12)
	}
	return notCertificate("It is in hexadecimal. Where it is the certificate_data of an azurerm_key_vault_certificate, use certificate_data_base64 instead. " + accepted)
}

func isPEM(content []byte) bool { return bytes.Contains(content, []byte("-----BEGIN ")) }

func fromPEM(content []byte) (*x509.Certificate, *unusable) {
	// Before anything is taken apart: a block that is damaged is skipped by the decoder.
	if bytes.Contains(content, []byte("PRIVATE KEY-----")) {
		return nil, privateKey(extractFromPEM)
	}
	var chain []*x509.Certificate
	for block, rest := pem.Decode(content); block != nil; block, rest = pem.Decode(rest) {
		if block.Type != "CERTIFICATE" && block.Type != "X509 CERTIFICATE" && block.Type != "TRUSTED CERTIFICATE" {
			return nil, notCertificate("It has a PEM block of another kind, " + block.Type + ". " + accepted)
		}
		certificate, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, notCertificate("Its PEM cannot be read: " + err.Error() + ".")
		}
		chain = append(chain, certificate)
	}
	if len(chain) == 0 {
		return nil, notCertificate("Its PEM is damaged: there is no whole block in it. Check its first and last line, and that nothing has changed the line breaks.")
	}
	return leaf(chain)
}

// leaf is the certificate that a chain is for, the first one. What does not begin with it is ambiguous.
func leaf(chain []*x509.Certificate) (*x509.Certificate, *unusable) {
	for i := 1; i < len(chain); i++ {
		if !bytes.Equal(chain[i-1].RawIssuer, chain[i].RawSubject) {
			return nil, notCertificate("It has several certificates that are no chain from the one that is meant to its issuers. Leave that one alone, and make a resource of each other one that is meant too.")
		}
	}
	return chain[0], nil
}

func fromDER(content []byte) (*x509.Certificate, *unusable) {
	certificate, err := x509.ParseCertificate(content)
	switch {
	case err == nil:
		return certificate, nil
	case isKey(content):
		return nil, privateKey(extractFromPEM)
	case isPKCS12(content):
		return fromPKCS12(content)
	}
	return nil, notCertificate("Its base64 is neither a certificate nor PKCS#12: " + err.Error() + ". " + accepted)
}

// isKey recognises a private key, encrypted or not.
func isKey(content []byte) bool {
	if _, err := x509.ParsePKCS8PrivateKey(content); err == nil {
		return true
	}
	if _, err := x509.ParsePKCS1PrivateKey(content); err == nil {
		return true
	}
	if _, err := x509.ParseECPrivateKey(content); err == nil {
		return true
	}
	var encrypted struct { // RFC 5958, 3
		Algorithm pkix.AlgorithmIdentifier
		Data      []byte
	}
	rest, err := asn1.Unmarshal(content, &encrypted)
	return err == nil && len(rest) == 0
}

// isPKCS12 recognises the outermost of a PFX (RFC 7292, 4), whose version is 3.
func isPKCS12(content []byte) bool {
	var pfx struct {
		Version  int
		AuthSafe asn1.RawValue
		MacData  asn1.RawValue `asn1:"optional"`
	}
	_, err := asn1.Unmarshal(content, &pfx)
	return err == nil && pfx.Version == 3
}

// fromPKCS12 reads what has certificates alone. Anything else is taken for one with a private key, as nearly all are.
func fromPKCS12(content []byte) (*x509.Certificate, *unusable) {
	chain, err := pkcs12.DecodeTrustStore(content, "")
	if err == nil && len(chain) > 0 {
		return leaf(chain)
	}
	if _, _, _, withKey := pkcs12.DecodeChain(content, ""); withKey == nil {
		return nil, privateKey(extractFromPKCS12)
	}
	reason := "It is a PKCS#12 file that is no trust store."
	if errors.Is(err, pkcs12.ErrIncorrectPassword) {
		reason = "It is a PKCS#12 file with a password, as those with a private key are, which the provider never needs."
	}
	return nil, &unusable{secret: true, summary: "certificate is PKCS#12 that cannot be used", detail: reason + " Put there what this prints:\n\n  " + extractFromPKCS12}
}
