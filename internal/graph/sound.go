package graph

import (
	"bytes"
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"regexp"
	"strings"
)

// sound looks for what no answer of a service is like, although it says that all is well: nothing, or an object without its id. It
// is then as if the answer had broken off, and is treated alike: the request is sent again where it may be, and what it may have
// made is looked for.
func sound(request *http.Request, response *http.Response, body []byte) error {
	if response.StatusCode != http.StatusOK && response.StatusCode != http.StatusCreated || request.Method == http.MethodPatch || request.Method == http.MethodDelete {
		return nil
	}
	mediaType, _, err := mime.ParseMediaType(response.Header.Get("Content-Type"))
	if err == nil && mediaType == "text/html" {
		return fmt.Errorf("%s %s%s was answered with a page (%q), not by the service: a proxy, or the sign-in page of a network, may be in between", request.Method, request.URL.Host, request.URL.Path, title(body))
	}
	if err != nil || mediaType != "application/json" || !suspicious(response, body) {
		return nil
	}
	var answer map[string]any
	if json.Unmarshal(bytes.TrimPrefix(body, []byte("\xef\xbb\xbf")), &answer) != nil || answer == nil {
		return nil // whoever reads it says so
	}
	about := ""
	switch values, listed := answer["value"].([]any); {
	case hollow(answer):
		about = "has nothing in it"
	case lacks(answer, "id") && response.StatusCode == http.StatusCreated:
		about = "says that something was created, and has no id"
	case isNull(answer, "id"):
		about = "has null for an id"
	case strings.HasSuffix(request.URL.Path, "/addPassword") && (lacks(answer, "keyId") || lacks(answer, "secretText")):
		about = "has no secret"
	case listed:
		for _, value := range values {
			if object, ok := value.(map[string]any); value == nil || ok && isNull(object, "id") {
				about = "lists an object without an id"
			}
		}
	}
	if about == "" {
		return nil
	}
	return fmt.Errorf("the answer to %s %s %s", request.Method, request.URL.Path, about)
}

// small is how many bytes an answer has at most in which what is missing is looked for. Larger ones are read a second time only
// where they have a null that may be in the place of an object or of an id: pages of thousands of objects are many.
const small = 8 << 10

var nulls = [][]byte{[]byte(`"id":null`), []byte(`"id": null`), []byte("[null"), []byte(",null"), []byte(", null")}

func suspicious(response *http.Response, body []byte) bool {
	if len(body) <= small || response.StatusCode == http.StatusCreated {
		return true
	}
	for _, null := range nulls {
		if bytes.Contains(body, null) {
			return true
		}
	}
	return false
}

// hollow reports whether an object has no property.
func hollow(answer map[string]any) bool {
	_, context := answer["@odata.context"]
	return len(answer) == 0 || context && len(answer) == 1
}

func lacks(object map[string]any, property string) bool {
	text, _ := object[property].(string)
	return text == ""
}

func isNull(object map[string]any, property string) bool {
	value, ok := object[property]
	return ok && value == nil
}

var titleElement = regexp.MustCompile(`(?is)<title[^>]*>(.{1,100}?)</title>`)

// title is that of a page of HTML, or its beginning.
func title(body []byte) string {
	if found := titleElement.FindSubmatch(body); found != nil {
		return oneLine(string(found[1]))
	}
	return oneLine(strings.ToValidUTF8(string(body[:min(len(body), 60)]), ""))
}
