package validate

import (
	"errors"
	"fmt"
	"strings"
	"unicode"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/workloadid/terraform-provider-workloadid/internal/arm"
)

// AzureScope is for the scopes of Azure role-based access control: a management group, a subscription, a resource group, a
// resource, or / for all of the tenant. See https://learn.microsoft.com/azure/role-based-access-control/scope-overview.
func AzureScope() validator.String {
	return rule{description: "must be a scope in Azure", check: CheckAzureScope}
}

// CheckAzureScope is the rule of AzureScope.
func CheckAzureScope(value string) error {
	if value == "/" {
		return nil
	}
	segments := strings.Split(value, "/")
	first := strings.ToLower(segments[0])
	if first == "subscriptions" || first == "providers" {
		return fmt.Errorf("must be a scope in Azure, which begins with a slash: /%s", value)
	}
	if segments[0] != "" || len(segments) < 3 || !strings.EqualFold(segments[1], "subscriptions") && !strings.EqualFold(segments[1], "providers") {
		return errNoScope
	}
	for _, segment := range segments[1:] {
		if strings.Trim(segment, ".") == "" {
			return errors.New("must not have an empty part, nor one of dots alone, between its slashes")
		}
		// https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules
		if strings.ContainsFunc(segment, func(r rune) bool { return strings.ContainsRune(`<>%&\?#`, r) || unicode.IsControl(r) }) {
			return errors.New(`must not have control characters, nor any of <>%&\?#`)
		}
	}
	if strings.EqualFold(segments[1], "providers") {
		return checkResource(segments[1:])
	}
	if CheckUUID(segments[2]) != nil {
		return errors.New("must have the id of the subscription, a UUID, after /subscriptions/")
	}
	return checkInSubscription(segments[3:])
}

var errNoScope = errors.New("must be a scope in Azure, as in /subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/shop")

// checkInSubscription judges what comes after a subscription: nothing, a resource group, or a resource in either. Resource
// Manager answers others with an error on its versions
// (https://github.com/hashicorp/terraform-provider-azurerm/issues/943).
func checkInSubscription(segments []string) error {
	if len(segments) > 0 && strings.EqualFold(segments[0], "resourceGroups") {
		if len(segments) == 1 {
			return errors.New("must have the name of the resource group after resourceGroups/")
		}
		if err := arm.CheckResourceGroupName(segments[1]); err != nil {
			return fmt.Errorf("has %q for the name of a resource group, which %w", segments[1], err)
		}
		segments = segments[2:]
		if len(segments) > 0 && !strings.EqualFold(segments[0], "providers") {
			return fmt.Errorf("has %q after the resource group, where only providers/ can be, as in …/providers/Microsoft.Storage/storageAccounts/example", segments[0])
		}
	}
	if len(segments) == 0 {
		return nil
	}
	if !strings.EqualFold(segments[0], "providers") {
		return fmt.Errorf("has %q after the subscription, where only resourceGroups/ or providers/ can be, as in /subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/shop", segments[0])
	}
	if err := checkResource(segments); err != nil {
		return err
	}
	if len(segments) < 4 {
		return errors.New("must name a resource after providers/, as in …/providers/Microsoft.Storage/storageAccounts/example")
	}
	return nil
}

// checkResource judges a resource and what it is in: the word providers, a namespace, and types and names in turns; and so on
// again for what extends the resource. Of the tenant, a namespace alone is a scope too, such as /providers/Microsoft.Capacity.
func checkResource(segments []string) error {
	if len(segments) < 2 || !strings.Contains(segments[1], ".") {
		return fmt.Errorf("must have a namespace, such as Microsoft.Storage, after providers/, and not %q", strings.Join(segments[1:min(2, len(segments))], ""))
	}
	rest := segments[2:]
	for len(rest) > 0 && !strings.EqualFold(rest[0], "providers") {
		if len(rest) == 1 {
			return fmt.Errorf("must have the name of the resource after %s/", rest[0])
		}
		rest = rest[2:]
	}
	if len(rest) > 0 {
		return checkResource(rest)
	}
	return nil
}

const authorization = "/providers/Microsoft.Authorization/"

// AzureRoleAssignmentID is for ids of role assignments in Azure Resource Manager.
func AzureRoleAssignmentID() validator.String {
	return rule{description: "must be the id of a role assignment in Azure", check: func(value string) error {
		return checkAuthorizationID(value, authorization+"roleAssignments/", "a role assignment")
	}}
}

// AzureRoleDefinitionID is for roles: a UUID, or an id in Azure Resource Manager that ends in one.
func AzureRoleDefinitionID() validator.String {
	return rule{description: "must be the id of a role in Azure", check: func(value string) error {
		if CheckUUID(value) == nil {
			return nil
		}
		return checkAuthorizationID(value, authorization+"roleDefinitions/", "a role")
	}}
}

func checkAuthorizationID(value, middle, what string) error {
	const uuidLength = 36
	end := len(value) - uuidLength
	at := end - len(middle)
	if at < 0 || !strings.EqualFold(value[at:end], middle) || CheckUUID(value[end:]) != nil {
		return fmt.Errorf("must be the id of %s, as in /subscriptions/00000000-0000-0000-0000-000000000000%s00000000-0000-0000-0000-000000000000", what, middle)
	}
	if at == 0 {
		return nil
	}
	return CheckAzureScope(value[:at])
}

// DefaultScope is for the scope of a token that an application asks for by itself: all that it has been granted of one API.
// See https://learn.microsoft.com/entra/identity-platform/scopes-oidc, "The .default scope".
func DefaultScope() validator.String {
	return rule{description: "must be an API and /.default", check: func(value string) error {
		if api, ok := strings.CutSuffix(value, "/.default"); !ok || api == "" || strings.ContainsFunc(api, unicode.IsSpace) {
			return errors.New("must be the identifier URI of one API with /.default after it, as in https://graph.microsoft.com/.default")
		}
		return nil
	}}
}
