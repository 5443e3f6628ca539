package validate

import (
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/workloadid/terraform-provider-workloadid/internal/arm"
)

// IdentityID is for the ARM id of a user-assigned managed identity.
func IdentityID() validator.String {
	return rule{description: "must be the id of a user-assigned identity in Azure", check: func(value string) error {
		_, err := arm.ParseIdentityID(value)
		return err
	}}
}

// IdentityName is for the name of a user-assigned managed identity.
func IdentityName() validator.String {
	return rule{
		description: "must have 3 to 128 characters: letters, digits, - and _, the first a letter or digit",
		check:       arm.CheckIdentityName,
	}
}

// ResourceGroupName is for the name of a resource group.
func ResourceGroupName() validator.String {
	return rule{description: "must be the name of a resource group", check: arm.CheckResourceGroupName}
}
