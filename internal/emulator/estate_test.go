package emulator_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"testing"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator"
)

// What an estate consists of is what a client would have made.
func TestSeed_estate(t *testing.T) {
	t.Parallel()
	c := start(t)
	c.post("/_local/seed", `{"estate":3}`).want(http.StatusNoContent)
	principal := c.get("/v1.0/servicePrincipals/" + emulator.EstateID("servicePrincipal", 2)).want(http.StatusOK).body
	made := c.get("/v1.0/applications/" + emulator.EstateID("application", 2)).want(http.StatusOK).body
	c.do(http.MethodDelete, "/v1.0/servicePrincipals/"+principal["id"].(string), "").want(http.StatusNoContent)
	anew := c.post("/v1.0/servicePrincipals", `{"appId":"`+emulator.EstateID("appId", 2)+`"}`).want(http.StatusCreated).body
	sameBut(t, principal, anew, "id", "createdByAppId", "@odata.context")
	sameBut(t, made, c.application(`{"displayName":"estate 2"}`), "id", "appId", "createdByAppId", "createdDateTime", "@odata.context")

	credentials := c.get("/v1.0/applications/" + emulator.EstateID("application", 3) + "/federatedIdentityCredentials").want(http.StatusOK)
	if ids := credentials.values("id"); !slices.Equal(ids, []any{emulator.EstateID("federatedIdentityCredential", 3)}) {
		t.Errorf("the third application has %v", ids)
	}
	c.patch("/v1.0/applications/"+emulator.EstateID("application", 3), `{"displayName":"renamed"}`).want(http.StatusNoContent)
	if name := c.get("/v1.0/servicePrincipals/" + emulator.EstateID("servicePrincipal", 3)).at("displayName"); name != "renamed" {
		t.Errorf("its service principal is called %v", name)
	}
	if found := c.get("/v1.0/applications?$filter=displayName eq 'ESTATE 1'").values("id"); !slices.Equal(found, []any{emulator.EstateID("application", 1)}) {
		t.Errorf("found %v", found)
	}
	c.post("/_local/seed", `{"estate":-1}`).want(http.StatusBadRequest)
	c.post("/_local/seed", `{"estate":1000000}`).want(http.StatusBadRequest)
}

// sameBut compares two objects apart from some members.
func sameBut(t *testing.T, got, want map[string]any, members ...string) {
	t.Helper()
	got, want = maps.Clone(got), maps.Clone(want)
	for _, member := range members {
		delete(got, member)
		delete(want, member)
	}
	content, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "the seeded object", any(got), string(content))
}

// A seed has the credentials of its applications where a client would be shown them.
func TestSeed_credentials(t *testing.T) {
	t.Parallel()
	c := start(t)
	const id = "d0000000-0000-4000-8000-000000000001"
	seed := func(credential string) string {
		return `{"applications":[{"id":"` + id + `","displayName":"seeded","federatedIdentityCredentials":[` + credential + `]}]}`
	}
	const credential = `{"id":"d0000000-0000-4000-8000-00000000000c","name":"main","issuer":"https://issuer.example","subject":"s","audiences":["api://AzureADTokenExchange"]}`
	c.post("/_local/seed", seed(credential)).want(http.StatusNoContent)
	list := c.get("/v1.0/applications?$expand=federatedIdentityCredentials&$filter=id eq '" + id + "'").want(http.StatusOK)
	if got := list.at("value", 0, "federatedIdentityCredentials", 0, "subject"); got != "s" {
		t.Errorf("the credential's subject is %v", got)
	}
	c.post("/_local/seed", seed(`{"name":"no GUID","id":7}`)).want(http.StatusBadRequest)
	c.post("/_local/seed", seed(`{"id":"d0000000-0000-4000-8000-00000000000d","audiences":"no list"}`)).want(http.StatusBadRequest)
}
