package groupmember_test

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/workloadid/terraform-provider-workloadid/internal/acctest"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator"
)

func TestMain(m *testing.M) { acctest.Main(m) }

type object = map[string]any

const (
	typeName = "workloadid_group_member"
	post     = "POST /v1.0/groups/{id}/members/$ref"
	get      = "GET /beta/groups/{id}/members/{id}/$ref"
	remove   = "DELETE /v1.0/groups/{id}/members/{id}/$ref"
	exists   = "GET /v1.0/servicePrincipals/{id}"
)

// group is the id of a seeded group.
func group(t *testing.T, h *acctest.Harness, name string) string {
	t.Helper()
	for _, found := range h.Tenant.Objects("groups") {
		if found["displayName"] == name {
			return found["id"].(string)
		}
	}
	t.Fatalf("there is no group %q", name)
	return ""
}

// principal makes an application with a service principal.
func principal(t *testing.T, h *acctest.Harness) (id, clientID, applicationID string) {
	t.Helper()
	app := h.Graph(t, "POST", "/applications", object{"displayName": "Runner"})
	made := h.Graph(t, "POST", "/servicePrincipals", object{"appId": app["appId"]})
	h.ResetRequests()
	return made["id"].(string), app["appId"].(string), app["id"].(string)
}

func members(t *testing.T, h *acctest.Harness, group string) []string {
	t.Helper()
	var ids []string
	for _, member := range h.Graph(t, "GET", "/groups/"+group+"/members", nil)["value"].([]any) {
		ids = append(ids, member.(object)["id"].(string))
	}
	return ids
}

func TestGroupMember_lifecycle(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	team := group(t, h, "Platform team")
	id, _, _ := principal(t, h)
	member := h.Resource(typeName)
	config := object{"group_id": team, "member_id": id}
	member.Apply(t, config)
	h.ExpectRequests(t, exists, post)
	if member.String("id") != team+"/"+id || !slices.Equal(members(t, h, team), []string{id}) {
		t.Errorf("the id is %s, the members are %v", member.String("id"), members(t, h, team))
	}
	h.ResetRequests()
	member.ExpectNoChanges(t, config)
	h.ExpectRequests(t, get)

	// The spelling of ids says nothing.
	member.ExpectNoChanges(t, object{"group_id": strings.ToUpper(team), "member_id": strings.ToUpper(id)})

	imported := h.Resource(typeName)
	imported.Import(t, team+"/"+id)
	imported.ExpectNoChanges(t, config)
	imported.ImportIdentity(t, object{"group_id": team, "member_id": id})
	h.Resource(typeName).ImportFails(t, team)

	h.ResetRequests()
	member.Destroy(t)
	h.ExpectRequests(t, remove)
	if found := members(t, h, team); len(found) != 0 {
		t.Errorf("the members are %v", found)
	}
}

// TestGroupMember_drift: somebody takes the workload out of the group, and puts others into it.
func TestGroupMember_drift(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	team := group(t, h, "Platform team")
	id, _, _ := principal(t, h)
	other, _, _ := principal(t, h)
	member := h.Resource(typeName)
	member.Apply(t, object{"group_id": team, "member_id": id})
	h.Graph(t, "POST", "/groups/"+team+"/members/$ref", object{"@odata.id": "https://graph.microsoft.com/v1.0/directoryObjects/" + other})
	member.ExpectNoChanges(t, object{"group_id": team, "member_id": id})
	h.Restart(t)
	member.Refresh(t)
	h.Graph(t, "DELETE", "/groups/"+team+"/members/"+id+"/$ref", nil)
	member.Destroy(t) // of what is gone already
	if found := members(t, h, team); !slices.Equal(found, []string{other}) {
		t.Errorf("the members are %v, want the one that somebody else added", found)
	}
}

// TestGroupMember_exists: a workload that is in the group already is an error with the import id.
func TestGroupMember_exists(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	team := group(t, h, "Platform team")
	id, _, _ := principal(t, h)
	h.Graph(t, "POST", "/groups/"+team+"/members/$ref", object{"@odata.id": "https://graph.microsoft.com/v1.0/directoryObjects/" + id})
	member := h.Resource(typeName)
	text := member.ApplyFails(t, object{"group_id": team, "member_id": id}).String()
	for _, want := range []string{"creating group member", "exists already", team + "/" + id, "import"} {
		if !strings.Contains(text, want) {
			t.Errorf("the error does not say %q:\n%s", want, text)
		}
	}
	if member.State() != nil {
		t.Error("what somebody else made is in the state")
	}
}

// TestGroupMember_mistaken: the wrong one of a workload's ids is an error of the plan, with the right one.
func TestGroupMember_mistaken(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	team := group(t, h, "Platform team")
	id, clientID, applicationID := principal(t, h)
	for _, wrong := range []string{clientID, applicationID} {
		text := h.Resource(typeName).PlanFails(t, object{"group_id": team, "member_id": wrong}).String()
		if !strings.Contains(text, "member_id") || !strings.Contains(text, id) {
			t.Errorf("the error does not say which id is meant:\n%s", text)
		}
	}
	h.Resource(typeName).PlanFails(t, object{"group_id": "Platform team", "member_id": id})
	// Users may be members too.
	h.Resource(typeName).Apply(t, object{"group_id": team, "member_id": h.Tenant.Objects("users")[0]["id"]})
}

// TestGroupMember_refused: what is wrong with a group, Microsoft Graph does not say.
func TestGroupMember_refused(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	id, _, _ := principal(t, h)
	groupID := func(n int) string { return fmt.Sprintf("aaaaaaaa-0000-4000-8000-%012d", n) }
	if err := h.Tenant.AddSeed(emulator.Seed{Groups: []map[string]any{
		{"id": groupID(1), "displayName": "by rule", "groupTypes": []any{"DynamicMembership"}, "securityEnabled": true},
		{"id": groupID(2), "displayName": "list", "mailEnabled": true, "groupTypes": []any{}},
		{"id": groupID(3), "displayName": "office", "mailEnabled": true, "groupTypes": []any{"Unified"}},
	}}); err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"dynamic membership", "Exchange", "only users can be members"} {
		text := h.Resource(typeName).ApplyFails(t, object{"group_id": groupID(i + 1), "member_id": id}).String()
		if !strings.Contains(text, want) || !strings.Contains(text, groupID(i+1)) {
			t.Errorf("the error does not say %q:\n%s", want, text)
		}
	}
	h.SignIn(t, "GroupMember.ReadWrite.All", "Group.Read.All")
	text := h.Resource(typeName).ApplyFails(t, object{"group_id": group(t, h, "Workload owners"), "member_id": id}).String()
	if !strings.Contains(text, "RoleManagement.ReadWrite.Directory") || !strings.Contains(text, "Workload owners") {
		t.Errorf("the error does not say what it takes:\n%s", text)
	}
}

// TestGroupMember_manyAreListed: the members of one group are read from one listing, where many are.
func TestGroupMember_manyAreListed(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	team := group(t, h, "Platform team")
	var all []*acctest.Resource
	for range 40 {
		id, _, _ := principal(t, h)
		member := h.Resource(typeName)
		member.Apply(t, object{"group_id": team, "member_id": id})
		all = append(all, member)
	}
	h.Restart(t)
	h.ResetRequests()
	for _, member := range all {
		member.In(h).Refresh(t)
	}
	listed := 0
	for _, request := range h.Requests() {
		if request.Method == http.MethodGet && strings.Contains(request.Path, "/members?") {
			listed++
		}
	}
	if total := len(h.Requests()); listed != 1 || total > 25 {
		t.Errorf("40 members were read by %d requests, of which %d list: %v", total, listed, h.Requests())
	}
}

// TestGroupMember_cli: a workload that is made in the same run goes into a group that a data source finds.
func TestGroupMember_cli(t *testing.T) {
	configuration := `
		data "workloadid_group" "team" { display_name = "Platform team" }
		resource "workloadid_application" "runner" { display_name = "Runner" }
		resource "workloadid_service_principal" "runner" { client_id = workloadid_application.runner.client_id }
		resource "workloadid_group_member" "runner" {
		  group_id  = data.workloadid_group.team.id
		  member_id = workloadid_service_principal.runner.id
		}`
	again := `
		resource "workloadid_group_member" "again" {
		  group_id  = data.workloadid_group.team.id
		  member_id = workloadid_service_principal.runner.id
		}`
	acctest.RunCLI(t, func(t *testing.T, h *acctest.Harness) resource.TestCase {
		return resource.TestCase{
			Steps: []resource.TestStep{
				{Config: configuration},
				{ResourceName: "workloadid_group_member.runner", ImportState: true, ImportStateVerify: true},
				{Config: configuration + again, ExpectError: regexp.MustCompile(`is declared twice[\s\S]*the\s+combination\s+of\s+group_id\s+and\s+member_id\s+must\s+be\s+unique`)},
				{Config: configuration},
			},
			CheckDestroy: func(*terraform.State) error {
				if h.Tenant != nil && len(members(t, h, group(t, h, "Platform team"))) > 0 {
					return errors.New("the group still has members")
				}
				return nil
			},
		}
	})
}
