package graph

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
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
		var value any
		decoder := json.NewDecoder(bytes.NewReader(body))
		decoder.UseNumber()
		if decoder.Decode(&value) == nil {
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
