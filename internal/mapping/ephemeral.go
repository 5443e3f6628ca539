package mapping

import (
	"fmt"

	ephemeral "github.com/hashicorp/terraform-plugin-framework/ephemeral/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
)

// Ephemeral gives the rows as the schema of an ephemeral resource, whose attributes are set or computed as a resource's are.
func (r Rows) Ephemeral() map[string]ephemeral.Attribute {
	attributes := make(map[string]ephemeral.Attribute, len(r))
	for name, attribute := range r.Attributes() {
		attributes[name] = ephemeralAttribute(attribute)
	}
	return attributes
}

func ephemeralAttribute(attribute schema.Attribute) ephemeral.Attribute {
	switch a := attribute.(type) {
	case schema.StringAttribute:
		return ephemeral.StringAttribute{Required: a.Required, Optional: a.Optional, Computed: a.Computed, Sensitive: a.Sensitive, Validators: a.Validators, MarkdownDescription: a.MarkdownDescription}
	case schema.MapAttribute:
		return ephemeral.MapAttribute{Required: a.Required, Optional: a.Optional, Computed: a.Computed, Sensitive: a.Sensitive, Validators: a.Validators, ElementType: a.ElementType, MarkdownDescription: a.MarkdownDescription}
	}
	panic(fmt.Sprintf("no ephemeral form of %T: add it here", attribute))
}
