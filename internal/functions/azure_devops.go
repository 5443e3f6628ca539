package functions

import (
	"encoding/base64"

	guid "github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-framework/function"
)

// azureDevOps is the application of Azure DevOps in every tenant, see
// https://learn.microsoft.com/azure/devops/integrate/get-started/authentication/service-principal-managed-identity.
const azureDevOps = "499b84ac-1321-427f-aa17-267ca6975798"

// NewAzureDevOpsSubject is azure_devops_subject.
func NewAzureDevOpsSubject() function.Function {
	return writer{
		name:    "azure_devops_subject",
		issuer:  "azure_devops",
		summary: "The subject of an Azure DevOps service connection.",
		details: "Connections that were made since 2025 have tokens of Microsoft Entra, and subjects with ids: give `tenant_id`, `organization_id` and `service_connection_id`, " +
			"and take `https://login.microsoftonline.com/<tenant_id>/v2.0` as the issuer. Older ones have tokens of Azure DevOps, and subjects with names, which are compared by letter case too: give " +
			"`organization`, `project` and `service_connection`, and take `https://vstoken.dev.azure.com/<organization_id>`. The service connection shows which it has.",
		parts: []part{
			{name: "tenant_id", check: uuid, description: "the tenant that the organization belongs to."},
			{name: "organization_id", check: uuid, description: "the organization's id."},
			{name: "service_connection_id", check: uuid, description: "the service connection's id."},
			{name: "organization", check: form(`[A-Za-z0-9][A-Za-z0-9-]*`, "the organization's name, as in https://dev.azure.com/<organization>"), description: "the organization's name."},
			{name: "project", check: form(`[^/\\]+`, "the project's name, which has no slash"), description: "the project's name."},
			{name: "service_connection", check: form(`[^/]+`, "the service connection's name, without a slash"), description: "the service connection's name."},
		},
		write: func(w workload) (string, error) {
			kind, err := w.only(true, "service_connection_id", "service_connection")
			if err != nil {
				return "", err
			}
			needed, excluded := []string{"tenant_id", "organization_id", "service_connection_id"}, []string{"organization", "project"}
			if kind == "service_connection" {
				needed, excluded = []string{"organization", "project", "service_connection"}, []string{"tenant_id", "organization_id"}
			}
			if _, err := w.all(needed...); err != nil {
				return "", err
			}
			for _, name := range excluded {
				if _, err := w.only(false, kind, name); err != nil {
					return "", err
				}
			}
			if kind == "service_connection" {
				return "sc://" + w["organization"] + "/" + w["project"] + "/" + w["service_connection"], nil
			}
			return "/eid1/c/pub/t/" + encodedID(w["tenant_id"]) + "/a/" + encodedID(azureDevOps) + "/sc/" + w["organization_id"] + "/" + w["service_connection_id"], nil
		},
	}
}

// encodedID is an id as Microsoft Entra writes it into subjects: its bytes in the order in which Windows keeps them, in
// base64url. Microsoft calls what precedes /sc/ a prefix and shows it in each service connection.
func encodedID(id string) string {
	b := guid.MustParse(id) // was checked
	b[0], b[1], b[2], b[3] = b[3], b[2], b[1], b[0]
	b[4], b[5], b[6], b[7] = b[5], b[4], b[7], b[6]
	return base64.RawURLEncoding.EncodeToString(b[:])
}
