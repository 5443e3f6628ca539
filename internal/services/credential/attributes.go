package credential

import (
	"time"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
)

var attributes = mapping.Table[credential]{
	mapping.String("kind", schema.StringAttribute{Computed: true, MarkdownDescription: "`password` or `certificate`."}, func(c credential) *string { return &c.kind }, nil),
	mapping.UUID("key_id", schema.StringAttribute{Computed: true, MarkdownDescription: "Id of the credential among those of its owner."}, func(c credential) *uuid.UUID { return c.keyID }, nil),
	mapping.String("display_name", schema.StringAttribute{Computed: true, MarkdownDescription: "Name of the credential; the portal calls it the description."}, func(c credential) *string { return c.name }, nil),
	mapping.String("usage", schema.StringAttribute{Computed: true, MarkdownDescription: "What a certificate is for: `Verify` to sign in, `Sign` or `Encrypt` for tokens."}, func(c credential) *string { return c.usage }, nil),
	mapping.String("thumbprint", schema.StringAttribute{Computed: true, MarkdownDescription: "SHA-1 thumbprint of a certificate in hexadecimal, unless whoever added it gave it another identifier."}, func(c credential) *string { return present(c.thumbprint) }, nil),
	moment("start", "Time at which the credential becomes valid, RFC 3339.", func(c credential) *time.Time { return c.start }),
	moment("end", "Time at which it ends, RFC 3339.", func(c credential) *time.Time { return c.end }),
	mapping.Int32("days_to_expiry", schema.Int32Attribute{Computed: true, MarkdownDescription: "Whole days until it ends: 0 on the last day, negative once it has ended."}, credential.daysToExpiry, nil),
	mapping.Bool("expired", schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether it has ended."}, func(c credential) *bool { return new(c.expired()) }, nil),
	mapping.String("owner_type", schema.StringAttribute{Computed: true, MarkdownDescription: "`application` or `service_principal`."}, func(c credential) *string { return &c.ownerType }, nil),
	mapping.String("owner_id", schema.StringAttribute{Computed: true, MarkdownDescription: "Object id of the application or service principal whose credential it is."}, func(c credential) *string { return c.ownerID }, nil),
	mapping.String("owner_display_name", schema.StringAttribute{Computed: true, MarkdownDescription: "Its display name."}, func(c credential) *string { return c.ownerName }, nil),
	mapping.String("client_id", schema.StringAttribute{Computed: true, MarkdownDescription: "Its client id."}, func(c credential) *string { return c.client }, nil),
}

// moment is a time to the second.
func moment(name, description string, get func(credential) *time.Time) mapping.Row[credential] {
	return mapping.Derived(name, schema.StringAttribute{Computed: true, MarkdownDescription: description}, func(from credential, _ attr.Value) attr.Value {
		if at := get(from); at != nil {
			return types.StringValue(at.UTC().Format(time.RFC3339))
		}
		return types.StringNull()
	})
}

func present(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}
