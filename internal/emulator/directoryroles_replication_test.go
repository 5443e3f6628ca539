package emulator_test

import (
	"fmt"
	"testing"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/fault"
)

func (c *client) asRoleManager() *client {
	return c.as("Application.ReadWrite.All", "RoleManagement.ReadWrite.Directory", "AdministrativeUnit.ReadWrite.All",
		"Policy.ReadWrite.ApplicationConfiguration", "Directory.Read.All")
}

// Role definitions, assignments and what is made of them are as late as everything else in the directory.
func TestReplication_directoryRoles(t *testing.T) {
	t.Parallel()
	c := replicated(t).asRoleManager()
	_, principal := c.principalSettled(`{"displayName":"holder"}`)
	holder := principal["id"].(string)

	role := c.customRole("young", "microsoft.directory/applications/create")["id"].(string)
	c.get(definitions + "/" + role).gone(role)
	c.patch(definitions+"/"+role, `{"description":"d"}`).gone(role)
	c.assign(role, holder, "/").gone(role)
	c.post(definitions, `{"displayName":"young","isEnabled":true,"rolePermissions":[{"allowedResourceActions":["microsoft.directory/applications/create"]}]}`).
		fails(400, "Request_BadRequest", conflicting) // duplicates are judged by the directory itself
	c.settled()
	c.get(definitions + "/" + role).want(200)

	young := c.application(`{"displayName":"young"}`)["id"].(string)
	c.assign(applicationAdministrator, holder, "/"+young).gone(young)
	c.settled()

	assignment := c.assign(role, holder, "/").want(201).at("id").(string)
	c.get(assignments + "/" + assignment).gone(assignment)
	c.delete(assignments + "/" + assignment).gone(assignment)
	same(t, "listed", c.get(assignments+"?$filter=principalId eq '"+holder+"'").want(200).values("id"), `[]`)
	c.assign(role, holder, "/").fails(400, "Request_BadRequest", conflicting)
	c.settled()
	same(t, "listed", c.get(assignments+"?$filter=principalId eq '"+holder+"'").want(200).values("id"), `["`+assignment+`"]`)
	c.delete(assignments + "/" + assignment).want(204)
	c.get(assignments + "/" + assignment).want(200)
	c.delete(assignments + "/" + assignment).gone(assignment)
	c.settled()
	c.get(assignments + "/" + assignment).gone(assignment)

	member := `{"@odata.id":"https://graph.microsoft.com/v1.0/directoryObjects/` + holder + `"}`
	active := c.post("/v1.0/directoryRoles", `{"roleTemplateId":"`+readersRole+`"}`).want(201).at("id").(string)
	c.post("/v1.0/directoryRoles/"+active+"/members/$ref", member).gone(active)
	c.settled()
	c.post("/v1.0/directoryRoles/"+active+"/members/$ref", member).want(204)
	c.delete("/v1.0/directoryRoles/" + active + "/members/" + holder + "/$ref").gone(holder)
	c.settled()
	c.delete("/v1.0/directoryRoles/" + active + "/members/" + holder + "/$ref").want(204)
}

func TestReplication_administrativeUnit(t *testing.T) {
	t.Parallel()
	c := replicated(t).asRoleManager()
	_, principal := c.principalSettled(`{"displayName":"holder"}`)
	unit := c.post(units, `{"displayName":"West"}`).want(201).at("id").(string)
	c.get(units + "/" + unit).gone(unit)
	c.assign(userAdministrator, principal["id"].(string), "/administrativeUnits/"+unit).gone(unit)
	c.settled()
	c.assign(userAdministrator, principal["id"].(string), "/administrativeUnits/"+unit).want(201)
}

// A policy of which the replica does not know cannot be assigned; that it restricts is judged by the directory itself.
func TestReplication_appManagementPolicy(t *testing.T) {
	t.Parallel()
	c := replicated(t).asRoleManager()
	app, _ := c.principalSettled(`{"displayName":"a"}`)
	path := "/v1.0/applications/" + app["id"].(string)
	policy := c.post(policies, `{"displayName":"p","description":"d","isEnabled":true,"restrictions":{"passwordCredentials":[{"restrictionType":"passwordAddition"}]}}`).want(201).at("id").(string)
	reference := `{"@odata.id":"https://graph.microsoft.com/v1.0/policies/appManagementPolicies/` + policy + `"}`
	c.post(path+"/appManagementPolicies/$ref", reference).gone(policy)
	c.settled()
	c.post(path+"/appManagementPolicies/$ref", reference).want(204)
	same(t, "policies", c.get(path+"/appManagementPolicies").want(200).values("id"), `[]`)
	c.post(path+"/addPassword", `{}`).fails(400, "CredentialTypeNotAllowedAsPerAppPolicy", notAllowed(policy))
	c.settled()
	same(t, "policies", c.get(path+"/appManagementPolicies").want(200).values("id"), `["`+policy+`"]`)
}

// Faults and batches reach the new operations as they do others.
func TestDirectoryRole_faultsAndBatches(t *testing.T) {
	t.Parallel()
	c := startRoles(t)
	_, principal := c.principal(`{"displayName":"holder"}`)
	c.tenant.Faults().Set(fault.MustParse("POST /roleManagement/directory/roleAssignments 504 after count=1")...)
	c.assign(readersRole, principal["id"].(string), "/").want(504)
	c.assign(readersRole, principal["id"].(string), "/").fails(400, "Request_BadRequest", conflicting) // it was made after all
	batch := c.post("/v1.0/$batch", `{"requests":[
		{"id":"1","method":"GET","url":"/roleManagement/directory/roleAssignments?$filter=principalId eq '`+principal["id"].(string)+`'"},
		{"id":"2","method":"GET","url":"/policies/defaultAppManagementPolicy"}]}`).want(200)
	statuses := map[any]any{}
	for _, response := range batch.at("responses").([]any) {
		statuses[at(t, response, "id")] = at(t, response, "status")
	}
	if fmt.Sprint(statuses) != "map[1:200 2:403]" {
		t.Errorf("statuses: %v", statuses)
	}
}

// A tenant that is opened again has its roles, assignments and policies.
func TestDirectoryRole_kept(t *testing.T) {
	t.Parallel()
	file := t.TempDir() + "/tenant.db"
	open := func() *client {
		return start(t, func(o *emulator.Options) { o.DataFile = file }).asRoleManager()
	}
	c := open()
	_, principal := c.principal(`{"displayName":"holder"}`)
	assignment := c.assign(readersRole, principal["id"].(string), "/").want(201).at("id").(string)
	c.patch(tenantPolicy, `{"isEnabled":true}`).want(204)
	c.server.Close()
	if err := c.tenant.Close(); err != nil {
		t.Fatal(err)
	}
	c = open()
	c.get(assignments + "/" + assignment).want(200)
	if enabled := c.get(tenantPolicy).want(200).at("isEnabled"); enabled != true {
		t.Errorf("enabled is %v", enabled)
	}
}

// An assignment goes with its principal, and comes back with it.
func TestRoleAssignment_ofDeleted(t *testing.T) {
	t.Parallel()
	c := startRoles(t)
	_, principal := c.principal(`{"displayName":"holder"}`)
	holder := principal["id"].(string)
	assignment := c.assign(readersRole, holder, "/").want(201).at("id").(string)
	c.delete("/v1.0/servicePrincipals/" + holder).want(204)
	c.get(assignments + "/" + assignment).gone(assignment)
	c.assign(readersRole, holder, "/").gone(holder)
	c.post("/v1.0/directory/deletedItems/"+holder+"/restore", "").want(200)
	c.get(assignments + "/" + assignment).want(200)
	c.delete("/v1.0/servicePrincipals/" + holder).want(204)
	c.delete("/v1.0/directory/deletedItems/" + holder).want(204)
	same(t, "assignments", c.get(assignments).want(200).values("id"), `[]`)
}
