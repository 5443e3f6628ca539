package emulator_test

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"image"
	"image/png"
	"math/big"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

func TestPassword(t *testing.T) {
	t.Parallel()
	c := start(t)
	app, principal := c.principal(`{"displayName":"a"}`)
	for _, path := range []string{"/v1.0/applications/" + app["id"].(string), "/v1.0/servicePrincipals/" + principal["id"].(string)} {
		added := c.post(path+"/addPassword", `{"passwordCredential":{"displayName":"p"}}`).want(200).body
		secret, _ := added["secretText"].(string)
		id, _ := added["keyId"].(string)
		if len(secret) != 40 || added["hint"] != secret[:3] || added["displayName"] != "p" || added["customKeyIdentifier"] != nil ||
			added["@odata.context"] != c.server.URL+"/v1.0/$metadata#microsoft.graph.passwordCredential" {
			t.Errorf("added %v", added)
		}
		begin, _ := time.Parse(time.RFC3339, added["startDateTime"].(string))
		end, _ := time.Parse(time.RFC3339, added["endDateTime"].(string))
		if !begin.AddDate(2, 0, 0).Equal(end) {
			t.Errorf("valid from %v to %v", begin, end)
		}
		stored := c.get(path).want(200)
		if bytes.Contains(stored.raw, []byte(secret)) || stored.at("passwordCredentials", 0, "keyId") != id || stored.at("passwordCredentials", 0, "secretText") != nil {
			t.Errorf("stored %v", stored.at("passwordCredentials"))
		}
		dated := c.post(path+"/addPassword", `{"passwordCredential":{"startDateTime":"2030-01-01T00:00:00+02:00","endDateTime":"2031-01-01T00:00:00.5Z"}}`).want(200).body
		if dated["startDateTime"] != "2029-12-31T22:00:00Z" || dated["endDateTime"] != "2031-01-01T00:00:00.5Z" {
			t.Errorf("dated %v", dated)
		}
		c.post(path+"/addPassword", `{"passwordCredential":{"startDateTime":"2030-01-01T00:00:00Z","endDateTime":"2029-01-01T00:00:00Z"}}`).want(400)

		c.patch(path, `{"passwordCredentials":[{"displayName":"new"}]}`).fails(400, "Request_BadRequest", "New password credentials must be generated with service actions.")
		c.post(path+"/removePassword", `{"keyId":"`+id+`"}`).want(204)
		c.post(path+"/removePassword", `{"keyId":"`+id+`"}`).fails(400, "Request_BadRequest", "No password credential found with keyId.")
		c.post(path+"/removePassword", `{}`).fails(400, "Request_BadRequest", "A value is required for property 'keyId' of resource 'removePassword'.")
		c.patch(path, `{"passwordCredentials":[]}`).want(204)
		same(t, "passwords", c.get(path).at("passwordCredentials"), `[]`)
		empty := c.post(path+"/addPassword", `{}`).want(200).body
		if empty["displayName"] != nil || empty["secretText"] == nil {
			t.Errorf("without a description: %v", empty)
		}
	}
	created := c.application(`{"displayName":"b","passwordCredentials":[{"displayName":"first"}]}`)
	if secret, _ := at(t, created, "passwordCredentials", 0, "secretText").(string); len(secret) != 40 {
		t.Errorf("created with %v", created["passwordCredentials"])
	}
	personal := "/v1.0/applications/" + c.application(`{"displayName":"p","signInAudience":"PersonalMicrosoftAccount"}`)["id"].(string) + "/addPassword"
	c.post(personal, `{}`).want(200)
	c.post(personal, `{}`).want(200)
	c.post(personal, `{}`).want(400)
}

// rsaKey is one key for all certificates: making one is slow.
var rsaKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

func certificate(t *testing.T, name string) *x509.Certificate {
	t.Helper()
	now := time.Now().Truncate(time.Second)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(now.UnixNano()), Subject: pkix.Name{CommonName: name},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(24 * time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, rsaKey().Public(), rsaKey())
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

func keyCredential(cert *x509.Certificate) string {
	return `{"type":"AsymmetricX509Cert","usage":"Verify","key":"` + base64.StdEncoding.EncodeToString(cert.Raw) + `"}`
}

func proof(t *testing.T, issuer string, change func(map[string]any)) string {
	t.Helper()
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: rsaKey()}, nil)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	claims := map[string]any{
		"aud": "00000002-0000-0000-c000-000000000000", "iss": issuer,
		"nbf": now.Add(-time.Minute).Unix(), "exp": now.Add(9 * time.Minute).Unix(),
	}
	if change != nil {
		change(claims)
	}
	token, err := jwt.Signed(signer).Claims(claims).Serialize()
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func TestKey_update(t *testing.T) {
	t.Parallel()
	c := start(t)
	id := c.application(`{"displayName":"a"}`)["id"].(string)
	path := "/v1.0/applications/" + id
	cert := certificate(t, "one")
	thumbprint := fmt.Sprintf("%X", sha1.Sum(cert.Raw))
	c.patch(path, `{"keyCredentials":[`+keyCredential(cert)+`]}`).want(204)

	key := c.get(path).want(200).at("keyCredentials", 0).(map[string]any)
	keyID := key["keyId"].(string)
	same(t, "key", any(key), `{"customKeyIdentifier":"`+thumbprint+`","displayName":"CN=one","endDateTime":"`+cert.NotAfter.UTC().Format(time.RFC3339)+`",
		"key":null,"keyId":"`+keyID+`","startDateTime":"`+cert.NotBefore.UTC().Format(time.RFC3339)+`","type":"AsymmetricX509Cert","usage":"Verify"}`)
	if got := c.get(path+"?$select=keyCredentials").at("keyCredentials", 0, "key"); got != base64.StdEncoding.EncodeToString(cert.Raw) {
		t.Errorf("selected key is %v", got)
	}
	if got := at(t, c.get("/v1.0/applications?$select=keyCredentials&$filter=id eq '"+id+"'").body, "value", 0, "keyCredentials", 0, "key"); got != nil {
		t.Errorf("key in a collection is %v", got)
	}
	// A key that is there already may be sent back without its value; a PEM file may be sent for a certificate.
	pemText := base64.StdEncoding.EncodeToString(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate(t, "two").Raw}))
	c.patch(path, `{"keyCredentials":[{"keyId":"`+keyID+`","type":"AsymmetricX509Cert","usage":"Verify"},
		{"type":"AsymmetricX509Cert","usage":"Encrypt","key":"`+pemText+`","displayName":"`+strings.Repeat("x", 100)+`"}]}`).want(204)
	two := c.get(path + "?$select=keyCredentials").at("keyCredentials").([]any)
	if len(two) != 2 || at(t, two[0], "key") == nil || at(t, two[1], "displayName") != strings.Repeat("x", 90) {
		t.Errorf("keys %v", two)
	}
	c.patch(path, `{"tokenEncryptionKeyId":"`+keyID+`"}`).want(400)
	c.patch(path, `{"tokenEncryptionKeyId":"`+at(t, two[1], "keyId").(string)+`"}`).want(204)
	c.patch(path, `{"tokenEncryptionKeyId":null,"keyCredentials":[]}`).want(204)

	invalid := "Invalid value specified for property 'keyCredentials' of resource 'Application'."
	value := base64.StdEncoding.EncodeToString(cert.Raw)
	for body, want := range map[string][2]string{
		`{"type":"AsymmetricX509Cert","usage":"Verify"}`:                                                              {"Request_BadRequest", invalid},
		`{"type":"AsymmetricX509Cert","usage":"Sign","key":"` + value + `"}`:                                          {"Request_BadRequest", invalid},
		`{"type":"Magic","usage":"Verify","key":"` + value + `"}`:                                                     {"Request_BadRequest", invalid},
		`{"type":"AsymmetricX509Cert","usage":"Verify","key":"AAAA"}`:                                                 {"Request_BadRequest", "Key value is not a valid certificate."},
		`{"type":"AsymmetricX509Cert","usage":"Verify","endDateTime":"2999-01-01T00:00:00Z","key":"` + value + `"}`:   {"KeyCredentialsInvalidEndDate", "Key credential end date is invalid."},
		`{"type":"AsymmetricX509Cert","usage":"Verify","startDateTime":"1999-01-01T00:00:00Z","key":"` + value + `"}`: {"KeyCredentialsInvalidStartDate", "Key credential start date is invalid."},
	} {
		c.patch(path, `{"keyCredentials":[`+body+`]}`).fails(400, want[0], want[1])
	}
}

func TestKey_actions(t *testing.T) {
	t.Parallel()
	c := start(t)
	app, principal := c.principal(`{"displayName":"a"}`)
	for path, id := range map[string]string{
		"/v1.0/applications/" + app["id"].(string):            app["id"].(string),
		"/v1.0/servicePrincipals/" + principal["id"].(string): principal["id"].(string),
	} {
		add := func(proof string) answer {
			return c.post(path+"/addKey", `{"keyCredential":`+keyCredential(certificate(t, "added"))+`,"passwordCredential":null,"proof":"`+proof+`"}`)
		}
		const refused = "Access Token missing or malformed."
		add(proof(t, id, nil)).fails(401, "Authentication_MissingOrMalformed", refused) // no key yet to prove possession of
		c.patch(path, `{"keyCredentials":[`+keyCredential(certificate(t, "first"))+`]}`).want(204)
		for _, bad := range []func(map[string]any){
			func(claims map[string]any) { claims["iss"] = "99999999-9999-4999-8999-999999999999" },
			func(claims map[string]any) { claims["aud"] = "00000003-0000-0000-c000-000000000000" },
			func(claims map[string]any) { claims["exp"] = time.Now().Add(time.Hour).Unix() },
			func(claims map[string]any) {
				claims["nbf"], claims["exp"] = time.Now().Add(-time.Hour).Unix(), time.Now().Add(-51*time.Minute).Unix()
			},
			func(claims map[string]any) { delete(claims, "exp") },
		} {
			add(proof(t, id, bad)).fails(401, "Authentication_MissingOrMalformed", refused)
		}
		added := add(proof(t, id, nil)).want(200)
		if added.at("@odata.context") != c.server.URL+"/v1.0/$metadata#microsoft.graph.keyCredential" || added.at("displayName") != "CN=added" {
			t.Errorf("added %s", added.raw)
		}
		remove := `{"keyId":"` + added.at("keyId").(string) + `","proof":"` + proof(t, id, nil) + `"}`
		c.post(path+"/removeKey", remove).want(204)
		c.post(path+"/removeKey", remove).fails(400, "Request_BadRequest", "No credentials found to be removed.")
		if got := c.get(path).at("keyCredentials").([]any); len(got) != 1 {
			t.Errorf("left %v", got)
		}
		signing := `{"type":"X509CertAndPassword","usage":"Sign","key":"AAAA"}`
		c.post(path+"/addKey", `{"keyCredential":`+signing+`,"proof":"`+proof(t, id, nil)+`"}`).want(400)
		c.post(path+"/addKey", `{"keyCredential":`+signing+`,"passwordCredential":{"secretText":"s"},"proof":"`+proof(t, id, nil)+`"}`).want(200)
	}
}

func TestLogo(t *testing.T) {
	t.Parallel()
	c := start(t)
	app, principal := c.principal(`{"displayName":"a"}`)
	path := "/v1.0/applications/" + app["id"].(string)
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 215, 215))); err != nil {
		t.Fatal(err)
	}
	c.get(path + "/logo").want(404)
	c.do("PUT", path+"/logo", picture.String(), "Content-Type", "image/png").want(204)
	got := c.get(path + "/logo").want(200)
	if !bytes.Equal(got.raw, picture.Bytes()) || got.header.Get("Content-Type") != "image/png" {
		t.Errorf("%d bytes of %s", len(got.raw), got.header.Get("Content-Type"))
	}
	address := c.server.URL + path + "/logo"
	if got := c.get(path).at("info", "logoUrl"); got != address {
		t.Errorf("logoUrl of the application is %v", got)
	}
	if got := c.get("/v1.0/servicePrincipals/"+principal["id"].(string)).at("info", "logoUrl"); got != address {
		t.Errorf("logoUrl of the service principal is %v", got)
	}
	c.do("PUT", path+"/logo", "no picture", "Content-Type", "image/png").fails(400, "Request_BadRequest", "Invalid value specified for property 'logo' of resource 'Application'.")
	c.delete(path + "/logo").want(204)
	c.get(path + "/logo").want(404)
	if got := c.get(path).at("info", "logoUrl"); got != nil {
		t.Errorf("logoUrl is %v", got)
	}
}
