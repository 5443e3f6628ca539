package mapping

import "github.com/hashicorp/terraform-plugin-framework/attr"

// types are the attribute types of the rows, as an object of the framework needs them.
func (t Table[E]) types() map[string]attr.Type {
	types := make(map[string]attr.Type, len(t))
	for _, row := range t {
		types[row.name] = row.attribute.GetType()
	}
	return types
}
