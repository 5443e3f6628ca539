package entitytype

import (
	"regexp"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/odata"
)

// KeyCredential is learn.microsoft.com/graph/api/resources/keycredential.
var KeyCredential = &Type{Name: "keyCredential", Resource: "KeyCredential", Properties: []Property{
	binary("customKeyIdentifier"),
	text("displayName"),
	timestamp("endDateTime"),
	binary("key").selectOnly(),
	guid("keyId"),
	timestamp("startDateTime"),
	text("type"),
	text("usage"),
}}

// PasswordCredential is learn.microsoft.com/graph/api/resources/passwordcredential.
var PasswordCredential = &Type{Name: "passwordCredential", Resource: "PasswordCredential", Properties: []Property{
	binary("customKeyIdentifier"),
	text("displayName"),
	timestamp("endDateTime"),
	text("hint").readOnly(),
	guid("keyId"),
	text("secretText").readOnly(),
	timestamp("startDateTime"),
}}

// FederatedIdentityCredential is learn.microsoft.com/graph/api/resources/federatedidentitycredential.
var FederatedIdentityCredential = &Type{
	Name: "federatedIdentityCredential", Resource: "FederatedIdentityCredential",
	Properties: []Property{
		identifier(),
		texts("audiences").required().length(1, 600),
		complexValue("claimsMatchingExpression", federatedIdentityExpression).beta(),
		text("description").length(0, 600),
		text("issuer").required().notNull().length(1, 600),
		text("name").required().notNull().immutable().matching(credentialName).filter(odata.Eq),
		text("subject").length(0, 600).filter(odata.Eq | odata.StartsWith),
	},
}

var credentialName = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z_-]{2,119}$`)

var federatedIdentityExpression = &Type{Name: "federatedIdentityExpression", Resource: "FederatedIdentityExpression", Properties: []Property{
	int32s("languageVersion").required().notNull(),
	text("value").required().notNull(),
}}
