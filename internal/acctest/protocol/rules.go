package protocol

import (
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// A violation is where a provider broke a rule, and which.
type violation struct {
	path    *tftypes.AttributePath
	message string
}

// validPlan holds a planned state (or the state of a data source) against the
// configuration: it must have what is configured, or the prior value where that
// means the same, and may choose only what is computed and not configured.
func validPlan(o *object, prior, config, planned tftypes.Value) []violation {
	return o.validPlan(tftypes.NewAttributePath(), prior, config, planned)
}

func (o *object) validPlan(at *tftypes.AttributePath, prior, config, planned tftypes.Value) []violation {
	switch {
	case config.IsNull() && !planned.IsNull():
		return []violation{{at, "planned for existence, but the configuration wants absence"}}
	case !config.IsNull() && planned.IsNull():
		return []violation{{at, "planned for absence, but the configuration wants existence"}}
	case config.IsNull() || !config.IsKnown() || !planned.IsKnown():
		if !config.IsNull() && config.IsKnown() {
			return []violation{{at, "planned as unknown as a whole, but it is configured"}}
		}
		return nil
	}
	var found []violation
	before, configured, plans := fieldsOf(prior), fieldsOf(config), fieldsOf(planned)
	for _, name := range o.names() {
		a := o.attributes[name]
		was, ok := before[name]
		if !ok {
			was = tftypes.NewValue(a.valueType, nil)
		}
		found = append(found, a.validPlan(at.WithAttributeName(name), was, configured[name], plans[name])...)
	}
	return found
}

func (a *attribute) validPlan(at *tftypes.AttributePath, prior, config, planned tftypes.Value) []violation {
	switch {
	case a.writeOnly:
		if !planned.IsNull() {
			return []violation{{at, "a write-only attribute must be null in the plan"}}
		}
		return nil
	case planned.Equal(config):
		return nil
	case planned.Equal(prior) && !prior.IsNull() && !config.IsNull():
		return nil // what is configured means the same as what was before
	case config.IsNull() && a.computed:
		return nil
	case config.IsNull():
		return []violation{{at, fmt.Sprintf("planned value %s for an attribute that is neither configured nor computed", planned)}}
	case a.nested != nil && config.IsKnown():
		return a.validNestedPlan(at, prior, config, planned)
	case prior.IsNull():
		return []violation{{at, fmt.Sprintf("planned value %s does not match the configured value %s", planned, config)}}
	default:
		return []violation{{at, fmt.Sprintf("planned value %s matches neither the configured value %s nor the prior value %s", planned, config, prior)}}
	}
}

func (a *attribute) validNestedPlan(at *tftypes.AttributePath, prior, config, planned tftypes.Value) []violation {
	if planned.IsNull() || !planned.IsKnown() {
		return []violation{{at, fmt.Sprintf("planned as %s, but it is configured", planned)}}
	}
	null := tftypes.NewValue(a.nested.valueType, nil)
	var found []violation
	switch a.nesting {
	case single:
		return a.nested.validPlan(at, prior, config, planned)
	case mapping:
		before, configured, plans := fieldsOf(prior), fieldsOf(config), fieldsOf(planned)
		for key := range plans {
			if _, ok := configured[key]; !ok {
				found = append(found, violation{at.WithElementKeyString(key), "planned, but not configured"})
			}
		}
		for key, entry := range configured {
			was, ok := before[key]
			if !ok {
				was = null
			}
			plan, ok := plans[key]
			if !ok {
				found = append(found, violation{at.WithElementKeyString(key), "configured, but not planned"})
				continue
			}
			found = append(found, a.nested.validPlan(at.WithElementKeyString(key), was, entry, plan)...)
		}
	case list:
		before, configured, plans := elementsOf(prior), elementsOf(config), elementsOf(planned)
		if len(configured) != len(plans) {
			return []violation{{at, fmt.Sprintf("%d elements planned, but %d configured", len(plans), len(configured))}}
		}
		for i, element := range configured {
			was := null
			if i < len(before) {
				was = before[i]
			}
			found = append(found, a.nested.validPlan(at.WithElementKeyInt(i), was, element, plans[i])...)
		}
	case set:
		return correlate(at, "planned", elementsOf(planned), "configured", elementsOf(config), func(plan, element tftypes.Value) bool {
			return len(a.nested.validPlan(at, null, element, plan)) == 0
		})
	}
	return found
}

// correlate holds two sets against each other, whose elements can differ and still
// belong together.
func correlate(at *tftypes.AttributePath, gotName string, got []tftypes.Value, wantName string, want []tftypes.Value, fits func(got, want tftypes.Value) bool) []violation {
	var found []violation
	if len(got) != len(want) {
		found = append(found, violation{at, fmt.Sprintf("%d elements %s, but %d %s", len(got), gotName, len(want), wantName)})
	}
	missing := func(from []tftypes.Value, name, in string, fits func(element tftypes.Value) bool) {
		for _, element := range from {
			if !fits(element) {
				found = append(found, violation{at, fmt.Sprintf("element %s is %s, but not %s", element, name, in)})
			}
		}
	}
	missing(got, gotName, wantName, func(g tftypes.Value) bool {
		return slices.ContainsFunc(want, func(w tftypes.Value) bool { return fits(g, w) })
	})
	missing(want, wantName, gotName, func(w tftypes.Value) bool {
		return slices.ContainsFunc(got, func(g tftypes.Value) bool { return fits(g, w) })
	})
	return found
}

// consistent holds a state, or a later plan, against the plan it came from: what the
// plan knew must be so, and only what it left open may be anything.
func consistent(at *tftypes.AttributePath, planned, actual tftypes.Value) []violation {
	switch {
	case !planned.IsKnown():
		return nil
	case planned.IsNull() && !actual.IsNull():
		return []violation{{at, fmt.Sprintf("was absent, but is now %s", describe(actual))}}
	case !planned.IsNull() && actual.IsNull():
		return []violation{{at, fmt.Sprintf("was %s, but is now absent", describe(planned))}}
	case planned.IsNull() || planned.Equal(actual):
		return nil
	case !actual.IsKnown():
		return []violation{{at, fmt.Sprintf("was %s, but is now unknown", describe(planned))}}
	}
	var found []violation
	switch t := planned.Type(); {
	case t.Is(tftypes.Object{}), t.Is(tftypes.Map{}):
		step := at.WithElementKeyString
		if t.Is(tftypes.Object{}) {
			step = at.WithAttributeName
		}
		was, is := fieldsOf(planned), fieldsOf(actual)
		for key, value := range is {
			if _, ok := was[key]; !ok {
				found = append(found, violation{step(key), fmt.Sprintf("was absent, but is now %s", describe(value))})
			}
		}
		for key, value := range was {
			if _, ok := is[key]; !ok {
				found = append(found, violation{step(key), fmt.Sprintf("was %s, but is now absent", describe(value))})
				continue
			}
			found = append(found, consistent(step(key), value, is[key])...)
		}
	case t.Is(tftypes.List{}), t.Is(tftypes.Tuple{}):
		was, is := elementsOf(planned), elementsOf(actual)
		if len(was) != len(is) {
			return []violation{{at, fmt.Sprintf("had %d elements, but now has %d", len(was), len(is))}}
		}
		for i, value := range was {
			found = append(found, consistent(at.WithElementKeyInt(i), value, is[i])...)
		}
	case t.Is(tftypes.Set{}):
		was, is := elementsOf(planned), elementsOf(actual)
		if slices.ContainsFunc(was, func(v tftypes.Value) bool { return !v.IsKnown() }) {
			return nil // as many elements as the provider likes
		}
		return correlate(at, "there now", is, "planned", was, func(a, p tftypes.Value) bool {
			return len(consistent(at, p, a)) == 0
		})
	default:
		return []violation{{at, fmt.Sprintf("was %s, but is now %s", describe(planned), describe(actual))}}
	}
	return found
}

func describe(value tftypes.Value) string { return fmt.Sprintf("%#v", toGo(value)) }
