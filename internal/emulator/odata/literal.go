package odata

import (
	"slices"
	"strconv"
	"strings"
)

// literal is a constant of a filter and the Edm type it is written as.
type literal struct {
	value any
	edm   string
}

func isLiteral(t token) bool {
	return slices.Contains([]string{"null", "true", "false"}, t.value)
}

func (p *filterParser) literal() (literal, error) {
	switch t := p.next(); t.kind {
	case text:
		return literal{t.value, "Edm.String"}, nil
	case guid:
		return literal{t.value, "Edm.Guid"}, nil
	case date:
		return literal{t.value, "Edm.Date"}, nil
	case dateTime:
		return literal{t.value, "Edm.DateTimeOffset"}, nil
	case integer, decimal:
		edm := "Edm.Int32"
		if t.kind == decimal {
			edm = "Edm.Double"
		}
		n, err := strconv.ParseFloat(t.value, 64)
		if err != nil {
			return literal{}, p.fail("Unrecognized '%s' literal '%s' at '%d' in '%s'.", edm, t.value, t.at, p.expression)
		}
		return literal{n, edm}, nil
	case name:
		switch t.value {
		case "null":
			return literal{nil, "<null>"}, nil
		case "true", "false":
			return literal{t.value == "true", "Edm.Boolean"}, nil
		}
		of := p.variables[0].of
		if of.property(t.value) != nil {
			return literal{}, unsupported(notIndexed, t.value, of.resource()) // one property against another
		}
		return literal{}, p.fail(unknownProperty, t.value, of.Name)
	default:
		return literal{}, p.fail("Expression expected at position %d in '%s'.", t.at, p.expression)
	}
}

// fits reports whether a literal can be compared with a property of the given type.
func (l literal) fits(edm string) bool {
	switch edm {
	case "Edm.DateTimeOffset":
		return l.edm == edm || l.edm == "Edm.Date" || l.value == nil
	case "Edm.Int16", "Edm.Int32", "Edm.Int64", "Edm.Double", "Edm.Decimal":
		return l.edm == "Edm.Int32" || l.edm == "Edm.Double" || l.value == nil
	case "Edm.String", "Edm.Guid", "Edm.Boolean":
		return l.edm == edm || l.value == nil
	}
	return l.edm == "Edm.String" || l.value == nil // enumerations and the like are text in JSON
}

// as returns the literal's value in the form that values of the given type have, and false where there is no such date.
func (l literal) as(edm string) (any, bool) {
	written, ok := l.value.(string)
	if !ok || edm != "Edm.DateTimeOffset" {
		return l.value, true
	}
	if l.edm == "Edm.Date" {
		written += "T00:00:00Z"
	}
	written = strings.ToUpper(written)
	if !secondsWritten.MatchString(written) {
		written = written[:len("2006-01-02T15:04")] + ":00" + written[len("2006-01-02T15:04"):]
	}
	_, valid := compareTimes(written, written)
	return written, valid
}
