package odata

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// kind is the kind of a token.
type kind uint8

const (
	end      kind = iota
	name          // an identifier, a keyword, or a segment such as $count
	text          // 'it''s', value unescaped
	integer       // -12
	decimal       // 1.5, 1e3
	guid          // 8-4-4-4-12
	date          // 2026-01-31
	dateTime      // 2026-01-31T10:00:00Z
	symbol        // one of ( ) , / :
)

// token is a piece of an expression; at is its offset in bytes.
type token struct {
	kind  kind
	value string
	at    int
}

// Literals are matched at the beginning of what remains, the longest kind first: a GUID may begin like a number or a
// name, and a time like a date.
var (
	guidLiteral     = regexp.MustCompile(`^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}`)
	dateTimeLiteral = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}(:\d{2}(\.\d{1,12})?)?([Zz]|[+-]\d{2}:\d{2})`)
	dateLiteral     = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}`)
	numberLiteral   = regexp.MustCompile(`^-?\d+(\.\d+)?([eE][+-]?\d+)?`)
	nameLiteral     = regexp.MustCompile(`^[$@]?[A-Za-z_][A-Za-z0-9_.]*`)

	secondsWritten = regexp.MustCompile(`^.{16}:`)
)

// scan cuts an expression into tokens; the last one is of kind end. Errors begin with prefix.
func scan(prefix, expression string) ([]token, error) {
	var tokens []token
	add := func(k kind, value string, at int) { tokens = append(tokens, token{k, value, at}) }
	for at := 0; at < len(expression); {
		rest := expression[at:]
		switch c := rest[0]; {
		case c == ' ' || c == '\t':
			at++
		case strings.IndexByte("(),/:", c) >= 0:
			add(symbol, rest[:1], at)
			at++
		case c == '\'':
			value, length, ok := scanText(rest)
			if !ok {
				return nil, badRequest(prefix+"There is an unterminated string literal at position %d in '%s'.", len(expression), expression)
			}
			add(text, value, at)
			at += length
		default:
			k, value := scanWord(rest)
			if value == "" {
				r, _ := utf8.DecodeRuneInString(rest)
				return nil, badRequest(prefix+"Syntax error: character '%c' is not valid at position %d in '%s'.", r, at, expression)
			}
			add(k, value, at)
			at += len(value)
		}
	}
	add(end, "", len(expression))
	return tokens, nil
}

// scanText reads a string literal, in which two quotes stand for one, and returns its value and its length with quotes.
func scanText(rest string) (value string, length int, ok bool) {
	var b strings.Builder
	for i := 1; i < len(rest); i++ {
		if rest[i] != '\'' {
			b.WriteByte(rest[i])
			continue
		}
		if i+1 < len(rest) && rest[i+1] == '\'' {
			b.WriteByte('\'')
			i++
			continue
		}
		return b.String(), i + 1, true
	}
	return "", 0, false
}

func scanWord(rest string) (kind, string) {
	for _, literal := range []struct {
		kind    kind
		pattern *regexp.Regexp
	}{{guid, guidLiteral}, {dateTime, dateTimeLiteral}, {date, dateLiteral}, {integer, numberLiteral}, {name, nameLiteral}} {
		value := literal.pattern.FindString(rest)
		switch {
		case value == "":
			continue
		case len(value) < len(rest) && continuesWord(rest[len(value)]):
			return end, "" // 12abc is neither
		case literal.kind == integer && strings.ContainsAny(value, ".eE"):
			return decimal, value
		}
		return literal.kind, value
	}
	return end, ""
}

func continuesWord(c byte) bool {
	return c == '_' || c == '-' || c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'
}
