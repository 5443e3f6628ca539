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

// completeKeys judges the keys an object is to have, all of them: those that a request leaves out are gone. It fills in
// what the request leaves to the service: id, thumbprint, dates and name from the certificate; and the key itself, of one
// the object has already. The same certificate twice, under two ids, is nothing that the pages speak against.
func (r *request) completeKeys(before, after *directory.Object) error {
	wanted := after.Items("keyCredentials")
	if before != nil && sameSlice(before.Properties["keyCredentials"], after.Properties["keyCredentials"]) {
		return nil
	}
	completed := make([]any, 0, len(wanted))
	seen := map[any]bool{}
	for _, given := range wanted {
		key, known, err := r.completeKey(before, after, given)
		if err != nil {
			return err
		}
		if seen[key["keyId"]] {
			return badRequest("Invalid value specified for property 'keyCredentials' of resource '%s'.", entitytype.All[after.Type].Resource)
		}
		seen[key["keyId"]] = true
		if !known {
			if err := r.checkRestrictedKey(after, key); err != nil {
				return err
			}
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

// The types of keys, and what each may be used for:
// learn.microsoft.com/graph/api/resources/keycredential. Encrypt is for tokens, see tokenEncryptionKeyId.
const (
	certificateKey = "AsymmetricX509Cert"
	signingKey     = "X509CertAndPassword"
	symmetricKey   = "Symmetric"
)

var keyUsages = map[any][]string{
	certificateKey: {"Verify", "Encrypt"},
	signingKey:     {"Sign"},
	symmetricKey:   {"Sign", "Verify"},
}

// completeKey completes one key. One that the object has already is known by its id, and stays as it is.
func (r *request) completeKey(before, after *directory.Object, given map[string]any) (key map[string]any, known bool, err error) {
	if before != nil && given["keyId"] != nil {
		existing := before.Items("keyCredentials")
		if i := slices.IndexFunc(existing, func(k map[string]any) bool { return k["keyId"] == given["keyId"] }); i >= 0 {
			return existing[i], true, unchanged(existing[i], given)
		}
	}
	key = maps.Clone(given)
	invalid := badRequest("Invalid value specified for property 'keyCredentials' of resource '%s'.", entitytype.All[after.Type].Resource)
	text, _ := key["key"].(string)
	content, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(content) == 0 {
		return nil, false, invalid
	}
	usage, _ := key["usage"].(string)
	usages, isType := keyUsages[key["type"]]
	switch {
	case !isType:
		return nil, false, invalid
	case usage != "Sign" && usage != "Verify" && usage != "Encrypt":
		// github.com/microsoftgraph/msgraph-sdk-java/issues/1823
		return nil, false, badRequest("The value for the property \"usage\" in one of your credentials is invalid. Acceptable values are Sign, Verify.")
	case !slices.Contains(usages, usage):
		return nil, false, invalid
	}
	switch key["type"] {
	case certificateKey:
		certificate, err := parseCertificate(content)
		if err != nil {
			return nil, false, badRequest("Key value is not a valid certificate.")
		}
		if err := fromCertificate(key, certificate); err != nil {
			return nil, false, err
		}
	case symmetricKey:
		if !r.date(key) {
			return nil, false, failure(http.StatusBadRequest, "KeyCredentialsInvalidEndDate", "Key credential end date is invalid.")
		}
	}
	if key["keyId"] == nil {
		key["keyId"] = uuid.NewString()
	}
	if name, ok := key["displayName"].(string); ok && len([]rune(name)) > maximumKeyName {
		key["displayName"] = string([]rune(name)[:maximumKeyName])
	}
	return key, false, nil
}

// unchanged refuses what is said of a credential that is there otherwise than it is; what is not said stays as it is. See
// github.com/Azure/azure-powershell/issues/6784 and /6855, of dates that differ. That this goes for the display name too
// is not documented.
func unchanged(existing, given map[string]any) error {
	for property, value := range given {
		was := existing[property]
		same := value == nil || value == was
		switch property {
		case "startDateTime", "endDateTime":
			same = value == nil || moment(value).Equal(moment(was))
		case "displayName":
			name, _ := value.(string)
			same = same || len([]rune(name)) > maximumKeyName && string([]rune(name)[:maximumKeyName]) == was
		}
		if !same {
			return badRequest("Update to existing credential with KeyId '%s' is not allowed.", existing["keyId"])
		}
	}
	return nil
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
