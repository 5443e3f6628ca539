package graph

import (
	"bytes"
	"crypto/sha1" // thumbprints of certificates are SHA-1
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/directory"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/entitytype"
)

// maximumKeyName is the length to which longer display names of keys are cut.
const maximumKeyName = 90

// completeKeys judges the keys an object is to have and fills in what the request leaves to the service: id,
// thumbprint, dates and name from the certificate; and the key itself, of one the object has already.
func (r *request) completeKeys(before, after *directory.Object) error {
	wanted := after.Items("keyCredentials")
	if before != nil && sameSlice(before.Properties["keyCredentials"], after.Properties["keyCredentials"]) {
		return nil
	}
	completed := make([]any, 0, len(wanted))
	for _, given := range wanted {
		key, err := completeKey(before, after, given)
		if err != nil {
			return err
		}
		completed = append(completed, key)
	}
	after.Properties["keyCredentials"] = completed
	return nil
}

// sameSlice reports whether two collections are one and the same, which an update did not touch.
func sameSlice(a, b any) bool {
	first, _ := a.([]any)
	second, _ := b.([]any)
	return len(first) == len(second) && (len(first) == 0 || &first[0] == &second[0])
}

func completeKey(before, after *directory.Object, given map[string]any) (map[string]any, error) {
	key := maps.Clone(given)
	resource := entitytype.All[after.Type].Resource
	if id, ok := key["keyId"].(string); ok && before != nil && key["key"] == nil {
		known := before.Items("keyCredentials")
		if i := slices.IndexFunc(known, func(k map[string]any) bool { return k["keyId"] == id }); i >= 0 {
			return known[i], nil
		}
	}
	invalid := badRequest("Invalid value specified for property 'keyCredentials' of resource '%s'.", resource)
	text, _ := key["key"].(string)
	content, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(content) == 0 {
		return nil, invalid
	}
	usage, _ := key["usage"].(string)
	switch key["type"] {
	case "AsymmetricX509Cert":
		if usage != "Verify" && usage != "Encrypt" {
			return nil, invalid
		}
		certificate, err := parseCertificate(content)
		if err != nil {
			return nil, badRequest("Key value is not a valid certificate.")
		}
		if err := fromCertificate(key, certificate); err != nil {
			return nil, err
		}
	case "X509CertAndPassword":
		if usage != "Sign" {
			return nil, invalid
		}
	default:
		return nil, invalid
	}
	if key["keyId"] == nil {
		key["keyId"] = uuid.NewString()
	}
	if name, ok := key["displayName"].(string); ok && len([]rune(name)) > maximumKeyName {
		key["displayName"] = string([]rune(name)[:maximumKeyName])
	}
	return key, nil
}

// fromCertificate fills in, and judges, what a key says of its certificate.
func fromCertificate(key map[string]any, certificate *x509.Certificate) error {
	if key["startDateTime"] == nil {
		key["startDateTime"] = entitytype.FormatTime(certificate.NotBefore)
	}
	if key["endDateTime"] == nil {
		key["endDateTime"] = entitytype.FormatTime(certificate.NotAfter)
	}
	if moment(key["startDateTime"]).Before(certificate.NotBefore) {
		return failure(http.StatusBadRequest, "KeyCredentialsInvalidStartDate", "Key credential start date is invalid.")
	}
	if end := moment(key["endDateTime"]); end.After(certificate.NotAfter) || end.Before(moment(key["startDateTime"])) {
		return failure(http.StatusBadRequest, "KeyCredentialsInvalidEndDate", "Key credential end date is invalid.")
	}
	if key["customKeyIdentifier"] == nil {
		thumbprint := sha1.Sum(certificate.Raw)
		key["customKeyIdentifier"] = strings.ToUpper(hex.EncodeToString(thumbprint[:]))
	}
	if key["displayName"] == nil {
		key["displayName"] = certificate.Subject.String()
	}
	return nil
}

// parseCertificate reads a certificate, DER or PEM.
func parseCertificate(content []byte) (*x509.Certificate, error) {
	if bytes.HasPrefix(bytes.TrimSpace(content), []byte("-----BEGIN")) {
		if block, _ := pem.Decode(content); block != nil {
			content = block.Bytes
		}
	}
	return x509.ParseCertificate(content)
}
