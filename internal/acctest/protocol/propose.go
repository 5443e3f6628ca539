package protocol

import "github.com/hashicorp/terraform-plugin-go/tftypes"

// propose merges a configuration with the prior state into the state Terraform
// proposes to the provider: what is configured, and for computed attributes that
// are not, what they were before.
func (o *object) propose(prior, config tftypes.Value) tftypes.Value {
	if config.IsNull() || !config.IsKnown() {
		return config
	}
	before, configured := fieldsOf(prior), fieldsOf(config)
	proposed := make(map[string]tftypes.Value, len(o.attributes))
	for name, a := range o.attributes {
		was, ok := before[name]
		if !ok {
			was = tftypes.NewValue(a.valueType, nil)
		}
		proposed[name] = a.propose(was, configured[name])
	}
	return tftypes.NewValue(o.valueType, proposed)
}

func (a *attribute) propose(prior, config tftypes.Value) tftypes.Value {
	switch {
	case a.computed && config.IsNull():
		// A value that only a configuration can have given was configured before,
		// and now no longer is.
		if a.optional && a.nested != nil && a.hasConfigured(prior) {
			return config
		}
		return prior
	case a.nested != nil && !config.IsNull() && config.IsKnown():
		return a.proposeNested(prior, config)
	default:
		return config
	}
}

func (a *attribute) proposeNested(prior, config tftypes.Value) tftypes.Value {
	switch a.nesting {
	case single:
		return a.nested.propose(prior, config)
	case mapping:
		before, entries := fieldsOf(prior), fieldsOf(config)
		for key, entry := range entries {
			if was, ok := before[key]; ok {
				entries[key] = a.nested.propose(was, entry)
			}
		}
		return tftypes.NewValue(a.valueType, entries)
	case list:
		before, elements := elementsOf(prior), elementsOf(config)
		for i, element := range elements {
			if i < len(before) {
				elements[i] = a.nested.propose(before[i], element)
			}
		}
		return tftypes.NewValue(a.valueType, elements)
	default: // set
		// An element belongs to the first of before, not taken yet, that it could
		// have become by computing.
		before, elements := elementsOf(prior), elementsOf(config)
		taken := make([]bool, len(before))
		for i, element := range elements {
			for j, was := range before {
				if !taken[j] && a.nested.couldHaveBecome(element, was) {
					taken[j] = true
					elements[i] = a.nested.propose(was, element)
					break
				}
			}
		}
		return canonical(tftypes.NewValue(a.valueType, elements))
	}
}

// hasConfigured says whether a nested value has an attribute that is not computed.
func (a *attribute) hasConfigured(value tftypes.Value) bool {
	for _, o := range a.objects(value) {
		for name, field := range fieldsOf(o) {
			inner := a.nested.attributes[name]
			if field.IsNull() {
				continue
			}
			if !inner.computed || inner.nested != nil && inner.hasConfigured(field) {
				return true
			}
		}
	}
	return false
}

// objects has the objects in a nested value, whatever the nesting.
func (a *attribute) objects(value tftypes.Value) []tftypes.Value {
	if value.IsNull() || !value.IsKnown() {
		return nil
	}
	switch a.nesting {
	case single:
		return []tftypes.Value{value}
	case mapping:
		var objects []tftypes.Value
		for _, entry := range fieldsOf(value) {
			objects = append(objects, entry)
		}
		return objects
	default:
		return elementsOf(value)
	}
}

// couldHaveBecome says whether a prior value differs from a configured one only in
// computed attributes that the configuration leaves to the provider.
func (o *object) couldHaveBecome(config, prior tftypes.Value) bool {
	if config.Equal(prior) {
		return true
	}
	if config.IsNull() || prior.IsNull() || !config.IsKnown() {
		return false
	}
	configured, before := fieldsOf(config), fieldsOf(prior)
	for name, a := range o.attributes {
		if !a.couldHaveBecome(configured[name], before[name]) {
			return false
		}
	}
	return true
}

func (a *attribute) couldHaveBecome(config, prior tftypes.Value) bool {
	switch {
	case config.Equal(prior):
		return true
	case a.computed && config.IsNull():
		return true
	case a.nested == nil || config.IsNull() || prior.IsNull() || !config.IsKnown():
		return false
	}
	switch a.nesting {
	case single:
		return a.nested.couldHaveBecome(config, prior)
	case mapping:
		configured, before := fieldsOf(config), fieldsOf(prior)
		if len(configured) != len(before) {
			return false
		}
		for key, entry := range configured {
			if was, ok := before[key]; !ok || !a.nested.couldHaveBecome(entry, was) {
				return false
			}
		}
		return true
	case list:
		configured, before := elementsOf(config), elementsOf(prior)
		if len(configured) != len(before) {
			return false
		}
		for i, element := range configured {
			if !a.nested.couldHaveBecome(element, before[i]) {
				return false
			}
		}
		return true
	default:
		return false // elements of a set in a set have nothing to go by
	}
}
