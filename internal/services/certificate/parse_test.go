package certificate

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"
	jsonserialization "github.com/microsoft/kiota-serialization-json-go"
	"github.com/microsoftgraph/msgraph-sdk-go/models"
	"software.sslmate.com/src/go-pkcs12"

	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
)

// withoutKeys is what `openssl pkcs12 -export -nokeys` makes.
const withoutKeys = "MIICJwIBAzCCAd0GCSqGSIb3DQEHAaCCAc4EggHKMIIBxjCCAcIGCSqGSIb3DQEHBqCCAbMwggGvAgEAMIIBqAYJKoZIhvcNAQcBMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAiHHtB4LKWNhAICCAAwDAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEENKMtX9KNemA6vIgKixi9ReAggFAXOKAEREZQ3eCOyowi6Ni/wxHLW9+Ejk8+SSriB4bLWQ/nSfS8Oi70ZVf6bXxjVB356/s9mOwVrcBBloufoebmI8vNDSYwzu4rNqj15ahQxEZEHJbK4+/UJES0Uwg0PxeLczsqhSSUWB5YvnORCl1vZLG9g+OlqBPBZG9IcQ/YQc1mtQaNPpqJifHkwp/TUfBs/2KWlobHtnsWzV0XMEhAgSdMdAkjEmD3izXTh0rfk5TqKdR5JUgTYpYTzg9Y6J8VxbesZ5JzwhoedsqdbqOgE+Cqrf4KkUcsUEWlZ9bLKZLd1U6fG5C/b9OiIgsCVy6idL7YFhVYoWdMP+HMscDvLOtJ5nW2LaIEHkOYPeHqc5+4MJldTqxsr6Az6ZdU/2XQWEBIsJ3BGbCws4VFhvQh4QfkmtvflE9+rlLFTWMk7kwQTAxMA0GCWCGSAFlAwQCAQUABCAk/ja/ALZSALCA/6S5vG/SIM0qVdFI7E71mU8onHC+OAQIqUMOXqi8X2oCAggA"

type issued struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

func (i issued) pem() string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: i.certificate.Raw}))
}

// issue makes a certificate, signed by itself where there is no issuer.
func issue(t *testing.T, name string, issuer *issued) issued {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotBefore: time.Now(), NotAfter: time.Now().Add(time.Hour)}
	parent, signer := template, key
	if issuer != nil {
		parent, signer = issuer.certificate, issuer.key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), signer)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return issued{certificate, key}
}

func TestParse(t *testing.T) {
	t.Parallel()
	authority := issue(t, "authority", nil)
	shop, other := issue(t, "shop", &authority), issue(t, "other", nil)
	must := func(content []byte, err error) []byte {
		if err != nil {
			t.Fatal(err)
		}
		return content
	}
	pkcs8, sec1 := must(x509.MarshalPKCS8PrivateKey(shop.key)), must(x509.MarshalECPrivateKey(shop.key))
	encode := base64.StdEncoding.EncodeToString
	block := func(kind string, content []byte) string {
		return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: content}))
	}
	store := must(pkcs12.Passwordless.EncodeTrustStore([]*x509.Certificate{shop.certificate, authority.certificate}, ""))
	withKey := must(pkcs12.Passwordless.Encode(shop.key, shop.certificate, nil, ""))
	withPassword := must(pkcs12.Modern.Encode(shop.key, shop.certificate, nil, "password"))
	storeWithPassword := must(pkcs12.Modern.EncodeTrustStore([]*x509.Certificate{shop.certificate}, "password"))
	const key, secret = "private key", "PKCS#12 that cannot be used"
	for name, test := range map[string]struct{ text, want string }{
		"PEM":                       {shop.pem(), ""},
		"PEM with text":             {"Certificate:\n  Data\n" + shop.pem() + "\n\n", ""},
		"DER":                       {encode(shop.certificate.Raw), ""},
		"DER in lines":              {encode(shop.certificate.Raw)[:64] + "\n" + encode(shop.certificate.Raw)[64:] + "\n", ""},
		"PEM in base64":             {encode([]byte(shop.pem())), ""},
		"chain":                     {shop.pem() + authority.pem(), ""},
		"trust store":               {encode(store), ""},
		"PEM with a mark":           {"\ufeff" + shop.pem(), ""},
		"chain of marked files":     {"\ufeff" + shop.pem() + "\ufeff" + authority.pem(), ""},
		"marked PEM in base64":      {encode([]byte("\ufeff" + shop.pem())), ""},
		"hexadecimal":               {hex.EncodeToString(shop.certificate.Raw), "use certificate_data_base64 instead"},
		"hexadecimal of a portal":   {strings.ToUpper(hex.EncodeToString(shop.certificate.Raw)), "certificate_data_base64"},
		"key in hexadecimal":        {hex.EncodeToString(pkcs8), key},
		"PKCS#12 in hexadecimal":    {hex.EncodeToString(withKey), key},
		"chain, wrong order":        {authority.pem() + shop.pem(), "no chain"},
		"two":                       {shop.pem() + other.pem(), "no chain"},
		"empty":                     {" \n", "empty"},
		"a word":                    {"certificate.pem", "neither PEM nor base64"},
		"base64 of something":       {encode([]byte("something")), "neither a certificate nor PKCS#12"},
		"a public key":              {block("PUBLIC KEY", must(x509.MarshalPKIXPublicKey(shop.key.Public()))), "another kind, PUBLIC KEY"},
		"a request":                 {block("CERTIFICATE REQUEST", []byte("x")), "another kind"},
		"damaged":                   {strings.Replace(shop.pem(), "\n", " ", 1), "damaged"},
		"other content":             {block("CERTIFICATE", []byte("x")), "cannot be read"},
		"key":                       {block("PRIVATE KEY", pkcs8), key},
		"key of old":                {block("EC PRIVATE KEY", sec1), key},
		"encrypted key":             {block("ENCRYPTED PRIVATE KEY", []byte("x")), key},
		"certificate and key":       {shop.pem() + block("PRIVATE KEY", pkcs8), key},
		"key and certificate":       {block("EC PRIVATE KEY", sec1) + shop.pem(), key},
		"a damaged key":             {shop.pem() + strings.ReplaceAll(block("PRIVATE KEY", pkcs8), "\n", " "), key},
		"both in base64":            {encode([]byte(shop.pem() + block("PRIVATE KEY", pkcs8))), key},
		"key's DER":                 {encode(pkcs8), key},
		"key's DER of old":          {encode(sec1), key},
		"PKCS#12 with key":          {encode(withKey), key},
		"PKCS#12 with password":     {encode(withPassword), secret},
		"trust store with password": {encode(storeWithPassword), secret},
		"PKCS#12 without key":       {withoutKeys, secret},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			certificate, wrong := parse(test.text)
			switch {
			case test.want == "" && (wrong != nil || !certificate.Equal(shop.certificate)):
				t.Errorf("got %v", wrong)
			case test.want != "" && wrong == nil:
				t.Error("it is taken")
			case wrong != nil && !strings.Contains(wrong.summary+wrong.detail, test.want):
				t.Errorf("got %q", wrong.summary+wrong.detail)
			case wrong != nil && wrong.secret != (test.want == key || test.want == secret):
				t.Errorf("it is secret: %t", wrong.secret)
			}
			if wrong != nil && wrong.secret && len(wrong.at(path.Root("certificate")).Path.Steps()) != 0 {
				t.Error("it points at the secret")
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	f.Add("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
	f.Add(withoutKeys)
	f.Fuzz(func(t *testing.T, text string) {
		if certificate, wrong := parse(text); (certificate == nil) == (wrong == nil) {
			t.Error("neither a certificate nor a reason, or both")
		}
	})
}

// TestCertificate_structure sends each attribute that can be set alone: under its own name, and read back as it was.
func TestCertificate_structure(t *testing.T) {
	t.Parallel()
	known := models.NewKeyCredential().GetFieldDeserializers()
	samples := map[string]string{"certificate": issue(t, "shop", nil).pem(), "display_name": "Main", "end": "2027-01-31T00:00:00Z"}
	properties := map[string]string{"certificate": "key", "display_name": "displayName", "end": "endDateTime"}
	for _, row := range table("application_id", "application") {
		if property := row.GraphProperty(); property != "" && known[property] == nil {
			t.Errorf("%s: no property %q", row.Name(), property)
		}
		if !row.Writable() {
			continue
		}
		value := types.StringValue(samples[row.Name()])
		object := mapping.NewValue(types.ObjectValueMust(map[string]attr.Type{row.Name(): types.StringType}, map[string]attr.Value{row.Name(): value}))
		rows, body := mapping.Table[entra]{row}, entra(models.NewKeyCredential())
		rows.Encode(object, body)
		if read := rows.Decode(body, mapping.Value{})[row.Name()]; !read.Equal(value) {
			t.Errorf("%s is read back as %s", row.Name(), read)
		}
		writer := jsonserialization.NewJsonSerializationWriter()
		if err := writer.WriteObjectValue("", body); err != nil {
			t.Fatal(err)
		}
		content, err := writer.GetSerializedContent()
		if err != nil {
			t.Fatal(err)
		}
		var sent map[string]any
		if err := json.Unmarshal(content, &sent); err != nil {
			t.Fatal(err)
		}
		delete(sent, "@odata.type")
		if sent[properties[row.Name()]] == nil || len(sent) != 1 {
			t.Errorf("%s was sent as %v", row.Name(), sent)
		}
		delete(properties, row.Name())
	}
	if len(properties) > 0 {
		t.Errorf("not sent: %v", properties)
	}
}

// TestThumbprint has the digits in a property that is binary, as Microsoft Graph does, and other texts of other tools.
func TestThumbprint(t *testing.T) {
	t.Parallel()
	const digits = "52ED9B5038A47B9E2E2190715CC238359D4F8F73"
	for text, want := range map[string]string{digits: digits, strings.ToLower(digits): digits, "Uu2bUDike54uIZBxXMI4NZ1Pj3M=": digits, "c29tZXRoaW5n": "", "": ""} {
		node, err := jsonserialization.NewJsonParseNode([]byte(`{"customKeyIdentifier":"` + text + `"}`))
		if err != nil {
			t.Fatal(err)
		}
		key, err := node.GetObjectValue(models.CreateKeyCredentialFromDiscriminatorValue)
		if err != nil {
			t.Fatal(err)
		}
		if got := Thumbprint(key.(entra)); got != want {
			t.Errorf("%s: got %q", text, got)
		}
	}
}

// TestKeysOf does not take an answer that says nothing for one that says that there are none.
func TestKeysOf(t *testing.T) {
	t.Parallel()
	for body, fails := range map[string]bool{
		`{}`: true, `{"keyCredentials":null}`: true, `{"keyCredentials":[{"type":"AsymmetricX509Cert"}]}`: true,
		`{"keyCredentials":[]}`: false, `{"keyCredentials":[{"keyId":"3f2504e0-4f89-41d3-9a0c-0305e82c3301"}]}`: false,
	} {
		node, err := jsonserialization.NewJsonParseNode([]byte(body))
		if err != nil {
			t.Fatal(err)
		}
		object, err := node.GetObjectValue(models.CreateApplicationFromDiscriminatorValue)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := keysOf(object.(models.Applicationable), nil); (err != nil) != fails {
			t.Errorf("%s: got %v", body, err)
		}
	}
}
