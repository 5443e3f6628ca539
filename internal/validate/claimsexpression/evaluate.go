package claimsexpression

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
	return covers([]rune(c.Comparand), []rune(value))
}

// covers says whether a comparand of "matches" covers a value: * stands for any text, also an empty one, and ? for one
// character. It takes no memory, and at most the product of the lengths of time, whatever the pattern.
func covers(pattern, value []rune) bool {
	star, resume := -1, 0 // the last * so far, and where in the value what comes after it is tried next
	p, v := 0, 0
	for v < len(value) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, resume = p, v
			p++
		case p < len(pattern) && (pattern[p] == '?' || pattern[p] == value[v]):
			p++
			v++
		case star >= 0:
			resume++
			p, v = star+1, resume
		default:
			return false
		}
	}
	for p < len(pattern) && pattern[p] == '*' {
		p++
	}
	return p == len(pattern)
}
