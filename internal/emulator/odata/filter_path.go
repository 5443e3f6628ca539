package odata

import (
	"slices"
	"strings"
)

// variable is what a name at the start of a path may stand for: the object (without a name) or the element of a lambda.
type variable struct {
	name string
	of   *Type      // an object or an element that has properties
	edm  string     // an element that is a value
	can  capability // what the collection's own row adds to its elements
}

// capability is what a place can be filtered by, and the names that messages call it by.
type capability struct {
	byDefault, advanced Operators
	property, resource  string
}

func (c capability) with(p *Property) capability {
	c.byDefault |= p.Filter
	c.advanced |= p.AdvancedFilter
	if c.property == "" {
		c.property = p.Name
	}
	return c
}

// permit refuses an operator that a place does not support, or supports in advanced queries only.
func (p *filterParser) permit(can capability, needed Operators, operator string) error {
	switch {
	case can.byDefault&needed == needed:
		return nil
	case (can.byDefault|can.advanced)&needed == needed:
		return p.needAdvanced(operator)
	}
	return unsupported(notIndexed, can.property, can.resource)
}

func (p *filterParser) needAdvanced(operator string) error {
	if !p.advanced {
		return unsupported(advancedOnly, operator)
	}
	p.uses = true
	return nil
}

// boundPath is a path and what it leads to.
type boundPath struct {
	place
	segment    string // "", "any" or "$count"
	navigation *Navigation
	of         *Type  // where it leads to, or what is in the collection, has properties
	edm        string // where it leads to, or what is in the collection, is a value
	typeName   string
	can        capability
}

func (b boundPath) navigationName() string {
	if b.navigation == nil {
		return ""
	}
	return b.navigation.Name
}

// path reads a/b/c, of which the first may be a lambda's variable and the last any or $count.
func (p *filterParser) path() (boundPath, error) {
	first := p.next()
	var b boundPath
	root := p.variables[0]
	for i, v := range p.variables[1:] {
		if v.name == first.value {
			b.variable, root = i+1, v
		}
	}
	b.of, b.edm, b.typeName, b.can = root.of, root.edm, root.edm, root.can
	if b.of != nil {
		b.typeName = b.of.Name
	}
	if b.variable == 0 {
		if err := p.step(&b, first.value); err != nil {
			return b, err
		}
	}
	for p.takeSymbol("/") {
		segment := p.next()
		if segment.kind != name {
			return b, p.fail("Syntax error at position %d in '%s'.", segment.at, p.expression)
		}
		if err := p.step(&b, segment.value); err != nil {
			return b, err
		}
	}
	if b.segment == "" && (b.navigation != nil || strings.HasPrefix(b.typeName, "Collection(")) {
		return b, unsupported(notIndexed, b.can.property, b.can.resource)
	}
	return b, nil
}

// step follows a path by one segment.
func (p *filterParser) step(b *boundPath, segment string) error {
	collection := b.navigation != nil && b.navigation.Collection || strings.HasPrefix(b.typeName, "Collection(")
	switch folded := strings.ToLower(segment); {
	case b.segment != "":
		return p.fail("The path after '%s' can't be followed in '%s'.", b.segment, p.expression)
	case collection && (folded == "any" || folded == "$count"):
		b.segment = folded
		if !b.supports(folded) {
			return unsupported("Complex query on property %s is not supported.", b.can.property)
		}
		return nil
	case collection || b.navigation != nil:
		return unsupported("Complex query on property %s is not supported.", b.can.property)
	case b.of == nil:
		return p.fail(unknownProperty, segment, b.typeName)
	}
	if property := b.of.property(segment); property != nil {
		b.segments = append(b.segments, property.Name)
		b.can = b.can.with(property)
		b.of, b.edm, b.typeName = property.Complex, property.Type, property.Type
		if property.Complex != nil {
			b.edm, b.typeName = "", property.Complex.Name
		}
		if property.Collection {
			b.typeName = "Collection(" + b.typeName + ")"
		}
		return nil
	}
	if navigation := b.of.navigation(segment); navigation != nil {
		b.navigation = navigation
		b.can.property = navigation.Name
		b.of, b.edm, b.typeName = navigation.Target, "", navigation.Target.Name
		return nil
	}
	return p.fail(unknownProperty, segment, b.of.Name)
}

// supports tells whether the collection that a path leads to supports any or $count.
func (b boundPath) supports(segment string) bool {
	switch {
	case b.navigation != nil && segment == "any":
		return b.navigation.Filter
	case b.navigation != nil:
		return b.navigation.Count
	case b.can.byDefault|b.can.advanced != 0:
		return true
	case b.of == nil:
		return false
	}
	return slices.ContainsFunc(b.of.Properties, func(p Property) bool { return p.Filter|p.AdvancedFilter != 0 })
}
