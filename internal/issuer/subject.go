package issuer

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// slips makes corrections of pairs of a pattern and its replacement, which are tried in their order.
func slips(pairs ...string) []correction {
	var all []correction
	for i := 0; i < len(pairs); i += 2 {
		all = append(all, correction{regexp.MustCompile(pairs[i]), pairs[i+1]})
	}
	return all
}

// correction replaces what people write by mistake.
type correction struct {
	written *regexp.Regexp
	meant   string
}

// subjects makes forms of patterns.
func subjects(patterns ...string) []*regexp.Regexp {
	var all []*regexp.Regexp
	for _, pattern := range patterns {
		all = append(all, regexp.MustCompile("^(?:"+pattern+")$"))
	}
	return all
}

// aroundSeparators is white space that no part of a subject begins or ends with.
var aroundSeparators = regexp.MustCompile(`\s*([:/])\s*`)

// MeantSubject recognises a subject that no token of an issuer has, but that is a slip away from one that may: white space, a
// prefix that is missing, another word or separator. It is nil for a subject that is right or not known, such as one that
// was customised, and for issuers whose subjects are not known. The second result is the subject that was meant; with names
// in braces where it cannot be told from what was written.
func MeantSubject(issuerURL, written string) (*Issuer, string) {
	known := Of(issuerURL)
	if known == nil && ofKubernetes.MatchString(written) {
		known = Find("kubernetes") // each cluster may have an issuer of its own
	}
	trimmed := strings.TrimSpace(written)
	if known == nil || trimmed == written && known.hasSubject(written) {
		return nil, ""
	}
	meant := aroundSeparators.ReplaceAllString(trimmed, "$1")
	if known.hasSubject(trimmed) {
		meant = trimmed
	}
	for _, correction := range known.slips {
		meant = correction.written.ReplaceAllString(meant, correction.meant)
	}
	if meant == written || !known.hasSubject(meant) && !strings.Contains(meant, "{") || strings.Contains(written, "{") {
		return nil, ""
	}
	return known, meant
}

// Pattern says what is wrong with a pattern that subjects are to match: no token has one, or those of strangers have. The second
// result is what to write instead. An identity of the owner or of the project that is compared besides, as pinned says, keeps
// strangers out.
func (i *Issuer) Pattern(pattern string, pinned bool) (wrong, instead string) {
	if i.owner == nil || i.owner.MatchString(pattern) {
		return "", ""
	}
	start, _, wild := strings.Cut(strings.ReplaceAll(pattern, "?", "*"), "*")
	isHead := func(head string) bool { return strings.HasPrefix(head, start) || strings.HasPrefix(start, head) }
	switch {
	case slices.ContainsFunc(i.heads, isHead):
		if pinned || !wild {
			return "", ""
		}
		return fmt.Sprintf("%q matches tokens of strangers too: a wildcard comes before the end of the owner's name, and anybody can take a name that begins like it.", pattern),
			fmt.Sprintf("Write the whole name of the owner, with what ends it: %s", strings.Join(i.examples(), " or "))
	case keyed.MatchString(start): // a subject can be customised to begin with the name of any claim
		return "", ""
	}
	return fmt.Sprintf("no token of %s matches %q: the claim sub begins with %s", i.Name, pattern, strings.Join(i.heads, " or ")), "See " + i.Page
}

// keyed is how a customised subject begins.
var keyed = regexp.MustCompile(`^[a-z_]+:`)

// examples are patterns that name an owner.
func (i *Issuer) examples() []string {
	var all []string
	for _, head := range i.heads {
		end := "/"
		if !i.owner.MatchString(head + "contoso/") {
			end = ":"
		}
		all = append(all, head+"contoso"+end+"*")
	}
	return all
}

func (i *Issuer) hasSubject(subject string) bool {
	for _, form := range i.subjects {
		if form.MatchString(subject) {
			return true
		}
	}
	return false
}

// ofKubernetes is how nothing begins but the subjects of service accounts.
var ofKubernetes = regexp.MustCompile(`^\s*(?i:system[:/.]service[-_ ]?accounts?)[:/.]`)

// gitLabRef is the name of a branch or tag, without refs/ before it.
const gitLabRef = `(?:[^r:\s][^:\s]*|r(?:[^e:\s][^:\s]*)?|re(?:[^f:\s][^:\s]*)?|ref(?:[^s:\s][^:\s]*)?|refs(?:[^/:\s][^:\s]*)?)`

// serviceAccount is the subject of Kubernetes' service accounts, see
// https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/.
var (
	serviceAccount      = subjects(`system:serviceaccount:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?`)
	serviceAccountSlips = slips(
		`^(?i)(?:system[:/.])?service[-_ ]?accounts?[:/.]`, `system:serviceaccount:`,
		`^([a-z0-9-]+)[:/]([a-z0-9.-]+)$`, `system:serviceaccount:$1:$2`,
		`^system:serviceaccount:([a-z0-9-]+)[/.]([a-z0-9.-]+)$`, `system:serviceaccount:$1:$2`,
	)
)
