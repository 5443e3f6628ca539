package graph

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"
)

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
			answer := inMemory(request, http.StatusOK, http.Header{"Content-Type": {"application/json"}}, body)
			if sound(request, answer, body) == nil { // what is large was not looked into as a page
				return answer, nil
			}
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
	seen    Seen                // those of the pages so far
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

// readAhead begins the listings of what is mostly read next, once there is a listing of what is read now; but none of a size
// that nobody tells, which may cost anything.
func (l *listings) readAhead(ctx context.Context, listing *Listing, s *snapshot) {
	if s.pages == 0 {
		return
	}
	for _, next := range listing.Ahead {
		collection := ahead(next)
		further := l.state(collection)
		if further.started || further.over || further.size.busy != nil || further.size.asked && (!further.size.known || !further.paid(next)) {
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
		s.members, s.groups, s.seen = make(map[string]member, s.size.members), map[string][]string{}, Seen{}
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
	s.over = p.next == "" || s.bytes > snapshotBytes || s.seen.Add(p.next) != nil
}

// count asks how many members a collection has, which is the same at both endpoints. See https://learn.microsoft.com/graph/aad-advanced-queries.
func (l *listings) count(ctx context.Context, collection listedCollection) (_ int, err error) {
	defer contain(&err)
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

func (l *listings) page(ctx context.Context, listing *Listing, address string) (_ page, err error) {
	defer contain(&err)
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

// contain makes an error of a panic: a listing may be made in the background, where no answer to Terraform is under way that could
// report it. The single reads that come instead say what is wrong.
func contain(err *error) {
	if panicked := recover(); panicked != nil {
		*err = fmt.Errorf("listing: %v", panicked)
	}
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
