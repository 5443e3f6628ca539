package graph

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"
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

// listings are the snapshots of a client. Any write of this process ends them, and what it has written is never served
// from a later one either, which a lagging replica may have answered.
type listings struct {
	next     http.RoundTripper
	endpoint string

	mu      sync.Mutex
	reads   int              // single reads, of all listings
	written map[string]bool  // ids
	sizes   map[string]*size // by the address of the collection, without its version
	states  map[listedCollection]*snapshot
}

// size is how many members a collection has.
type size struct {
	members int
	asked   bool // whatever the answer was
	known   bool
	// busy is closed when the request that is under way for it has ended.
	busy chan struct{}
}

// listedCollection is one collection of a listing, by its address.
type listedCollection struct {
	listing *Listing
	address string
}

func newListings(next http.RoundTripper, endpoint string) *listings {
	return &listings{next: next, endpoint: endpoint, written: map[string]bool{}, sizes: map[string]*size{}, states: map[listedCollection]*snapshot{}}
}

func (l *listings) RoundTrip(request *http.Request) (*http.Response, error) {
	if request.Method != http.MethodGet {
		return l.write(request)
	}
	described, _ := request.Context().Value(listedKey{}).([]*Listing)
	for _, listing := range described {
		read, ok := listing.match(strings.TrimPrefix(request.URL.String(), l.endpoint))
		if !ok {
			continue
		}
		body, err := l.serve(request.Context(), listing, read)
		if err != nil {
			return nil, err
		}
		if body != nil {
			return inMemory(request, http.StatusOK, http.Header{"Content-Type": {"application/json"}}, body), nil
		}
		break
	}
	return l.next.RoundTrip(request)
}

// inMemory is an answer that was not asked for just now.
func inMemory(request *http.Request, status int, header http.Header, body []byte) *http.Response {
	return &http.Response{
		Status: fmt.Sprintf("%d %s", status, http.StatusText(status)), StatusCode: status, Proto: "HTTP/2.0", ProtoMajor: 2, Request: request,
		Header: header, Body: io.NopCloser(bytes.NewReader(body)), ContentLength: int64(len(body)),
	}
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

// write passes a write on. Whatever was listed before it is forgotten, and what it names is remembered.
func (l *listings) write(request *http.Request) (*http.Response, error) {
	path := request.URL.Path
	l.forget(append(idPattern.FindAllString(path, -1), strings.ToLower(path), path[strings.LastIndex(path, "/")+1:])...)
	response, err := l.next.RoundTrip(request)
	if err != nil || request.Method != http.MethodPost || response.StatusCode != http.StatusCreated {
		l.forget()
		return response, err
	}
	body, err := io.ReadAll(response.Body)
	_ = response.Body.Close()
	if err != nil {
		return nil, err
	}
	response.Body = io.NopCloser(bytes.NewReader(body))
	var created struct {
		ID string `json:"id"`
	}
	_ = json.Unmarshal(body, &created) // what is no object has no id
	l.forget(created.ID)
	return response, nil
}

// Objects of the directory are named by GUIDs.
var idPattern = regexp.MustCompile(`[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}`)

func (l *listings) forget(written ...string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, id := range written {
		l.written[fold(id)] = true
	}
	for _, s := range l.states {
		s.forget()
	}
}

// snapshot is what is known of one listing. It is guarded by the mutex of its listings.
type snapshot struct {
	size    *size
	after   *snapshot // of what is mostly read before
	reads   int       // single reads since it began
	started bool      // in the background

	members map[string]member
	groups  map[string][]string // ids of members that have in common what Where filters by
	whole   bool                // all members are there
	objects int                 // that the members have
	next    string              // address of the next page; empty before the first
	pages   int
	bytes   int
	over    bool      // there is no more to list, or no more is wanted
	until   time.Time // when the last page is old
	// generation tells a page that was asked for before a write from those after it.
	generation int
	// busy is closed when the request that is under way for the listing has ended.
	busy chan struct{}
}

// member is the JSON of one object, under no key, or of those that are expanded with it, each under its own. Where these
// may have been cut short there are none.
type member struct {
	objects map[string]json.RawMessage
	group   string
	until   time.Time
}

func (s *snapshot) forget() {
	*s = snapshot{size: s.size, after: s.after, generation: s.generation + 1, busy: s.busy}
}

// state is the snapshot of a collection.
func (l *listings) state(collection listedCollection) *snapshot {
	s := l.states[collection]
	if s == nil {
		path := strings.TrimPrefix(collection.address, collection.listing.root())
		if l.sizes[path] == nil {
			l.sizes[path] = &size{asked: collection.listing.ResourceManager || collection.listing.Uncounted} // which would not tell
		}
		s = &snapshot{size: l.sizes[path]}
		l.states[collection] = s
		for _, next := range collection.listing.Ahead {
			l.state(ahead(next)).after = s
		}
	}
	return s
}

// serve returns the JSON that answers a read, or nothing where the read has to be made.
func (l *listings) serve(ctx context.Context, listing *Listing, read memberRead) ([]byte, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	collection := listedCollection{listing, read.collection}
	s := l.state(collection)
	for counted := false; ; {
		if l.written[read.id] || read.group != "" && l.written[strings.ToLower(read.collection)] {
			return nil, nil
		}
		now := time.Now()
		if s.busy == nil && !s.until.IsZero() && now.After(s.until) {
			s.forget()
		}
		l.readAhead(ctx, listing, s)
		if read.group != "" && s.whole {
			return l.group(s, read.group, now), nil
		}
		if m, ok := s.members[read.id]; ok {
			if now.After(m.until) {
				return nil, nil
			}
			return m.objects[read.key], nil
		}
		if s.over {
			return nil, nil
		}
		if busy := cmp.Or(s.busy, s.size.busy); busy != nil {
			if err := l.await(ctx, busy); err != nil {
				return nil, err
			}
			continue
		}
		if !counted {
			l.reads++
			s.reads++
			counted = true
		}
		switch {
		case l.reads <= freeReads || s.size.asked && !s.started && !s.paid(listing):
			return nil, nil
		case !s.size.asked:
			l.measure(ctx, collection, s.size)
		default:
			l.advance(ctx, collection, s)
		}
	}
}

// group is the answer to a read of the members that a filter picks out; nothing where there are none, or where one of them
// was written by this process.
func (l *listings) group(s *snapshot, key string, now time.Time) []byte {
	var objects []json.RawMessage
	for _, id := range s.groups[key] {
		m := s.members[id]
		if l.written[id] || now.After(m.until) {
			return nil
		}
		objects = append(objects, m.objects[""])
	}
	if len(objects) == 0 {
		return nil
	}
	body, err := json.Marshal(map[string]any{"value": objects})
	if err != nil {
		return nil // the read is made
	}
	return body
}

// readAhead begins the listings of what is mostly read next, once there is a listing of what is read now.
func (l *listings) readAhead(ctx context.Context, listing *Listing, s *snapshot) {
	if s.pages == 0 {
		return
	}
	for _, next := range listing.Ahead {
		collection := ahead(next)
		further := l.state(collection)
		if further.started || further.over || further.size.busy != nil || further.size.asked && !further.paid(next) {
			continue
		}
		further.started = true
		go l.listAhead(ctx, collection, further)
	}
}

// ahead is the one collection of a listing that is made ahead.
func ahead(listing *Listing) listedCollection {
	return listedCollection{listing, listing.root() + listing.Path}
}

// listAhead asks for the size, for the next read to judge; or for page after page, unless the first one has nothing.
// Whoever reads meanwhile waits for the page that it needs.
func (l *listings) listAhead(ctx context.Context, collection listedCollection, s *snapshot) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), snapshotAge)
	defer cancel()
	l.mu.Lock()
	defer l.mu.Unlock()
	generation := s.generation
	if !s.size.asked {
		l.measure(ctx, collection, s.size)
		if s.generation == generation {
			s.started = false
		}
		return
	}
	for ctx.Err() == nil && s.generation == generation && !s.over && (s.pages == 0 || s.objects > 0) {
		if s.busy == nil {
			l.advance(ctx, collection, s)
		} else if err := l.await(ctx, s.busy); err != nil {
			return
		}
	}
	if s.generation == generation {
		s.started = s.objects > 0
	}
}

// paid reports whether as many requests were made instead as there are pages: single reads, and whatever was spent on what
// is mostly read before.
func (s *snapshot) paid(listing *Listing) bool {
	spent := s.reads
	if s.after != nil {
		spent += s.after.reads + s.after.pages
	}
	return spent > s.worth(listing)
}

// worth is how many pages there are to be paid for: all of them where the size is known, otherwise the next one.
func (s *snapshot) worth(listing *Listing) int {
	if !s.size.known {
		return s.pages + 1
	}
	perPage := pageSize
	switch {
	case s.pages > 0:
		perPage = max(1, len(s.members)/s.pages)
	case listing.Expand != "":
		perPage = expandedPageSize
	}
	return (s.size.members + perPage - 1) / perPage
}

func (l *listings) await(ctx context.Context, busy chan struct{}) error {
	l.mu.Unlock()
	defer l.mu.Lock()
	select {
	case <-busy:
		return nil
	case <-ctx.Done():
		return newOutOfTime(ctx, "what is to be read is being listed")
	}
}

// measure asks how many members there are. It is called with the mutex held, and lets go of it meanwhile, as advance does.
func (l *listings) measure(ctx context.Context, collection listedCollection, size *size) {
	busy := make(chan struct{})
	size.busy = busy
	l.mu.Unlock()
	members, err := l.count(ctx, collection)
	l.mu.Lock()
	close(busy)
	size.busy = nil
	if ctx.Err() == nil { // otherwise the next read asks again
		size.asked, size.known, size.members = true, err == nil, members
	}
}

// advance takes the next page of a listing.
func (l *listings) advance(ctx context.Context, collection listedCollection, s *snapshot) {
	busy, generation, address := make(chan struct{}), s.generation, s.next
	s.busy = busy
	l.mu.Unlock()
	if address == "" {
		address = l.endpoint + collection.listing.firstPage(collection.address)
	}
	p, err := l.page(ctx, collection.listing, address)
	l.mu.Lock()
	close(busy)
	s.busy = nil
	switch {
	case ctx.Err() != nil || generation != s.generation: // the next read takes this step again
	case err != nil: // single reads say what is wrong, if anything is
		s.over, s.until = true, time.Now().Add(snapshotAge)
	default:
		s.add(p)
	}
}

func (s *snapshot) add(p page) {
	if s.members == nil {
		s.members, s.groups = make(map[string]member, s.size.members), map[string][]string{}
	}
	s.until = time.Now().Add(snapshotAge)
	for id, m := range p.members {
		m.until = s.until
		if _, again := s.members[id]; !again && m.group != "" {
			s.groups[m.group] = append(s.groups[m.group], id)
		}
		s.members[id] = m
		s.objects += len(m.objects)
		for _, object := range m.objects {
			s.bytes += len(object)
		}
	}
	s.pages++
	s.next, s.whole = p.next, p.next == ""
	s.over = p.next == "" || s.bytes > snapshotBytes
}

// count asks how many members a collection has, which is the same at both endpoints. See https://learn.microsoft.com/graph/aad-advanced-queries.
func (l *listings) count(ctx context.Context, collection listedCollection) (int, error) {
	path := strings.TrimPrefix(collection.address, collection.listing.root())
	body, err := l.get(ctx, l.endpoint+"/v1.0"+path+"/$count", http.Header{"ConsistencyLevel": {"eventual"}, "Accept": {"text/plain"}})
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(strings.TrimSpace(strings.TrimPrefix(string(body), "\ufeff")))
}

type page struct {
	members map[string]member
	next    string
}

func (l *listings) page(ctx context.Context, listing *Listing, address string) (page, error) {
	body, err := l.get(ctx, address, http.Header{"Accept": {"application/json"}})
	if err != nil {
		return page{}, err
	}
	var answer struct {
		Value []json.RawMessage `json:"value"`
		Next  string            `json:"@odata.nextLink"`
		// As Azure Resource Manager has it.
		NextLink string `json:"nextLink"`
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return page{}, fmt.Errorf("reading a page of %s: %w", listing.Path, err)
	}
	p := page{members: make(map[string]member, len(answer.Value)), next: cmp.Or(answer.Next, answer.NextLink)}
	for _, object := range answer.Value {
		id, m, err := listing.member(object)
		if err != nil {
			return page{}, fmt.Errorf("reading a page of %s: %w", listing.Path, err)
		}
		p.members[id] = m
	}
	return p, nil
}

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

// get sends a request of the listing's own.
func (l *listings) get(ctx context.Context, address string, header http.Header) ([]byte, error) {
	if !strings.HasPrefix(address, l.endpoint+"/") {
		return nil, fmt.Errorf("the next page would be at %s, which is not at %s", address, l.endpoint)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	request.Header = header
	request.Header.Set(clientRequestID, uuid.NewString())
	response, err := l.next.RoundTrip(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode != http.StatusOK {
		err = NewError(request, response, body)
	}
	return body, err
}
