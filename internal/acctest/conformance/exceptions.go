package conformance

import "strings"

// The weak spots of the documents, each with its reason. An exception stays as
// narrow as it can be: what is not in here is held against the documents to the
// letter.

// kind of exception for a property.
type kind int

const (
	undocumented kind = iota // the documents lack the property
	writable                 // the documents call it read-only or not to be changed, and it can be sent
	canBeNull                // the documents have it not nullable, and it is null in reality
)

type exception struct {
	typeName string
	property string
	kind     kind
	reason   string
}

var exceptions = []exception{
	{
		"microsoft.graph.application", "addIns", undocumented,
		"in v1.0 and in beta answers; beta's SDK and the metadata the document of beta was made from lack it",
	},
	{
		"microsoft.graph.application", "applicationTemplateId", undocumented,
		"as addIns",
	},
	{
		"microsoft.graph.application", "oauth2RequirePostResponse", undocumented,
		"as addIns",
	},
	{
		"microsoft.graph.application", "uniqueName", writable,
		"set once, with the first request that creates or upserts the application (application-upsert page)",
	},
	{
		"microsoft.graph.servicePrincipal", "appId", writable,
		"what a service principal is created from (serviceprincipal-post-serviceprincipals page)",
	},
	{
		"microsoft.graph.appRoleAssignment", "creationTimestamp", undocumented,
		"beta's name for createdDateTime (approleassignment resource page); the document of beta lacks the type",
	},
	{
		"microsoft.graph.oAuth2PermissionGrant", "expiryTime", undocumented,
		"in beta alone (oauth2permissiongrant resource page), whose document lacks the type",
	},
	{
		"microsoft.graph.oAuth2PermissionGrant", "startTime", undocumented,
		"as expiryTime",
	},
	{
		"microsoft.graph.unifiedRoleDefinition", "description", writable,
		"read-only of built-in roles alone (unifiedroledefinition page)",
	},
	{
		"microsoft.graph.unifiedRoleDefinition", "displayName", writable,
		"as description",
	},
	{
		"microsoft.graph.unifiedRoleDefinition", "isEnabled", writable,
		"as description",
	},
	{
		"microsoft.graph.unifiedRoleDefinition", "resourceScopes", writable,
		"as description",
	},
	{
		"microsoft.graph.unifiedRoleDefinition", "rolePermissions", writable,
		"as description",
	},
	{
		"microsoft.graph.unifiedRoleDefinition", "templateId", writable,
		"as description",
	},
	{
		"microsoft.graph.unifiedRoleDefinition", "version", writable,
		"as description",
	},
	{
		"microsoft.graph.unifiedRoleDefinition", "isPrivileged", undocumented,
		"in beta alone, whose document lacks the paths of role definitions",
	},
	{
		"microsoft.graph.unifiedRoleAssignment", "roleDefinitionId", writable,
		"what a role assignment is created from (rbacapplication-post-roleassignments page)",
	},
}

func exceptionFor(typeName, property string, k kind) bool {
	for _, e := range exceptions {
		if e.typeName == typeName && e.property == property && e.kind == k {
			return true
		}
	}
	return false
}

// What answers have in places whose types have no name, with the reason.
var undocumentedIn = map[string]string{
	"error.innerError.code":    "of 429, as the page on throttling shows it (learn.microsoft.com/graph/throttling)",
	"error.innerError.message": "as error.innerError.code",
	"error.innerError.status":  "as error.innerError.code",
}

// What the documents, which are about workloads, leave out: the beginnings of paths, with the pages that have them.
var elsewhere = map[string]string{
	"users":                         "user-get and user-list pages",
	"groups":                        "group-get, group-list, group-list-members, group-post-members and group-delete-members pages",
	"directory/administrativeUnits": "administrativeunit-get and directory-post-administrativeunits pages",
}

// Query options that belong to the protocol rather than to an operation.
var undocumentedQuery = map[string]string{
	"$skiptoken":  "continues a list, from the nextLink",
	"$deltatoken": "continues a delta query, from the deltaLink",
}

// isAnnotation says whether a property is one of OData's own, which the documents
// list for few types.
func isAnnotation(part, name string) bool {
	property, annotation, ok := strings.Cut(name, "@")
	switch {
	case !ok:
		return false
	case part == "request":
		// A link to an object that exists, or the type of what is sent.
		return annotation == "odata.bind" || annotation == "odata.type" || property == "" && annotation == "odata.id"
	case property == "":
		return strings.HasPrefix(annotation, "odata.") || annotation == "removed" || annotation == "microsoft.graph.tips"
	default:
		return strings.HasPrefix(annotation, "odata.")
	}
}

// ownType is the type of the objects under a path whose documented answer is
// directoryObject, which says nothing of what it contains.
func ownType(path string) string {
	for _, part := range split(path) {
		switch normalized(part) {
		case "graph.application":
			return "microsoft.graph.application"
		case "graph.servicePrincipal":
			return "microsoft.graph.servicePrincipal"
		}
	}
	return ""
}
