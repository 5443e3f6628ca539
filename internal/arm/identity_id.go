package arm

import (
	"errors"
	"regexp"
	"strings"
)

// IdentityID is the ARM id of a user-assigned managed identity, taken apart.
type IdentityID struct{ Subscription, ResourceGroup, Name string }

// Names in Azure have no letter case. What they may consist of:
// https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules.
var (
	identityID        = regexp.MustCompile(`(?i)^/subscriptions/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/resourceGroups/([^/]+)/providers/Microsoft\.ManagedIdentity/userAssignedIdentities/([^/]+)$`)
	identityName      = regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9_-]{2,127}$`)
	resourceGroupName = regexp.MustCompile(`^[\p{L}\p{Nd}_().-]{0,89}[\p{L}\p{Nd}_()-]$`)
)

// ParseIdentityID takes an id apart. The error says what the id must be.
func ParseIdentityID(id string) (IdentityID, error) {
	match := identityID.FindStringSubmatch(id)
	if match == nil || CheckResourceGroupName(match[2]) != nil || CheckIdentityName(match[3]) != nil {
		return IdentityID{}, errors.New("must be the id of a user-assigned identity in Azure, as in /subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/example/providers/Microsoft.ManagedIdentity/userAssignedIdentities/example")
	}
	return IdentityID{match[1], match[2], match[3]}, nil
}

// String is the id in the spelling that Azure documents, which other providers have too. The service itself writes
// "resourcegroups".
func (i IdentityID) String() string {
	return "/subscriptions/" + strings.ToLower(i.Subscription) + "/resourceGroups/" + i.ResourceGroup + "/providers/Microsoft.ManagedIdentity/userAssignedIdentities/" + i.Name
}

// CheckIdentityName says what the name of an identity must be.
func CheckIdentityName(name string) error {
	if !identityName.MatchString(name) {
		return errors.New("must have 3 to 128 characters: letters without accents, digits, - and _, the first a letter or digit")
	}
	return nil
}

// CheckResourceGroupName says what the name of a resource group must be.
func CheckResourceGroupName(name string) error {
	if !resourceGroupName.MatchString(name) {
		return errors.New("must have 1 to 90 characters: letters, digits, _, -, (, ) and dots, the last no dot")
	}
	return nil
}
