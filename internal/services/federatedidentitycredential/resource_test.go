package federatedidentitycredential_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/workloadid/terraform-provider-workloadid/internal/acctest"
	"github.com/workloadid/terraform-provider-workloadid/internal/acctest/protocol"
)

func TestMain(m *testing.M) { acctest.Main(m) }

type object = map[string]any

const (
	github     = "https://token.actions.githubusercontent.com"
	expression = "claims['sub'] matches 'repo:contoso/*' and claims['repository_owner_id'] eq '123'"
)

// application makes an application that is to trust, and gives its object id.
func application(t *testing.T, h *acctest.Harness) string {
	t.Helper()
	app := h.Resource("workloadid_application")
	app.Apply(t, object{"display_name": "Deployer"})
	h.ResetRequests()
	return app.String("id")
}

func TestFederatedIdentityCredential_lifecycle(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	id := application(t, h)
	credential := h.Resource("workloadid_federated_identity_credential")
	config := object{"application_id": id, "name": "main", "issuer": github, "subject": "repo:contoso/shop:ref:refs/heads/main"}
	credential.Apply(t, config)
	h.ExpectRequests(t, "POST /v1.0/applications/{id}/federatedIdentityCredentials")
	credential.ExpectNoChanges(t, config)
	h.ExpectRequests(t, "GET /v1.0/applications/{id}/federatedIdentityCredentials(name='main')")
	if credential.String("audience") != "api://AzureADTokenExchange" {
		t.Errorf("audience %q", credential.String("audience"))
	}

	config["subject"], config["description"], config["audience"] = "repo:contoso/shop:environment:prod", "Production", "api://other"
	credential.Apply(t, config)
	h.ExpectRequests(t, "PATCH /v1.0/applications/{id}/federatedIdentityCredentials(name='main')")
	credential.ExpectNoChanges(t, config)
	held := h.Graph(t, "GET", "/applications/"+id+"/federatedIdentityCredentials", nil)["value"].([]any)[0].(object)
	if held["subject"] != config["subject"] || held["description"] != "Production" || fmt.Sprint(held["audiences"]) != "[api://other]" {
		t.Errorf("the tenant holds %v", held)
	}
	h.ResetRequests()
	credential.Destroy(t)
	h.ExpectRequests(t, "DELETE /v1.0/applications/{id}/federatedIdentityCredentials(name='main')")
	if left := h.Tenant.Objects("federatedIdentityCredentials"); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestFederatedIdentityCredential_expression(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	id := application(t, h)
	credential := h.Resource("workloadid_federated_identity_credential")
	config := object{"application_id": id, "name": "any-branch", "issuer": github, "claims_matching_expression": expression}
	credential.Apply(t, config)
	h.ExpectRequests(t, "POST /beta/applications/{id}/federatedIdentityCredentials")
	credential.ExpectNoChanges(t, config)
	h.ExpectRequests(t, "GET /beta/applications/{id}/federatedIdentityCredentials(name='any-branch')")

	// From an expression to a subject and back, each in one request.
	subject := object{"application_id": id, "name": "any-branch", "issuer": github, "subject": "repo:contoso/shop:pull_request"}
	credential.Apply(t, subject)
	h.ExpectRequests(t, "PATCH /beta/applications/{id}/federatedIdentityCredentials(name='any-branch')")
	credential.ExpectNoChanges(t, subject)
	h.ResetRequests()
	credential.Apply(t, config)
	h.ExpectRequests(t, "PATCH /beta/applications/{id}/federatedIdentityCredentials(name='any-branch')")
	credential.ExpectNoChanges(t, config)

	// A subject that someone replaced by an expression is seen, although v1.0 does not show expressions.
	credential.Apply(t, subject)
	h.Graph(t, "PATCH", "/beta/applications/"+id+"/federatedIdentityCredentials(name='any-branch')", object{
		"subject": nil, "claimsMatchingExpression": object{"value": expression, "languageVersion": 1},
	})
	credential.Refresh(t)
	if credential.String("claims_matching_expression") != expression || credential.String("subject") != "" {
		t.Errorf("state %v", credential.State())
	}
	if plan := credential.Plan(t, subject); plan.Action != protocol.Update {
		t.Errorf("got %s", plan.Action)
	}
	credential.Apply(t, subject)
	credential.ExpectNoChanges(t, subject)
	credential.Destroy(t)
}

func TestFederatedIdentityCredential_drift(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	id := application(t, h)
	credential := h.Resource("workloadid_federated_identity_credential")
	config := object{"application_id": id, "name": "main", "issuer": github, "subject": "repo:contoso/shop:environment:prod"}
	credential.Apply(t, config)
	h.Graph(t, "PATCH", "/applications/"+id+"/federatedIdentityCredentials(name='main')", object{"subject": "repo:evil/shop:environment:prod", "description": "x"})
	credential.Refresh(t)
	if plan := credential.Plan(t, config); plan.Action != protocol.Update || fmt.Sprint(plan.Changes) != `[AttributeName("description") AttributeName("subject")]` {
		t.Errorf("got %s of %v", plan.Action, plan.Changes)
	}
	credential.Apply(t, config)
	credential.ExpectNoChanges(t, config)

	// Gone with its application, long enough after it was made for that to be sure.
	h.Graph(t, "DELETE", "/applications/"+id, nil)
	time.Sleep(acctest.ConsistencyWindow)
	h.ResetRequests()
	credential.Destroy(t) // is gone already, and that is no error
	h.ExpectRequests(t, "DELETE /v1.0/applications/{id}/federatedIdentityCredentials(name='main')")
}

func TestFederatedIdentityCredential_replace(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	one, two := application(t, h), application(t, h)
	credential := h.Resource("workloadid_federated_identity_credential")
	config := object{"application_id": one, "name": "main", "issuer": github, "subject": "s"}
	credential.Apply(t, config)
	for i, change := range []object{{"name": "other"}, {"application_id": two}, {"application_id": acctest.Unknown}} {
		changed := object{"application_id": one, "name": "main", "issuer": github, "subject": fmt.Sprint("of another plan ", i)}
		maps.Copy(changed, change)
		if plan := credential.Plan(t, changed); plan.Action != protocol.Replace {
			t.Errorf("%v: got %s", change, plan.Action)
		}
	}
	config["name"], config["subject"] = "renamed", "t"
	credential.Apply(t, config)
	if left := h.Tenant.Objects("federatedIdentityCredentials"); len(left) != 1 || left[0]["name"] != "renamed" {
		t.Errorf("the tenant holds %v", left)
	}
}

func TestFederatedIdentityCredential_import(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	id := application(t, h)
	for name, config := range map[string]object{
		"classic":  {"application_id": id, "name": "classic", "issuer": "https://gitlab.com", "subject": "project_path:a/b:ref_type:branch:ref:main", "description": "d"},
		"flexible": {"application_id": id, "name": "flexible", "issuer": github, "claims_matching_expression": expression},
	} {
		h.Resource("workloadid_federated_identity_credential").Apply(t, config)
		byID := h.Resource("workloadid_federated_identity_credential")
		byID.Import(t, id+"/"+name)
		byID.ExpectNoChanges(t, config)
		byIdentity := h.Resource("workloadid_federated_identity_credential")
		byIdentity.ImportIdentity(t, object{"application_id": id, "name": name})
		byIdentity.ExpectNoChanges(t, config)
		if got := fmt.Sprint(byIdentity.Identity()); got != fmt.Sprintf("map[application_id:%s name:%s user_assigned_identity_id:<nil>]", id, name) {
			t.Errorf("identity %s", got)
		}
	}
	for _, wrong := range []string{id, "app/classic", id + "/", id + "/missing"} {
		h.Resource("workloadid_federated_identity_credential").ImportFails(t, wrong)
	}
}

func TestFederatedIdentityCredential_dataSources(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	id := application(t, h)
	h.Resource("workloadid_federated_identity_credential").Apply(t, object{"application_id": id, "name": "one", "issuer": github, "subject": "s"})
	h.Resource("workloadid_federated_identity_credential").Apply(t, object{"application_id": id, "name": "two", "issuer": github, "claims_matching_expression": expression})
	h.ResetRequests()
	two := h.ReadDataSource(t, "workloadid_federated_identity_credential", object{"application_id": id, "name": "two"})
	if two["claims_matching_expression"] != expression || two["audience"] != "api://AzureADTokenExchange" {
		t.Errorf("found %v", two)
	}
	h.ExpectRequestCount(t, 1)
	all := h.ReadDataSource(t, "workloadid_federated_identity_credentials", object{"application_id": id})["federated_identity_credentials"].([]any)
	if len(all) != 2 || all[0].(object)["application_id"] != id {
		t.Errorf("found %v", all)
	}
	h.ExpectRequestCount(t, 1)
	h.ReadDataSourceFails(t, "workloadid_federated_identity_credential", object{"application_id": id, "name": "three"})
	h.ReadDataSourceFails(t, "workloadid_federated_identity_credentials", object{"application_id": "3f2504e0-4f89-41d3-9a0c-0305e82c3301"})
}

func TestFederatedIdentityCredential_invalid(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	credential := h.Resource("workloadid_federated_identity_credential")
	const id = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"
	for name, test := range map[string]struct {
		change object
		want   []string
	}{
		"neither":                     {object{"subject": nil}, []string{"subject", "claims_matching_expression"}},
		"both":                        {object{"claims_matching_expression": expression}, []string{"subject", "claims_matching_expression"}},
		"a short name":                {object{"name": "ab"}, []string{"name"}},
		"a name with a dot":           {object{"name": "main.branch"}, []string{"name"}},
		"a name for an id":            {object{"application_id": "Deployer"}, []string{"application_id"}},
		"a long subject":              {object{"subject": strings.Repeat("x", 601)}, []string{"subject"}},
		"a long description":          {object{"description": strings.Repeat("x", 601)}, []string{"description"}},
		"an expression with or":       {object{"subject": nil, "claims_matching_expression": "claims['sub'] eq 'a' or claims['sub'] eq 'b'"}, []string{"claims_matching_expression", "column 22"}},
		"an expression with a quote":  {object{"subject": nil, "claims_matching_expression": `claims["sub"] eq 'a'`}, []string{"claims_matching_expression", "column 8"}},
		"an expression not for sub":   {object{"subject": nil, "claims_matching_expression": "claims['sub'] matches 'repo:contoso/*'"}, []string{"claims_matching_expression", "repository_owner_id"}},
		"a claim GitHub doesn't have": {object{"subject": nil, "claims_matching_expression": "claims['event_name'] eq 'push'"}, []string{"claims_matching_expression", "event_name"}},
		"an issuer without language":  {object{"subject": nil, "issuer": "https://kubernetes.default.svc", "claims_matching_expression": "claims['sub'] eq 'a'"}, []string{"claims_matching_expression", "kubernetes"}},
	} {
		t.Run(name, func(t *testing.T) {
			config := object{"application_id": id, "name": "main", "issuer": github, "subject": "s"}
			maps.Copy(config, test.change)
			text := credential.PlanFails(t, config).String()
			for _, want := range test.want {
				if !strings.Contains(text, want) {
					t.Errorf("the error does not say %q:\n%s", want, text)
				}
			}
		})
	}
	h.ExpectRequests(t)
}

func TestFederatedIdentityCredential_plannedTogether(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	id := application(t, h)
	config := func(name, subject string) object {
		return object{"application_id": id, "name": name, "issuer": github, "subject": subject}
	}
	h.Resource("workloadid_federated_identity_credential").Plan(t, config("one", "same"))
	text := h.Resource("workloadid_federated_identity_credential").PlanFails(t, config("two", "same")).String()
	if !strings.Contains(text, `"one"`) || !strings.Contains(text, "subject") {
		t.Errorf("the error does not say what is twice:\n%s", text)
	}
	h.Resource("workloadid_federated_identity_credential").Plan(t, config("two", "other"))
	for i := range 18 {
		h.Resource("workloadid_federated_identity_credential").Plan(t, config(fmt.Sprintf("more-%d", i), fmt.Sprint(i)))
	}
	text = h.Resource("workloadid_federated_identity_credential").PlanFails(t, config("one-too-many", "x")).String()
	if !strings.Contains(text, "20") {
		t.Errorf("the error does not say how many there may be:\n%s", text)
	}
	h.ExpectRequests(t)
}

func TestFederatedIdentityCredential_refusedByTheService(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	id := application(t, h)
	h.Graph(t, "POST", "/applications/"+id+"/federatedIdentityCredentials", object{"name": "theirs", "issuer": github, "subject": "s", "audiences": []any{"api://AzureADTokenExchange"}})
	credential := h.Resource("workloadid_federated_identity_credential")
	text := credential.ApplyFails(t, object{"application_id": id, "name": "mine", "issuer": github, "subject": "s"}).String()
	for _, want := range []string{"creating federated identity credential", "subject", "issuer and subject must be unique"} {
		if !strings.Contains(text, want) {
			t.Errorf("the error does not say %q:\n%s", want, text)
		}
	}
	text = credential.ApplyFails(t, object{"application_id": id, "name": "theirs", "issuer": github, "subject": "t"}).String()
	if !strings.Contains(text, "the import id is "+id+"/theirs") {
		t.Errorf("the error does not say how to import:\n%s", text)
	}
	if credential.State() != nil {
		t.Errorf("nothing was made, and the state has %v", credential.State())
	}
}
