package provider_test

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/workloadid/terraform-provider-workloadid/internal/acctest"
	"github.com/workloadid/terraform-provider-workloadid/internal/acctest/samples"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/fault"
)

// hintOnIDs is what hints on wrong ids have in common.
var hintOnIDs = regexp.MustCompile(`takes\s+(the|its)\s+(object|client)\s+id|takes\s+the\s+one\s+of|There\s+is\s+no\s+service\s+principal|is\s+(a|the)\s+client\s+id|is\s+the\s+object\s+id`)

// unrelatedRefusals are refusals that have nothing to do with an id that a resource refers to. All say so in a word of their own.
var unrelatedRefusals = map[string]string{
	"resource group":   `404 code=ResourceGroupNotFound message="Resource group 'unrelated' could not be found."`,
	"subscription":     `404 code=SubscriptionNotFound message="The subscription 'unrelated' could not be found."`,
	"management group": `404 code=ManagementGroupNotFound message="The management group 'unrelated' cannot be found."`,
	"resource":         `404 code=ResourceNotFound message="The Resource 'unrelated' was not found."`,
	"role":             `400 code=RoleDefinitionDoesNotExist message="The specified role definition with ID 'unrelated' does not exist."`,
	"another object":   `404 code=Request_ResourceNotFound message="Resource '3f2504e0-4f89-41d3-9a0c-0305e82c3301' does not exist or one of its properties, unrelated."`,
	"value":            `400 code=Request_BadRequest message="Invalid value specified for property 'unrelated' of resource 'x'."`,
	"api version":      `400 code=InvalidApiVersionParameter message="The api-version 'unrelated' is invalid."`,
	"denied":           `403 code=Authorization_RequestDenied message="Insufficient privileges, unrelated."`,
	"quota":            `403 code=Directory_QuotaExceeded message="The directory object quota limit is exceeded, unrelated."`,
	"policy":           `403 code=RequestDisallowedByPolicy message="Resource was disallowed by policy, unrelated."`,
	"conflict":         `409 code=Conflict message="It is in use, unrelated."`,
}

// TestHints_unrelated has every resource's create be refused for reasons that have nothing to do with the ids that it refers
// to, which are right, or another id of the same object: nothing is said of them. And what is no refusal for want of
// permission is not called one.
func TestHints_unrelated(t *testing.T) {
	t.Parallel()
	for typeName, all := range samples.Resources {
		sample := all[0]
		t.Run(typeName, func(t *testing.T) {
			t.Parallel()
			h := acctest.New(t)
			needed := map[string]*acctest.Resource{}
			of := func(name string) (map[string]any, bool) {
				need, ok := needed[name]
				if !ok {
					return nil, false
				}
				return need.State(), true
			}
			resolve := func(config samples.Object) samples.Object {
				resolved, err := samples.Resolve(config, h.Tenant, samples.SeededCaller(h.Tenant), of)
				if err != nil {
					t.Fatal(err)
				}
				return resolved
			}
			for _, need := range sample.Needs {
				resource := h.Resource(need.Type)
				resource.Apply(t, resolve(need.Config))
				needed[need.Name] = resource
			}
			configs := map[string]samples.Object{"right": resolve(sample.Config)}
			if other, differs := otherIDs(sample.Config); differs {
				configs["another id"] = resolve(other)
			}
			for kind, config := range configs {
				for _, name := range slices.Sorted(maps.Keys(unrelatedRefusals)) {
					var rules []string
					for _, path := range []string{"/subscriptions/**", "/applications/**", "/servicePrincipals/**", "/oauth2PermissionGrants/**", "/roleManagement/**", "/groups/**"} {
						rules = append(rules, "POST,PUT,PATCH "+path+" "+unrelatedRefusals[name])
					}
					h.Tenant.Faults().Set(fault.MustParse(strings.Join(rules, "\n"))...)
					got := h.Resource(typeName).ApplyFails(t, config).String()
					h.Tenant.Faults().Clear()
					if !strings.Contains(got, "unrelated") {
						continue // it was refused before it was sent
					}
					if hint := hintOnIDs.FindString(got); hint != "" {
						t.Errorf("%s ids, %s: the error has the hint %q:\n%s", kind, name, hint, got)
					}
					if denied := strings.Contains(got, "the caller needs"); denied != (name == "denied") {
						t.Errorf("%s ids, %s: whether a permission is missing is said to be %v:\n%s", kind, name, denied, got)
					}
					if who := strings.Contains(got, `signed in with the source "client secret"`) && strings.Contains(got, h.Tenant.TenantID()); who != (name == "denied") {
						t.Errorf("%s ids, %s: whether it says who is signed in is %v:\n%s", kind, name, who, got)
					}
				}
			}
		})
	}
}

// otherIDs puts the client id in the place of each object id that a sample refers to, and the reverse.
func otherIDs(config samples.Object) (other samples.Object, differs bool) {
	other = maps.Clone(config)
	for name, value := range config {
		reference, ok := value.(samples.Reference)
		if !ok || reference.Name == "identity" {
			continue
		}
		if reference.Attribute == "client_id" {
			reference.Attribute = "id"
		} else {
			reference.Attribute = "client_id"
		}
		other[name], differs = reference, true
	}
	return other, differs
}
