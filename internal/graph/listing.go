package graph

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Listing describes a collection of which one answer can have hundreds of members. Reads of single members are served
// from it once so many have been made that listing is cheaper. A Listing is known by its address: make it once.
type Listing struct {
	// ResourceManager lists in Azure Resource Manager, where members are known by the whole of their address, nothing is
	// selected or expanded, and nothing tells how many members there are.
	ResourceManager bool
	// Uncounted says that nothing tells how many members there are, in Microsoft Graph either: there is no $count.
	Uncounted bool
	// Beta lists at Microsoft Graph's beta endpoint, for reads there; otherwise both are v1.0.
	Beta bool
	// Path is the collection's below the version, such as "/applications". In it {} stands for what differs, as in
	// "/servicePrincipals/{}/appRoleAssignedTo": there is a collection for each.
	Path string
	// Member is where members are read singly, if that is not Path/{}. Its first {} are those of Path. In it {*} stands for
	// any number of segments.
	Member string
	// Select names the properties that are listed. A read that selects others, or all, is not served. What a listing leaves
	// out or cuts short, such as the keys of keyCredentials, must not be named.
	Select []string
	// Expand is the relationship that comes with each member, as $expand has it; Graph takes one in a request.
	Expand string
	// Key names the property by which the expanded objects are read singly, as in
	// /applications/{id}/federatedIdentityCredentials(name='…'). It is they that are served then, and not the members.
	Key string
	// Where is a read of those members that a filter picks out, as its path, a question mark, and the filter. In it {} stands
	// for what it does in Path, and {property} for that property of the members. It is served, besides reads of single members,
	// once all members are listed, and there are some of them.
	Where string
	// Ahead are listings, without {}, of what is mostly read next. What was spent on this one counts for them: each is made
	// in the background once it costs no more than that, unless its first page has nothing.
	Ahead []*Listing
}

const (
	// pageSize is the most that Graph lists in one answer (https://learn.microsoft.com/graph/paging).
	pageSize = 999
	// expandedAtMost is how many objects an expansion has at most, without a word that there are more
	// (https://learn.microsoft.com/graph/query-parameters, "expand").
	expandedAtMost = 20
	// expandedPageSize is how many members a page has when something is expanded, whatever is asked for: a known issue of
	// Microsoft Graph (https://developer.microsoft.com/graph/known-issues/?search=13635). What the first page shows counts.
	expandedPageSize = 100
	// freeReads is how many single reads a process makes before it lists anything. Terraform reads ten objects at a time,
	// so that many take one round trip, and listing can't be quicker.
	freeReads = 10
	// snapshotAge is how long what was listed is believed.
	snapshotAge = 2 * time.Minute
	// snapshotBytes bounds the JSON that is kept of one listing. What is beyond it is read singly.
	snapshotBytes = 64 << 20
)

type listedKey struct{}

// Listed allows the requests of a context to be served from these listings. Without it, and for everything that the
// listings do not have, a request is sent as it is: what is missing from a listing is never concluded to be gone.
func Listed(ctx context.Context, listings ...*Listing) context.Context {
	if len(listings) == 0 {
		return ctx
	}
	return context.WithValue(ctx, listedKey{}, listings)
}

// Singly has the requests of a context sent as they are, whatever it was allowed before: what a listing does not show of an
// object is asked for once more.
func Singly(ctx context.Context) context.Context {
	return context.WithValue(ctx, listedKey{}, []*Listing(nil))
}

// memberRead is a read of one member, of one of the objects that are expanded with it, or of a group of members.
type memberRead struct {
	// collection is the address of the collection that the member is in, without its origin.
	collection string
	id         string
	// key is the expanded object's.
	key string
	// group is what the members that a filter picks out have in common; empty where it is no such read.
	group string
}

// match reports which member an address, without its origin, reads, and whether the listing has what it wants.
func (l *Listing) match(address string) (memberRead, bool) {
	address, query, _ := strings.Cut(address, "?")
	path, ok := strings.CutPrefix(address, l.root())
	if !ok {
		return memberRead{}, false
	}
	parameters, err := url.ParseQuery(query)
	if err != nil {
		return memberRead{}, false
	}
	if l.Where != "" && len(parameters["$filter"]) == 1 {
		values, properties, ok := capture(l.Where, path+"?"+parameters.Get("$filter"))
		read := memberRead{collection: l.root() + fill(l.Path, values), group: groupKey(properties)}
		return read, ok && len(parameters) == 2 && len(parameters["$select"]) == 1 && l.selects(parameters.Get("$select"))
	}
	values, below, ok := l.take(path)
	if !ok {
		return memberRead{}, false
	}
	read := memberRead{collection: l.root() + fill(l.Path, values)}
	if l.ResourceManager {
		read.collection += "?" + query
		read.id, err = resourceID(path)
		return read, err == nil && below == "" && len(parameters) == 1 && parameters.Has("api-version")
	}
	read.id = fold(values[len(values)-1])
	if l.Key != "" {
		read.key, ok = l.expandedKey(below)
		return read, ok && len(parameters) == 0
	}
	for name, values := range parameters {
		switch {
		case name == "$select" && len(values) == 1:
			if !l.selects(values[0]) {
				return memberRead{}, false
			}
		case name == "$expand" && len(values) == 1 && values[0] == l.Expand:
		default:
			return memberRead{}, false
		}
	}
	return read, below == "" && parameters.Has("$select") && parameters.Has("$expand") == (l.Expand != "")
}

// selects reports whether all of these properties are listed.
func (l *Listing) selects(properties string) bool {
	for property := range strings.SplitSeq(properties, ",") {
		if !slices.Contains(l.Select, property) {
			return false
		}
	}
	return true
}

// placeholder is what differs in Where.
var placeholder = regexp.MustCompile(`\{[A-Za-z]*\}`)

// capture takes apart what is written as a pattern says: the texts for each {}, and for each {property}.
func capture(pattern, text string) (values, properties []string, ok bool) {
	for {
		at := placeholder.FindStringIndex(pattern)
		if at == nil {
			return values, properties, text == pattern
		}
		if text, ok = strings.CutPrefix(text, pattern[:at[0]]); !ok {
			return nil, nil, false
		}
		end := strings.IndexAny(text, "/?' ")
		if end < 0 {
			end = len(text)
		}
		if pattern[at[0]:at[1]] == "{}" {
			values = append(values, text[:end])
		} else {
			properties = append(properties, text[:end])
		}
		pattern, text = pattern[at[1]:], text[end:]
	}
}

// groupKey tells groups of members apart.
func groupKey(properties []string) string {
	folded := make([]string, len(properties))
	for i, value := range properties {
		folded[i] = fold(value)
	}
	return strings.Join(folded, "\n")
}

// take takes the path of a member apart: what stands for each {}, and what is below it.
func (l *Listing) take(path string) (values []string, below string, ok bool) {
	if !strings.HasPrefix(path, "/") || strings.HasSuffix(path, "/") {
		return nil, "", false
	}
	pattern, segments := strings.Split(cmp.Or(l.Member, l.Path+"/{}"), "/"), strings.Split(path, "/")
	if any := slices.Index(pattern, "{*}"); any >= 0 {
		more := len(segments) - (len(pattern) - 1)
		if more < 0 {
			return nil, "", false
		}
		pattern, segments = slices.Delete(pattern, any, any+1), slices.Delete(segments, any, any+more)
	}
	if len(segments) < len(pattern) {
		return nil, "", false
	}
	for i, element := range pattern {
		switch segment := segments[i]; {
		case element == "{}" && segment != "":
			values = append(values, segment)
		case element != segment && (!l.ResourceManager || !strings.EqualFold(element, segment)):
			return nil, "", false
		}
	}
	return values, strings.Join(segments[len(pattern):], "/"), true
}

// fill puts values in the place of each {}.
func fill(pattern string, values []string) string {
	for _, value := range values {
		pattern = strings.Replace(pattern, "{}", value, 1)
	}
	return pattern
}

// fold writes an id in one way: GUIDs have no letter case, and other ids have.
func fold(id string) string {
	if idPattern.FindString(id) == id {
		return strings.ToLower(id)
	}
	return id
}

// resourceID is the id of what is at a path of Azure Resource Manager, whose ids have no letter case.
func resourceID(path string) (string, error) {
	id, err := url.PathUnescape(path)
	return strings.ToLower(id), err
}

// expandedKey takes the key from a path such as federatedIdentityCredentials(name='…').
func (l *Listing) expandedKey(path string) (string, bool) {
	path, err := url.PathUnescape(path)
	if err != nil {
		return "", false
	}
	quoted, ok := strings.CutPrefix(path, l.relationship()+"("+l.Key+"='")
	if !ok {
		return "", false
	}
	quoted, ok = strings.CutSuffix(quoted, "')")
	return strings.ReplaceAll(quoted, "''", "'"), ok
}

// relationship is what Expand expands, without options.
func (l *Listing) relationship() string {
	name, _, _ := strings.Cut(l.Expand, "(")
	return name
}

// root is what the service's paths begin with.
func (l *Listing) root() string {
	switch {
	case l.ResourceManager:
		return ""
	case l.Beta:
		return "/beta"
	}
	return "/v1.0"
}

// firstPage is the address of the first page of a collection, without its origin.
func (l *Listing) firstPage(collection string) string {
	if l.ResourceManager {
		return collection
	}
	query := url.Values{"$top": {strconv.Itoa(pageSize)}, "$select": {strings.Join(l.Select, ",")}}
	if l.Expand != "" {
		query.Set("$expand", l.Expand)
	}
	return collection + "?" + query.Encode()
}

// Objects of the directory are named by GUIDs.
var idPattern = regexp.MustCompile(`[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}`)

// member takes apart what a page has of one member.
func (l *Listing) member(object json.RawMessage) (id string, m member, err error) {
	if l.Key == "" {
		var identified struct {
			ID string `json:"id"`
		}
		if err := json.Unmarshal(object, &identified); err != nil {
			return "", member{}, err
		}
		id = fold(identified.ID)
		if l.ResourceManager {
			id = strings.ToLower(identified.ID)
		}
		m := member{objects: map[string]json.RawMessage{"": object}}
		if l.Where != "" {
			m.group, err = l.groupOf(object)
		}
		return id, m, err
	}
	var properties map[string]json.RawMessage
	if err := json.Unmarshal(object, &properties); err != nil {
		return "", member{}, err
	}
	if err := json.Unmarshal(properties["id"], &id); err != nil {
		return "", member{}, fmt.Errorf("a member has no id: %w", err)
	}
	var expanded []json.RawMessage
	if text, ok := properties[l.relationship()]; ok {
		if err := json.Unmarshal(text, &expanded); err != nil {
			return "", member{}, err
		}
	}
	if _, more := properties[l.relationship()+"@odata.nextLink"]; more || len(expanded) >= expandedAtMost {
		return fold(id), member{}, nil
	}
	m.objects = make(map[string]json.RawMessage, len(expanded))
	for _, object := range expanded {
		var keys map[string]json.RawMessage
		var key string
		if err := json.Unmarshal(object, &keys); err != nil {
			return "", member{}, err
		}
		if err := json.Unmarshal(keys[l.Key], &key); err != nil {
			return "", member{}, fmt.Errorf("one of %s has no %s: %w", l.relationship(), l.Key, err)
		}
		m.objects[key] = object
	}
	return fold(id), m, nil
}

// groupOf is the group that a member is in.
func (l *Listing) groupOf(object json.RawMessage) (string, error) {
	var known map[string]any
	if err := json.Unmarshal(object, &known); err != nil {
		return "", err
	}
	var properties []string
	for _, property := range placeholder.FindAllString(l.Where, -1) {
		if property != "{}" {
			text, _ := known[strings.Trim(property, "{}")].(string)
			properties = append(properties, text)
		}
	}
	return groupKey(properties), nil
}
