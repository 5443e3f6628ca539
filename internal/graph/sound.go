package graph

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// sound looks for what no answer of a service is like, although it says that all is well: nothing, an object without what
// tells it from others, or a list with a null in it. It is then as if the answer had broken off, and is treated alike: the
// request is sent again where it may be, and what it may have made is looked for.
func sound(request *http.Request, response *http.Response, body []byte) error {
	if response.StatusCode != http.StatusOK && response.StatusCode != http.StatusCreated || request.Method == http.MethodPatch || request.Method == http.MethodDelete {
		return nil
	}
	mediaType, _, err := mime.ParseMediaType(response.Header.Get("Content-Type"))
	if err == nil && mediaType == "text/html" {
		return fmt.Errorf("%s %s%s was answered with a page (%q), not by the service: a proxy, or the sign-in page of a network, may be in between", request.Method, request.URL.Host, request.URL.Path, title(body))
	}
	if err != nil || mediaType != "application/json" || len(body) == 0 || !suspicious(response, body) {
		return nil // whoever reads it says what it is not
	}
	var answer map[string]any
	if json.Unmarshal(bytes.TrimPrefix(body, []byte("\xef\xbb\xbf")), &answer) != nil || answer == nil {
		return &unsound{fmt.Sprintf("the answer to %s %s is no JSON object", request.Method, request.URL.Path)}
	}
	if about := fault(request, response, answer); about != "" {
		return &unsound{fmt.Sprintf("the answer to %s %s %s", request.Method, request.URL.Path, about)}
	}
	return nil
}

// unsound is an answer that no service gives.
type unsound struct{ about string }

func (u *unsound) Error() string { return u.about }

// fault says what is wrong with an object that is an answer; empty if nothing is.
func fault(request *http.Request, response *http.Response, answer map[string]any) string {
	switch {
	case hollow(answer):
		return "has nothing in it"
	case lacks(answer, "id") && response.StatusCode == http.StatusCreated:
		return "says that something was created, and has no id"
	case strings.HasSuffix(request.URL.Path, "/addPassword") && (lacks(answer, "keyId") || lacks(answer, "secretText")):
		return "has no secret"
	}
	about := ""
	objects := []any{answer}
	if listed, ok := answer["value"].([]any); ok {
		objects = listed
	}
	texts, collections := wanted(request)
	for _, object := range objects {
		if object, ok := object.(map[string]any); ok {
			about = cmp.Or(about, incomplete(object, texts), cutShort(object, collections))
		}
	}
	return cmp.Or(about, misshapen(answer))
}

// telling are the texts without which an object of a collection, or of a list in another object, could not be told from others,
// or would be taken for another one. No service leaves them out of an answer or has null in their place; they are those that
// Microsoft's metadata, or the description of the type, calls keys or required.
var telling = map[string][]string{
	"applications":                 {"id", "appId"},
	"servicePrincipals":            {"id", "appId"},
	"federatedIdentityCredentials": {"id", "name", "issuer"},
	"appRoleAssignments":           {"id", "principalId", "resourceId", "appRoleId"},
	"appRoleAssignedTo":            {"id", "principalId", "resourceId", "appRoleId"},
	"oauth2PermissionGrants":       {"id", "clientId", "resourceId", "scope"},
	"keyCredentials":               {"keyId", "endDateTime"},
	"passwordCredentials":          {"keyId", "endDateTime"},
	"appRoles":                     {"id"},
	"oauth2PermissionScopes":       {"id"},
	"preAuthorizedApplications":    {"appId"},
	"requiredResourceAccess":       {"resourceAppId"},
	"resourceAccess":               {"id", "type"},
	"roleAssignments":              {"id", "principalId", "roleDefinitionId"},
	"roleDefinitions":              {"id"},
}

// lists are always there where a property is asked for, at least empty, as are those in an object that it is: who adds to one
// writes back all that it has.
var lists = map[string][]string{
	"identifierUris": nil, "tags": nil, "keyCredentials": nil, "passwordCredentials": nil, "appRoles": nil, "requiredResourceAccess": nil,
	"oauth2PermissionScopes": nil,
	"web":                    {"redirectUris"},
	"spa":                    {"redirectUris"},
	"publicClient":           {"redirectUris"},
	"api":                    {"oauth2PermissionScopes", "preAuthorizedApplications", "knownClientApplications"},
}

// tellingInAzure are those of Azure Resource Manager.
var tellingInAzure = map[string][]string{
	"federatedIdentityCredentials": {"id", "name", "properties.issuer"},
	"userAssignedIdentities":       {"id", "name", "properties.principalId", "properties.clientId"},
	"roleAssignments":              {"id", "name", "properties.scope", "properties.principalId", "properties.roleDefinitionId"},
	"roleDefinitions":              {"id", "name", "properties.roleName"},
}

// wanted are the texts that the objects of an answer to a request must have, of those that it selects, where it does; and the
// properties that it selects which are, or have in them, lists.
func wanted(request *http.Request) (texts, collections []string) {
	segments := strings.Split(strings.Trim(request.URL.Path, "/"), "/")
	table := telling
	if slices.Contains(segments, "providers") {
		table = tellingInAzure
	}
	for _, segment := range segments[max(0, len(segments)-2):] {
		collection, _, _ := strings.Cut(segment, "(")
		if found := table[collection]; found != nil {
			texts = found
		}
	}
	selected := request.URL.Query().Get("$select")
	if selected == "" {
		return texts, nil
	}
	var ofThem []string
	for property := range strings.SplitSeq(selected, ",") {
		if slices.Contains(texts, property) {
			ofThem = append(ofThem, property)
		}
		if _, is := lists[property]; is && table["applications"] != nil {
			collections = append(collections, property)
		}
	}
	return ofThem, collections
}

// cutShort says which of these properties an object has no list for.
func cutShort(object map[string]any, collections []string) string {
	for _, property := range collections {
		within, inner := object, []string{property}
		if lists[property] != nil {
			within, _ = object[property].(map[string]any)
			inner = lists[property]
		}
		for _, name := range inner {
			if _, is := within[name].([]any); !is {
				return "has no list of " + name
			}
		}
	}
	return ""
}

// incomplete says which of these texts an object has not.
func incomplete(object map[string]any, texts []string) string {
	for _, text := range texts {
		within := object
		outer, inner, nested := strings.Cut(text, ".")
		if nested {
			within, _ = object[outer].(map[string]any)
		} else {
			inner = outer
		}
		if lacks(within, inner) {
			return "has no " + inner
		}
	}
	return ""
}

// misshapen says what is wrong anywhere in an answer: a list has a null in it, or an object among those that are told apart
// does not say which one it is.
func misshapen(value any) string {
	switch value := value.(type) {
	case []any:
		for _, element := range value {
			if element == nil {
				return "has a null in a list"
			}
			if about := misshapen(element); about != "" {
				return about
			}
		}
	case map[string]any:
		for name, inner := range value {
			if id, text := inner.(string); name == "id" && (!text || id == "") {
				return fmt.Sprintf("has an id that is no text: %v", inner)
			}
			if about := misshapen(inner); about != "" {
				return about
			}
			list, _ := inner.([]any)
			for _, element := range list {
				object, isObject := element.(map[string]any)
				texts := telling[name]
				if texts != nil && !isObject {
					return "has something else than an object among " + name
				}
				if about := incomplete(object, texts); about != "" {
					return "has one of " + name + " that " + about
				}
			}
		}
	}
	return ""
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

var titleElement = regexp.MustCompile(`(?is)<title[^>]*>(.{1,100}?)</title>`)

// title is that of a page of HTML, or its beginning.
func title(body []byte) string {
	if found := titleElement.FindSubmatch(body); found != nil {
		return oneLine(string(found[1]))
	}
	return oneLine(strings.ToValidUTF8(string(body[:min(len(body), 60)]), ""))
}
