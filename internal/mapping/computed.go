package mapping

import (
	"fmt"

	datasource "github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
)

// Computed gives the rows as the read-only schema of a data source.
func (r Rows) Computed() map[string]datasource.Attribute { return computed(r.Attributes()) }

func computed(attributes map[string]schema.Attribute) map[string]datasource.Attribute {
	readOnly := make(map[string]datasource.Attribute, len(attributes))
	for name, attribute := range attributes {
		readOnly[name] = computedAttribute(attribute)
	}
	return readOnly
}

func computedAttribute(attribute schema.Attribute) datasource.Attribute {
	switch a := attribute.(type) {
	case schema.StringAttribute:
		return datasource.StringAttribute{Computed: true, Sensitive: a.Sensitive, MarkdownDescription: a.MarkdownDescription}
	case schema.BoolAttribute:
		return datasource.BoolAttribute{Computed: true, MarkdownDescription: a.MarkdownDescription}
	case schema.Int32Attribute:
		return datasource.Int32Attribute{Computed: true, MarkdownDescription: a.MarkdownDescription}
	case schema.SetAttribute:
		return datasource.SetAttribute{Computed: true, ElementType: a.ElementType, MarkdownDescription: a.MarkdownDescription}
	case schema.MapAttribute:
		return datasource.MapAttribute{Computed: true, ElementType: a.ElementType, MarkdownDescription: a.MarkdownDescription}
	case schema.SingleNestedAttribute:
		return datasource.SingleNestedAttribute{Computed: true, MarkdownDescription: a.MarkdownDescription, Attributes: computed(a.Attributes)}
	case schema.MapNestedAttribute:
		return datasource.MapNestedAttribute{Computed: true, MarkdownDescription: a.MarkdownDescription, NestedObject: datasource.NestedAttributeObject{Attributes: computed(a.NestedObject.Attributes)}}
	case schema.ListNestedAttribute:
		return datasource.ListNestedAttribute{Computed: true, MarkdownDescription: a.MarkdownDescription, NestedObject: datasource.NestedAttributeObject{Attributes: computed(a.NestedObject.Attributes)}}
	}
	panic(fmt.Sprintf("no read-only form of %T: add it here", attribute))
}
