package entity

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
)

// tenantKey is where private state keeps the id of the tenant that an object was made in or imported from.
const tenantKey = "tenant"

// noteTenant puts the provider's tenant into private state.
func (r *managed) noteTenant(ctx context.Context, private writer) diag.Diagnostics {
	if r.api.TenantID == "" {
		return nil
	}
	id, err := json.Marshal(strings.ToLower(r.api.TenantID))
	if err != nil {
		return diag.Diagnostics{diag.NewErrorDiagnostic("The tenant's id can't be kept", err.Error())}
	}
	return private.SetKey(ctx, tenantKey, id)
}

// inTenant refuses an object that is in another tenant than the provider's: not to be found here, it would be taken for deleted,
// and made once more.
func (r *managed) inTenant(ctx context.Context, private reader) diag.Diagnostics {
	noted, diagnostics := private.GetKey(ctx, tenantKey)
	if id := r.otherTenant(noted); id != "" {
		diagnostics.AddError("The state is of another tenant", fmt.Sprintf(
			"The state has this %s in the tenant %s, and the provider is signed in to the tenant %s. Nothing was read or changed.\n\n"+
				"To work on what the state has, sign in to its tenant: tenant_id in the provider block, ARM_TENANT_ID, or az login --tenant. "+
				"To have the same in the tenant %s as well, give it a state of its own: another workspace (terraform workspace new) or another key of the backend. "+
				"To leave what the state has to others, have Terraform forget it (terraform state rm).",
			r.title(), id, r.api.TenantID, r.api.TenantID))
	}
	return diagnostics
}

// otherTenant is the tenant that private state names, where that is not the provider's.
func (r *managed) otherTenant(noted []byte) string {
	var id string
	if r.api.TenantID == "" || json.Unmarshal(noted, &id) != nil || strings.EqualFold(id, r.api.TenantID) {
		return ""
	}
	return id
}
