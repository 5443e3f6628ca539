package secrets

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

var token = regexp.MustCompile(`^eyJ[\w-]+\.[\w-]+\.([\w-]{16,})$`)

// essence is the part of a secret without which it is worth nothing: of a JSON Web Token the signature, since what it
// signs is no secret; of anything else all of it.
func essence(value string) string {
	if match := token.FindStringSubmatch(value); match != nil {
		return match[1]
	}
	return value
}

// forms are the texts in which a value turns up: as it is, as part of a JSON text or of a JSON text in another one, in a
// URL, and somewhere in what is encoded as base64.
func forms(value string) []string {
	found := map[string]bool{value: true}
	for range 2 {
		for text := range maps.Clone(found) {
			for _, encode := range []func(string) string{inJSON, inHTMLSafeJSON, url.QueryEscape, url.PathEscape} {
				found[encode(text)] = true
			}
		}
	}
	for _, text := range []string{value, inJSON(value), inHTMLSafeJSON(value)} {
		for offset := range 3 {
			encoded := inBase64(text, offset)
			found[encoded] = true
			found[urlAlphabet.Replace(encoded)] = true
		}
	}
	return slices.Sorted(maps.Keys(found))
}

var urlAlphabet = strings.NewReplacer("+", "-", "/", "_")

// inBase64 is what of a text's base64 does not depend on what is around it, when this many bytes (or three more, and so
// on) are before it.
func inBase64(text string, offset int) string {
	encoded := base64.RawStdEncoding.EncodeToString([]byte(strings.Repeat("\x00", offset) + text))
	return encoded[(offset*8+5)/6 : (offset+len(text))*8/6]
}

func inJSON(text string) string {
	var encoded bytes.Buffer
	encoder := json.NewEncoder(&encoded)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(text) // a string always has a JSON form
	return strings.TrimSuffix(strings.TrimPrefix(encoded.String(), `"`), "\"\n")
}

func inHTMLSafeJSON(text string) string {
	encoded, _ := json.Marshal(text)
	return string(encoded[1 : len(encoded)-1])
}

var privateKey = regexp.MustCompile(`(?s)-----BEGIN [A-Z ]*PRIVATE KEY-----(.*?)-----END`)

// privateKeyLines are the lines of the private keys in a text, if it has any as PEM.
func privateKeyLines(text string) []string {
	var lines []string
	for _, block := range privateKey.FindAllStringSubmatch(text, -1) {
		for line := range strings.FieldsSeq(block[1]) {
			if len(line) >= 32 {
				lines = append(lines, line)
			}
		}
	}
	return lines
}
