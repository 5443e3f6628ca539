package graph

import (
	"bytes"
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
	// Beta lists at the beta endpoint, for reads there; otherwise both are v1.0.
	Beta bool
	// Path is the collection's below the version, such as "/applications". Its members are read at Path/{id}.
	Path string
	// Select names the properties that are listed. A read that selects others, or all, is not served. What a listing leaves
	// out or cuts short, such as the keys of keyCredentials, must not be named.
	Select []string
	// Expand is the relationship that comes with each member, as $expand has it; Graph takes one in a request.
	Expand string
	// Key names the property by which the expanded objects are read singly, as in
	// /applications/{id}/federatedIdentityCredentials(name='…'). They are served too then, and are no part of the member.
	Key string
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

// listings are the snapshots of a client. Any write of this process ends them, and what it has written is never served
// from a later one either, which a lagging replica may have answered.
type listings struct {
	next     http.RoundTripper
	endpoint string

	mu      sync.Mutex
	reads   int             // single reads, of all listings
	written map[string]bool // ids
	states  map[*Listing]*snapshot
}

func newListings(next http.RoundTripper, endpoint string) *listings {
	return &listings{next: next, endpoint: endpoint, written: map[string]bool{}, states: map[*Listing]*snapshot{}}
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
			return listed(request, body), nil
		}
		break
	}
	return l.next.RoundTrip(request)
}

func listed(request *http.Request, body []byte) *http.Response {
	return &http.Response{
		Status: "200 OK", StatusCode: http.StatusOK, Proto: "HTTP/2.0", ProtoMajor: 2, Request: request,
		Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(bytes.NewReader(body)), ContentLength: int64(len(body)),
	}
}

// memberRead is a read of one member, or of one of the objects that are expanded with it.
type memberRead struct {
	id string
	// key is the expanded object's; expanded tells an empty key from none.
	key      string
	expanded bool
}

// match reports which member an address, without its origin, reads, and whether the listing has what it wants.
func (l *Listing) match(address string) (memberRead, bool) {
	path, ok := strings.CutPrefix(address, l.root())
	if !ok {
		return memberRead{}, false
	}
	path, query, _ := strings.Cut(path, "?")
	path, ok = strings.CutPrefix(path, "/")
	if !ok {
		return memberRead{}, false
	}
	parameters, err := url.ParseQuery(query)
	if err != nil {
		return memberRead{}, false
	}
	id, below, nested := strings.Cut(path, "/")
	read := memberRead{id: strings.ToLower(id)}
	if nested {
		read.key, read.expanded = l.expandedKey(below)
		return read, read.expanded && len(parameters) == 0
	}
	for name, values := range parameters {
		switch {
		case name == "$select" && len(values) == 1:
			for property := range strings.SplitSeq(values[0], ",") {
				if !slices.Contains(l.Select, property) {
					return memberRead{}, false
				}
			}
		case name == "$expand" && len(values) == 1 && values[0] == l.Expand && l.Key == "":
		default:
			return memberRead{}, false
		}
	}
	wantsExpansion := parameters.Has("$expand")
	return read, id != "" && parameters.Has("$select") && wantsExpansion == (l.Expand != "" && l.Key == "")
}

// expandedKey takes the key from a path such as federatedIdentityCredentials(name='…').
func (l *Listing) expandedKey(path string) (string, bool) {
	if l.Key == "" {
		return "", false
	}
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

func (l *Listing) root() string {
	if l.Beta {
		return "/beta" + l.Path
	}
	return "/v1.0" + l.Path
}

// firstPage is the address of the listing, without its origin.
func (l *Listing) firstPage() string {
	query := url.Values{"$top": {strconv.Itoa(pageSize)}, "$select": {strings.Join(l.Select, ",")}}
	if l.Expand != "" {
		query.Set("$expand", l.Expand)
	}
	return l.root() + "?" + query.Encode()
}

// write passes a write on. Whatever was listed before it is forgotten, and what it names is remembered.
func (l *listings) write(request *http.Request) (*http.Response, error) {
	l.forget(idPattern.FindAllString(request.URL.Path, -1)...)
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

// Members are named by GUIDs.
var idPattern = regexp.MustCompile(`[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}`)

func (l *listings) forget(written ...string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, id := range written {
		l.written[strings.ToLower(id)] = true
	}
	for _, s := range l.states {
		s.forget()
	}
}

// snapshot is what is known of one listing. It is guarded by the mutex of its listings.
type snapshot struct {
	reads int // single reads since it began
	// size is the number of members where the service tells it, asked for once.
	size  int
	sized bool
	asked bool

	members map[string]member
	next    string // address of the next page; empty before the first
	pages   int
	bytes   int
	over    bool      // there is no more to list, or no more is wanted
	until   time.Time // when the last page is old
	// generation tells a page that was asked for before a write from those after it.
	generation int
	// busy is closed when the request that is under way for the listing has ended.
	busy chan struct{}
}

// member is the JSON of one object, and of the objects that are expanded with it. Where these may have been cut short
// there are none.
type member struct {
	object   json.RawMessage
	expanded map[string]json.RawMessage
	until    time.Time
}

func (s *snapshot) forget() {
	*s = snapshot{size: s.size, sized: s.sized, asked: s.asked, generation: s.generation + 1, busy: s.busy}
}

// serve returns the JSON that answers a read, or nothing where the read has to be made.
func (l *listings) serve(ctx context.Context, listing *Listing, read memberRead) ([]byte, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := l.states[listing]
	if s == nil {
		s = &snapshot{}
		l.states[listing] = s
	}
	for counted := false; ; {
		if l.written[read.id] {
			return nil, nil
		}
		now := time.Now()
		if s.busy == nil && !s.until.IsZero() && now.After(s.until) {
			s.forget()
		}
		if m, ok := s.members[read.id]; ok {
			switch {
			case now.After(m.until):
				return nil, nil
			case read.expanded:
				return m.expanded[read.key], nil
			}
			return m.object, nil
		}
		if s.over {
			return nil, nil
		}
		if s.busy == nil {
			if !counted {
				l.reads++
				s.reads++
				counted = true
			}
			if l.reads <= freeReads || s.asked && s.reads <= s.worth(listing) {
				return nil, nil
			}
			l.advance(ctx, listing, s)
			continue
		}
		if err := l.await(ctx, s.busy); err != nil {
			return nil, err
		}
	}
}

// worth is how many pages there are to be paid for, each with one single read: all of them where the size is known,
// otherwise the next one.
func (s *snapshot) worth(listing *Listing) int {
	if !s.sized {
		return s.pages + 1
	}
	perPage := pageSize
	switch {
	case s.pages > 0:
		perPage = max(1, len(s.members)/s.pages)
	case listing.Expand != "":
		perPage = expandedPageSize
	}
	return (s.size + perPage - 1) / perPage
}

func (l *listings) await(ctx context.Context, busy chan struct{}) error {
	l.mu.Unlock()
	defer l.mu.Lock()
	select {
	case <-busy:
		return nil
	case <-ctx.Done():
		return newOutOfTime(ctx, "Microsoft Graph is listing what is to be read")
	}
}

// advance takes the next step of a listing: it asks how many members there are, or for one more page. It is called with
// the mutex held, and lets go of it meanwhile.
func (l *listings) advance(ctx context.Context, listing *Listing, s *snapshot) {
	busy, generation, address := make(chan struct{}), s.generation, s.next
	s.busy = busy
	sizing := !s.asked
	l.mu.Unlock()
	var size int
	var p page
	var err error
	if sizing {
		size, err = l.count(ctx, listing)
	} else {
		if address == "" {
			address = l.endpoint + listing.firstPage()
		}
		p, err = l.page(ctx, listing, address)
	}
	l.mu.Lock()
	close(busy)
	s.busy = nil
	switch {
	case ctx.Err() != nil || generation != s.generation: // the next read takes this step again
	case sizing:
		s.asked, s.size, s.sized = true, size, err == nil
	case err != nil: // single reads say what is wrong, if anything is
		s.over, s.until = true, time.Now().Add(snapshotAge)
	default:
		s.add(p)
	}
}

func (s *snapshot) add(p page) {
	if s.members == nil {
		s.members = make(map[string]member, s.size)
	}
	s.until = time.Now().Add(snapshotAge)
	for id, m := range p.members {
		m.until = s.until
		s.members[id] = m
		s.bytes += len(m.object)
		for _, object := range m.expanded {
			s.bytes += len(object)
		}
	}
	s.pages++
	s.next = p.next
	s.over = p.next == "" || s.bytes > snapshotBytes
}

// count asks how many members a collection has, which is the same at both endpoints. See https://learn.microsoft.com/graph/aad-advanced-queries.
func (l *listings) count(ctx context.Context, listing *Listing) (int, error) {
	body, err := l.get(ctx, l.endpoint+"/v1.0"+listing.Path+"/$count", http.Header{"ConsistencyLevel": {"eventual"}, "Accept": {"text/plain"}})
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
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return page{}, fmt.Errorf("reading a page of %s: %w", listing.Path, err)
	}
	p := page{members: make(map[string]member, len(answer.Value)), next: answer.Next}
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
		err = json.Unmarshal(object, &identified)
		return strings.ToLower(identified.ID), member{object: object}, err
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
	_, more := properties[l.relationship()+"@odata.nextLink"]
	for name := range properties {
		if relationship, _, _ := strings.Cut(name, "@"); relationship == l.relationship() {
			delete(properties, name)
		}
	}
	if m.object, err = json.Marshal(properties); err != nil {
		return "", member{}, err
	}
	if more || len(expanded) >= expandedAtMost {
		return strings.ToLower(id), m, nil
	}
	m.expanded = make(map[string]json.RawMessage, len(expanded))
	for _, object := range expanded {
		var keys map[string]json.RawMessage
		var key string
		if err := json.Unmarshal(object, &keys); err != nil {
			return "", member{}, err
		}
		if err := json.Unmarshal(keys[l.Key], &key); err != nil {
			return "", member{}, fmt.Errorf("one of %s has no %s: %w", l.relationship(), l.Key, err)
		}
		m.expanded[key] = object
	}
	return strings.ToLower(id), m, nil
}

// get sends a request of the listing's own.
func (l *listings) get(ctx context.Context, address string, header http.Header) ([]byte, error) {
	if !strings.HasPrefix(address, l.endpoint+"/") {
		return nil, fmt.Errorf("the next page would be at %s, which is not Microsoft Graph", address)
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
