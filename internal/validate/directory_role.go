package validate

import (
	"errors"
	"regexp"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
)

// resourceAction is the directory's namespace, an entity, perhaps a set of its properties, and an action
// (https://learn.microsoft.com/graph/api/resources/unifiedrolepermission). Entities can have a subtype after a dot, and
// actions the id of a consent policy.
var resourceAction = regexp.MustCompile(`^microsoft\.directory(/[A-Za-z0-9._-]+){2,}$`)

// ResourceAction is for what a custom directory role allows. Which actions there are, the service knows.
func ResourceAction() validator.String {
	return rule{description: "must be an action of the form microsoft.directory/…/…", check: CheckResourceAction}
}

// CheckResourceAction checks one action.
func CheckResourceAction(value string) error {
	if !resourceAction.MatchString(value) {
		return errors.New("must be an action of the form microsoft.directory/ENTITY/PROPERTIES/ACTION, as in microsoft.directory/applications/credentials/update")
	}
	return nil
}
