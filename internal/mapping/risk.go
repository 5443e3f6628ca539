package mapping

import (
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/path"
)

// Risk is a setting that lets in more than the service does by itself.
type Risk struct {
	Path  path.Path
	Value attr.Value
	// Configured says that the configuration has the setting, if only as unknown.
	Configured bool
}

// Risks are the risky settings of an object, and which of them a configuration has.
func (r Rows) Risks(object, config Value) []Risk {
	return r.risks(path.Empty(), object.attributes, config.attributes)
}

func (r Rows) risks(at path.Path, object, config map[string]attr.Value) []Risk {
	var risks []Risk
	for _, row := range r {
		value, configured := object[row.name], config[row.name]
		if value == nil || value.IsNull() || value.IsUnknown() {
			continue
		}
		if row.risky != nil && row.risky(value) {
			risks = append(risks, Risk{at.AtName(row.name), value, configured != nil && !configured.IsNull()})
		}
		if len(row.children) > 0 && (configured == nil || !configured.IsUnknown()) {
			risks = append(risks, row.children.risks(at.AtName(row.name), childrenOf(value), childrenOf(configured))...)
		}
	}
	return risks
}

// Risky are the paths of all settings that may be risky.
func (r Rows) Risky() []string {
	var paths []string
	for _, row := range r {
		if row.risky != nil {
			paths = append(paths, row.name)
		}
		for _, inner := range row.children.Risky() {
			paths = append(paths, row.name+"."+inner)
		}
	}
	return paths
}
