package odata

import (
	"slices"
	"strings"
)

// condition is a parsed $filter, or a part of it.
type condition interface {
	holds(*scope) bool
}

// scope is what names in a condition stand for: the object, then the elements that the surrounding lambdas are at.
type scope struct {
	values  []any
	related Related
}

// place is where a value is: a property, possibly nested, of one of the scope's values, or that value itself.
type place struct {
	variable int
	segments []string
}

func (p place) value(s *scope) any {
	v := s.values[p.variable]
	for _, segment := range p.segments {
		object, ok := v.(Object)
		if !ok {
			return nil
		}
		v = object[segment]
	}
	return v
}

type (
	conjunction []condition
	disjunction []condition
	negation    struct{ of condition }

	// comparison is true where the order of value and operand, as in cmp.Compare, passes.
	comparison struct {
		place
		edm      string
		operator string // eq, ne, gt, ge, lt, le
		operand  any
	}
	// membership is `place in (a, b)`.
	membership struct {
		place
		edm      string
		operands []any
	}
	// match is a text function; its operand is in lower case.
	match struct {
		place
		function func(text, operand string) bool
		operand  string
	}
	// existence is any(): of a collection property or, where navigation is set, of related objects. A nil body holds
	// for every element.
	existence struct {
		place
		navigation string
		body       condition
	}
	// size is /$count eq n.
	size struct {
		place
		navigation string
		operand    int
		negated    bool
	}
)

func (c conjunction) holds(s *scope) bool {
	for _, part := range c {
		if !part.holds(s) {
			return false
		}
	}
	return true
}

func (c disjunction) holds(s *scope) bool {
	for _, part := range c {
		if part.holds(s) {
			return true
		}
	}
	return false
}

func (c negation) holds(s *scope) bool { return !c.of.holds(s) }

func (c comparison) holds(s *scope) bool {
	value := c.value(s)
	switch order, comparable := compare(c.edm, value, c.operand); {
	case c.operator == "eq":
		return comparable && order == 0
	case c.operator == "ne":
		return !comparable || order != 0
	case !comparable || value == nil || c.operand == nil:
		return false // null is neither more nor less than anything
	case c.operator == "gt":
		return order > 0
	case c.operator == "ge":
		return order >= 0
	case c.operator == "lt":
		return order < 0
	default:
		return order <= 0
	}
}

func (c membership) holds(s *scope) bool {
	value := c.value(s)
	for _, operand := range c.operands {
		if order, comparable := compare(c.edm, value, operand); comparable && order == 0 {
			return true
		}
	}
	return false
}

func (c match) holds(s *scope) bool {
	value, ok := c.value(s).(string)
	return ok && c.function(strings.ToLower(value), c.operand)
}

func (c existence) holds(s *scope) bool {
	members := s.members(c.place, c.navigation)
	if c.body == nil {
		return len(members) > 0
	}
	for _, member := range members {
		if c.body.holds(&scope{append(slices.Clip(s.values), member), s.related}) {
			return true
		}
	}
	return false
}

func (c size) holds(s *scope) bool {
	return (len(s.members(c.place, c.navigation)) == c.operand) != c.negated
}

// members are the elements of a collection property or the objects a navigation property leads to.
func (s *scope) members(p place, navigation string) []any {
	if navigation == "" {
		return elements(p.value(s))
	}
	object, ok := p.value(s).(Object)
	if !ok || s.related == nil {
		return nil
	}
	return boxed(s.related(object, navigation))
}

// required returns the value that a condition demands of a property of the object itself.
func required(c condition, property string) (string, bool) {
	switch c := c.(type) {
	case conjunction:
		for _, part := range c {
			if value, ok := required(part, property); ok {
				return value, true
			}
		}
	case comparison:
		if value, ok := c.operand.(string); ok && c.operator == "eq" && c.is(0, property) {
			return value, true
		}
	case existence:
		element, ok := c.body.(comparison)
		if value, isText := element.operand.(string); ok && isText && element.operator == "eq" && element.is(1) &&
			c.navigation == "" && c.is(0, property) {
			return value, true
		}
	}
	return "", false
}

// is reports whether the place is that property of that value of the scope or, without a property, that value itself.
func (p place) is(variable int, segments ...string) bool {
	return p.variable == variable && slices.Equal(p.segments, segments)
}
