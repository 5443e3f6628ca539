package claimsexpression

import (
	"fmt"
	"slices"
	"strings"
)

// Parse reads an expression. Its error is an *Error.
func Parse(source string) (*Expression, error) {
	p := &parser{tokens: lex(source)}
	expression, err := p.expression()
	if err != nil {
		return nil, err
	}
	return expression, nil
}

type parser struct {
	tokens []token // the last is end, which is never passed
	at     int
}

func (p *parser) peek() token { return p.tokens[p.at] }

func (p *parser) next() token {
	t := p.tokens[p.at]
	if t.kind != end {
		p.at++
	}
	return t
}

// The concrete type keeps a nil *Error from becoming a non-nil error.
func (p *parser) expression() (*Expression, *Error) {
	if p.peek().kind == end {
		return nil, &Error{1, "the expression is empty.", "Write at least one condition, as in " + example + "."}
	}
	e := &Expression{}
	for {
		condition, err := p.condition()
		if err != nil {
			return nil, err
		}
		e.Conditions = append(e.Conditions, condition)
		if p.peek().kind == end {
			return e, nil
		}
		if err := p.and(); err != nil {
			return nil, err
		}
	}
}

const example = "claims['sub'] eq 'repo:contoso/app:ref:refs/heads/main'"

func (p *parser) condition() (Condition, *Error) {
	var c Condition
	if err := p.lookup(&c); err != nil {
		return c, err
	}
	if err := p.space("between the claim and the operator"); err != nil {
		return c, err
	}
	if err := p.operator(&c); err != nil {
		return c, err
	}
	if err := p.space("between the operator and the value"); err != nil {
		return c, err
	}
	return c, p.comparand(&c)
}

// lookup reads claims['name'].
func (p *parser) lookup(c *Condition) *Error {
	t := p.next()
	switch {
	case t.kind == word && t.text == "claims":
	case t.kind == word && strings.EqualFold(t.text, "claims"):
		return fault(t, `expected "claims['…']"`, `The word "claims" is written in lower case.`)
	case t.kind == symbol && (t.text == "(" || t.text == ")"):
		return fault(t, `expected "claims['…']"`, parentheses)
	case t.kind == word && strings.EqualFold(t.text, "not"), t.kind == symbol && t.text == "!":
		return fault(t, `expected "claims['…']"`, "The language has no negation: say what the claims must be.")
	case t.kind == space:
		return fault(t, `expected "claims['…']"`, "Remove the extra space.")
	default:
		return fault(t, `expected "claims['…']"`, "Each condition reads claims['<name>'] eq '<value>' or claims['<name>'] matches '<pattern>'.")
	}
	if t := p.next(); t.kind != leftBracket {
		return fault(t, `expected "[" after "claims"`, "Put the claim's name in brackets and single quotes, as in claims['sub'].")
	}
	switch t := p.next(); t.kind {
	case quoted:
		c.Claim, c.ClaimColumn = t.value(), t.column
		if c.Claim == "" || strings.ContainsFunc(c.Claim, func(r rune) bool { return !isWord(r) }) {
			return fault(t, "expected the name of a claim in single quotes", "Names of claims are letters, digits and underscores, as in claims['sub'].")
		}
	case doubleQuoted:
		return fault(t, "expected the name of a claim in single quotes", singleQuotes)
	case openQuote:
		return fault(t, "the quote that opens here is never closed", "Close it with ', as in claims['sub'].")
	default:
		return fault(t, "expected the name of a claim in single quotes", "Write claims['sub'].")
	}
	if t := p.next(); t.kind != rightBracket {
		return fault(t, `expected "]" after the name of the claim`, "Write claims['"+c.Claim+"'].")
	}
	return nil
}

func (p *parser) operator(c *Condition) *Error {
	const expected = `expected the operator "eq" or "matches"`
	t := p.next()
	c.Operator, c.OperatorColumn = Operator(t.text), t.column
	lower := strings.ToLower(t.text)
	switch {
	case t.kind == word && (c.Operator == Equals || c.Operator == Matches):
		return nil
	case t.kind == word && (lower == "eq" || lower == "matches"):
		return fault(t, expected, `Write "`+lower+`", in lower case.`)
	case slices.Contains([]string{"==", "=", "==="}, t.text), slices.Contains([]string{"equals", "is"}, lower):
		return fault(t, expected, `Write "eq" to compare the whole value.`)
	case slices.Contains([]string{"startswith", "endswith", "contains", "like", "match"}, lower), strings.Contains(t.text, "~"):
		return fault(t, expected, `Write "matches", where * stands for any characters and ? for one.`)
	case slices.Contains([]string{"ne", "in", "not", "!="}, lower):
		return fault(t, expected, `The language has no "`+t.text+`": say what the claim must be.`)
	default:
		return fault(t, expected, `Write "eq" to compare the whole value, or "matches", where * stands for any characters and ? for one.`)
	}
}

func (p *parser) comparand(c *Condition) *Error {
	const expected = "expected a value in single quotes"
	t := p.next()
	switch t.kind {
	case quoted:
		c.Comparand, c.ComparandColumn = t.value(), t.column
		return nil
	case openQuote:
		return fault(t, "the quote that opens here is never closed", "Close it with '. A single quote that is part of the value is written twice.")
	case doubleQuoted:
		return fault(t, expected, singleQuotes)
	case word:
		return fault(t, expected, "Write '"+t.text+"'; numbers are quoted too.")
	default:
		return fault(t, expected, "")
	}
}

// and reads what stands between two conditions.
func (p *parser) and() *Error {
	t := p.peek()
	if t.kind == space && p.tokens[p.at+1].kind == end {
		return fault(t, "expected the expression to end", "Remove the space after the last condition; a heredoc adds a line break, which trimspace() or chomp() removes.")
	}
	if t.kind == symbol && (t.text == "(" || t.text == ")") {
		return fault(t, `expected "and", or the end`, parentheses)
	}
	if err := p.space(`between a value and the word "and"`); err != nil {
		return err
	}
	t = p.next()
	switch lower := strings.ToLower(t.text); {
	case t.kind == word && t.text == "and":
	case lower == "or" || strings.HasPrefix(t.text, "|"):
		return fault(t, `expected "and"`, `The language has no "or": create one federated identity credential for each alternative, or use "matches" with wildcards.`)
	case lower == "and" || strings.HasPrefix(t.text, "&"):
		return fault(t, `expected "and"`, `Write "and", in lower case.`)
	case t.kind == symbol && (t.text == "(" || t.text == ")"):
		return fault(t, `expected "and"`, parentheses)
	default:
		return fault(t, `expected "and"`, `Conditions are joined by the word "and", with one space on each side.`)
	}
	return p.space(`after the word "and"`)
}

// space reads exactly one space: the documentation asks for "a single space".
func (p *parser) space(where string) *Error {
	t := p.peek()
	switch {
	case t.kind == space && t.text == " ":
		p.next()
		return nil
	case t.kind == space:
		return &Error{t.column, "expected a single space " + where + ".", "Put one space there, and no tab or line break."}
	default:
		return fault(t, "expected a space "+where, "Separate them by one space.")
	}
}

const (
	parentheses  = "The language has no parentheses: conditions are joined by \"and\", and all of them must hold."
	singleQuotes = "Use single quotes instead of double quotes."
)

func fault(found token, message, remedy string) *Error {
	if found.kind == openQuote {
		return &Error{found.column, message + ".", remedy}
	}
	return &Error{found.column, fmt.Sprintf("%s, found %s.", message, found.describe()), remedy}
}
