package entity

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// CheckOwnership refuses owners among which the caller is not, where owning the object is all that lets it touch it. Such
// a caller is made an owner of what it creates (https://learn.microsoft.com/graph/permissions-reference, "OwnedBy"), so
// that the next apply would take its ownership away, and each one after that be refused.
func CheckOwnership(ctx context.Context, api *Services, change *Change) diag.Diagnostics {
	const attribute = "owners"
	owners, ok := change.Planned.Get(attribute).(types.Set)
	if !ok || api == nil || api.Graph == nil || !change.Config.Has(attribute) || owners.Equal(change.State.Get(attribute)) ||
		slices.ContainsFunc(owners.Elements(), attr.Value.IsUnknown) {
		return nil
	}
	caller, err := api.Graph.Caller(ctx)
	if err != nil || !caller.OwnedOnly() {
		return nil // what is wrong with the credential is said where it is needed
	}
	isCaller := func(id string) bool { return strings.EqualFold(id, caller.ObjectID) }
	lost := change.State.Has(attribute) && !slices.ContainsFunc(change.State.Strings(attribute), isCaller)
	if lost || slices.ContainsFunc(change.Planned.Strings(attribute), isCaller) {
		return nil
	}
	var diagnostics diag.Diagnostics
	diagnostics.AddAttributeError(path.Root(attribute), "The caller would not be an owner",
		fmt.Sprintf("Terraform is signed in as the service principal %s, which may only touch what it owns (Application.ReadWrite.OwnedBy). "+
			"Without it among the owners it could neither change nor delete this any more. Add %[1]s to owners, which is object_id of the data source "+
			"workloadid_client_config, leave owners unset, or have the caller granted Application.ReadWrite.All.", caller.ObjectID))
	return diagnostics
}
