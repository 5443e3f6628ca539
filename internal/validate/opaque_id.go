package validate

import (
	"errors"
	"regexp"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
)

var opaqueID = regexp.MustCompile(`^[A-Za-z0-9_-]{1,128}$`)

// OpaqueID is for ids of assignments and grants, which are no GUIDs: https://learn.microsoft.com/graph/api/unifiedroleassignment-get
// shows one. Their letter case counts.
func OpaqueID() validator.String {
	return rule{description: "must be an id as Microsoft Graph makes it for assignments and grants", check: CheckOpaqueID}
}

// CheckOpaqueID checks one id.
func CheckOpaqueID(value string) error {
	if !opaqueID.MatchString(value) {
		return errors.New("must be an id as Microsoft Graph makes it for assignments and grants: letters, digits, - and _")
	}
	return nil
}
