package entitytype

import (
	"regexp"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/odata"
)

// ExtensionProperty is learn.microsoft.com/graph/api/resources/extensionproperty.
var ExtensionProperty = &Type{
	Name: "extensionProperty", Resource: "ExtensionProperty",
	Properties: []Property{
		identifier(),
		deletedDateTime(),
		text("appDisplayName").readOnly(),
		text("dataType").required().notNull().immutable().oneOf("Binary", "Boolean", "DateTime", "Integer", "LargeInteger", "String"),
		boolean("isMultiValued").notNull().immutable().startsAs(false).filter(odata.Eq),
		boolean("isSyncedFromOnPremises").readOnly().startsAs(false),
		text("name").required().notNull().immutable().matching(extensionName).filter(odata.Eq),
		texts("targetObjects").required().immutable().oneOf("User", "Group", "AdministrativeUnit", "Application", "Device", "Organization"),
	},
}

var extensionName = regexp.MustCompile(`^[A-Za-z0-9_]+$`)
