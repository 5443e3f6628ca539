package odata

import (
	"slices"
	"strings"
	"unicode/utf8"
)

const (
	maxDepth   = 100 // of parentheses, not and any
	maxClauses = 15  // joined by or, or listed by in, in a default query
	maxText    = 120 // characters of a text compared with a property of a directory object, in a default query
)

// filterParser reads a $filter by recursive descent and binds its names to a type while it reads.
type filterParser struct {
	expression string
	tokens     []token
	variables  []variable
	depth      int
	advanced   bool // the request may use what needs an advanced query …
	uses       bool // … and does
}

// parseFilter returns the condition and whether it uses what only advanced queries support.
func parseFilter(t *Type, expression string, advanced bool) (condition, bool, error) {
	tokens, err := scan(invalidFilter, expression)
	if err != nil {
		return nil, false, err
	}
	p := &filterParser{expression: expression, tokens: tokens, advanced: advanced}
	p.variables = []variable{{of: t, can: capability{resource: t.resource()}}}
	c, err := p.disjunction()
	if err != nil {
		return nil, false, err
	}
	if p.tokens[0].kind != end {
		return nil, false, p.syntaxError()
	}
	return c, p.uses, nil
}

func (p *filterParser) fail(format string, args ...any) error {
	return badRequest(invalidFilter+format, args...)
}

func (p *filterParser) syntaxError() error {
	return p.fail("Syntax error at position %d in '%s'.", p.tokens[0].at, p.expression)
}

// next takes a token; the last one, of kind end, is never used up.
func (p *filterParser) next() token {
	t := p.tokens[0]
	if t.kind != end {
		p.tokens = p.tokens[1:]
	}
	return t
}

func (p *filterParser) takeSymbol(value string) bool {
	if p.tokens[0].kind == symbol && p.tokens[0].value == value {
		p.next()
		return true
	}
	return false
}

func (p *filterParser) takeKeyword(value string) bool {
	if p.tokens[0].kind == name && strings.EqualFold(p.tokens[0].value, value) {
		p.next()
		return true
	}
	return false
}

func (p *filterParser) closing() error {
	if !p.takeSymbol(")") {
		return p.fail("')' or operator expected at position %d in '%s'.", p.tokens[0].at, p.expression)
	}
	return nil
}

func (p *filterParser) disjunction() (condition, error) {
	first, err := p.conjunction()
	if err != nil {
		return nil, err
	}
	var parts disjunction
	add := func(c condition) {
		if nested, ok := c.(disjunction); ok {
			parts = append(parts, nested...)
		} else {
			parts = append(parts, c)
		}
	}
	add(first)
	for p.takeKeyword("or") {
		part, err := p.conjunction()
		if err != nil {
			return nil, err
		}
		add(part)
	}
	if len(parts) == 1 {
		return parts[0], nil
	}
	return parts, p.checkClauses(len(parts))
}

func (p *filterParser) checkClauses(count int) error {
	if count > maxClauses && !p.advanced {
		return unsupported("Too many child clauses specified in search filter expression containing 'OR' operators: %d. Max allowed: %d.", count, maxClauses)
	}
	return nil
}

// checkText refuses text that is longer than the directory's default index is. Directory objects are known by the
// deletedDateTime they all have; what they contain, such as credentials, is not in the index.
func (p *filterParser) checkText(path boundPath, operand literal) error {
	written, ok := operand.value.(string)
	if !ok || p.advanced || path.variable > 0 || utf8.RuneCountInString(written) <= maxText || p.variables[0].of.property("deletedDateTime") == nil {
		return nil
	}
	return unsupported(notIndexed, path.can.property, path.can.resource)
}

func (p *filterParser) conjunction() (condition, error) {
	first, err := p.unary()
	if err != nil {
		return nil, err
	}
	parts := conjunction{first}
	for p.takeKeyword("and") {
		part, err := p.unary()
		if err != nil {
			return nil, err
		}
		parts = append(parts, part)
	}
	if len(parts) == 1 {
		return first, nil
	}
	return parts, nil
}

func (p *filterParser) unary() (condition, error) {
	if p.depth++; p.depth > maxDepth {
		return nil, p.fail("Recursion depth exceeded allowed limit.")
	}
	defer func() { p.depth-- }()

	switch t := p.tokens[0]; {
	case p.takeKeyword("not"):
		if err := p.needAdvanced("not"); err != nil {
			return nil, err
		}
		of, err := p.unary()
		return negation{of}, err
	case p.takeSymbol("("):
		c, err := p.disjunction()
		if err != nil {
			return nil, err
		}
		return c, p.closing()
	case t.kind == name && len(p.tokens) > 1 && p.tokens[1].kind == symbol && p.tokens[1].value == "(":
		return p.function()
	case t.kind == name && !isLiteral(t):
		return p.predicate()
	default:
		return p.mirrored()
	}
}

// predicate reads what starts with a path: a comparison, a lambda, a count, or a Boolean property by itself.
func (p *filterParser) predicate() (condition, error) {
	path, err := p.path()
	if err != nil {
		return nil, err
	}
	switch path.segment {
	case "any":
		return p.lambda(path)
	case "$count":
		return p.count(path)
	}
	operator := p.tokens[0]
	if operator.kind != name {
		if path.edm != "Edm.Boolean" {
			return nil, p.fail("The $filter expression must evaluate to a single boolean value.")
		}
		return comparison{path.place, path.edm, "eq", true}, p.permit(path.can, Eq, "eq")
	}
	p.next()
	if strings.EqualFold(operator.value, "in") {
		return p.membership(path)
	}
	at := p.tokens[0].at
	operand, err := p.literal()
	if err != nil {
		return nil, err
	}
	return p.compare(path, operator, operand, at)
}

// mirrored reads a comparison with the literal first: 'x' eq displayName.
func (p *filterParser) mirrored() (condition, error) {
	operand, err := p.literal()
	if err != nil {
		return nil, err
	}
	operator := p.tokens[0]
	mirror, ok := map[string]string{"eq": "eq", "ne": "ne", "gt": "lt", "ge": "le", "lt": "gt", "le": "ge"}[strings.ToLower(operator.value)]
	if !ok || operator.kind != name {
		return nil, p.syntaxError()
	}
	p.next()
	operator.value = mirror
	if p.tokens[0].kind != name || isLiteral(p.tokens[0]) {
		return nil, p.syntaxError()
	}
	path, err := p.path()
	if err != nil {
		return nil, err
	}
	if path.segment != "" {
		return nil, p.syntaxError()
	}
	return p.compare(path, operator, operand, operator.at)
}

var operatorNames = map[string]struct {
	kind string // in messages
	bit  Operators
}{
	"eq": {"Equal", Eq},
	"ne": {"NotEqual", Eq},
	"gt": {"GreaterThan", Gt},
	"ge": {"GreaterThanOrEqual", Ge},
	"lt": {"LessThan", Lt},
	"le": {"LessThanOrEqual", Le},
}

func (p *filterParser) compare(path boundPath, operator token, operand literal, at int) (condition, error) {
	spelled := strings.ToLower(operator.value)
	known, ok := operatorNames[spelled]
	if !ok {
		return nil, p.fail("Syntax error at position %d in '%s'.", operator.at, p.expression)
	}
	if path.edm == "" || !operand.fits(path.edm) {
		return nil, p.incompatible(path, operand, known.kind)
	}
	bit := known.bit
	if operand.value == nil {
		bit |= Null
	}
	if err := p.permit(path.can, bit, spelled); err != nil {
		return nil, err
	}
	if spelled == "ne" {
		if err := p.needAdvanced("ne"); err != nil {
			return nil, err
		}
	}
	if err := p.checkText(path, operand); err != nil {
		return nil, err
	}
	value, ok := operand.as(path.edm)
	if !ok {
		return nil, p.fail("Unrecognized '%s' literal '%v' at '%d' in '%s'.", operand.edm, operand.value, at, p.expression)
	}
	return comparison{path.place, path.edm, spelled, value}, nil
}

func (p *filterParser) incompatible(path boundPath, operand literal, kind string) error {
	return p.fail("A binary operator with incompatible types was detected. Found operand types '%s' and '%s' for operator kind '%s'.", path.typeName, operand.edm, kind)
}

func (p *filterParser) membership(path boundPath) (condition, error) {
	if !p.takeSymbol("(") {
		return nil, p.fail("'(' expected at position %d in '%s'.", p.tokens[0].at, p.expression)
	}
	if err := p.permit(path.can, Eq, "in"); err != nil {
		return nil, err
	}
	c := membership{place: path.place, edm: path.edm}
	for {
		at := p.tokens[0].at
		operand, err := p.literal()
		if err != nil {
			return nil, err
		}
		value, ok := operand.as(path.edm)
		switch {
		case path.edm == "" || !operand.fits(path.edm):
			return nil, p.incompatible(path, operand, "Equal")
		case !ok:
			return nil, p.fail("Unrecognized '%s' literal '%v' at '%d' in '%s'.", operand.edm, operand.value, at, p.expression)
		}
		if value == nil {
			if err := p.permit(path.can, Eq|Null, "in"); err != nil {
				return nil, err
			}
		}
		if err := p.checkText(path, operand); err != nil {
			return nil, err
		}
		c.operands = append(c.operands, value)
		if p.takeSymbol(",") {
			continue
		}
		if !p.takeSymbol(")") {
			return nil, p.fail("')' or ',' expected at position %d in '%s'.", p.tokens[0].at, p.expression)
		}
		return c, p.checkClauses(len(c.operands))
	}
}

var textFunctions = map[string]struct {
	name  string
	bit   Operators
	match func(text, operand string) bool
}{
	"startswith": {"startsWith", StartsWith, strings.HasPrefix},
	"endswith":   {"endsWith", EndsWith, strings.HasSuffix},
	"contains":   {"contains", Contains, strings.Contains},
}

// function reads startsWith(path,'text') and its kind, which may be followed by `eq true`.
func (p *filterParser) function() (condition, error) {
	called := p.next()
	function, ok := textFunctions[strings.ToLower(called.value)]
	if !ok {
		return nil, p.fail("An unknown function with name '%s' was found. This may also be a function import or a key lookup on a navigation property, which is not allowed.", called.value)
	}
	p.next() // the parenthesis
	if p.tokens[0].kind != name || isLiteral(p.tokens[0]) {
		return nil, unsupported("Unsupported property filter clause operator '%s'.", strings.ToUpper(function.name[:1])+function.name[1:])
	}
	path, err := p.path()
	if err != nil {
		return nil, err
	}
	if !p.takeSymbol(",") {
		return nil, p.fail("')' or ',' expected at position %d in '%s'.", p.tokens[0].at, p.expression)
	}
	operand, err := p.literal()
	if err != nil {
		return nil, err
	}
	if err := p.closing(); err != nil {
		return nil, err
	}
	value, isText := operand.value.(string)
	if !isText || operand.edm != "Edm.String" || path.edm != "Edm.String" || path.segment != "" {
		return nil, p.fail("No function signature for the function with name '%s' matches the specified arguments.", called.value)
	}
	if function.bit == Contains && (path.can.byDefault|path.can.advanced)&Contains == 0 {
		return nil, unsupported("Unsupported property filter clause operator 'Contains'.")
	}
	if err := p.permit(path.can, function.bit, function.name); err != nil {
		return nil, err
	}
	if err := p.checkText(path, operand); err != nil {
		return nil, err
	}
	if p.takeKeyword("eq") && !p.takeKeyword("true") {
		return nil, p.syntaxError()
	}
	return match{path.place, function.match, strings.ToLower(value)}, nil
}

// lambda reads what follows any: (x:condition), or () for "is not empty".
func (p *filterParser) lambda(path boundPath) (condition, error) {
	if !p.takeSymbol("(") {
		return nil, p.fail("'(' expected at position %d in '%s'.", p.tokens[0].at, p.expression)
	}
	c := existence{place: path.place, navigation: path.navigationName()}
	if p.takeSymbol(")") {
		return c, nil
	}
	parameter := p.next()
	if parameter.kind != name || !p.takeSymbol(":") {
		return nil, p.fail("Expected a range variable at position %d in '%s'.", parameter.at, p.expression)
	}
	if slices.ContainsFunc(p.variables, func(v variable) bool { return v.name == parameter.value }) {
		return nil, p.fail("The range variable '%s' has already been declared.", parameter.value)
	}
	p.variables = append(p.variables, variable{parameter.value, path.of, path.edm, path.can})
	body, err := p.disjunction()
	p.variables = p.variables[:len(p.variables)-1]
	if err != nil {
		return nil, err
	}
	c.body = body
	return c, p.closing()
}

// count reads what follows /$count: eq or ne, and 0 or 1.
func (p *filterParser) count(path boundPath) (condition, error) {
	operator := p.next()
	spelled := strings.ToLower(operator.value)
	operand, err := p.literal()
	if err != nil {
		return nil, err
	}
	number, ok := operand.value.(float64)
	if operator.kind != name || spelled != "eq" && spelled != "ne" || !ok || number != 0 && number != 1 {
		return nil, unsupported(notIndexed, path.can.property, path.can.resource)
	}
	c := size{path.place, path.navigationName(), int(number), spelled == "ne"}
	return c, p.needAdvanced("$count")
}
