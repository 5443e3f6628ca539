// Package samples has ways to use everything that the provider offers, for the tests that take all of it through something.
package samples

import (
	"fmt"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator"
)

// Sample is one way to use a resource.
type Sample struct {
	// Name is what is special about it; "" for the plain way.
	Name string
	// Needs are resources that are made first, in their order, by the same process.
	Needs []Need
	// Config is how it is created, Changed how it is after an update.
	Config, Changed Object
	// Beside is another one that can be made at the same time, in the same parent where there is one.
	Beside Object
	// Arguments are the attributes that an import does not read.
	Arguments []any
	// Secrets are the attributes that are documented to hold a secret.
	Secrets []string
	// Features are those that it uses of what the permissions (entity.Permissions) name as features.
	Features []string
	// InAzure says that Azure Resource Manager has it, not Microsoft Graph.
	InAzure bool
	// Scope is where in Azure its caller is given roles, where that is not the seeded subscription.
	Scope string
	// Unmet are words of conditions, in the permissions, that it does not meet: "owns" where it changes what its caller does
	// not own.
	Unmet []string
	// Indistinct says that nothing tells it from another one that is made like it at the same time.
	Indistinct bool
	// Abandoned says that a destroy leaves it where it is, so that it takes no permission.
	Abandoned bool
}

// Need is a resource that a sample refers to.
type Need struct {
	Name, Type string
	Config     Object
}

// Object is a configuration.
type Object = map[string]any

// Reference stands for an attribute of a needed resource.
type Reference struct{ Name, Attribute string }

// User stands for the id of a seeded user.
type User int

// Group stands for the id of the seeded group of a name.
type Group string

// Caller stands for the object id of who applies the sample.
type Caller struct{}

// SeededCaller is the object id of the service principal of the seeded caller.
func SeededCaller(tenant *emulator.Tenant) string {
	for _, principal := range tenant.Objects("servicePrincipals") {
		if principal["appId"] == emulator.CallerClientID {
			return principal["id"].(string)
		}
	}
	panic("the tenant does not have the seeded caller")
}

// Resolve puts what there is in the place of references, where caller is the object id of who applies the sample, and of the
// state of what the sample needs, by its name.
func Resolve(config Object, tenant *emulator.Tenant, caller string, of func(name string) (map[string]any, bool)) (Object, error) {
	resolved, err := resolve(config, tenant, caller, of)
	if err != nil {
		return nil, err
	}
	return resolved.(Object), nil
}

func resolve(value any, tenant *emulator.Tenant, caller string, of func(name string) (map[string]any, bool)) (any, error) {
	switch value := value.(type) {
	case Reference:
		state, ok := of(value.Name)
		if !ok {
			return nil, fmt.Errorf("a sample refers to %s, which it does not need", value.Name)
		}
		return state[value.Attribute], nil
	case User:
		return tenant.Objects("users")[value]["id"], nil
	case Group:
		for _, group := range tenant.Objects("groups") {
			if group["displayName"] == string(value) {
				return group["id"], nil
			}
		}
		return nil, fmt.Errorf("there is no group %q", string(value))
	case Caller:
		return caller, nil
	case Object:
		resolved := make(Object, len(value))
		for key, element := range value {
			var err error
			if resolved[key], err = resolve(element, tenant, caller, of); err != nil {
				return nil, err
			}
		}
		return resolved, nil
	case []any:
		resolved := make([]any, len(value))
		for i, element := range value {
			var err error
			if resolved[i], err = resolve(element, tenant, caller, of); err != nil {
				return nil, err
			}
		}
		return resolved, nil
	}
	return value, nil
}
