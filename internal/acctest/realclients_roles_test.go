package acctest

import (
	"slices"
	"testing"

	"github.com/microsoftgraph/msgraph-sdk-go/directory"
	"github.com/microsoftgraph/msgraph-sdk-go/directoryroles"
	"github.com/microsoftgraph/msgraph-sdk-go/directoryroletemplates"
	"github.com/microsoftgraph/msgraph-sdk-go/models"
	"github.com/microsoftgraph/msgraph-sdk-go/rolemanagement"
	"github.com/microsoftgraph/msgraph-sdk-go/serviceprincipals"
)

func TestRealClient_directoryRoles(t *testing.T) {
	t.Parallel()
	s := newSDK(t)
	base := map[string]string{"baseurl": s.adapter.GetBaseUrl()}
	roles := rolemanagement.NewRoleManagementRequestBuilderInternal(base, s.adapter).Directory()
	holder := s.principal(t, "holder")

	body := models.NewUnifiedRoleDefinition()
	body.SetDisplayName(new("Support"))
	body.SetIsEnabled(new(true))
	permission := models.NewUnifiedRolePermission()
	permission.SetAllowedResourceActions([]string{"microsoft.directory/applications/basic/update"})
	body.SetRolePermissions([]models.UnifiedRolePermissionable{permission})
	made, err := roles.RoleDefinitions().Post(t.Context(), body, nil)
	if err != nil {
		t.Fatal(explain(err))
	}
	if made.GetId() == nil || *made.GetTemplateId() != *made.GetId() || *made.GetIsBuiltIn() {
		t.Errorf("made %v", made)
	}
	change := models.NewUnifiedRoleDefinition()
	change.SetDescription(new("changes names"))
	if _, err := roles.RoleDefinitions().ByUnifiedRoleDefinitionId(*made.GetId()).Patch(t.Context(), change, nil); err != nil {
		t.Fatal(explain(err))
	}
	found, err := roles.RoleDefinitions().Get(t.Context(), &rolemanagement.DirectoryRoleDefinitionsRequestBuilderGetRequestConfiguration{
		QueryParameters: &rolemanagement.DirectoryRoleDefinitionsRequestBuilderGetQueryParameters{Filter: new("isBuiltIn eq false")},
	})
	if err != nil {
		t.Fatal(explain(err))
	}
	if len(found.GetValue()) != 1 || *found.GetValue()[0].GetDescription() != "changes names" || len(found.GetValue()[0].GetRolePermissions()) != 1 {
		t.Errorf("custom roles: %v", found.GetValue())
	}

	assign := models.NewUnifiedRoleAssignment()
	assign.SetRoleDefinitionId(made.GetId())
	assign.SetPrincipalId(holder.GetId())
	assign.SetDirectoryScopeId(new("/"))
	assignment, err := roles.RoleAssignments().Post(t.Context(), assign, nil)
	if err != nil {
		t.Fatal(explain(err))
	}
	_, err = roles.RoleAssignments().Post(t.Context(), assign, nil)
	wantProblem(t, err, 400, "Request_BadRequest")
	assigned, err := roles.RoleAssignments().Get(t.Context(), &rolemanagement.DirectoryRoleAssignmentsRequestBuilderGetRequestConfiguration{
		QueryParameters: &rolemanagement.DirectoryRoleAssignmentsRequestBuilderGetQueryParameters{
			Filter: new("principalId eq '" + *holder.GetId() + "'"), Expand: []string{"principal"},
		},
	})
	if err != nil {
		t.Fatal(explain(err))
	}
	if len(assigned.GetValue()) != 1 || *assigned.GetValue()[0].GetId() != *assignment.GetId() {
		t.Fatalf("assigned %v", assigned.GetValue())
	}
	if principal := assigned.GetValue()[0].GetPrincipal(); *principal.GetId() != *holder.GetId() || *principal.GetOdataType() != "#microsoft.graph.servicePrincipal" {
		t.Errorf("the principal is %s, a %s", *principal.GetId(), *principal.GetOdataType())
	}
	if err := roles.RoleAssignments().ByUnifiedRoleAssignmentId(*assignment.GetId()).Delete(t.Context(), nil); err != nil {
		t.Error(explain(err))
	}
	if err := roles.RoleDefinitions().ByUnifiedRoleDefinitionId(*made.GetId()).Delete(t.Context(), nil); err != nil {
		t.Error(explain(err))
	}
	_, err = roles.RoleDefinitions().ByUnifiedRoleDefinitionId(*made.GetId()).Get(t.Context(), nil)
	wantProblem(t, err, 404, "Request_ResourceNotFound")
}

func TestRealClient_directoryRoleMembers(t *testing.T) {
	t.Parallel()
	s := newSDK(t)
	base := map[string]string{"baseurl": s.adapter.GetBaseUrl()}
	roles := directoryroles.NewDirectoryRolesRequestBuilderInternal(base, s.adapter)
	holder := s.principal(t, "holder")
	templates, err := directoryroletemplates.NewDirectoryRoleTemplatesRequestBuilderInternal(base, s.adapter).Get(t.Context(), nil)
	if err != nil {
		t.Fatal(explain(err))
	}
	i := slices.IndexFunc(templates.GetValue(), func(template models.DirectoryRoleTemplateable) bool {
		return *template.GetDisplayName() == "Directory Readers"
	})
	if i < 0 {
		t.Fatal("there is no template of Directory Readers")
	}
	body := models.NewDirectoryRole()
	body.SetRoleTemplateId(templates.GetValue()[i].GetId())
	role, err := roles.Post(t.Context(), body, nil)
	if err != nil {
		t.Fatal(explain(err))
	}
	members := roles.ByDirectoryRoleId(*role.GetId()).Members()
	reference := models.NewReferenceCreate()
	reference.SetOdataId(new("https://graph.microsoft.com/v1.0/directoryObjects/" + *holder.GetId()))
	if err := members.Ref().Post(t.Context(), reference, nil); err != nil {
		t.Fatal(explain(err))
	}
	listed, err := members.Get(t.Context(), nil)
	if err != nil {
		t.Fatal(explain(err))
	}
	if len(listed.GetValue()) != 1 || *listed.GetValue()[0].GetId() != *holder.GetId() {
		t.Errorf("members %v", listed.GetValue())
	}
	of, err := s.principals.ByServicePrincipalId(*holder.GetId()).MemberOf().Get(t.Context(), &serviceprincipals.ItemMemberOfRequestBuilderGetRequestConfiguration{})
	if err != nil {
		t.Fatal(explain(err))
	}
	if len(of.GetValue()) != 1 {
		t.Fatalf("a member of %v", of.GetValue())
	}
	if found := of.GetValue()[0]; *found.GetId() != *role.GetId() || *found.GetOdataType() != "#microsoft.graph.directoryRole" {
		t.Errorf("a member of %s, a %s", *found.GetId(), *found.GetOdataType())
	}
	if err := members.ByDirectoryObjectId(*holder.GetId()).Ref().Delete(t.Context(), nil); err != nil {
		t.Error(explain(err))
	}
}

func TestRealClient_administrativeUnit(t *testing.T) {
	t.Parallel()
	s := newSDK(t)
	base := map[string]string{"baseurl": s.adapter.GetBaseUrl()}
	units := directory.NewDirectoryRequestBuilderInternal(base, s.adapter).AdministrativeUnits()
	body := models.NewAdministrativeUnit()
	body.SetDisplayName(new("West"))
	unit, err := units.Post(t.Context(), body, nil)
	if err != nil {
		t.Fatal(explain(err))
	}
	change := models.NewAdministrativeUnit()
	change.SetDescription(new("the western division"))
	if _, err := units.ByAdministrativeUnitId(*unit.GetId()).Patch(t.Context(), change, nil); err != nil {
		t.Fatal(explain(err))
	}
	read, err := units.ByAdministrativeUnitId(*unit.GetId()).Get(t.Context(), nil)
	if err != nil {
		t.Fatal(explain(err))
	}
	if *read.GetDisplayName() != "West" || *read.GetDescription() != "the western division" {
		t.Errorf("read %v", read)
	}
	if err := units.ByAdministrativeUnitId(*unit.GetId()).Delete(t.Context(), nil); err != nil {
		t.Error(explain(err))
	}
}
