package password

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/workloadid/terraform-provider-workloadid/internal/entity"
	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
	"github.com/workloadid/terraform-provider-workloadid/internal/validate"
)

// shortLifetime is how long an ephemeral password lives that nobody could remove.
const shortLifetime = "1h"

// NewApplicationEphemeralResource is the ephemeral workloadid_application_password.
func NewApplicationEphemeralResource() ephemeral.EphemeralResource {
	k := ofApplication
	resource := k.resource()
	return entity.Ephemeral[entra]{
		Noun: k.noun,
		Description: "A password (client secret) of an application for one run: made when Terraform needs it and removed when it is done, in no plan and no state. " +
			"Terraform opens ephemeral resources when it plans too, so that a plan makes a password of its own and needs the permission to.\n\n" +
			"Where Terraform is killed, or the password cannot be removed within eight seconds, it ends by itself after `expires_after`. The error says which one is left, and how to remove it.",
		Table: append(k.basics("How long the password is valid if Terraform cannot remove it, such as `30m`. Default `"+shortLifetime+"`. A run that takes longer needs more.", validate.Duration(time.Minute)),
			mapping.Derived[entra](endTime, schema.StringAttribute{Computed: true, MarkdownDescription: "Time at which the password ends, in RFC 3339 form."}, func(from entra, _ attr.Value) attr.Value { return decodeTime(from.GetEndDateTime()) }).Property("endDateTime"),
		),
		Permissions: k.permissions,
		Parent:      func(object mapping.Value) string { return strings.ToLower(object.String(k.parent)) },
		Open: func(ctx context.Context, api *entity.Services, config mapping.Value) (entra, error) {
			if !config.Has(lifetime) {
				config = config.With(lifetime, types.StringValue(shortLifetime))
			}
			return resource.Make(ctx, api, config)
		},
		Held: []string{k.parent, keyID, endTime},
		Close: func(ctx context.Context, api *entity.Services, held mapping.Value) error {
			return k.delete(ctx, api, held.String(k.parent), held.String(keyID))
		},
		Left: func(held mapping.Value) string {
			parent, id := held.String(k.parent), held.String(keyID)
			return fmt.Sprintf("The password with the key id %s of the application %s may be left. It ends by itself at %s. To remove it now:\n\n  az ad app credential delete --id %s --key-id %s",
				id, parent, held.String(endTime), parent, id)
		},
	}.EphemeralResource()
}
