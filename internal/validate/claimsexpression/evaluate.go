package claimsexpression

import (
	"regexp"
	"strings"
)

// Matches says whether a token with these claims satisfies every condition, as
// Microsoft Entra evaluates them: letter case counts, and a claim that the token
// does not have satisfies none.
func (e *Expression) Matches(claims map[string]string) bool {
	for _, c := range e.Conditions {
		if !c.Matches(claims) {
			return false
		}
	}
	return true
}

// Matches says whether a token with these claims satisfies the condition.
func (c Condition) Matches(claims map[string]string) bool {
	value, ok := claims[c.Claim]
	if !ok {
		return false
	}
	if c.Operator == Equals {
		return value == c.Comparand
	}
	return pattern(c.Comparand).MatchString(value)
}

// pattern is a comparand of "matches" as a regular expression, whose time is linear
// in the claim's length whatever the pattern.
func pattern(comparand string) *regexp.Regexp {
	quoted := regexp.QuoteMeta(comparand)
	return regexp.MustCompile(`(?s)\A` + strings.NewReplacer(`\*`, ".*", `\?`, ".").Replace(quoted) + `\z`)
}
