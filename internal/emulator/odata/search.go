package odata

import (
	"slices"
	"strings"
	"unicode"
)

// parseSearch reads a $search on a directory collection: clauses "property:text" in double quotes, joined by AND and
// OR outside them, with parentheses.
func parseSearch(t *Type, expression string) (condition, error) {
	p := &searchParser{of: t, expression: expression}
	c, err := p.disjunction()
	if err != nil {
		return nil, err
	}
	if p.skipSpace(); p.at < len(expression) {
		return nil, p.syntaxError()
	}
	return c, nil
}

type searchParser struct {
	of         *Type
	expression string
	at         int
	depth      int
}

func (p *searchParser) syntaxError() error {
	return badRequest("Syntax error at position %d in '%s'.", p.at, p.expression)
}

func (p *searchParser) skipSpace() {
	for p.at < len(p.expression) && p.expression[p.at] == ' ' {
		p.at++
	}
}

// take takes a word or a parenthesis if it comes next.
func (p *searchParser) take(word string) bool {
	p.skipSpace()
	if strings.HasPrefix(p.expression[p.at:], word) {
		p.at += len(word)
		return true
	}
	return false
}

func (p *searchParser) disjunction() (condition, error) {
	var parts disjunction
	for {
		part, err := p.conjunction()
		if err != nil {
			return nil, err
		}
		if parts = append(parts, part); !p.take("OR") {
			return parts, nil
		}
	}
}

func (p *searchParser) conjunction() (condition, error) {
	var parts conjunction
	for {
		part, err := p.primary()
		if err != nil {
			return nil, err
		}
		if parts = append(parts, part); !p.take("AND") {
			return parts, nil
		}
	}
}

func (p *searchParser) primary() (condition, error) {
	if !p.take("(") {
		return p.clause()
	}
	if p.depth++; p.depth > maxDepth {
		return nil, badRequest("Recursion depth exceeded allowed limit.")
	}
	defer func() { p.depth-- }()
	c, err := p.disjunction()
	if err == nil && !p.take(")") {
		err = p.syntaxError()
	}
	return c, err
}

func (p *searchParser) clause() (condition, error) {
	if !p.take(`"`) {
		return nil, p.syntaxError()
	}
	var b strings.Builder
	for ; ; p.at++ {
		if p.at == len(p.expression) {
			return nil, p.syntaxError()
		}
		c := p.expression[p.at]
		if c == '"' {
			p.at++
			break
		}
		if c == '\\' && p.at+1 < len(p.expression) {
			p.at++
			c = p.expression[p.at]
		}
		b.WriteByte(c)
	}
	name, sought, ok := strings.Cut(b.String(), ":")
	if !ok || sought == "" {
		return nil, p.syntaxError()
	}
	property := p.of.property(name)
	switch {
	case property == nil:
		return nil, badRequest(unknownProperty, name, p.of.Name)
	case property.Search:
		return words{place{segments: []string{property.Name}}, tokenize(sought)}, nil
	case property.Type == "Edm.String" && !property.Collection && property.Filter|property.AdvancedFilter != 0:
		return match{place{segments: []string{property.Name}}, strings.HasPrefix, strings.ToLower(sought)}, nil
	}
	return nil, unsupported("Unsupported or invalid search clause specified for property '%s' of resource '%s'.", property.Name, p.of.resource())
}

// words holds where each of the sought words begins one of the property's, in any order.
type words struct {
	place
	sought []string
}

func (c words) holds(s *scope) bool {
	value, ok := c.value(s).(string)
	if !ok {
		return false
	}
	found := tokenize(value)
	for joined := range strings.FieldsSeq(value) {
		found = append(found, strings.ToLower(strings.Map(func(r rune) rune {
			if unicode.IsLetter(r) || unicode.IsDigit(r) {
				return r
			}
			return -1
		}, joined)))
	}
	for _, word := range c.sought {
		if !slices.ContainsFunc(found, func(f string) bool { return strings.HasPrefix(f, word) }) {
			return false
		}
	}
	return true
}

// tokenize cuts text into words, in lower case: at spaces and symbols, between letters and digits, and where a capital
// follows a small letter. Text of nothing but symbols is a word by itself.
func tokenize(s string) []string {
	var found []string
	var word []rune
	flush := func() {
		if len(word) > 0 {
			found = append(found, strings.ToLower(string(word)))
			word = nil
		}
	}
	var before rune
	for _, r := range s {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			flush()
			before = 0
			continue
		case unicode.IsDigit(before) != unicode.IsDigit(r), unicode.IsLower(before) && unicode.IsUpper(r):
			flush()
		}
		word = append(word, r)
		before = r
	}
	flush()
	if found == nil {
		return strings.Fields(s)
	}
	return found
}
