package secrets

import (
	"archive/zip"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/go-hclog"
)

const (
	hush   = `hU"sH/+&=s3cret`
	jwt    = "eyJhbGciOiJSUzI1NiJ9.eyJhdWQiOiJ4In0.c2lnbmF0dXJlLW9mLWEtdG9rZW4"
	keyPEM = "-----BEGIN CERTIFICATE-----\nMIIBcertificateMIIBcertificateMIIBcertificate\n-----END CERTIFICATE-----\n" +
		"-----BEGIN PRIVATE KEY-----\nMIIBsecretkeyMIIBsecretkeyMIIBsecretkey==\n-----END PRIVATE KEY-----\n"
)

func places(w *Watch) []string {
	var found []string
	for _, finding := range w.Findings() {
		found = append(found, finding.Secret+": "+finding.Place)
	}
	return found
}

func expect(t *testing.T, w *Watch, want ...string) {
	t.Helper()
	got := places(w)
	if !slices.Equal(got, want) {
		t.Errorf("found\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	for _, finding := range w.Findings() {
		for _, secret := range []string{hush, "s3cret", jwt, "c2lnbmF0dXJl", "MIIBsecretkey"} {
			if strings.Contains(finding.String(), secret) {
				t.Errorf("the finding has the secret: %s", finding)
			}
		}
	}
}

// A secret is found in a log line in whatever form it is there.
func TestFindings_forms(t *testing.T) {
	t.Parallel()
	encoded := func(value any) string {
		text, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	for name, line := range map[string]string{
		"as it is":                    "before " + hush + " after",
		"in JSON":                     encoded(map[string]string{"a": hush}),
		"in JSON in JSON":             encoded(map[string]string{"body": encoded(map[string]string{"a": hush})}),
		"quoted":                      fmt.Sprintf("a=%q", hush),
		"in a form":                   url.Values{"a": {hush}}.Encode(),
		"in a path":                   "/a/" + url.PathEscape(hush),
		"in base64":                   base64.StdEncoding.EncodeToString([]byte(hush)),
		"in base64, one byte before":  base64.StdEncoding.EncodeToString([]byte("1" + hush + "1")),
		"in base64, two bytes before": base64.StdEncoding.EncodeToString([]byte("12" + hush + "12")),
		"in base64 for URLs":          base64.RawURLEncoding.EncodeToString([]byte("12345" + hush)),
		"in base64 of JSON":           base64.StdEncoding.EncodeToString([]byte(encoded(map[string]string{"a": hush}))),
		"a token":                     "Authorization: Bearer " + jwt,
		"a token's signature":         "sig=" + strings.Split(jwt, ".")[2],
		"a private key":               keyPEM,
		"a private key in JSON":       encoded(keyPEM),
		"a line of a private key":     "  | MIIBsecretkeyMIIBsecretkeyMIIBsecretkey==\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := New()
			_, _ = w.Write([]byte("first\n" + line + "\nlast\n"))
			if got := places(w); len(got) != 0 {
				t.Errorf("found %v before there is a secret", got)
			}
			w.Add("it", hush)
			w.Add("it", jwt)
			w.Add("it", keyPEM)
			w.Add("short", "first"[:5])
			for i, place := range places(w) {
				if !strings.HasPrefix(place, "it: the log") && !strings.HasPrefix(place, "a line of it: the log") || i > 1 {
					t.Errorf("found %s", place)
				}
			}
			if len(places(w)) == 0 {
				t.Error("found nothing")
			}
			if findings := w.Findings(); len(findings) > 0 && strings.Contains(findings[0].Around, "last") {
				t.Errorf("it shows more than the line: %s", findings[0])
			}
		})
	}
}

// What is not secret is not found: what a token says, a certificate, and what is like a secret.
func TestFindings_innocent(t *testing.T) {
	t.Parallel()
	w := New()
	w.Add("token", jwt)
	w.Add("secret", hush)
	w.Add("certificate", keyPEM)
	w.Add("short", "abc")
	_, _ = w.Write([]byte(strings.Join(strings.Split(jwt, ".")[:2], ".") + "\nabc hU\"sH\n" + strings.Split(keyPEM, "\n")[1]))
	expect(t, w)
}

// The text around a finding has no other secret.
func TestFindings_maskAllSecrets(t *testing.T) {
	t.Parallel()
	w := New()
	w.Add("one", hush)
	w.Add("two", jwt)
	logger := hclog.New(&hclog.LoggerOptions{Output: w, Level: hclog.Trace, JSONFormat: true})
	logger.Trace("sent for "+hush, "body", `{"token":"`+jwt+`","a":`+string(must(json.Marshal(hush)))+`}`)
	expect(t, w, `one: the log, @message of "sent for ***"`, `one: the log, body of "sent for ***"`, `two: the log, body of "sent for ***"`)
	if around := w.Findings()[1].Around; !strings.Contains(around, "token") || strings.Count(around, masked) != 2 {
		t.Errorf("the text around is %s", around)
	}
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

// Terraform's files: a state with its backup, a plan with what is in it, and what was printed.
func TestFiles(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	write := func(name, content string) {
		t.Helper()
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	inJSON := string(must(json.Marshal(hush)))
	state := func(attribute string) string {
		return `{"version":4,"outputs":{"type":{"value":"x","type":"string"}},"resources":[{"mode":"managed","type":"test_password","name":"a","instances":[
			{"attributes":{"id":"1","` + attribute + `":` + inJSON + `,"nested":[{"value":` + inJSON + `}]}}]}]}`
	}
	write("apply/terraform.tfstate", state("value"))
	write("apply/terraform.tfstate.backup", state("other"))
	write("show/stdout", `{"resource_changes":[{"address":"a","type":"test_password","name":"a","change":{"before":null,"after":{"value":`+inJSON+`}}}],"variables":{"v":{"value":`+inJSON+`}}}`)
	write("plan/stdout", "value = "+hush)
	var plan strings.Builder
	archive := zip.NewWriter(&plan)
	for name, content := range map[string]string{"tfplan": "\x0a\xa5value" + hush, "tfstate": state("value"), "tfconfig/m-/main.tf": "# " + jwt} {
		entry := must(archive.Create(name))
		_, _ = entry.Write([]byte(content))
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	write("plan/tfplan", plan.String())

	w := New()
	if err := w.Files(folder); err != nil {
		t.Fatal(err)
	}
	w.Add("password", hush)
	w.Add("token", jwt)
	expect(t, w,
		"password: apply/terraform.tfstate, test_password.nested.value",
		"password: apply/terraform.tfstate, test_password.value",
		"password: apply/terraform.tfstate.backup, test_password.nested.value",
		"password: apply/terraform.tfstate.backup, test_password.other",
		"password: plan/stdout",
		"password: plan/tfplan/tfplan",
		"password: plan/tfplan/tfstate, test_password.nested.value",
		"password: plan/tfplan/tfstate, test_password.value",
		"password: show/stdout",
		"password: show/stdout, test_password.value",
		"token: plan/tfplan/tfconfig/m-/main.tf",
	)
	// Documented, it is a finding where it is not the attribute's value. A plan's own form of values does not tell.
	w.Add("password", hush, "test_password.value", "test_password.nested.value")
	expect(t, w,
		"password: apply/terraform.tfstate.backup, test_password.other",
		"password: plan/stdout",
		"password: show/stdout",
		"token: plan/tfplan/tfconfig/m-/main.tf",
	)

	write("plan/tfplan", "PK\x03\x04 cut off")
	if err := New().Files(folder); err == nil || !strings.Contains(err.Error(), "plan/tfplan") {
		t.Errorf("a plan that cannot be read: %v", err)
	}
}
