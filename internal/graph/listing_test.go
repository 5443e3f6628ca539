package graph

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// directory is a transport that has applications with credentials, and counts what it is asked for.
type directory struct {
	size        int
	credentials int           // of each application
	large       bool          // pages, although something is expanded
	latency     time.Duration // of each answer
	refuse      func(*http.Request) int

	mu    sync.Mutex
	asked map[string]int // by kind
}

const (
	aCount         = "count"
	aPage          = "page"
	anExpandedPage = "expanded page"
	aSingle        = "single"
)

func applicationID(i int) string { return fmt.Sprintf("00000000-0000-0000-0000-%012d", i) }

func (d *directory) application(i int) map[string]any {
	return map[string]any{"id": applicationID(i), "displayName": fmt.Sprint("application ", i)}
}

func (d *directory) credential(i, j int) map[string]any {
	return map[string]any{"id": fmt.Sprint("credential ", i, " ", j), "issuer": "i", "name": fmt.Sprint("it's ", j), "subject": fmt.Sprint("of ", i)}
}

func (d *directory) RoundTrip(request *http.Request) (*http.Response, error) {
	if d.latency > 0 {
		timer := time.NewTimer(d.latency)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-request.Context().Done():
			return nil, request.Context().Err()
		}
	}
	kind, status, body := d.answer(request)
	d.mu.Lock()
	if d.asked == nil {
		d.asked = map[string]int{}
	}
	d.asked[kind]++
	d.mu.Unlock()
	if d.refuse != nil {
		if refused := d.refuse(request); refused != 0 {
			return answer(refused, `{"error":{"code":"Authorization_RequestDenied","message":"No."}}`)(request)
		}
	}
	text, ok := body.(string)
	if !ok {
		encoded, err := json.Marshal(body)
		if err != nil {
			return nil, err
		}
		text = string(encoded)
	}
	return answer(status, text)(request)
}

func (d *directory) answer(request *http.Request) (kind string, status int, body any) {
	query := request.URL.Query()
	path := strings.TrimPrefix(request.URL.Path, "/v1.0/applications")
	switch {
	case request.Method != http.MethodGet:
		return request.Method, http.StatusNoContent, ""
	case path == "/$count":
		return aCount, http.StatusOK, fmt.Sprint("\ufeff", d.size)
	case path == "":
		var skip int
		_, _ = fmt.Sscan(query.Get("$skiptoken"), &skip)
		members := []any{}
		expands, top := query.Has("$expand"), 999
		if expands && !d.large {
			top = 100
		}
		for i := skip; i < min(d.size, skip+top); i++ {
			member := d.application(i)
			credentials := []any{}
			for j := range min(d.credentials, 20) {
				credentials = append(credentials, d.credential(i, j))
			}
			if expands {
				member["federatedIdentityCredentials"] = credentials
				member["federatedIdentityCredentials@odata.context"] = "about them"
			}
			members = append(members, member)
		}
		answer := map[string]any{"value": members}
		if skip+top < d.size {
			query.Set("$skiptoken", fmt.Sprint(skip+top))
			answer["@odata.nextLink"] = "https://graph.example/v1.0/applications?" + query.Encode()
		}
		if expands {
			return anExpandedPage, http.StatusOK, answer
		}
		return aPage, http.StatusOK, answer
	}
	id, below, nested := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	var i int
	if _, err := fmt.Sscanf(id, "00000000-0000-0000-0000-%d", &i); err != nil || i >= d.size {
		return aSingle, http.StatusNotFound, map[string]any{"error": map[string]any{"code": "Request_ResourceNotFound", "message": "No."}}
	}
	if !nested {
		return aSingle, http.StatusOK, d.application(i)
	}
	var j int
	if _, err := fmt.Sscanf(below, "federatedIdentityCredentials(name='it''s %d')", &j); err != nil || j >= d.credentials {
		return aSingle, http.StatusNotFound, map[string]any{"error": map[string]any{"code": "Request_ResourceNotFound", "message": "No."}}
	}
	return aSingle, http.StatusOK, d.credential(i, j)
}

func (d *directory) requests() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	total := 0
	for _, count := range d.asked {
		total += count
	}
	return total
}

var (
	testListing          = &Listing{Path: "/applications", Select: []string{"id", "displayName"}, Ahead: []*Listing{listingOfCredentials}}
	aloneListing         = &Listing{Path: "/applications", Select: []string{"id", "displayName"}}
	listingOfCredentials = &Listing{Path: "/applications", Select: []string{"id"}, Expand: "federatedIdentityCredentials", Key: "name"}
)

func credentialPath(i, j int) string {
	return fmt.Sprintf("/%s/federatedIdentityCredentials(name='it''s%%20%d')", applicationID(i), j)
}

const selected = "?%24select=id,displayName"

func listingOf(d *directory) *listings { return newListings(d, "https://graph.example") }

// fetch makes a request, and returns the answer's properties.
func fetch(ctx context.Context, chain http.RoundTripper, method, path string) (map[string]any, error) {
	request, err := http.NewRequestWithContext(ctx, method, "https://graph.example/v1.0/applications"+path, nil)
	if err != nil {
		return nil, err
	}
	response, err := chain.RoundTrip(request)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	if response.StatusCode != http.StatusOK {
		return nil, errors.New(response.Status)
	}
	var object map[string]any
	return object, json.Unmarshal(body, &object)
}

// TestListings_costs: but for the first few reads, never more than about twice what the better of the two ways would have
// cost, whatever the size of the tenant and of the state.
func TestListings_costs(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		tenant, state, credentials      int
		large                           bool
		single, pages, counts, expanded int
	}{
		{tenant: 1, state: 1, single: 1},
		{tenant: 5000, state: freeReads, single: freeReads},
		{tenant: 900, state: 15, single: freeReads, pages: 1, counts: 1, expanded: 1},
		{tenant: 900, state: 900, single: freeReads, pages: 1, counts: 1, expanded: 1},
		{tenant: 900, state: 900, credentials: 1, single: freeReads, pages: 1, counts: 1, expanded: 9},
		{tenant: 900, state: 900, credentials: 1, large: true, single: freeReads, pages: 1, counts: 1, expanded: 1},
		{tenant: 1001, state: 1001, credentials: 2, single: freeReads, pages: 2, counts: 1, expanded: 11},
		{tenant: 5000, state: 40, credentials: 1, single: freeReads, pages: 5, counts: 1},
		{tenant: 1500, state: 1500, credentials: 1, single: freeReads, pages: 2, counts: 1},
		{tenant: 5000, state: 5000, credentials: 1, single: freeReads, pages: 6, counts: 1},
		{tenant: 100_000, state: 50, credentials: 1, single: 50, counts: 1},
		{tenant: 20_000, state: 400, credentials: 1, single: 21, pages: 20, counts: 1},
	} {
		t.Run(fmt.Sprint(test.state, " of ", test.tenant, " with ", test.credentials), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				d := &directory{size: test.tenant, credentials: test.credentials, large: test.large}
				chain := listingOf(d)
				ctx := Listed(t.Context(), testListing)
				for i := range test.state {
					i *= test.tenant / test.state
					object, err := fetch(ctx, chain, http.MethodGet, "/"+applicationID(i)+selected)
					if err != nil || object["displayName"] != fmt.Sprint("application ", i) {
						t.Fatalf("application %d: %v, %v", i, object, err)
					}
				}
				synctest.Wait() // for what is listed in the background
				want := map[string]int{aSingle: test.single, aPage: test.pages, aCount: test.counts, anExpandedPage: test.expanded}
				for kind, count := range want {
					if d.asked[kind] != count {
						t.Errorf("asked for %v, want %v", d.asked, want)
					}
				}
			})
		})
	}
}

// TestListings_serveWhatIsExpanded: the credentials come by themselves, or in the background while their applications are
// read.
func TestListings_serveWhatIsExpanded(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		withApplications bool
		want             map[string]int
	}{
		{false, map[string]int{aSingle: freeReads, aCount: 1, anExpandedPage: 3}},
		{true, map[string]int{aSingle: freeReads, aCount: 1, aPage: 1, anExpandedPage: 3}},
	} {
		synctest.Test(t, func(t *testing.T) {
			d := &directory{size: 300, credentials: 3, latency: time.Second}
			chain := listingOf(d)
			if test.withApplications {
				for i := range d.size {
					if _, err := fetch(Listed(t.Context(), testListing), chain, http.MethodGet, "/"+applicationID(i)+selected); err != nil {
						t.Fatal(err)
					}
				}
			}
			began := time.Now()
			ctx := Listed(t.Context(), listingOfCredentials)
			for i := range d.size {
				for j := range d.credentials {
					object, err := fetch(ctx, chain, http.MethodGet, credentialPath(i, j))
					if err != nil || object["subject"] != fmt.Sprint("of ", i) || object["name"] != fmt.Sprint("it's ", j) {
						t.Fatalf("%d %d: %v, %v", i, j, object, err)
					}
				}
			}
			if waited := time.Since(began); test.withApplications && waited > 3*time.Second {
				t.Errorf("waited for %v, which is more than the pages take", waited)
			}
			if !maps.Equal(d.asked, test.want) {
				t.Errorf("asked for %v, want %v", d.asked, test.want)
			}
			// One that no page has may be new.
			before := d.asked[aSingle]
			if _, err := fetch(ctx, chain, http.MethodGet, credentialPath(1, 7)); err == nil || d.asked[aSingle] != before+1 {
				t.Errorf("a credential that no page has: %v, asked for %v", err, d.asked)
			}
		})
	}
}

// TestListings_aheadOfAnotherCollection: its size is asked in the background too, and what was spent before counts for it.
func TestListings_aheadOfAnotherCollection(t *testing.T) {
	t.Parallel()
	const untold = 0
	next := &Listing{Path: "/servicePrincipals", Select: []string{"id"}}
	first := &Listing{Path: "/applications", Select: []string{"id", "displayName"}, Ahead: []*Listing{next}}
	for size, want := range map[int]int{10_000: 11, 100_000: 0, untold: 0} { // pages
		synctest.Test(t, func(t *testing.T) {
			d := &directory{size: 90}
			var counts, pages int
			chain := newListings(roundTripper(func(request *http.Request) (*http.Response, error) {
				switch request.URL.Path {
				case "/v1.0/servicePrincipals/$count":
					counts++
					if size == untold {
						return answer(http.StatusForbidden, `{"error":{"code":"Authorization_RequestDenied","message":"No."}}`)(request)
					}
					return answer(http.StatusOK, fmt.Sprint(size))(request)
				case "/v1.0/servicePrincipals":
					pages++
					next := ""
					if pages < want {
						next = `,"@odata.nextLink":"https://graph.example/v1.0/servicePrincipals?page=` + fmt.Sprint(pages) + `"`
					}
					return answer(http.StatusOK, `{"value":[{"id":"`+applicationID(pages)+`"}]`+next+`}`)(request)
				}
				return d.RoundTrip(request)
			}), "https://graph.example")
			for i := range d.size {
				if _, err := fetch(Listed(t.Context(), first), chain, http.MethodGet, "/"+applicationID(i)+selected); err != nil {
					t.Fatal(err)
				}
				synctest.Wait()
			}
			if counts != 1 || pages != want {
				t.Errorf("%d: %d counts, %d pages, want %d", size, counts, pages, want)
			}
		})
	}
}

// TestListings_whatIsCutShortIsReadSingly: as many as an expansion has at most may not be all.
func TestListings_whatIsCutShortIsReadSingly(t *testing.T) {
	t.Parallel()
	d := &directory{size: 30, credentials: expandedAtMost}
	chain := listingOf(d)
	ctx := Listed(t.Context(), listingOfCredentials)
	for i := range d.size {
		if _, err := fetch(ctx, chain, http.MethodGet, credentialPath(i, 0)); err != nil {
			t.Fatal(err)
		}
	}
	if d.asked[anExpandedPage] != 1 || d.asked[aSingle] != d.size {
		t.Errorf("asked for %v", d.asked)
	}
}

// TestListings_serveOnlyWhatTheyHave: everything else is sent as it is.
func TestListings_serveOnlyWhatTheyHave(t *testing.T) {
	t.Parallel()
	d := &directory{size: 10}
	chain := listingOf(d)
	ctx := Listed(t.Context(), aloneListing)
	read := func(ctx context.Context, method, path string) {
		t.Helper()
		before := d.requests()
		_, _ = fetch(ctx, chain, method, path)
		if d.requests() != before+1 {
			t.Errorf("%s %s was not sent", method, path)
		}
	}
	list := func() {
		t.Helper()
		for range freeReads + 1 {
			_, _ = fetch(ctx, chain, http.MethodGet, "/"+applicationID(5)+selected)
		}
		before := d.requests()
		if _, err := fetch(ctx, chain, http.MethodGet, "/"+applicationID(6)+selected); err != nil || d.requests() != before {
			t.Fatalf("nothing was listed: %v, %v", d.asked, err)
		}
	}
	list()
	read(t.Context(), http.MethodGet, "/"+applicationID(1)+selected)
	for _, path := range []string{
		"", "/" + applicationID(1), credentialPath(1, 1), "/" + applicationID(1) + "?$select=id,tags", "/" + applicationID(1) + selected + "&$expand=owners",
		"/" + applicationID(1) + "/owners", "/" + applicationID(1) + "/federatedIdentityCredentials", "/" + applicationID(1) + "/federatedIdentityCredentials(id='1')",
		"/" + applicationID(77) + selected,
	} {
		read(ctx, http.MethodGet, path)
	}
	// What this process has written is read singly for ever after, whatever is listed.
	read(ctx, http.MethodPatch, "/"+applicationID(1))
	list()
	read(ctx, http.MethodGet, "/"+strings.ToUpper(applicationID(1))+selected)
}

// TestListings_ofAnotherTimeAreNotBelieved: not after a while, nor when a write came while they were made.
func TestListings_ofAnotherTimeAreNotBelieved(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := &directory{size: 200, latency: time.Second}
		chain := listingOf(d)
		ctx := Listed(t.Context(), aloneListing)
		read := func(i int) {
			if _, err := fetch(ctx, chain, http.MethodGet, "/"+applicationID(i)+selected); err != nil {
				t.Error(err)
			}
		}
		for i := range freeReads + 1 {
			read(i)
		}
		if d.asked[aPage] != 1 {
			t.Fatalf("asked for %v", d.asked) // the page that has what was asked for
		}
		time.Sleep(snapshotAge + time.Second)
		before := d.asked[aSingle]
		read(1)
		if d.asked[aSingle] == before && d.asked[aPage] == 1 {
			t.Error("an old page was believed")
		}

		var readers sync.WaitGroup
		for i := range 50 {
			readers.Go(func() { read(100 + i) })
		}
		time.Sleep(1500 * time.Millisecond) // pages are under way
		if _, err := fetch(ctx, chain, http.MethodDelete, "/"+applicationID(199)); err == nil {
			t.Error("204 is not 200")
		}
		readers.Wait()
		before = d.asked[aSingle]
		read(199)
		if d.asked[aSingle] != before+1 {
			t.Error("what was written was served from a page")
		}
	})
}

// TestListings_refused: whoever may not list reads singly, and hears of nothing.
func TestListings_refused(t *testing.T) {
	t.Parallel()
	for _, status := range []int{http.StatusForbidden, http.StatusBadRequest, http.StatusInternalServerError} {
		d := &directory{size: 100}
		d.refuse = func(request *http.Request) int {
			if path := request.URL.Path; strings.HasSuffix(path, "/$count") || strings.HasSuffix(path, "/applications") {
				return status
			}
			return 0
		}
		chain := listingOf(d)
		ctx := Listed(t.Context(), aloneListing)
		for i := range d.size {
			if _, err := fetch(ctx, chain, http.MethodGet, "/"+applicationID(i)+selected); err != nil {
				t.Fatalf("%d: %v", status, err)
			}
		}
		if d.asked[aSingle] != d.size || d.asked[aPage] != 1 || d.asked[aCount] != 1 {
			t.Errorf("%d: asked for %v", status, d.asked)
		}
	}
}

// TestListings_whoGivesUpStopsNobody: a reader whose time is up ends alone, and another one goes on with the listing.
func TestListings_whoGivesUpStopsNobody(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := &directory{size: 90, latency: 10 * time.Second}
		chain := listingOf(d)
		ctx := Listed(t.Context(), aloneListing)
		var readers sync.WaitGroup
		for i := range d.size {
			readers.Go(func() {
				ctx := ctx
				if i%2 == 0 {
					limited, cancel := context.WithTimeout(ctx, 25*time.Second)
					defer cancel()
					ctx = limited
				}
				_, err := fetch(ctx, chain, http.MethodGet, "/"+applicationID(i)+selected)
				if err != nil && (i%2 != 0 || !errors.Is(err, context.DeadlineExceeded)) {
					t.Errorf("reader %d: %v", i, err)
				}
			})
		}
		readers.Wait()
		if d.asked[aSingle] != freeReads || d.asked[aPage] > 2 {
			t.Errorf("asked for %v", d.asked)
		}
	})
}

// TestListing_match: which reads a listing may serve, and from which collection.
func TestListing_match(t *testing.T) {
	t.Parallel()
	const version = "?api-version=2022-04-01"
	assigned := &Listing{Path: "/servicePrincipals/{}/appRoleAssignedTo", Select: []string{"id"}}
	identities := &Listing{
		ResourceManager: true, Path: "/subscriptions/{}/providers/Microsoft.ManagedIdentity/userAssignedIdentities",
		Member: "/subscriptions/{}/resourceGroups/{}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{}",
	}
	roles := &Listing{
		ResourceManager: true, Path: "/subscriptions/{}/providers/Microsoft.Authorization/roleAssignments",
		Member: "/subscriptions/{}/{*}/providers/Microsoft.Authorization/roleAssignments/{}",
	}
	role := "/providers/Microsoft.Authorization/roleAssignments"
	for address, test := range map[string]struct {
		listing        *Listing
		collection, id string
	}{
		"/v1.0/servicePrincipals/7/appRoleAssignedTo/aB?$select=id": {assigned, "/v1.0/servicePrincipals/7/appRoleAssignedTo", "aB"},
		"/v1.0/servicePrincipals/7/appRoleAssignedTo?$select=id":    {assigned, "", ""},
		"/v1.0/servicePrincipals/7/owners/aB?$select=id":            {assigned, "", ""},
		"/subscriptions/S/resourcegroups/G/providers/Microsoft.ManagedIdentity/userAssignedIdentities/Checkout" + version: {
			identities, "/subscriptions/S/providers/Microsoft.ManagedIdentity/userAssignedIdentities" + version,
			"/subscriptions/s/resourcegroups/g/providers/microsoft.managedidentity/userassignedidentities/checkout",
		},
		"/subscriptions/S/resourceGroups/G/providers/Microsoft.ManagedIdentity/userAssignedIdentities/Checkout/federatedIdentityCredentials/x" + version: {identities, "", ""},
		"/subscriptions/S" + role + "/1" + version:                                                        {roles, "/subscriptions/S" + role + version, "/subscriptions/s" + strings.ToLower(role) + "/1"},
		"/subscriptions/S/resourceGroups/G" + role + "/1" + version:                                       {roles, "/subscriptions/S" + role + version, "/subscriptions/s/resourcegroups/g" + strings.ToLower(role) + "/1"},
		"/subscriptions/S/resourceGroups/G/providers/Microsoft.KeyVault/vaults/V" + role + "/1" + version: {roles, "/subscriptions/S" + role + version, "/subscriptions/s/resourcegroups/g/providers/microsoft.keyvault/vaults/v" + strings.ToLower(role) + "/1"},
		"/subscriptions/S/resourceGroups/G" + role + version:                                              {roles, "", ""},
		"/subscriptions/S/resourceGroups/G" + role + "/1/2" + version:                                     {roles, "", ""},
		"/providers/Microsoft.Management/managementGroups/M" + role + "/1" + version:                      {roles, "", ""},
		"/subscriptions" + version:                                                                        {roles, "", ""},
		"/subscriptions/S/resourceGroups/G" + role + "/1" + version + "&$filter=x":                        {roles, "", ""},
	} {
		read, ok := test.listing.match(address)
		if ok != (test.id != "") || ok && (read.collection != test.collection || read.id != test.id) {
			t.Errorf("%s: %v, %+v", address, ok, read)
		}
	}
}
