package emulator_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

const github = "https://token.actions.githubusercontent.com"

func credential(name, subject string) string {
	return `{"name":"` + name + `","issuer":"` + github + `","subject":"` + subject + `","audiences":["api://AzureADTokenExchange"]}`
}

func TestFederatedCredential_lifecycle(t *testing.T) {
	t.Parallel()
	c := start(t)
	app := c.application(`{"displayName":"a","uniqueName":"u"}`)
	path := "/v1.0/applications/" + app["id"].(string) + "/federatedIdentityCredentials"
	created := c.post(path, `{"name":"main","issuer":"https://issuer","subject":"s","audiences":["api://AzureADTokenExchange"],"description":"d"}`).want(http.StatusCreated)
	id := created.body["id"].(string)
	same(t, "created", any(created.body), `{"@odata.context":"`+c.server.URL+`/v1.0/$metadata#applications('`+app["id"].(string)+`')/federatedIdentityCredentials/$entity",
		"id":"`+id+`","name":"main","issuer":"https://issuer","subject":"s","audiences":["api://AzureADTokenExchange"],"description":"d"}`)
	for _, read := range []string{
		path + "/" + id, path + "/main", path + "(name='main')",
		"/v1.0/applications(appId='" + app["appId"].(string) + "')/federatedIdentityCredentials(name='main')",
		"/v1.0/applications(uniqueName='u')/federatedIdentityCredentials/" + id,
	} {
		if got := c.get(read).want(200).body["id"]; got != id {
			t.Errorf("%s: %v", read, got)
		}
	}
	c.patch(path+"/"+id, `{"subject":"s2","description":null}`).want(204)
	got := c.get(path + "/" + id).want(200).body
	if got["subject"] != "s2" || got["description"] != nil || got["issuer"] != "https://issuer" {
		t.Errorf("after the update: %v", got)
	}
	c.patch(path+"/"+id, `{"name":"other"}`).fails(400, "Request_BadRequest", "Property 'name' is read-only and cannot be set.")
	c.delete(path + "(name='main')").want(204)
	c.get(path+"/"+id).fails(404, "Request_ResourceNotFound", fmt.Sprintf(missing, id))
	c.get(path+"/main").fails(404, "Request_ResourceNotFound", fmt.Sprintf(missing, "main"))
	c.delete(path + "/" + id).want(404)
}

func TestFederatedCredential_invalid(t *testing.T) {
	t.Parallel()
	c := start(t)
	app := c.application(`{"displayName":"a"}`)["id"].(string)
	path := "/v1.0/applications/" + app + "/federatedIdentityCredentials"
	c.post(path, credential("main", "repo:a/b:ref:refs/heads/main")).want(201)
	tail := func(property, value string) string {
		return " paramName: FederatedIdentityCredential." + property + ", paramValue: " + value + ", objectType: Microsoft.Online.DirectoryServices.Application"
	}
	long := strings.Repeat("x", 601)
	required := func(property string) string {
		return "A value is required for property '" + property + "' of resource 'FederatedIdentityCredential'."
	}
	invalid := func(property string) string {
		return "Invalid value specified for property '" + property + "' of resource 'FederatedIdentityCredential'."
	}
	const special = "InvalidFederatedIdentityCredentialValue"
	for _, test := range []struct {
		name, body    string
		status        int
		code, message string
	}{
		{"same name", credential("main", "x"), 409, "Request_MultipleObjectsWithSameKeyValue", "FederatedIdentityCredential with name main already exists."},
		{
			"same issuer and subject", credential("other", "repo:a/b:ref:refs/heads/main"), 400, special,
			"The combination of issuer and subject must be unique for the application. Issuer " + github + " and Subject: repo:a/b:ref:refs/heads/main already exist." + tail("Subject", "repo:a/b:ref:refs/heads/main"),
		},
		{"no name", `{"issuer":"i","subject":"s","audiences":["a"]}`, 400, "Request_BadRequest", required("name")},
		{"no issuer", `{"name":"abc","subject":"s","audiences":["a"]}`, 400, "Request_BadRequest", required("issuer")},
		{"no audiences", `{"name":"abc","issuer":"i","subject":"s"}`, 400, "Request_BadRequest", required("audiences")},
		{"no subject", `{"name":"abc","issuer":"i","audiences":["a"]}`, 400, "Request_BadRequest", required("subject")},
		{"two audiences", `{"name":"abc","issuer":"i","subject":"s","audiences":["a","b"]}`, 400, special, "The number of audiences must be exactly one." + tail("Audiences", "")},
		{"short name", credential("ab", "s"), 400, "Request_BadRequest", invalid("name")},
		{"long name", credential(strings.Repeat("x", 121), "s"), 400, "Request_BadRequest", invalid("name")},
		{"name that begins with a dash", credential("-abc", "s"), 400, "Request_BadRequest", invalid("name")},
		{"name with a space", credential("a b c", "s"), 400, "Request_BadRequest", invalid("name")},
		{"long subject", credential("abc", long), 400, "Request_BadRequest", invalid("subject")},
		{"long issuer", `{"name":"abc","issuer":"` + long + `","subject":"s","audiences":["a"]}`, 400, "Request_BadRequest", invalid("issuer")},
		{"long audience", `{"name":"abc","issuer":"i","subject":"s","audiences":["` + long + `"]}`, 400, "Request_BadRequest", invalid("audiences")},
		{"long description", `{"name":"abc","issuer":"i","subject":"s","audiences":["a"],"description":"` + long + `"}`, 400, "Request_BadRequest", invalid("description")},
		{"expression in v1.0", `{"name":"abc","issuer":"i","audiences":["a"],"claimsMatchingExpression":{"languageVersion":1,"value":"x"}}`, 400, "Request_BadRequest", "Invalid property 'claimsMatchingExpression'."},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := *c
			c.t = t
			c.post(path, test.body).fails(test.status, test.code, test.message)
		})
	}
	if got := len(c.tenant.Objects("federatedIdentityCredentials")); got != 1 {
		t.Errorf("%d credentials, want 1", got)
	}
	// Another application may have the same name, issuer and subject; and letter case makes a different subject.
	other := c.application(`{"displayName":"b"}`)["id"].(string)
	c.post("/v1.0/applications/"+other+"/federatedIdentityCredentials", credential("main", "repo:a/b:ref:refs/heads/main")).want(201)
	c.post(path, credential("case", "repo:A/b:ref:refs/heads/main")).want(201)
	c.patch(path+"/case", `{"subject":"repo:a/b:ref:refs/heads/main"}`).want(400)
}

func TestFederatedCredential_atMostTwenty(t *testing.T) {
	t.Parallel()
	c := start(t)
	path := "/v1.0/applications/" + c.application(`{"displayName":"a"}`)["id"].(string) + "/federatedIdentityCredentials"
	for i := range 20 {
		c.post(path, credential(fmt.Sprintf("name-%d", i), fmt.Sprintf("s%d", i))).want(201)
	}
	refused := c.post(path, credential("one-more", "s")).want(400)
	if code := refused.at("error", "code"); code != "Request_BadRequest" {
		t.Errorf("code %v", code)
	}
	if got := len(c.get(path + "?$top=5").want(200).values("id")); got != 5 {
		t.Errorf("a page of 5 has %d", got)
	}
	c.get(path+"/$count").fails(400, "Request_BadRequest", "$count is not currently supported.")
	if got := string(c.get(path+"/$count?$filter=startswith(subject,'s1')", "ConsistencyLevel", "eventual").want(200).raw); got != "11" {
		t.Errorf("count %s", got)
	}
	expanded := c.get(strings.TrimSuffix(path, "/federatedIdentityCredentials") + "?$expand=federatedIdentityCredentials&$select=id").want(200)
	if got := expanded.at("federatedIdentityCredentials").([]any); len(got) != 20 {
		t.Errorf("expanded %d", len(got))
	}
}

func TestFederatedCredential_expression(t *testing.T) {
	t.Parallel()
	c := start(t)
	app := c.application(`{"displayName":"a"}`)["id"].(string)
	beta := "/beta/applications/" + app + "/federatedIdentityCredentials"
	v1 := "/v1.0/applications/" + app + "/federatedIdentityCredentials"
	flexible := func(value string) string {
		return `{"name":"flex","issuer":"` + github + `","audiences":["api://AzureADTokenExchange"],"claimsMatchingExpression":{"languageVersion":1,"value":"` + value + `"}}`
	}
	const good = `claims['sub'] matches 'repo:a/b:*' and claims['repository_id'] eq '1'`
	created := c.post(beta, flexible(good)).want(201)
	if created.body["subject"] != nil {
		t.Errorf("subject is %v", created.body["subject"])
	}
	same(t, "expression", created.at("claimsMatchingExpression"), `{"languageVersion":1,"value":"`+good+`"}`)

	seen := c.get(v1 + "/flex").want(200)
	if _, shown := seen.body["claimsMatchingExpression"]; shown || seen.body["subject"] != nil {
		t.Errorf("v1.0 shows %s", seen.raw)
	}
	c.patch(beta+"/flex", `{"subject":"s"}`).fails(400, "InvalidFederatedIdentityCredentialValue", "The properties Subject and ClaimsMatchingExpression are mutually exclusive. paramName: FederatedIdentityCredential.Subject, paramValue: s, objectType: Microsoft.Online.DirectoryServices.Application")
	c.patch(beta+"/flex", `{"subject":"s","claimsMatchingExpression":null}`).want(204)
	if got := c.get(beta + "/flex").want(200); got.body["claimsMatchingExpression"] != nil || got.body["subject"] != "s" {
		t.Errorf("after the change to a subject: %s", got.raw)
	}
	c.delete(beta + "/flex").want(204)

	bad := c.post(beta, flexible(`claims['sub'] eq 'x'`)).want(400)
	message, _ := bad.at("error", "message").(string)
	if bad.at("error", "code") != "InvalidFederatedIdentityCredentialValue" ||
		!strings.HasPrefix(message, "The FederatedIdentityCredential.ClaimsMatchingExpression.Value is invalid. Rule exception: ") ||
		!strings.HasSuffix(message, "paramName: FederatedIdentityCredential.ClaimsMatchingExpression.Value, paramValue: claims['sub'] eq 'x', objectType: Microsoft.Online.DirectoryServices.Application") {
		t.Errorf("bad expression: %s", bad.raw)
	}
	c.post(beta, strings.Replace(flexible(good), `"languageVersion":1`, `"languageVersion":2`, 1)).want(400)
	c.post(beta, strings.Replace(flexible(good), `"languageVersion":1,`, ``, 1)).fails(400, "Request_BadRequest", "A value is required for property 'languageVersion' of resource 'FederatedIdentityExpression'.")
}

func TestFederatedCredential_upsert(t *testing.T) {
	t.Parallel()
	c := start(t)
	app := c.application(`{"displayName":"a","uniqueName":"u"}`)
	const body = `{"issuer":"https://i","subject":"s","audiences":["a"]}`
	for i, parent := range []string{"/" + app["id"].(string), "(appId='" + app["appId"].(string) + "')", "(uniqueName='u')"} {
		path := fmt.Sprintf("/v1.0/applications%s/federatedIdentityCredentials(name='name-%d')", parent, i)
		body := strings.Replace(body, `"s"`, fmt.Sprintf(`"s%d"`, i), 1)
		c.patch(path, body).want(404)
		created := c.patch(path, body, "Prefer", "create-if-missing").want(201)
		if got := created.body["name"]; got != fmt.Sprintf("name-%d", i) {
			t.Errorf("name %v", got)
		}
		c.patch(path, `{"description":"d"}`, "Prefer", "create-if-missing").want(204)
		if got := c.get(path).want(200).body; got["id"] != created.body["id"] || got["description"] != "d" {
			t.Errorf("got %v", got)
		}
	}
	c.patch("/v1.0/applications/99999999-9999-4999-8999-999999999999/federatedIdentityCredentials(name='abc')", body, "Prefer", "create-if-missing").want(404)
}
