package odata

import (
	"slices"
	"strconv"
	"strings"
)

const (
	maxDepth   = 100 // of parentheses, not and any
	maxClauses = 15  // joined by or, or listed by in, in a default query
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
