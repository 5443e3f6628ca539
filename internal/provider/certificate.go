package provider

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	"software.sslmate.com/src/go-pkcs12"
)

// certificateOf reads the client certificate and its private key from client_certificate or its file: PEM, or PKCS#12
// in any of the encryptions in use (azidentity's own reader knows the old ones only), in base64 where it is a value.
func certificateOf(s settings) ([]*x509.Certificate, crypto.PrivateKey, error) {
	chosen := s.pick(clientCertificate, clientCertificateFile)
	origin := s[chosen].origin
	data := []byte(s.text(clientCertificate))
	if chosen == clientCertificateFile {
		content, err := s.readFile(clientCertificateFile)
		if err != nil {
			return nil, nil, err
		}
		data = content
	}
	if _, err := hex.DecodeString(strings.Join(strings.Fields(string(data)), "")); err == nil {
		return nil, nil, fmt.Errorf("%s is in hexadecimal: it takes PEM or base64, as filebase64() returns it, and in Azure Key Vault the value of the secret that goes with the certificate", origin)
	}
	if !isPEM(data) {
		if decoded, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(string(data)), "")); err == nil {
			data = decoded
		} else if chosen == clientCertificate {
			return nil, nil, fmt.Errorf("%s is neither PEM nor base64", origin)
		}
	}
	if isPEM(data) {
		data = []byte(unmarked(string(data)))
		certificates, key, err := azidentity.ParseCertificates(data, nil)
		if err != nil {
			return nil, nil, fmt.Errorf("%s is not a certificate with its private key: %w", origin, err)
		}
		return certificates, key, nil
	}
	key, certificate, authorities, err := pkcs12.DecodeChain(data, s.text(clientCertificatePassword))
	switch {
	case errors.Is(err, pkcs12.ErrIncorrectPassword):
		return nil, nil, fmt.Errorf("%s cannot be opened with %s: the password is wrong", origin, clientCertificatePassword)
	case err != nil:
		return nil, nil, fmt.Errorf("%s is not a PKCS#12 bundle with a certificate and its private key: %w", origin, err)
	}
	return append([]*x509.Certificate{certificate}, authorities...), key, nil
}

func isPEM(data []byte) bool { return bytes.Contains(data, []byte("-----BEGIN ")) }
