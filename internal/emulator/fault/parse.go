package fault

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// Parse reads rules, one a line. Empty lines and comments are allowed.
func Parse(text string) ([]Rule, error) {
	var rules []Rule
	for i, line := range slices.Collect(strings.Lines(text)) {
		words, err := split(line)
		if err == nil && len(words) > 0 {
			var rule Rule
			if rule, err = parse(words); err == nil {
				rules = append(rules, rule)
			}
		}
		if err != nil {
			return nil, fmt.Errorf("line %d, %q: %w", i+1, strings.TrimSpace(line), err)
		}
	}
	return rules, nil
}

// MustParse is Parse for rules that are known to be right, each an argument; it panics on others.
func MustParse(lines ...string) []Rule {
	rules, err := Parse(strings.Join(lines, "\n"))
	if err != nil {
		panic(err)
	}
	return rules
}

// split returns the words of a line up to a comment. Quotes are taken away, whether they are around a word or only around
// the value of an option.
func split(line string) ([]string, error) {
	var words []string
	for rest := strings.TrimSpace(line); rest != "" && rest[0] != '#'; rest = strings.TrimSpace(rest) {
		end := strings.IndexAny(rest, " \t\"")
		if end < 0 {
			end = len(rest)
		}
		word := rest[:end]
		rest = rest[end:]
		if strings.HasPrefix(rest, `"`) {
			quoted, err := strconv.QuotedPrefix(rest)
			if err != nil {
				return nil, errors.New("a quotation mark is missing")
			}
			text, _ := strconv.Unquote(quoted) // what QuotedPrefix returns can be
			word += text
			rest = rest[len(quoted):]
		}
		words = append(words, word)
	}
	return words, nil
}

func parse(words []string) (Rule, error) {
	if len(words) < 3 {
		return Rule{}, errors.New("a rule is METHOD PATH EFFECT [OPTION…]")
	}
	rule := Rule{Path: words[1]}
	if words[0] != "*" {
		rule.Methods = strings.Split(strings.ToUpper(words[0]), ",")
		for _, method := range rule.Methods {
			if strings.Trim(method, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" || method == "" {
				return Rule{}, fmt.Errorf("%q is no method", method)
			}
		}
	}
	if !strings.HasPrefix(rule.Path, "/") {
		return Rule{}, fmt.Errorf("the path %q does not begin with /", rule.Path)
	}
	if err := rule.effect(words[2]); err != nil {
		return Rule{}, err
	}
	for _, word := range words[3:] {
		if err := rule.option(word); err != nil {
			return Rule{}, err
		}
	}
	return rule, nil
}

func (r *Rule) effect(word string) error {
	name, value, valued := strings.Cut(word, "=")
	r.Effect = Effect(name)
	switch r.Effect {
	case Reset, Truncated, Empty, Garbled, Expired:
		if valued {
			return fmt.Errorf("%s has no value", name)
		}
		return nil
	case Lost:
		if !valued {
			return nil
		}
	case Delayed, Latency:
		if !valued {
			return fmt.Errorf("%s needs a duration: %s=100ms", name, name)
		}
	default:
		status, err := strconv.Atoi(word)
		if err != nil || status < http.StatusBadRequest || status > 599 {
			return fmt.Errorf("%q is no effect: a status from 400 to 599, reset, lost, truncated, empty, garbled, delayed, expired or latency", word)
		}
		r.Effect, r.Status = Status, status
		return nil
	}
	return r.Delay.UnmarshalText([]byte(value))
}

func (r *Rule) option(word string) error {
	name, value, valued := strings.Cut(word, "=")
	if valued != (name != "after") || valued && value == "" {
		return fmt.Errorf("%q is no option", word)
	}
	ofStatus := false
	var err error
	switch name {
	case "after":
		r.After = true
		if r.Effect != Status && r.Effect != Reset {
			return fmt.Errorf("%s has no option after", r.Effect)
		}
	case "code":
		r.Code, ofStatus = value, true
	case "message":
		r.Message, ofStatus = value, true
	case "retry-after":
		r.RetryAfter, ofStatus = value, true
	case "skip":
		r.Skip, err = natural(value)
	case "count":
		r.Count, err = natural(value)
	case "p":
		if r.Probability, err = strconv.ParseFloat(value, 64); err != nil || !(r.Probability > 0 && r.Probability <= 1) {
			err = fmt.Errorf("%q is no probability above 0 and up to 1", value)
		}
	case "seed":
		if r.Seed, err = strconv.ParseUint(value, 10, 64); err != nil {
			err = fmt.Errorf("%q is no number", value)
		}
	default:
		err = fmt.Errorf("there is no option %q", name)
	}
	if ofStatus && r.Effect != Status {
		return fmt.Errorf("%s has no option %s", r.Effect, name)
	}
	return err
}

func natural(text string) (int, error) {
	number, err := strconv.Atoi(text)
	if err != nil || number < 1 {
		return 0, fmt.Errorf("%q is no number above 0", text)
	}
	return number, nil
}
