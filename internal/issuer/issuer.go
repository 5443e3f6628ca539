// Package issuer is what is known of the issuers whose tokens workloads are trusted by: their URLs, who decides on the
// audience, the claims that expressions may match, and the pages that say so. Everything in the provider that knows an
// issuer by name knows it from this table.
package issuer

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// Issuer is one kind of token issuer.
type Issuer struct {
	// Key names it in configurations: "github_actions".
	Key string
	// Name is what people call it: "GitHub Actions".
	Name string
	// URLs are the forms that the iss claim of its tokens has, the usual one first. There are none where each
	// installation has a host of its own.
	URLs []URL
	// Audience says, in Markdown, where the audience of its tokens is chosen.
	Audience string
	// Claims are those that expressions may match, and whether by pattern too; none where it has no expressions.
	Claims map[string]Matching
	// Page documents its tokens.
	Page string

	// mistaken are hosts that are taken for the issuer's, and are not.
	mistaken []string
	// subjects are the forms of the subjects of its tokens, as far as nobody customised them, and slips what is written
	// instead; none where nothing is known of them.
	subjects []*regexp.Regexp
	slips    []correction
	// owner is how a subject begins, up to the end of the name of whom the issuer gives it to: a pattern with a wildcard before
	// that lets in others. The words before the name are heads.
	owner *regexp.Regexp
	heads []string
}

// URL is a form of issuer URLs.
type URL struct {
	// Template is the URL, with {names} for what differs from one to the next.
	Template string
	// Expressions says that Microsoft Entra takes expressions for it.
	Expressions bool
}

// Matching is how an expression may match a claim.
type Matching int

// An expression compares some claims only as a whole.
const (
	Exactly Matching = iota + 1
	ByPattern
)

// parameters are the forms of what differs between URLs, by its name in templates.
var parameters = map[string]string{
	"cluster":         `[a-z0-9-]+`,
	"cluster_id":      `[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}`,
	"eks_id":          `[0-9A-F]{32}`,
	"enterprise":      `[A-Za-z0-9-]+`,
	"issuer_id":       `[0-9a-z-]+`,
	"location":        `[a-z0-9-]+`,
	"name":            `[^/]+`,
	"organization_id": `[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}`,
	"project":         `[a-z0-9:.-]+`,
	"region":          `[a-z0-9-]+`,
	"subdomain":       `[a-z0-9-]+`,
	"tenant_id":       `[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}`,
	"workspace":       `[A-Za-z0-9_-]+`,
}

var placeholder = regexp.MustCompile(`\{([a-z_]+)\}`)

// Parameters are the names in the template, in order.
func (u URL) Parameters() []string {
	var names []string
	for _, match := range placeholder.FindAllStringSubmatch(u.Template, -1) {
		names = append(names, match[1])
	}
	return names
}

// matches reports whether a URL has this form.
func (u URL) matches(url string) bool { return forms[u.Template].MatchString(url) }

// forms are the templates as regular expressions.
var forms = func() map[string]*regexp.Regexp {
	forms := map[string]*regexp.Regexp{}
	for _, known := range All {
		for _, url := range known.URLs {
			var pattern strings.Builder
			rest := url.Template
			for _, name := range url.Parameters() {
				fixed, after, _ := strings.Cut(rest, "{"+name+"}")
				pattern.WriteString(regexp.QuoteMeta(fixed) + "(?:" + parameters[name] + ")")
				rest = after
			}
			forms[url.Template] = regexp.MustCompile("^" + pattern.String() + regexp.QuoteMeta(rest) + "$")
		}
	}
	return forms
}()

// Find is the issuer with the key, nil if there is none.
func Find(key string) *Issuer {
	at := slices.IndexFunc(All, func(i *Issuer) bool { return i.Key == key })
	if at < 0 {
		return nil
	}
	return All[at]
}

// Of is the issuer of tokens that say url in iss, nil if it is none of the table's.
func Of(url string) *Issuer {
	at := slices.IndexFunc(All, func(i *Issuer) bool { return i.has(url) })
	if at < 0 {
		return nil
	}
	return All[at]
}

func (i *Issuer) has(url string) bool {
	return slices.ContainsFunc(i.URLs, func(form URL) bool { return form.matches(url) })
}

// WithExpressions is the issuer whose tokens can be matched by expressions where they say url in iss, nil if they cannot.
func WithExpressions(url string) *Issuer {
	known := Of(url)
	if known == nil || !slices.ContainsFunc(known.URLs, func(form URL) bool { return form.Expressions && form.matches(url) }) {
		return nil
	}
	return known
}

// Fill writes the usual one of the URLs that take exactly these values.
func (i *Issuer) Fill(values map[string]string) (string, error) {
	given := slices.Sorted(maps.Keys(values))
	var alternatives []string
	for _, form := range i.URLs {
		needed := form.Parameters()
		slices.Sort(needed)
		if !slices.Equal(needed, given) {
			alternatives = append(alternatives, form.Template)
			continue
		}
		url := form.Template
		for _, name := range given {
			if !regexp.MustCompile("^(?:" + parameters[name] + ")$").MatchString(values[name]) {
				return "", fmt.Errorf("%s must have the form it has in the issuer's URLs, %s. Got: %q", name, form.Template, values[name])
			}
			url = strings.ReplaceAll(url, "{"+name+"}", values[name])
		}
		return url, nil
	}
	if len(alternatives) == 0 {
		return "", fmt.Errorf("%s has a different issuer URL in each installation: write it as its tokens have it in iss", i.Name)
	}
	return "", fmt.Errorf("the issuer URL of %s is %s: give a value for each name in braces, and no others", i.Name, strings.Join(alternatives, " or "))
}
