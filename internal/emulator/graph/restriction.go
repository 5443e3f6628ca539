package graph

import (
	"net/http"
	"time"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/directory"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/entitytype"
)

// withoutDate is when objects were created of which that is not known, as service principals are:
// learn.microsoft.com/graph/api/appmanagementpolicy-post.
var withoutDate = time.Date(2019, 1, 1, 0, 0, 0, 0, time.UTC)

// checkRestrictedPassword judges a new password by the policy of its application or service principal. That a client
// chooses the password itself (customPasswordAddition) Microsoft Graph lets nobody do anyway.
func (r *request) checkRestrictedPassword(object *directory.Object, credential map[string]any) error {
	return r.checkRestricted(object, "passwordCredentials", "passwordAddition", "passwordLifetime", credential)
}

// checkRestrictedKey judges a new key likewise.
func (r *request) checkRestrictedKey(object *directory.Object, credential map[string]any) error {
	if credential["type"] == symmetricKey {
		return r.checkRestricted(object, "passwordCredentials", "symmetricKeyAddition", "symmetricKeyLifetime", credential)
	}
	return r.checkRestricted(object, "keyCredentials", "", "asymmetricKeyLifetime", credential)
}

// checkRestricted refuses a credential of a kind that must not be added, or that is valid for longer than it may be. The
// codes are those that clients of Microsoft's know, github.com/OfficeDev/TeamsFx; the second text is in
// github.com/Azure-Samples, with the policy's id.
func (r *request) checkRestricted(object *directory.Object, collection, addition, lifetime string, credential map[string]any) error {
	policy, configuration := policyFor(r.view, object)
	created := withoutDate
	if date := moment(object.Properties["createdDateTime"]); !date.IsZero() {
		created = date
	}
	for _, restriction := range directory.Items(configuration[collection]) {
		since := moment(restriction["restrictForAppsCreatedAfterDateTime"])
		if restriction["state"] == "disabled" || created.Before(since) {
			continue
		}
		switch kind := restriction["restrictionType"]; kind {
		case addition:
			return failure(http.StatusBadRequest, "CredentialTypeNotAllowedAsPerAppPolicy", "Credential type not allowed as per assigned policy '%s'.", policy.ID)
		case lifetime:
			text, _ := restriction["maxLifetime"].(string)
			longest, _ := entitytype.ParseDuration(text)
			if moment(credential["endDateTime"]).Sub(moment(credential["startDateTime"])) > longest {
				return failure(http.StatusBadRequest, "CredentialInvalidLifetimeAsPerAppPolicy", "Credential lifetime exceeds the max value allowed as per assigned policy '%s'.", policy.ID)
			}
		}
	}
	return nil
}

// policyFor is the policy that an application or service principal is under, and its restrictions of such objects: one
// of its own takes the place of the tenant's altogether, also when it is not enabled and restricts nothing.
func policyFor(view *directory.View, object *directory.Object) (policy *directory.Object, configuration map[string]any) {
	property := "restrictions"
	if own := policiesOf(view, object.ID); len(own) > 0 {
		policy = own[0]
	} else {
		policy = tenantPolicy(view)
		property = "applicationRestrictions"
		if object.Type == principalType.Name {
			property = "servicePrincipalRestrictions"
		}
	}
	if policy.Bool("isEnabled") {
		configuration, _ = policy.Properties[property].(map[string]any)
	}
	return policy, configuration
}
