package emulator_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/fault"
)

const (
	tenantPolicy = "/v1.0/policies/defaultAppManagementPolicy"
	policies     = "/v1.0/policies/appManagementPolicies"
	ownPolicyID  = "00000000-0000-0000-0000-000000000000"
)

// startPolicies is start for who manages policies too, by a clock that stands still.
func startPolicies(t *testing.T) *client {
	began := time.Now().Truncate(time.Second)
	c := start(t, func(o *emulator.Options) { o.Now = func() time.Time { return began } })
	return c.as("Application.ReadWrite.All", "Policy.ReadWrite.ApplicationConfiguration", "Directory.Read.All")
}

func (c *client) restrict(collection, restrictions string) {
	c.t.Helper()
	both := `{"` + collection + `":[` + restrictions + `]}`
	c.patch(tenantPolicy, `{"isEnabled":true,"applicationRestrictions":`+both+`,"servicePrincipalRestrictions":`+both+`}`).want(204)
}

func tooLong(policy string) string {
	return "Credential lifetime exceeds the max value allowed as per assigned policy '" + policy + "'."
}

func notAllowed(policy string) string {
	return "Credential type not allowed as per assigned policy '" + policy + "'."
}

func TestAppManagementPolicy_tenant(t *testing.T) {
	t.Parallel()
	c := startPolicies(t)
	policy := c.get(tenantPolicy).want(200)
	if policy.at("id") != ownPolicyID || policy.at("isEnabled") != false {
		t.Errorf("%s", policy.raw)
	}
	same(t, "restrictions", policy.at("applicationRestrictions"), `{"keyCredentials":[],"passwordCredentials":[]}`)
	c.patch(tenantPolicy, `{"isEnabled":true,"applicationRestrictions":{"passwordCredentials":[
		{"restrictionType":"passwordLifetime","maxLifetime":"P4DT12H30M5S","restrictForAppsCreatedAfterDateTime":"2019-10-19T10:37:00Z"}]}}`).want(204)
	same(t, "restrictions", c.get(tenantPolicy).at("applicationRestrictions"), `{"keyCredentials":[],"passwordCredentials":[
		{"restrictionType":"passwordLifetime","maxLifetime":"P4DT12H30M5S","restrictForAppsCreatedAfterDateTime":"2019-10-19T10:37:00Z","state":"enabled"}]}`)
	for body, want := range map[string]string{
		`{"restrictionType":"passwordLifetime"}`:                                        "Invalid value specified for property 'maxLifetime' of resource 'AppManagementConfiguration'.",
		`{"restrictionType":"passwordAddition","maxLifetime":"P4D"}`:                    "Invalid value specified for property 'maxLifetime' of resource 'AppManagementConfiguration'.",
		`{"restrictionType":"passwordAddition"},{"restrictionType":"passwordAddition"}`: "Each value of 'restrictionType' can be used only once in a policy: 'passwordAddition' is there twice.",
		`{"restrictionType":"passwordLifetime","maxLifetime":"4 days"}`:                 "Cannot convert a primitive value to the expected type 'Edm.Duration'. See the inner exception for more details.",
		`{"restrictionType":"asymmetricKeyLifetime","maxLifetime":"P4D"}`:               "Invalid value specified for property 'restrictionType' of resource 'PasswordCredentialConfiguration'.",
		`{"maxLifetime":"P4D"}`: "A value is required for property 'restrictionType' of resource 'PasswordCredentialConfiguration'.",
		`{"restrictionType":"passwordLifetime","maxLifetime":"P4D","state":"off"}`: "Invalid value specified for property 'state' of resource 'PasswordCredentialConfiguration'.",
	} {
		c.patch(tenantPolicy, `{"applicationRestrictions":{"passwordCredentials":[`+body+`]}}`).fails(400, "Request_BadRequest", want)
	}
	c.as("Policy.Read.All").get(tenantPolicy).want(200)
	c.as("Policy.Read.All").patch(tenantPolicy, `{"isEnabled":false}`).want(403)
	c.as("Application.ReadWrite.All").get(tenantPolicy).want(403)
}

// What beta alone has is refused and not shown in v1.0.
func TestAppManagementPolicy_beta(t *testing.T) {
	t.Parallel()
	c := startPolicies(t)
	const beta = "/beta/policies/defaultAppManagementPolicy"
	same(t, "restrictions", c.get(beta).at("applicationRestrictions"), `{"audiences":null,"redirectUris":null,"keyCredentials":[],"passwordCredentials":[]}`)
	restrictions := `{"applicationRestrictions":{
		"audiences":{"azureAdMultipleOrgs":{"state":"enabled","restrictForAppsCreatedAfterDateTime":"2026-01-01T00:00:00Z"}},
		"redirectUris":{
			"uriWithBlockedScheme":{"blockedSchemes":["http"],"exemptFormats":["http://localhost"],"publicClient":{"blockedSchemes":["app"]}},
			"uriWithWildcard":{"excludeFormats":{"excludeWildcardsInPath":true}}},
		"keyCredentials":[{"restrictionType":"trustedCertificateAuthority","certificateBasedApplicationConfigurationIds":["eec5ba11-2fc0-4113-83a2-ed986ed13743"]}]}}`
	unknown := func(property, of string) string {
		return "The property '" + property + "' does not exist on type 'microsoft.graph." + of + "'. Make sure to only use property names that are defined by the type or mark the type as open type."
	}
	c.patch(tenantPolicy, restrictions).fails(400, "BadRequest", unknown("audiences", "appManagementApplicationConfiguration"))
	c.patch(tenantPolicy, `{"applicationRestrictions":{"keyCredentials":[{"restrictionType":"trustedCertificateAuthority"}]}}`).
		fails(400, "Request_BadRequest", "Invalid value specified for property 'restrictionType' of resource 'KeyCredentialConfiguration'.")
	c.patch(beta, restrictions).want(204)
	same(t, "restrictions", c.get(beta).at("applicationRestrictions"), `{
		"audiences":{"personalMicrosoftAccount":null,
			"azureAdMultipleOrgs":{"state":"enabled","restrictForAppsCreatedAfterDateTime":"2026-01-01T00:00:00Z","isStateSetByMicrosoft":false}},
		"redirectUris":{"uriWithBlockedDomain":null,"uriWithoutAllowedDomain":null,"uriWithoutAllowedScheme":null,
			"uriWithBlockedScheme":{"state":"enabled","restrictForAppsCreatedAfterDateTime":null,"isStateSetByMicrosoft":false,
				"blockedSchemes":["http"],"exemptFormats":["http://localhost"],"spa":null,"web":null,"publicClient":{"blockedSchemes":["app"],"exemptFormats":[]}},
			"uriWithWildcard":{"state":"enabled","restrictForAppsCreatedAfterDateTime":null,"isStateSetByMicrosoft":false,
				"excludeFormats":{"excludeWildcardsInPath":true,"excludeWildcardsInPathWithDomains":[]}}},
		"keyCredentials":[{"restrictionType":"trustedCertificateAuthority","maxLifetime":null,"restrictForAppsCreatedAfterDateTime":null,"state":"enabled",
			"certificateBasedApplicationConfigurationIds":["eec5ba11-2fc0-4113-83a2-ed986ed13743"]}],"passwordCredentials":[]}`)
	same(t, "restrictions of v1.0", c.get(tenantPolicy).at("applicationRestrictions"), `{"passwordCredentials":[],
		"keyCredentials":[{"restrictionType":"unknownFutureValue","maxLifetime":null,"restrictForAppsCreatedAfterDateTime":null,"state":"enabled"}]}`)
	c.patch(beta, `{"applicationRestrictions":{"audiences":{"azureADMyOrg":{"state":"enabled"}}}}`).fails(400, "BadRequest", unknown("azureADMyOrg", "audiencesConfiguration"))
	c.patch(beta, `{"servicePrincipalRestrictions":{"audiences":{}}}`).fails(400, "BadRequest", unknown("audiences", "appManagementServicePrincipalConfiguration"))
	c.patch(beta, `{"applicationRestrictions":{"redirectUris":{"uriWithWildcard":{"state":"off"}}}}`).
		fails(400, "Request_BadRequest", "Invalid value specified for property 'state' of resource 'RedirectUriWildcardConfiguration'.")
}

func TestAppManagementPolicy_passwords(t *testing.T) {
	t.Parallel()
	c := startPolicies(t)
	app, principal := c.principal(`{"displayName":"a"}`)
	paths := []string{"/v1.0/applications/" + app["id"].(string), "/v1.0/servicePrincipals/" + principal["id"].(string)}
	within := func(days int) string {
		return fmt.Sprintf(`{"passwordCredential":{"endDateTime":%q}}`, time.Now().Add(time.Duration(days)*24*time.Hour-time.Minute).UTC().Format(time.RFC3339))
	}
	c.restrict("passwordCredentials", `{"restrictionType":"passwordLifetime","maxLifetime":"P30D"}`)
	for _, path := range paths {
		c.post(path+"/addPassword", `{}`).fails(400, "CredentialInvalidLifetimeAsPerAppPolicy", tooLong(ownPolicyID))
		c.post(path+"/addPassword", within(31)).fails(400, "CredentialInvalidLifetimeAsPerAppPolicy", tooLong(ownPolicyID))
		c.post(path+"/addPassword", within(30)).want(200)
	}
	c.post("/v1.0/applications", `{"displayName":"b","passwordCredentials":[{"displayName":"p"}]}`).fails(400, "CredentialInvalidLifetimeAsPerAppPolicy", tooLong(ownPolicyID))

	c.restrict("passwordCredentials", `{"restrictionType":"passwordAddition"}`)
	for _, path := range paths {
		c.post(path+"/addPassword", within(1)).fails(400, "CredentialTypeNotAllowedAsPerAppPolicy", notAllowed(ownPolicyID))
		c.patch(path, `{"notes":"what is there stays"}`).want(204)
		if got := c.get(path).at("passwordCredentials").([]any); len(got) != 1 {
			t.Errorf("%s has %v", path, got)
		}
	}
	c.restrict("passwordCredentials", `{"restrictionType":"passwordAddition","state":"disabled"}`)
	c.post(paths[0]+"/addPassword", within(1)).want(200)
	// An application is new, a service principal is as old as those are of which that is not known.
	c.restrict("passwordCredentials", `{"restrictionType":"passwordAddition","restrictForAppsCreatedAfterDateTime":"2020-01-01T00:00:00Z"}`)
	c.post(paths[0]+"/addPassword", within(1)).fails(400, "CredentialTypeNotAllowedAsPerAppPolicy", notAllowed(ownPolicyID))
	c.post(paths[1]+"/addPassword", within(1)).want(200)
	c.restrict("passwordCredentials", `{"restrictionType":"passwordAddition","restrictForAppsCreatedAfterDateTime":"2090-01-01T00:00:00Z"}`)
	c.post(paths[0]+"/addPassword", within(1)).want(200)
	c.restrict("passwordCredentials", `{"restrictionType":"customPasswordAddition"}`)
	c.post(paths[0]+"/addPassword", `{}`).want(200)
	c.restrict("passwordCredentials", `{"restrictionType":"passwordAddition"}`)
	c.patch(tenantPolicy, `{"isEnabled":false}`).want(204)
	c.post(paths[0]+"/addPassword", `{}`).want(200)
}

func TestAppManagementPolicy_keys(t *testing.T) {
	t.Parallel()
	c := startPolicies(t)
	cert := certificate(t, "a") // is valid for 25 hours
	path := "/v1.0/applications/" + c.application(`{"displayName":"a"}`)["id"].(string)
	c.restrict("keyCredentials", `{"restrictionType":"asymmetricKeyLifetime","maxLifetime":"P1D"}`)
	c.patch(path, `{"keyCredentials":[`+keyCredential(cert)+`]}`).fails(400, "CredentialInvalidLifetimeAsPerAppPolicy", tooLong(ownPolicyID))
	c.post("/v1.0/applications", `{"displayName":"b","keyCredentials":[`+keyCredential(cert)+`]}`).fails(400, "CredentialInvalidLifetimeAsPerAppPolicy", tooLong(ownPolicyID))
	c.restrict("keyCredentials", `{"restrictionType":"asymmetricKeyLifetime","maxLifetime":"P1DT1H"}`)
	c.patch(path, `{"keyCredentials":[`+keyCredential(cert)+`]}`).want(204)
	c.restrict("keyCredentials", `{"restrictionType":"asymmetricKeyLifetime","maxLifetime":"PT1H"}`)
	id := c.get(path).at("keyCredentials", 0, "keyId").(string)
	c.patch(path, `{"keyCredentials":[{"keyId":"`+id+`"}]}`).want(204) // what was there before stays
	c.restrict("passwordCredentials", `{"restrictionType":"symmetricKeyAddition"}`)
	symmetric := `{"type":"Symmetric","usage":"Verify","key":"` + base64.StdEncoding.EncodeToString([]byte("a key of thirty-two bytes, nearly")) + `"}`
	c.patch(path, `{"keyCredentials":[`+symmetric+`]}`).fails(400, "CredentialTypeNotAllowedAsPerAppPolicy", notAllowed(ownPolicyID))
	c.restrict("passwordCredentials", `{"restrictionType":"symmetricKeyLifetime","maxLifetime":"P900D"}`)
	c.patch(path, `{"keyCredentials":[`+symmetric+`]}`).want(204)
}

func TestAppManagementPolicy_ofItsOwn(t *testing.T) {
	t.Parallel()
	c := startPolicies(t)
	app, principal := c.principal(`{"displayName":"a"}`)
	path, other := "/v1.0/applications/"+app["id"].(string), "/v1.0/servicePrincipals/"+principal["id"].(string)
	c.restrict("passwordCredentials", `{"restrictionType":"passwordAddition"}`)
	c.post(policies, `{"displayName":"p"}`).fails(400, "Request_BadRequest", "A value is required for property 'description' of resource 'AppManagementPolicy'.")
	policy := c.post(policies, `{"displayName":"p","description":"d","isEnabled":true,"restrictions":{"passwordCredentials":[{"restrictionType":"passwordLifetime","maxLifetime":"P900D"}]}}`).want(201)
	id := policy.at("id").(string)
	reference := func(id string) string {
		return `{"@odata.id":"https://graph.microsoft.com/v1.0/policies/appManagementPolicies/` + id + `"}`
	}
	c.post(path+"/addPassword", `{}`).fails(400, "CredentialTypeNotAllowedAsPerAppPolicy", notAllowed(ownPolicyID))
	c.as("Policy.ReadWrite.ApplicationConfiguration").post(path+"/appManagementPolicies/$ref", reference(id)).want(403) // Application.Read.All too
	c.post(path+"/appManagementPolicies/$ref", reference(id)).want(204)
	c.post(path+"/addPassword", `{}`).want(200) // the tenant's policy does not count any more
	same(t, "policies", c.get(path+"/appManagementPolicies").want(200).values("displayName"), `["p"]`)
	same(t, "applies to", c.get(policies+"/"+id+"/appliesTo").want(200).values("id"), `["`+app["id"].(string)+`"]`)
	second := c.post(policies, `{"displayName":"q","description":"d"}`).want(201).at("id").(string)
	c.post(path+"/appManagementPolicies/$ref", reference(second)).fails(400, "Request_BadRequest", "Only one app management policy can be assigned to an application or service principal.")
	c.patch(policies+"/"+id, `{"restrictions":{"passwordCredentials":[{"restrictionType":"passwordLifetime","maxLifetime":"P1D"}]}}`).want(204)
	c.post(path+"/addPassword", `{}`).fails(400, "CredentialInvalidLifetimeAsPerAppPolicy", tooLong(id))
	c.patch(policies+"/"+id, `{"isEnabled":false}`).want(204)
	c.post(path+"/addPassword", `{}`).want(200)

	c.post(other+"/appManagementPolicies/$ref", reference(second)).want(204)
	c.post(other+"/addPassword", `{}`).want(200)
	c.delete(other + "/appManagementPolicies/" + second + "/$ref").want(204)
	c.delete(other + "/appManagementPolicies/" + second + "/$ref").want(404)
	c.post(other+"/addPassword", `{}`).fails(400, "CredentialTypeNotAllowedAsPerAppPolicy", notAllowed(ownPolicyID))
	c.delete(policies + "/" + id).want(204)
	c.post(path+"/addPassword", `{}`).fails(400, "CredentialTypeNotAllowedAsPerAppPolicy", notAllowed(ownPolicyID))
	c.get(policies + "/" + id).want(404)
}

// Writes of the credentials of one object that come at the same time are refused, but for the first.
func TestPassword_concurrently(t *testing.T) {
	t.Parallel()
	c := start(t)
	one := "/v1.0/applications/" + c.application(`{"displayName":"a"}`)["id"].(string)
	another := "/v1.0/applications/" + c.application(`{"displayName":"b"}`)["id"].(string)
	c.tenant.Faults().Set(fault.MustParse("* /v1.0/** latency=200ms")...)
	statuses := make(chan int, 4)
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() { statuses <- c.post(one+"/addPassword", `{}`).status })
	}
	group.Go(func() { c.post(another+"/addPassword", `{}`).want(200) })
	group.Wait()
	close(statuses)
	count := map[int]int{}
	for status := range statuses {
		count[status]++
	}
	if count[http.StatusOK] != 1 || count[http.StatusConflict] != 3 {
		t.Errorf("statuses: %v", count)
	}
	for range 2 {
		c.post(one+"/addPassword", `{}`).want(200) // one after the other
	}
	if got := c.get(one).at("passwordCredentials").([]any); len(got) != 3 {
		t.Errorf("%d passwords", len(got))
	}
}

// A password that is there stays as it is, too, and goes when an update leaves it out.
func TestPassword_unchanged(t *testing.T) {
	t.Parallel()
	c := start(t)
	path := "/v1.0/applications/" + c.application(`{"displayName":"a"}`)["id"].(string)
	id := c.post(path+"/addPassword", `{"passwordCredential":{"displayName":"p"}}`).want(200).at("keyId").(string)
	read, err := json.Marshal(c.get(path).at("passwordCredentials", 0))
	if err != nil {
		t.Fatal(err)
	}
	c.patch(path, `{"passwordCredentials":[`+string(read)+`]}`).want(204)
	for _, change := range []string{`"displayName":"q"`, `"endDateTime":"2090-01-01T00:00:00Z"`} {
		c.patch(path, `{"passwordCredentials":[{"keyId":"`+id+`",`+change+`}]}`).fails(400, "Request_BadRequest", "Update to existing credential with KeyId '"+id+"' is not allowed.")
	}
	c.patch(path, `{"passwordCredentials":[{"keyId":"`+id+`"}]}`).want(204)
	c.patch(path, `{"passwordCredentials":[]}`).want(204)
	same(t, "passwords", c.get(path).at("passwordCredentials"), `[]`)
}

// A key that is there stays as it is: nothing of it can be changed but by another key.
func TestKey_unchanged(t *testing.T) {
	t.Parallel()
	c := start(t)
	path := "/v1.0/applications/" + c.application(`{"displayName":"a","keyCredentials":[` + keyCredential(certificate(t, "first")) + `]}`)["id"].(string)
	key := c.get(path+"?$select=keyCredentials").at("keyCredentials", 0).(map[string]any)
	id := key["keyId"].(string)
	whole := func(change string) string {
		return fmt.Sprintf(`{"keyCredentials":[{"keyId":%q,"type":"AsymmetricX509Cert","usage":"Verify","customKeyIdentifier":%q,"startDateTime":%q,"endDateTime":%q,"key":%q%s}]}`,
			id, key["customKeyIdentifier"], key["startDateTime"], key["endDateTime"], key["key"], change)
	}
	c.patch(path, whole("")).want(204)
	c.patch(path, whole(`,"endDateTime":"2020-01-01T00:00:00Z"`)).fails(400, "Request_BadRequest", "Update to existing credential with KeyId '"+id+"' is not allowed.")
	c.patch(path, whole(`,"key":"`+base64.StdEncoding.EncodeToString(certificate(t, "second").Raw)+`"`)).fails(400, "Request_BadRequest", "Update to existing credential with KeyId '"+id+"' is not allowed.")
	c.patch(path, `{"keyCredentials":[{"type":"AsymmetricX509Cert","key":"`+key["key"].(string)+`"}]}`).
		fails(400, "Request_BadRequest", `The value for the property "usage" in one of your credentials is invalid. Acceptable values are Sign, Verify.`)
	c.patch(path, `{"keyCredentials":[{"keyId":"`+id+`"},{"keyId":"`+id+`"}]}`).fails(400, "Request_BadRequest", "Invalid value specified for property 'keyCredentials' of resource 'Application'.")
	if got := c.get(path).at("keyCredentials").([]any); len(got) != 1 {
		t.Errorf("keys: %v", got)
	}
}
