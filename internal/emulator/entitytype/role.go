package entitytype

import "github.com/workloadid/terraform-provider-workloadid/internal/emulator/odata"

// RoleDefinition is learn.microsoft.com/graph/api/resources/unifiedroledefinition, for the directory.
var RoleDefinition = &Type{
	Name: "unifiedRoleDefinition", Resource: "RoleDefinition", Set: "roleManagement/directory/roleDefinitions",
	Properties: []Property{
		identifier(),
		text("description"),
		text("displayName").required().filter(odata.Eq),
		boolean("isBuiltIn").readOnly().filter(odata.Eq),
		boolean("isEnabled").required(),
		boolean("isPrivileged").readOnly().beta(),
		texts("resourceScopes").oneOf("/"),
		complexValues("rolePermissions", rolePermission).required(),
		text("templateId").filter(odata.Eq),
		text("version"),
	},
}

var rolePermission = &Type{Name: "unifiedRolePermission", Resource: "RolePermission", Properties: []Property{
	texts("allowedResourceActions").required(),
	text("condition"),
	texts("excludedResourceActions").nullable(),
}}

// RoleAssignment is learn.microsoft.com/graph/api/resources/unifiedroleassignment, for the directory.
var RoleAssignment = &Type{
	Name: "unifiedRoleAssignment", Resource: "RoleAssignment", Set: "roleManagement/directory/roleAssignments",
	Properties: []Property{
		identifier(),
		text("appScopeId").filter(odata.Eq),
		text("condition"),
		text("directoryScopeId").filter(odata.Eq),
		text("principalId").required().filter(odata.Eq),
		text("principalOrganizationId").readOnly(),
		text("roleDefinitionId").required().filter(odata.Eq),
	},
}

// DirectoryRole is learn.microsoft.com/graph/api/resources/directoryrole: a built-in role that has been activated.
var DirectoryRole = &Type{
	Name: "directoryRole", Resource: "DirectoryRole", Set: "directoryRoles", Unpaged: true,
	Properties: []Property{
		identifier(),
		deletedDateTime(),
		text("description").readOnly().filter(odata.Eq).search(),
		text("displayName").readOnly().filter(odata.Eq).search(),
		text("roleTemplateId").required().immutable().filter(odata.Eq),
	},
}

// DirectoryRoleTemplate is learn.microsoft.com/graph/api/resources/directoryroletemplate: a built-in role, active or not.
var DirectoryRoleTemplate = &Type{
	Name: "directoryRoleTemplate", Resource: "DirectoryRoleTemplate", Set: "directoryRoleTemplates", Unpaged: true,
	Properties: []Property{
		identifier(),
		deletedDateTime(),
		text("description").readOnly(),
		text("displayName").readOnly(),
	},
}

// AdministrativeUnit is learn.microsoft.com/graph/api/resources/administrativeunit.
var AdministrativeUnit = &Type{
	Name: "administrativeUnit", Resource: "AdministrativeUnit", Set: "directory/administrativeUnits", Open: true,
	Properties: []Property{
		identifier(),
		deletedDateTime(),
		text("description").filter(odata.Eq | odata.StartsWith).search(),
		text("displayName").required().filter(compareText | odata.Null).search().orderBy(),
		boolean("isMemberManagementRestricted").immutable(),
		text("membershipRule"),
		text("membershipRuleProcessingState").oneOf("On", "Paused"),
		text("membershipType").oneOf("Assigned", "Dynamic"),
		text("visibility").oneOf("HiddenMembership"),
	},
}

func init() {
	RoleDefinition.Navigation = []Navigation{{Name: "inheritsPermissionsFrom", Target: RoleDefinition, Expand: true}}
	RoleAssignment.Navigation = []Navigation{
		{Name: "directoryScope", Target: DirectoryObject, Single: true, Expand: true},
		{Name: "principal", Target: DirectoryObject, Single: true, Expand: true},
		{Name: "roleDefinition", Target: RoleDefinition, Single: true, Expand: true},
	}
	members := Navigation{Name: "members", Target: DirectoryObject, Expand: true}
	DirectoryRole.Navigation = []Navigation{members}
	AdministrativeUnit.Navigation = []Navigation{members}
}
