package emulator_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/seed"
)

// Everything is listed once, and pages are as large as they may be.
func TestTenant_listing(t *testing.T) {
	t.Parallel()
	const applications = 2_150
	p := serveEstate(t, applications)
	for start, sizes := range map[string][]int{
		pageOf999:     {999, 999, 153},
		expandedPages: slices.Concat(slices.Repeat([]int{100}, 21), []int{51}),
	} {
		var got []int
		seen := map[string]bool{}
		for address := start; address != ""; {
			var page struct {
				NextLink string `json:"@odata.nextLink"`
				Value    []struct {
					ID                           string
					FederatedIdentityCredentials []struct{ ID string }
				}
			}
			if err := json.Unmarshal(p.get(t, address), &page); err != nil {
				t.Fatal(err)
			}
			for _, application := range page.Value {
				if seen[application.ID] {
					t.Errorf("%s is listed twice", application.ID)
				}
				seen[application.ID] = true
			}
			got = append(got, len(page.Value))
			address = page.NextLink
		}
		if !slices.Equal(got, sizes) {
			t.Errorf("%.50s…: pages of %v, want %v", start, got, sizes)
		}
	}
}

// What $expand leaves out, nothing in the answer says: learn.microsoft.com/graph/query-parameters, on $expand. A client
// can tell by the number alone.
func TestExpand_truncated(t *testing.T) {
	t.Parallel()
	c := start(t)
	application := c.application(`{"displayName":"owned by many"}`)
	path := "/applications/" + application["id"].(string)
	var owners []map[string]any
	for n := range 25 {
		id := emulator.EstateID("owner", n)
		owners = append(owners, map[string]any{"id": id, "displayName": fmt.Sprint("owner ", n), "userPrincipalName": fmt.Sprintf("owner%d@example.com", n)})
	}
	if err := c.tenant.AddSeed(emulator.Seed{Users: owners}); err != nil {
		t.Fatal(err)
	}
	for n, owner := range owners {
		c.post("/v1.0"+path+"/owners/$ref", fmt.Sprintf(`{"@odata.id":"https://graph.microsoft.com/v1.0/directoryObjects/%s"}`, owner["id"])).want(http.StatusNoContent)
		want := min(n+1, 20)
		for _, version := range []string{"/v1.0", "/beta"} {
			list := c.get(version + "/applications?$select=id&$expand=owners&$top=999&$filter=displayName eq 'owned by many'").want(http.StatusOK)
			single := c.get(version + path + "?$select=id&$expand=owners").want(http.StatusOK)
			for _, shown := range []any{list.at("value", 0), single.body} {
				if got := len(at(t, shown, "owners").([]any)); got != want {
					t.Errorf("%s: %d of %d owners, want %d", version, got, n+1, want)
				}
			}
			if all := string(list.raw) + string(single.raw); strings.Contains(all, "owners@") || strings.Contains(all, "nextLink") {
				t.Errorf("the answer says that there are more: %s", all)
			}
		}
	}
	if all := c.get("/v1.0" + path + "/owners").want(http.StatusOK); len(all.values("id")) != 25 {
		t.Errorf("%d owners", len(all.values("id")))
	}
}

// A list never has the keys of certificates, even where $select names them.
func TestList_keys(t *testing.T) {
	t.Parallel()
	c := start(t)
	id := emulator.EstateID("with a key", 1)
	key := map[string]any{
		"keyId": emulator.EstateID("key", 1), "type": "AsymmetricX509Cert", "usage": "Verify", "key": "AAAA", "displayName": "key",
		"startDateTime": "2024-01-01T00:00:00Z", "endDateTime": "2099-01-01T00:00:00Z", "customKeyIdentifier": "BBBB",
	}
	principalID := emulator.EstateID("principal with a key", 1)
	if err := c.tenant.AddSeed(emulator.Seed{
		Applications:      []map[string]any{{"id": id, "appId": emulator.EstateID("appId", 1), "displayName": "with a key", "keyCredentials": []any{key}}},
		ServicePrincipals: []map[string]any{{"id": principalID, "appId": emulator.EstateID("appId", 1), "displayName": "with a key", "keyCredentials": []any{key}}},
	}); err != nil {
		t.Fatal(err)
	}
	for _, collection := range []string{"/v1.0/applications", "/beta/applications", "/v1.0/servicePrincipals", "/beta/servicePrincipals"} {
		for _, expand := range []string{"", "&$expand=federatedIdentityCredentials", "&$expand=owners"} {
			list := c.get(collection + "?$select=id,keyCredentials&$top=999&$filter=displayName eq 'with a key'" + expand).want(http.StatusOK)
			if got := list.at("value", 0, "keyCredentials", 0, "key"); got != nil {
				t.Errorf("%s lists the key %v", collection, got)
			}
			if got := list.at("value", 0, "keyCredentials", 0, "keyId"); got != key["keyId"] {
				t.Errorf("%s lists the key id %v", collection, got)
			}
		}
	}
	for path, want := range map[string]any{
		"/v1.0/applications/" + id + "?$select=keyCredentials":               "AAAA",
		"/beta/servicePrincipals/" + principalID + "?$select=keyCredentials": "AAAA",
		"/v1.0/applications/" + id:                                           nil,
		"/v1.0/applications/" + id + "?$expand=federatedIdentityCredentials": nil,
	} {
		if got := c.get(path).want(http.StatusOK).at("keyCredentials", 0, "key"); got != want {
			t.Errorf("%s: %v, want %v", path, got, want)
		}
	}
}

// Who is assigned to the roles of a service principal, and to which it is, can be listed and expanded.
func TestAppRoleAssignment_expand(t *testing.T) {
	t.Parallel()
	c := start(t)
	caller := c.get("/v1.0/servicePrincipals(appId='" + emulator.CallerClientID + "')").want(http.StatusOK).at("id").(string)
	microsoftGraph := seed.ObjectID("00000003-0000-0000-c000-000000000000")
	assignments := c.get("/v1.0/servicePrincipals/" + caller + "/appRoleAssignments").want(http.StatusOK)
	if got := assignments.values("resourceId"); len(got) != len(emulator.CallerRoles) || got[0] != microsoftGraph {
		t.Errorf("the caller has %v", got)
	}
	assigned := 0
	for _, item := range c.get("/v1.0/servicePrincipals?$select=id&$top=999&$expand=appRoleAssignedTo").want(http.StatusOK).at("value").([]any) {
		to := at(t, item, "appRoleAssignedTo").([]any)
		assigned += len(to)
		if id := at(t, item, "id"); len(to) > 0 && id != microsoftGraph {
			t.Errorf("%s has %v", id, to)
		}
	}
	if want := len(c.get("/v1.0/servicePrincipals/" + microsoftGraph + "/appRoleAssignedTo").want(http.StatusOK).values("id")); assigned != want || want == 0 {
		t.Errorf("%d assignments expanded, %d listed", assigned, want)
	}
	c.get("/v1.0/servicePrincipals?$expand=appRoleAssignedTo,owners").want(http.StatusBadRequest)
	c.get("/v1.0/servicePrincipals?$expand=owners($expand=owners)").want(http.StatusBadRequest)
}
