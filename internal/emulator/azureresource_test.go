package emulator_test

import (
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/msi/armmsi"
	"github.com/google/uuid"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/fault"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/throttle"
)

// azure is a client of Resource Manager, as the seeded caller.
func (c *client) azure() *client {
	c.t.Helper()
	return c.bearing(c.tenant.ManagementToken())
}

const (
	groupsVersion   = "?api-version=2024-11-01"
	identityVersion = "?api-version=2024-11-30"
	identities      = "/providers/Microsoft.ManagedIdentity/userAssignedIdentities"
)

func TestResourceGroup(t *testing.T) {
	t.Parallel()
	c := start(t).azure()
	path := inSubscription + "/resourceGroups/Shop"
	c.do(http.MethodHead, path+groupsVersion, "").want(http.StatusNotFound)
	created := c.do(http.MethodPut, path+groupsVersion, `{"location":"North Europe","tags":{"a":"b"}}`).want(http.StatusCreated)
	same(t, "created", any(created.body), `{"id":"`+path+`","name":"Shop","type":"Microsoft.Resources/resourceGroups","location":"northeurope",
		"tags":{"a":"b"},"properties":{"provisioningState":"Succeeded"}}`)
	c.do(http.MethodHead, strings.ToUpper(path)+groupsVersion, "").want(http.StatusNoContent)
	same(t, "updated", c.patch(path+groupsVersion, `{"tags":{"c":"d"}}`).want(http.StatusOK).body["tags"], `{"c":"d"}`)
	same(t, "replaced", c.do(http.MethodPut, path+groupsVersion, `{"location":"northeurope"}`).want(http.StatusOK).body["tags"], `{}`)
	if names := c.get(inSubscription + "/resourcegroups" + groupsVersion).want(http.StatusOK).body["value"].([]any); len(names) != 2 {
		t.Errorf("there are %v", names)
	}
	for body, code := range map[string]string{
		`{"location":"uksouth"}`: "InvalidResourceGroupLocation", `{}`: "LocationRequired", `{"location":"moon"}`: "LocationNotAvailableForResourceType",
		`{"location":5}`: "InvalidRequestContent", `[]`: "InvalidRequestContent", ``: "InvalidRequestContent", `{`: "InvalidRequestContent",
		`{"location":"uksouth","colour":"red"}`: "InvalidRequestContent", `{"location":"northeurope","tags":{"a":1}}`: "InvalidRequestContent",
		`{"location":"northeurope","tags":{"a<":"1"}}`: "InvalidTagNameCharacters",
	} {
		if answer := c.do(http.MethodPut, path+groupsVersion, body); answer.at("error", "code") != code || answer.status < 400 {
			t.Errorf("%s: %d %s, want %s", body, answer.status, answer.raw, code)
		}
	}
	c.do(http.MethodPut, inSubscription+"/resourceGroups/dot."+groupsVersion, `{"location":"uksouth"}`).want(http.StatusBadRequest)

	// What is in it goes with it.
	identity := c.do(http.MethodPut, path+identities+"/shop"+identityVersion, `{"location":"northeurope"}`).want(http.StatusCreated)
	c.do(http.MethodPut, path+"/providers/Microsoft.Authorization/roleAssignments/"+uuid.NewString()+"?api-version=2022-04-01",
		`{"properties":{"principalId":"`+identity.at("properties", "principalId").(string)+`","roleDefinitionId":"/providers/Microsoft.Authorization/roleDefinitions/`+reader+`"}}`).want(http.StatusCreated)
	deleted := c.delete(path + groupsVersion).want(http.StatusAccepted)
	c.get(strings.TrimPrefix(deleted.header.Get("Location"), c.server.URL)).want(http.StatusOK)
	c.get(path + groupsVersion).want(http.StatusNotFound)
	c.get(path + identities + groupsVersion).want(http.StatusBadRequest) // of that version there are no identities
	if answer := c.get(path + identities + identityVersion).want(http.StatusNotFound); answer.at("error", "code") != "ResourceGroupNotFound" {
		t.Errorf("%s", answer.raw)
	}
	for collection, want := range map[string]int{"userAssignedIdentities": 0, "resourceGroups": 1, "roleAssignments": 1} {
		if found := c.tenant.Objects(collection); len(found) != want {
			t.Errorf("%s: %v", collection, found)
		}
	}
}

func TestUserAssignedIdentity_strictness(t *testing.T) {
	t.Parallel()
	c := start(t).azure()
	path := inGroup + identities + "/shop"
	created := c.do(http.MethodPut, path+identityVersion, `{"location":"westeurope"}`).want(http.StatusCreated)
	if created.at("properties", "isolationScope") != "None" || created.header.Get("x-ms-ratelimit-remaining-subscription-writes") != "199" {
		t.Errorf("%v %s", created.header, created.raw)
	}
	for _, test := range []struct {
		version, body string
		status        int
		code          string
	}{
		{"2024-11-30", `{"location":"westeurope","properties":{"colour":"red"}}`, 400, "InvalidRequestContent"},
		{"2024-11-30", `{"location":"westeurope","sku":{}}`, 400, "InvalidRequestContent"},
		{"2023-01-31", `{"location":"westeurope","properties":{"isolationScope":"None"}}`, 400, "InvalidRequestContent"},
		{"2024-11-30", `{"location":"westeurope","properties":{"assignmentRestrictions":{"providers":[]}}}`, 400, "InvalidRequestContent"},
		{"2024-11-30", `{"location":"westeurope","properties":{"clientId":"` + uuid.NewString() + `"}}`, 409, "PropertyChangeNotAllowed"},
		{"2025-01-01", `{"location":"westeurope"}`, 400, "NoRegisteredProviderFound"},
	} {
		answer := c.do(http.MethodPut, path+"?api-version="+test.version, test.body).want(test.status)
		if answer.at("error", "code") != test.code {
			t.Errorf("%s: %s", test.body, answer.raw)
		}
	}
	// What was read may be written as it is.
	c.do(http.MethodPut, path+identityVersion, string(created.raw)).want(http.StatusOK)
	restricted := c.do(http.MethodPut, path+"?api-version=2026-05-31", `{"location":"westeurope","properties":{"assignmentRestrictions":{"providers":["Microsoft.Compute"]}}}`).want(http.StatusOK)
	same(t, "restrictions", restricted.at("properties", "assignmentRestrictions"), `{"providers":["Microsoft.Compute"]}`)
	old := c.get(path + "?api-version=2018-11-30").want(http.StatusOK)
	if properties := old.body["properties"].(map[string]any); len(properties) != 3 {
		t.Errorf("2018-11-30: %s", old.raw)
	}
	c.get(path + "/federatedIdentityCredentials?api-version=2018-11-30").want(http.StatusBadRequest)
	c.post(path+identityVersion, `{}`).want(http.StatusMethodNotAllowed)
	c.patch(path+"/federatedIdentityCredentials/abc"+identityVersion, `{}`).want(http.StatusMethodNotAllowed)
	for _, top := range []string{"0", "-1", "many"} {
		c.get(path + "/federatedIdentityCredentials" + identityVersion + "&$top=" + top).want(http.StatusBadRequest)
	}
	c.get(path + "/federatedIdentityCredentials" + identityVersion + "&$skiptoken=!").want(http.StatusBadRequest)
}

func TestFederatedIdentityCredential_ofIdentityRefusals(t *testing.T) {
	t.Parallel()
	c := start(t).azure()
	for location, status := range map[string]int{"eastasia": http.StatusMethodNotAllowed, "westeurope": http.StatusCreated} {
		path := inGroup + identities + "/in-" + location
		c.do(http.MethodPut, path+identityVersion, `{"location":"`+location+`"}`).want(http.StatusCreated)
		c.do(http.MethodPut, path+"/federatedIdentityCredentials/main"+identityVersion,
			`{"properties":{"issuer":"https://example.com","subject":"s","audiences":["a"]}}`).want(status)
	}
	path := inGroup + identities + "/in-westeurope/federatedIdentityCredentials/other" + identityVersion
	for body, want := range map[string]string{
		`{"properties":{}}`: "Federated Identity Credential from HTTP body has empty properties",
		`{"properties":{"issuer":"https://example.com","audiences":["a"]}}`:                                                                                 "The request format was unexpected. Federated Identity Credential must specify 'issuer', 'subject' and 'audience'.",
		`{"properties":{"issuer":"https://example.com","subject":"t","audiences":[]}}`:                                                                      "Federated identity credentials must have exactly 1 audience.",
		`{"properties":{"issuer":"https://example.com","subject":"s","audiences":["a"]}}`:                                                                   "Issuer and subject combination already exists for this Managed Identity.",
		`{"properties":{"subject":"t","issuer":"https://example.com","audiences":["a"],"description":""}}`:                                                  "The request content was invalid and could not be deserialized: 'Could not find member 'description' on object of type 'FederatedIdentityCredentialProperties'. Path 'properties.description''.",
		`{"properties":{"issuer":"https://example.com","audiences":["a"],"claimsMatchingExpression":{"value":"claims['sub'] eq 's'","languageVersion":1}}}`: "The request content was invalid and could not be deserialized: 'Could not find member 'claimsMatchingExpression' on object of type 'FederatedIdentityCredentialProperties'. Path 'properties.claimsMatchingExpression''.",
	} {
		if answer := c.do(http.MethodPut, path, body).want(http.StatusBadRequest); answer.at("error", "message") != want {
			t.Errorf("%s: %s", body, answer.raw)
		}
	}
}

// Everything of Azure is in the data file, and in snapshots.
func TestAzure_isKept(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "tenant.db")
	tenant, err := emulator.New(emulator.Options{DataFile: file})
	if err != nil {
		t.Fatal(err)
	}
	group := inSubscription + "/resourceGroups/other"
	seed := emulator.Seed{
		ResourceGroups: []map[string]any{{"id": group, "location": "uksouth"}},
		UserAssignedIdentities: []map[string]any{{
			"id": group + identities + "/shop", "tags": map[string]any{"a": "b"}, "clientId": "d0000000-0000-4000-8000-00000000000c",
			"federatedIdentityCredentials": []any{map[string]any{"name": "main", "issuer": "https://example.com", "subject": "s", "audiences": []any{"a"}}},
		}},
		SystemAssignedIdentities: []map[string]any{{"resourceId": machine, "location": "uksouth"}},
		RoleAssignments:          []map[string]any{{"scope": group, "roleName": "AcrPull", "principalId": uuid.NewString()}},
	}
	if err := tenant.AddSeed(seed); err != nil {
		t.Fatal(err)
	}
	if err := tenant.AddSeed(seed); err != nil { // which replaces what it has made
		t.Fatal(err)
	}
	want := fmt.Sprint(tenant.Objects("userAssignedIdentities"), tenant.Objects("roleAssignments"), tenant.Objects("federatedIdentityCredentials"), tenant.Objects("systemAssignedIdentities"))
	snapshot := tenant.Snapshot()
	if err := tenant.Close(); err != nil {
		t.Fatal(err)
	}
	for _, options := range []emulator.Options{{DataFile: file}, {}} {
		again, err := emulator.New(options)
		if err != nil {
			t.Fatal(err)
		}
		if options.DataFile == "" {
			if err := again.Restore(snapshot); err != nil {
				t.Fatal(err)
			}
		}
		got := fmt.Sprint(again.Objects("userAssignedIdentities"), again.Objects("roleAssignments"), again.Objects("federatedIdentityCredentials"), again.Objects("systemAssignedIdentities"))
		if got != want || !strings.Contains(got, "d0000000-0000-4000-8000-00000000000c") {
			t.Errorf("kept %s\nwant %s", got, want)
		}
		if err := again.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestSeed_azureMistakes(t *testing.T) {
	t.Parallel()
	c := start(t)
	for _, wrong := range []string{
		`{"resourceGroups":[{"id":"shop"}]}`,
		`{"subscriptions":[{"id":"shop"}]}`,
		`{"userAssignedIdentities":[{"id":"` + inSubscription + `/resourceGroups/missing` + identities + `/shop"}]}`,
		`{"userAssignedIdentities":[{"id":"` + inGroup + `/providers/Microsoft.Compute/virtualMachines/shop"}]}`,
		`{"userAssignedIdentities":[{"id":"` + inGroup + identities + `/shop","location":5}]}`,
		`{"systemAssignedIdentities":[{"resourceId":"shop"}]}`,
		`{"roleAssignments":[{"scope":"/","roleName":"Emperor","principalId":"` + uuid.NewString() + `"}]}`,
		`{"roleAssignments":[{"scope":"/","roleName":"Reader","principalId":"me"}]}`,
		`{"roleAssignments":[{"roleName":"Reader","principalId":"` + uuid.NewString() + `"}]}`,
	} {
		c.post("/_local/seed", wrong).want(http.StatusBadRequest)
	}
}

func TestThrottle_resourceManager(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)))
		c := inProcess(t)
		s := &azureSDK{client: &client{t: t, tenant: c.tenant}}
		s.options = sdkOptions(c.tenant)
		s.options.Retry = policy.RetryOptions{MaxRetries: 10, RetryDelay: time.Millisecond}
		s.credential = s.secret(emulator.CallerClientID, emulator.CallerClientSecret)
		s.identity("shop")
		c.tenant.Throttle().Set(throttle.Small)
		begin := time.Now()
		for n := range 6 { // of which a second takes two
			subject := fmt.Sprintf("subject-%d", n)
			if _, err := s.credentials().CreateOrUpdate(t.Context(), emulator.ResourceGroup, "shop", subject, armmsi.FederatedIdentityCredential{
				Properties: &armmsi.FederatedIdentityCredentialProperties{Issuer: new("https://example.com"), Subject: &subject, Audiences: []*string{new("api://AzureADTokenExchange")}},
			}, nil); err != nil {
				t.Fatal(err)
			}
		}
		if took := time.Since(begin); took < 2*time.Second || took > 5*time.Second {
			t.Errorf("took %s", took)
		}
		refused := 0
		for _, request := range c.tenant.Requests() {
			if request.Status == http.StatusTooManyRequests && request.Note == "throttled: identityPutsInSubscription" {
				refused++
			}
		}
		if refused == 0 {
			t.Error("nothing was refused")
		}

		s.options.Retry = policy.RetryOptions{MaxRetries: -1}
		c.tenant.Throttle().Set(throttle.Limits{ManagerReads: throttle.Limit{Count: 3, Per: 10 * time.Second}})
		for n := range 4 {
			_, err := s.identities().Get(t.Context(), emulator.ResourceGroup, "shop", nil)
			if n < 3 && err != nil {
				t.Error(err)
			}
			if n == 3 {
				wantCode(t, err, http.StatusTooManyRequests, "SubscriptionRequestsThrottled")
			}
		}
		time.Sleep(11 * time.Second)
		if _, err := s.identities().Get(t.Context(), emulator.ResourceGroup, "shop", nil); err != nil {
			t.Error(err)
		}
	})
}

// Lists are gathered, and late where the directory is; what a provider keeps is not.
func TestAzureSDK_lateLists(t *testing.T) {
	t.Parallel()
	s := startAzure(t)
	if err := s.tenant.SetReplication(emulator.Replication{Replicas: 1, Lag: emulator.Lag{Min: time.Minute, Max: time.Minute}}); err != nil {
		t.Fatal(err)
	}
	s.identity("young")
	count := func() int {
		pager := s.identities().NewListBySubscriptionPager(nil)
		return len(all(t, pager.More, pager.NextPage, func(p armmsi.UserAssignedIdentitiesClientListBySubscriptionResponse) []*armmsi.Identity {
			return p.Value
		}))
	}
	if n := count(); n != 0 {
		t.Errorf("the list has %d at once", n)
	}
	s.tenant.Clock().Advance(2 * time.Minute)
	if n := count(); n != 1 {
		t.Errorf("the list has %d later", n)
	}
}

func TestCounters_azure(t *testing.T) {
	t.Parallel()
	c := start(t).azure()
	path := inGroup + identities + "/shop"
	c.do(http.MethodPut, path+identityVersion, `{"location":"westeurope"}`).want(http.StatusCreated)
	c.get(path + "/federatedIdentityCredentials" + identityVersion).want(http.StatusOK)
	c.get(path + "/providers/Microsoft.Authorization/roleAssignments?api-version=2022-04-01").want(http.StatusOK)
	operations := c.get("/_local/counters").want(http.StatusOK).body["operations"].(map[string]any)
	const of = "/subscriptions/{id}/resourceGroups/{name}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{name}"
	for _, operation := range []string{"PUT " + of, "GET " + of + "/federatedIdentityCredentials", "GET " + of + "/providers/Microsoft.Authorization/roleAssignments"} {
		if operations[operation] != 1.0 {
			t.Errorf("no %s in %v", operation, operations)
		}
	}
}

// A write that is done but not answered is no conflict with its repetition, which finds it done.
func TestFaults_resourceManager(t *testing.T) {
	t.Parallel()
	for _, rule := range []string{"PUT /subscriptions/** 504 after count=1", "PUT /subscriptions/** 503 count=1", "PUT /subscriptions/** reset after count=1", "PUT /subscriptions/** truncated count=1"} {
		synctest.Test(t, func(t *testing.T) {
			time.Sleep(time.Until(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)))
			c := inProcess(t)
			s := &azureSDK{client: &client{t: t, tenant: c.tenant}, options: sdkOptions(c.tenant)}
			s.options.Retry = policy.RetryOptions{MaxRetries: 3}
			s.credential = s.secret(emulator.CallerClientID, emulator.CallerClientSecret)
			s.identity("shop")
			c.tenant.Faults().Set(fault.MustParse("* /** latency=100ms", rule)...)
			s.trust("shop", "https://example.com", "s")
			if found := c.tenant.Objects("federatedIdentityCredentials"); len(found) != 1 {
				t.Errorf("%s: %v", rule, found)
			}
		})
	}
}
