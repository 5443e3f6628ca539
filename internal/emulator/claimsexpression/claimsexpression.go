// Package claimsexpression evaluates the language of flexible federated identity credentials
// (languageVersion 1), as described in
// learn.microsoft.com/entra/workload-id/workload-identities-flexible-federated-identity-credentials:
//
//	claims['sub'] matches 'repo:contoso/*:ref:refs/heads/main' and claims['repository_id'] eq '456789'
package claimsexpression

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Operator compares a claim with a comparand.
type Operator string

// The operators of the language.
const (
	Equals  Operator = "eq"
	Matches Operator = "matches" // * stands for any characters, ? for exactly one
)

// Expression is a conjunction of conditions on the claims of a token.
type Expression struct {
	Conditions []Condition
}

// Condition compares one claim.
type Condition struct {
	Claim     string
	Operator  Operator
	Comparand string // without the enclosing quotes, and with each doubled quote made one
}

// SyntaxError says where an expression stops being one.
type SyntaxError struct {
	Column  int // of the offending character, counted in characters from 1
	Message string
}

func (e *SyntaxError) Error() string { return fmt.Sprintf("column %d: %s", e.Column, e.Message) }

// Parse reads an expression. The error is a *SyntaxError.
func Parse(text string) (*Expression, error) {
	p := parser{text: text}
	expression := &Expression{}
	for {
		condition, err := p.condition()
		if err != nil {
			return nil, err
		}
		expression.Conditions = append(expression.Conditions, condition)
		if p.rest() == "" {
			return expression, nil
		}
		if !p.accept(" and ") {
			return nil, p.fail("expected \" and \" or the end of the expression")
		}
	}
}

type parser struct {
	text   string
	offset int // in bytes
}

func (p *parser) rest() string { return p.text[p.offset:] }

func (p *parser) accept(token string) bool {
	if !strings.HasPrefix(p.rest(), token) {
		return false
	}
	p.offset += len(token)
	return true
}

func (p *parser) fail(message string) error {
	return &SyntaxError{Column: utf8.RuneCountInString(p.text[:p.offset]) + 1, Message: message}
}

func (p *parser) condition() (Condition, error) {
	if !p.accept("claims[") {
		return Condition{}, p.fail("expected a claim lookup such as claims['sub']")
	}
	claim, err := p.quoted("claim name")
	if err != nil {
		return Condition{}, err
	}
	if !p.accept("]") {
		return Condition{}, p.fail("expected ] after the claim name")
	}
	var operator Operator
	switch {
	case p.accept(" eq "):
		operator = Equals
	case p.accept(" matches "):
		operator = Matches
	default:
		return Condition{}, p.fail("expected the operator eq or matches between single spaces")
	}
	comparand, err := p.quoted("comparand")
	if err != nil {
		return Condition{}, err
	}
	return Condition{Claim: claim, Operator: operator, Comparand: comparand}, nil
}

// quoted reads a non-empty string in single quotes, in which a quote escapes a quote.
func (p *parser) quoted(what string) (string, error) {
	start := p.offset
	if !p.accept("'") {
		return "", p.fail("expected a " + what + " in single quotes")
	}
	var value strings.Builder
	for {
		plain, _, closed := strings.Cut(p.rest(), "'")
		if !closed {
			p.offset = start
			return "", p.fail("the " + what + " has no closing quote")
		}
		value.WriteString(plain)
		p.offset += len(plain) + 1
		if !p.accept("'") {
			break
		}
		value.WriteByte('\'')
	}
	if value.Len() == 0 {
		p.offset = start
		return "", p.fail("the " + what + " is empty")
	}
	return value.String(), nil
}

// Matches reports whether the claims of a token satisfy every condition. A claim that is absent or not a string
// satisfies none.
func (e *Expression) Matches(claims map[string]any) bool {
	for _, condition := range e.Conditions {
		value, ok := claims[condition.Claim].(string)
		if !ok || !condition.holds(value) {
			return false
		}
	}
	return true
}

func (c Condition) holds(value string) bool {
	if c.Operator == Matches {
		return wildcard([]rune(c.Comparand), []rune(value))
	}
	return value == c.Comparand
}

// wildcard matches without recursion: a later * makes all choices for earlier ones moot, so only the last one is
// ever tried again and the time is at most len(pattern) * len(text).
func wildcard(pattern, text []rune) bool {
	var p, t int
	star, retry := -1, 0 // position of the last *, and where in text its match ends so far
	for t < len(text) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, retry = p, t
			p++
		case p < len(pattern) && (pattern[p] == '?' || pattern[p] == text[t]):
			p++
			t++
		case star >= 0:
			retry++
			p, t = star+1, retry
		default:
			return false
		}
	}
	for p < len(pattern) && pattern[p] == '*' {
		p++
	}
	return p == len(pattern)
}
