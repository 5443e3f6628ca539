package api

import "strings"

// wellKnown are the client ids of Microsoft's own APIs by the names that people know them by. An API in this table cannot be
// taken for another service principal of the same name. Where a national cloud has another id, and for all other APIs, the
// display name is looked up. See
// https://learn.microsoft.com/troubleshoot/entra/entra-id/governance/verify-first-party-apps-sign-in, "Application IDs of
// commonly used Microsoft applications", and for Azure Key Vault
// https://learn.microsoft.com/azure/key-vault/secrets/overview-storage-keys, "Service principal application ID".
var wellKnown = map[string]string{
	"Azure Data Lake":                      "e9f49c6b-5ce5-44c8-925d-015017e9f7ad",
	"Azure Key Vault":                      "cfa8b339-82a2-471a-a3c9-0fc0be7a4093",
	"Azure SQL Database":                   "022907d3-0f1b-48f7-badc-1ba6abab6d66",
	"Dataverse":                            "00000007-0000-0000-c000-000000000000",
	"Microsoft Graph":                      "00000003-0000-0000-c000-000000000000",
	"Office 365 Exchange Online":           "00000002-0000-0ff1-ce00-000000000000",
	"Office 365 SharePoint Online":         "00000003-0000-0ff1-ce00-000000000000",
	"Power BI Service":                     "00000009-0000-0000-c000-000000000000",
	"Skype for Business Online":            "00000004-0000-0ff1-ce00-000000000000",
	"Windows Azure Active Directory":       "00000002-0000-0000-c000-000000000000",
	"Windows Azure Service Management API": "797f4846-ba00-4fd7-ba43-dac1f8f63013",
}

// knownAs is the client id of a well-known API, whatever the letter case of its name.
func knownAs(name string) (clientID string, known bool) {
	for written, id := range wellKnown {
		if strings.EqualFold(written, name) {
			return id, true
		}
	}
	return "", false
}
