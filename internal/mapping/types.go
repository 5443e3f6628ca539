package mapping

import "github.com/hashicorp/terraform-plugin-framework/attr"

// types are the attribute types of the rows, as an object of the framework needs them.
func (r Rows) types() map[string]attr.Type {
	types := make(map[string]attr.Type, len(r))
	for _, row := range r {
		types[row.name] = row.attribute.GetType()
	}
	return types
}
