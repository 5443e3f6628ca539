package claimsexpression

import "strings"

type kind int

const (
	end kind = iota
	space
	word         // claims, eq, sub …
	quoted       // '…', closed
	openQuote    // ' without its closing quote
	doubleQuoted // "…", which the language does not have
	leftBracket
	rightBracket
	symbol // a run of anything else: ==, &&, ( …
)

// A token is a piece of the expression and the column it starts at. The tokens
// of an expression, put together, are the expression.
type token struct {
	kind   kind
	text   string
	column int
}

// value is what stands between the quotes of a quoted token: a single quote
// escapes a single quote.
func (t token) value() string {
	return strings.ReplaceAll(t.text[1:len(t.text)-1], "''", "'")
}

func (t token) describe() string {
	switch t.kind {
	case end:
		return "the end"
	case space:
		return "a space"
	case quoted, doubleQuoted, openQuote:
		return t.text
	default:
		return `"` + t.text + `"`
	}
}

func lex(source string) []token {
	characters := []rune(source)
	var tokens []token
	for at := 0; at < len(characters); {
		length, kind := scan(characters[at:])
		tokens = append(tokens, token{kind, string(characters[at : at+length]), at + 1})
		at += length
	}
	return append(tokens, token{kind: end, column: len(characters) + 1})
}

// scan measures the token that rest, which is not empty, starts with.
func scan(rest []rune) (int, kind) {
	switch first := rest[0]; {
	case first == '\'':
		for i := 1; i < len(rest); i++ {
			if rest[i] != '\'' {
				continue
			}
			if i+1 < len(rest) && rest[i+1] == '\'' {
				i++ // an escaped quote
				continue
			}
			return i + 1, quoted
		}
		return len(rest), openQuote
	case first == '"':
		for i := 1; i < len(rest); i++ {
			if rest[i] == '"' {
				return i + 1, doubleQuoted
			}
		}
		return len(rest), doubleQuoted
	case first == '[':
		return 1, leftBracket
	case first == ']':
		return 1, rightBracket
	case isSpace(first):
		return run(rest, isSpace), space
	case isWord(first):
		return run(rest, isWord), word
	case first == '(' || first == ')':
		return 1, symbol
	default:
		return run(rest, isSymbol), symbol
	}
}

func run(characters []rune, in func(rune) bool) int {
	for i, r := range characters {
		if !in(r) {
			return i
		}
	}
	return len(characters)
}

func isSpace(r rune) bool { return r == ' ' || r == '\t' || r == '\n' || r == '\r' }

func isWord(r rune) bool {
	return r == '_' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
}

func isSymbol(r rune) bool {
	return !isSpace(r) && !isWord(r) && !strings.ContainsRune(`'"[]()`, r)
}
