// Package certificate is workloadid_application_certificate and workloadid_service_principal_certificate: a certificate with
// which an application signs in. See https://learn.microsoft.com/graph/api/resources/keycredential.
package certificate

import (
	"bytes"
	"crypto/sha1" //nolint:gosec // the thumbprint by which Microsoft Entra names certificates
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"regexp"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/microsoftgraph/msgraph-sdk-go/models"

	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
	"github.com/workloadid/terraform-provider-workloadid/internal/validate"
)

type entra = models.KeyCredentialable

// longestName is the length to which the service cuts display names.
const longestName = 90

// table has the attributes of a certificate of what the parent attribute is the id of.
func table(parent, parentTitle string) mapping.Table[entra] {
	return mapping.Table[entra]{
		mapping.UUID("key_id", schema.StringAttribute{Computed: true, MarkdownDescription: "Id of the certificate among the certificates of the " + parentTitle + "."}, entra.GetKeyId, nil),
		mapping.Argument[entra](parent, schema.StringAttribute{Required: true, Validators: []validator.String{validate.UUID()}, MarkdownDescription: "Object id of the " + parentTitle + " that signs in with the certificate. Changing it makes a new credential."}).CreateOnly().ID(),
		mapping.Converted("certificate", schema.StringAttribute{
			Required:            true,
			MarkdownDescription: "The certificate, without its private key: PEM, as in `file(\"certificate.pem\")`, or in base64 its DER, as in `filebase64(\"certificate.cer\")`, or a PKCS#12 trust store without a password. Of a chain the first one counts. Changing it makes a new credential.",
		}, entra.GetKey, entra.SetKey, decodeCertificate, encodeCertificate).Property("key").CreateOnly().Alike(sameCertificate),
		mapping.String("display_name", schema.StringAttribute{
			Optional: true, Computed: true, Validators: []validator.String{stringvalidator.UTF8LengthBetween(1, longestName)},
			MarkdownDescription: "Name of the certificate for people, at most 90 characters. Default: its subject. Changing it changes the key id too.",
		}, entra.GetDisplayName, entra.SetDisplayName),
		mapping.Time("start", schema.StringAttribute{Computed: true, MarkdownDescription: "When the certificate begins to be valid, RFC 3339 in UTC."}, entra.GetStartDateTime).Property("startDateTime"),
		mapping.Converted("end", schema.StringAttribute{
			Optional: true, Computed: true, Validators: []validator.String{validate.Time()},
			MarkdownDescription: "When the credential ends, RFC 3339, such as `2027-01-31T00:00:00Z`. Default, and the latest that is possible: when the certificate ends. Changing it changes the key id too.",
		}, entra.GetEndDateTime, entra.SetEndDateTime, decodeEnd, encodeEnd).Property("endDateTime").Alike(validate.SameTime),
		mapping.Derived("thumbprint", schema.StringAttribute{Computed: true, MarkdownDescription: "SHA-1 thumbprint of the certificate in hexadecimal, as the portal shows it."}, decodeThumbprint).Property("customKeyIdentifier"),
		mapping.Derived("thumbprint_sha256", schema.StringAttribute{Computed: true, MarkdownDescription: "SHA-256 thumbprint of the certificate in hexadecimal."}, decodeSHA256).Property("key"),
	}
}

// decodeCertificate keeps what is known where the service does not show the certificate: it can't have changed.
func decodeCertificate(from entra, prior attr.Value) attr.Value {
	content := from.GetKey()
	switch {
	case len(content) > 0 && isPEM(content):
		return types.StringValue(string(content))
	case len(content) > 0:
		return types.StringValue(string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: content})))
	case prior == nil:
		return types.StringNull()
	}
	return prior
}

func encodeCertificate(value attr.Value, to entra) {
	if certificate, err := parse(value.(types.String).ValueString()); err == nil {
		to.SetKey(certificate.Raw)
	}
}

func sameCertificate(a, b string) bool {
	one, err := parse(a)
	other, otherErr := parse(b)
	return err == nil && otherErr == nil && bytes.Equal(one.Raw, other.Raw)
}

func formatTime(at time.Time) string { return at.UTC().Format(time.RFC3339Nano) }

func decodeEnd(from entra, _ attr.Value) attr.Value {
	if end := from.GetEndDateTime(); end != nil {
		return types.StringValue(formatTime(*end))
	}
	return types.StringNull()
}

func encodeEnd(value attr.Value, to entra) {
	if end, err := time.Parse(time.RFC3339, value.(types.String).ValueString()); err == nil {
		to.SetEndDateTime(new(end.UTC()))
	}
}

// shown is the certificate itself, where the service shows it.
func shown(from entra) *x509.Certificate {
	content := from.GetKey()
	if len(content) == 0 {
		return nil
	}
	certificate, err := parse(base64.StdEncoding.EncodeToString(content))
	if err != nil {
		return nil
	}
	return certificate
}

func decodeThumbprint(from entra, prior attr.Value) attr.Value {
	if certificate := shown(from); certificate != nil {
		return types.StringValue(thumbprint(certificate))
	}
	if text := Thumbprint(from); text != "" {
		return types.StringValue(text)
	}
	return orNull(prior)
}

func decodeSHA256(from entra, prior attr.Value) attr.Value {
	if certificate := shown(from); certificate != nil {
		return types.StringValue(thumbprintSHA256(certificate))
	}
	return orNull(prior)
}

func orNull(value attr.Value) attr.Value {
	if value == nil {
		return types.StringNull()
	}
	return value
}

func thumbprint(certificate *x509.Certificate) string {
	sum := sha1.Sum(certificate.Raw) //nolint:gosec // see the import
	return strings.ToUpper(hex.EncodeToString(sum[:]))
}

func thumbprintSHA256(certificate *x509.Certificate) string {
	sum := sha256.Sum256(certificate.Raw)
	return strings.ToUpper(hex.EncodeToString(sum[:]))
}

var hexThumbprint = regexp.MustCompile(`^[0-9A-Fa-f]{40}$`)

// Thumbprint is the SHA-1 thumbprint that the service has with a key; empty where it has another text there. It is in a
// property that is binary and has the digits of the thumbprint, not their base64.
func Thumbprint(key models.KeyCredentialable) string {
	content := key.GetCustomKeyIdentifier()
	if text := base64.StdEncoding.EncodeToString(content); hexThumbprint.MatchString(text) {
		return strings.ToUpper(text)
	}
	if len(content) == sha1.Size {
		return strings.ToUpper(hex.EncodeToString(content))
	}
	return ""
}

// nameOf is what a certificate is called unless the configuration says it.
func nameOf(certificate *x509.Certificate) string {
	name := []rune(certificate.Subject.String())
	return string(name[:min(len(name), longestName)])
}
