package graph

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
)

const masked = "***"

// secretNames are the properties, form fields, query parameters and headers, in lower case, whose values are never
// written to a log: credentials of ours, tokens in either direction, and the secrets and key material that Graph creates.
var secretNames = map[string]bool{
	"access_token":        true,
	"accesstoken":         true,
	"actor_token":         true,
	"assertion":           true,
	"authorization":       true,
	"client_assertion":    true,
	"client_secret":       true,
	"clientassertion":     true,
	"clientsecret":        true,
	"code":                true, // in forms and queries only, see maskJSON: Graph's errors have a code that is none
	"cookie":              true,
	"id_token":            true,
	"idtoken":             true,
	"key":                 true,
	"oidctoken":           true,
	"password":            true,
	"privatekey":          true,
	"proof":               true,
	"proxy-authorization": true,
	"refresh_token":       true,
	"refreshtoken":        true,
	"secret":              true,
	"secrettext":          true,
	"set-cookie":          true,
	"sig":                 true,
	"token":               true,
	"x-identity-header":   true,
}

func secretName(name string) bool { return secretNames[strings.ToLower(name)] }

// MaskText is a text without the given secrets, and without what looks like one: a token, a client secret as Microsoft Entra
// makes them, a private key, and what follows a name of one. Libraries put whole answers into their errors.
func MaskText(text string, secrets ...string) string {
	var pairs []string
	for _, secret := range secrets {
		if len(secret) >= shortestSecret {
			pairs = append(pairs, secret, masked, url.QueryEscape(secret), masked)
		}
	}
	text = strings.NewReplacer(pairs...).Replace(text)
	for _, pattern := range secretPatterns() {
		text = pattern.ReplaceAllString(text, "${1}"+masked)
	}
	return text
}

// shortestSecret is how long a secret is at least: a very short one would mask innocent text.
const shortestSecret = 4

// secretPatterns have in their first group what stays. Few runs have a message to mask, and none waits for them.
var secretPatterns = sync.OnceValue(func() []*regexp.Regexp {
	return []*regexp.Regexp{
		regexp.MustCompile(`()-----BEGIN [A-Z ]*PRIVATE KEY-----(?s:.*?)(?:-----END [A-Z ]*PRIVATE KEY-----|$)`),
		// A JSON Web Token, or the beginning of one.
		regexp.MustCompile(`()\beyJ[A-Za-z0-9_-]{10,}(?:\.[A-Za-z0-9_-]*){0,4}`),
		// See https://learn.microsoft.com/purview/sit-defn-azure-ad-client-secret.
		regexp.MustCompile(`()[A-Za-z0-9_.~-]{3}[78]Q~[A-Za-z0-9_.~-]{31,34}`),
		regexp.MustCompile(`(?i)(\bbearer\s+)[A-Za-z0-9._~+/=-]{12,}`),
		regexp.MustCompile(`(?i)(\b(?:` + strings.Join(tellingNames(), "|") + `)\\*["']?\s*[:=]\s*\\*["']?)[^\s"'&,;\\}]{12,}`),
	}
})

// tellingNames are the names that stand before nothing but a secret in plain text too.
func tellingNames() []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(secretNames)), func(name string) bool {
		return slices.Contains([]string{"authorization", "code", "cookie", "key", "proof", "set-cookie", "token"}, name)
	})
}

// maskHeader shows a header as it goes over the wire, a line for each name.
func maskHeader(header http.Header) string {
	var lines []string
	for _, name := range slices.Sorted(maps.Keys(header)) {
		value := strings.Join(header[name], ", ")
		if secretName(name) {
			value = masked
		}
		lines = append(lines, name+": "+value)
	}
	return strings.Join(lines, "\n")
}

// withoutEcho is the body of an answer without what was secret in the request.
func withoutEcho(request *http.Request, sent, body []byte) []byte {
	var pairs []string
	for _, secret := range secretsOf(request, sent) {
		if len(secret) < shortestSecret {
			continue
		}
		inJSON, _ := json.Marshal(secret) // a string always can be
		for _, form := range []string{secret, string(inJSON[1 : len(inJSON)-1]), url.QueryEscape(secret)} {
			pairs = append(pairs, form, masked)
		}
	}
	if len(pairs) == 0 {
		return body
	}
	replacer, found := strings.NewReplacer(pairs...), false
	mask := func(text string) string {
		clean := replacer.Replace(text)
		found = found || clean != text
		return clean
	}
	// There are several ways to write a text as JSON, so it is read first.
	if value, ok := decodeJSON(body); ok {
		clean, err := json.Marshal(eachText(value, mask))
		if err == nil && found {
			return clean
		}
		return body
	}
	return []byte(mask(string(body)))
}

// secretsOf has what is secret in a request by the name of a header, of a field of a form, or of a query parameter.
func secretsOf(request *http.Request, sent []byte) []string {
	var found []string
	for name, values := range request.Header {
		if !secretName(name) {
			continue
		}
		for _, value := range values {
			_, credential, _ := strings.Cut(value, " ") // "Bearer …"
			found = append(found, value, credential)
		}
	}
	fields := request.URL.Query()
	if mediaType, _, _ := mime.ParseMediaType(request.Header.Get("Content-Type")); mediaType == "application/x-www-form-urlencoded" {
		form, _ := url.ParseQuery(string(sent)) // what can be read of it
		maps.Copy(fields, form)
	}
	for name, values := range fields {
		if secretName(name) {
			found = append(found, values...)
		}
	}
	return found
}

func decodeJSON(body []byte) (value any, ok bool) {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	err := decoder.Decode(&value)
	return value, err == nil && !decoder.More()
}

// eachText changes every text in a JSON value.
func eachText(value any, change func(string) string) any {
	switch v := value.(type) {
	case string:
		return change(v)
	case map[string]any:
		for name, inner := range v {
			v[name] = eachText(inner, change)
		}
	case []any:
		for i := range v {
			v[i] = eachText(v[i], change)
		}
	}
	return value
}

func maskURL(u *url.URL) string {
	query := u.Query()
	if maskValues(query) {
		clean := *u
		clean.RawQuery = query.Encode()
		return clean.Redacted()
	}
	return u.Redacted()
}

func maskValues(values url.Values) bool {
	found := false
	for name := range values {
		if secretName(name) {
			values[name] = []string{masked}
			found = true
		}
	}
	return found
}

// maskBody shows a JSON or form body with its secrets masked; of anything else, and of what does not parse, only the
// size, since nobody can say what is secret in it.
func maskBody(contentType string, body []byte) string {
	if len(body) == 0 {
		return ""
	}
	mediaType, _, _ := mime.ParseMediaType(contentType)
	switch mediaType {
	case "application/json":
		if value, ok := decodeJSON(body); ok {
			if answer, ok := value.(map[string]any); ok {
				if _, text := answer["value"].(string); text {
					// GitHub's token; Graph's own values are lists here.
					answer["value"] = masked
				}
			}
			if shown, err := json.Marshal(maskJSON(value)); err == nil {
				return string(shown)
			}
		}
	case "application/x-www-form-urlencoded":
		if form, err := url.ParseQuery(string(body)); err == nil {
			maskValues(form)
			return form.Encode()
		}
	}
	return fmt.Sprintf("(%d bytes of %q)", len(body), contentType)
}

func maskJSON(value any) any {
	switch v := value.(type) {
	case map[string]any:
		if _, named := v["key"].(string); named && v["value"] != nil {
			v["value"] = masked // a secret of synchronization, {"key": "SecretToken", "value": …}
		}
		for name, inner := range v {
			if _, text := inner.(string); text && secretName(name) && !strings.EqualFold(name, "code") {
				v[name] = masked
			} else {
				v[name] = maskJSON(inner)
			}
		}
	case []any:
		for i := range v {
			v[i] = maskJSON(v[i])
		}
	}
	return value
}

// MaskedWriter takes out of each line what looks like a secret. It is for the log of the standard library, into which net/http
// writes headers and bodies where GODEBUG has http2debug.
func MaskedWriter(to io.Writer) io.Writer { return maskedWriter{to} }

type maskedWriter struct{ to io.Writer }

func (w maskedWriter) Write(line []byte) (int, error) {
	if _, err := io.WriteString(w.to, MaskText(string(line))); err != nil {
		return 0, err
	}
	return len(line), nil
}
