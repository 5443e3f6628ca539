package federatedidentitycredential_test

import (
	"fmt"
	"maps"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/workloadid/terraform-provider-workloadid/internal/acctest"
	"github.com/workloadid/terraform-provider-workloadid/internal/acctest/protocol"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/fault"
)

const (
	credentialType    = "workloadid_federated_identity_credential"
	inIdentity        = "/subscriptions/{id}/resourceGroups/local/providers/Microsoft.ManagedIdentity/userAssignedIdentities/shop"
	otherSubscription = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"
	identityElsewhere = "/subscriptions/" + otherSubscription + "/resourceGroups/elsewhere/providers/Microsoft.ManagedIdentity/userAssignedIdentities/shop"
)

// identity makes a managed identity that is to trust.
// seedElsewhere has an identity in another subscription.
var seedElsewhere = emulator.Seed{
	Subscriptions:          []map[string]any{{"id": otherSubscription}},
	ResourceGroups:         []map[string]any{{"id": "/subscriptions/" + otherSubscription + "/resourceGroups/elsewhere", "location": "westeurope"}},
	UserAssignedIdentities: []map[string]any{{"id": identityElsewhere}},
}

func identity(t *testing.T, h *acctest.Harness) *acctest.Resource {
	t.Helper()
	made := h.Resource("workloadid_user_assigned_identity")
	made.Apply(t, object{"name": "shop", "resource_group_name": "local", "location": "westeurope"})
	h.ResetRequests()
	return made
}

func trusting(id, name string, more object) object {
	config := object{"user_assigned_identity_id": id, "name": name, "issuer": github, "subject": "repo:contoso/shop:environment:" + name}
	maps.Copy(config, more)
	return config
}

func TestFederatedIdentityCredential_ofAnIdentity(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	parent := identity(t, h)
	credential := h.Resource(credentialType)
	config := trusting(parent.String("id"), "main", nil)
	credential.Apply(t, config)
	h.ExpectRequests(t, "GET "+inIdentity+"/federatedIdentityCredentials/main", "PUT "+inIdentity+"/federatedIdentityCredentials/main")
	credential.ExpectNoChanges(t, config)
	h.ExpectRequests(t, "GET "+inIdentity+"/federatedIdentityCredentials/main")
	if credential.String("audience") != exchange || credential.String("id") != parent.String("id")+"/federatedIdentityCredentials/main" {
		t.Errorf("state %v", credential.State())
	}
	claims := object{"iss": github, "sub": config["subject"], "aud": exchange}
	if code, message := signIn(t, h, parent.String("client_id"), claims); code != "" {
		t.Errorf("a token that is trusted: %s %s", code, message)
	}

	h.ResetRequests()
	config = trusting(parent.String("id"), "main", object{"subject": "repo:contoso/shop:pull_request", "audience": "api://other"})
	credential.Apply(t, config)
	h.ExpectRequests(t, "PUT "+inIdentity+"/federatedIdentityCredentials/main")
	credential.ExpectNoChanges(t, config)
	held := h.Tenant.Objects("federatedIdentityCredentials")[0]
	if held["subject"] != "repo:contoso/shop:pull_request" || fmt.Sprint(held["audiences"]) != "[api://other]" {
		t.Errorf("the tenant holds %v", held)
	}
	// Ids in Azure have no letter case.
	credential.ExpectNoChanges(t, trusting(strings.ToLower(parent.String("id")), "main", object{"subject": "repo:contoso/shop:pull_request", "audience": "api://other"}))
	// A replacement that could only delete is refused.
	elsewhere := trusting(identityElsewhere, "main", nil)
	if text := credential.PlanFails(t, elsewhere).String(); !strings.Contains(text, "There is no managed identity "+identityElsewhere) || !strings.Contains(text, `AttributeName("user_assigned_identity_id")`) {
		t.Errorf("a replacement in an identity that does not exist: %s", text)
	}
	if err := h.Tenant.AddSeed(seedElsewhere); err != nil {
		t.Fatal(err)
	}
	for attribute, config := range map[string]object{"name": trusting(parent.String("id"), "other", nil), "user_assigned_identity_id": elsewhere} {
		if plan := credential.Plan(t, config); plan.Action != protocol.Replace {
			t.Errorf("another %s gives %s", attribute, plan.Action)
		}
	}
	moved := trusting(parent.String("id"), "main", object{"user_assigned_identity_id": nil, "application_id": otherSubscription})
	if text := credential.PlanFails(t, moved).String(); !strings.Contains(text, "There is no application with the object id "+otherSubscription) {
		t.Errorf("a replacement in an application that does not exist: %s", text)
	}
	moved["application_id"] = application(t, h)
	if plan := credential.Plan(t, moved); plan.Action != protocol.Replace {
		t.Errorf("an application in place of the identity gives %s", plan.Action)
	}
	h.ResetRequests()
	credential.Destroy(t)
	h.ExpectRequests(t, "DELETE "+inIdentity+"/federatedIdentityCredentials/main")
	if left := h.Tenant.Objects("federatedIdentityCredentials"); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestFederatedIdentityCredential_ofAnIdentityImport(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	id := identity(t, h).String("id")
	config := trusting(id, "main", nil)
	h.Resource(credentialType).Apply(t, config)
	for _, way := range []string{id + "/federatedIdentityCredentials/main", strings.ToLower(id) + "/federatedidentitycredentials/main"} {
		byID := h.Resource(credentialType)
		byID.Import(t, way)
		byID.ExpectNoChanges(t, config)
	}
	byIdentity := h.Resource(credentialType)
	byIdentity.ImportIdentity(t, object{"user_assigned_identity_id": id, "name": "main"})
	byIdentity.ExpectNoChanges(t, config)
	for _, wrong := range []string{id, id + "/main", id + "/federatedIdentityCredentials/missing", id + "/federatedIdentityCredentials/", id + "x/y/federatedIdentityCredentials/main"} {
		h.Resource(credentialType).ImportFails(t, wrong)
	}
	for _, wrong := range []object{{"name": "main"}, {"user_assigned_identity_id": id}, {"user_assigned_identity_id": id, "application_id": otherSubscription, "name": "main"}, {"user_assigned_identity_id": "shop", "name": "main"}} {
		h.Resource(credentialType).ImportIdentityFails(t, wrong)
	}
}

func TestFederatedIdentityCredential_ofAnIdentityInvalid(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	for want, change := range map[string]object{
		"exactly one of application_id":  {"application_id": otherSubscription},
		"exactly one of  application_id": {"user_assigned_identity_id": nil},
		"claims_matching_expression":     {"subject": nil, "claims_matching_expression": expression},
		"description":                    {"description": "d"},
		"must be the id":                 {"user_assigned_identity_id": otherSubscription},
		"name":                           {"name": "-main"},
	} {
		text := h.Resource(credentialType).PlanFails(t, trusting(identityElsewhere, "main", change)).String()
		if !strings.Contains(text, strings.ReplaceAll(want, "  ", " ")) {
			t.Errorf("%v: the error does not say %q:\n%s", change, want, text)
		}
	}
	h.Resource(credentialType).Plan(t, trusting("", "main", object{"user_assigned_identity_id": acctest.Unknown}))
	h.ExpectRequests(t)
}

// What is there is not overwritten.
func TestFederatedIdentityCredential_ofAnIdentityExists(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	id := identity(t, h).String("id")
	h.Resource(credentialType).Apply(t, trusting(id, "main", nil))
	h.Restart(t) // what one run has made itself is declared twice
	text := h.Resource(credentialType).ApplyFails(t, trusting(id, "main", object{"subject": "other"})).String()
	if !strings.Contains(text, "exists already") || !strings.Contains(text, "the import id is "+id+"/federatedIdentityCredentials/main") {
		t.Errorf("the error does not say how to import:\n%s", text)
	}
	if held := h.Tenant.Objects("federatedIdentityCredentials"); len(held) != 1 || held[0]["subject"] != "repo:contoso/shop:environment:main" {
		t.Errorf("the tenant holds %v", held)
	}
	h.Resource(credentialType).ApplyFails(t, trusting(id+"x", "main", nil))
}

// Those of one run take turns, and those of others are waited for.
func TestFederatedIdentityCredential_ofAnIdentityAtOnce(t *testing.T) {
	t.Parallel()
	h := acctest.New(t, acctest.WithSeed(seedElsewhere), acctest.WithConsistencyWindow(20*time.Second))
	h.Tenant.Faults().Set(fault.MustParse("PUT /subscriptions/** latency=20ms")...)
	var writers sync.WaitGroup
	all := make([]*acctest.Resource, 12)
	for i := range all {
		if i == len(all)/2 {
			h.Restart(t) // another process
		}
		all[i] = h.Resource(credentialType)
		writers.Go(func() { all[i].Apply(t, trusting(identityElsewhere, fmt.Sprint("number-", i), nil)) })
	}
	writers.Wait()
	if held := h.Tenant.Objects("federatedIdentityCredentials"); len(held) != len(all) {
		t.Errorf("the tenant holds %d", len(held))
	}
	conflicts := 0
	for _, request := range h.Requests() {
		if request.Status == 409 {
			conflicts++
		}
	}
	if conflicts == 0 {
		t.Error("no writes came at once: the test shows nothing")
	}
	for i := range all {
		writers.Go(func() { all[i].Destroy(t) })
	}
	writers.Wait()
}

func TestFederatedIdentityCredential_ofAnIdentityDataSources(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	parent := identity(t, h)
	id := parent.String("id")
	claims := object{"iss": github, "sub": "repo:contoso/shop:environment:one", "aud": exchange}
	check := object{"user_assigned_identity_id": id, "claims": claims}
	compare := func() object {
		t.Helper()
		code, message := signIn(t, h, parent.String("client_id"), claims)
		got := h.ReadDataSource(t, "workloadid_federated_credential_check", check)
		if got["accepted"] != (code == "") || code != "" && (got["error_code"] != code || got["error_message"] != message) {
			t.Errorf("the data source says %v %v %v\nthe tenant says %s %s", got["accepted"], got["error_code"], got["error_message"], code, message)
		}
		return got
	}
	compare()
	h.Resource(credentialType).Apply(t, trusting(id, "two", nil))
	compare()
	h.Resource(credentialType).Apply(t, trusting(id, "one", nil))
	if got := compare(); got["credential_name"] != "one" {
		t.Errorf("accepted by %v", got["credential_name"])
	}
	h.ResetRequests()
	one := h.ReadDataSource(t, credentialType, object{"user_assigned_identity_id": id, "name": "one"})
	if one["subject"] != claims["sub"] || one["application_id"] != nil {
		t.Errorf("found %v", one)
	}
	h.ExpectRequestCount(t, 1)
	all := h.ReadDataSource(t, "workloadid_federated_identity_credentials", object{"user_assigned_identity_id": id})["federated_identity_credentials"].([]any)
	if len(all) != 2 || all[0].(object)["user_assigned_identity_id"] != id {
		t.Errorf("found %v", all)
	}
	for _, wrong := range []object{{}, {"user_assigned_identity_id": id, "application_id": otherSubscription}, {"user_assigned_identity_id": id + "x"}} {
		h.ReadDataSourceFails(t, "workloadid_federated_identity_credentials", wrong)
	}
}
