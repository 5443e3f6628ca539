// Package functions is what the provider offers to call in expressions: functions that write the subjects and claims
// matching expressions of token issuers, and functions that say offline which tokens Microsoft Entra would accept.
package functions

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/workloadid/terraform-provider-workloadid/internal/issuer"
)

// writer is a function that writes what a federated identity credential trusts, from the parts that describe a workload
// to its issuer.
type writer struct {
	name    string
	issuer  string // its key in the table of issuers
	summary string
	details string // Markdown
	parts   []part
	// expression says that it writes an expression, which not every issuer has.
	expression bool
	// patterns names the function that takes wildcards, where there is one and this one does not.
	patterns string
	write    func(workload) (string, error)
}

// part is one attribute of the object that a writer takes.
type part struct {
	name        string
	description string // Markdown
	required    bool
	pattern     bool // * and ? stand for characters
	check       func(string) error
}

// workload has the parts that were given.
type workload map[string]string

func (w workload) has(name string) bool { return w[name] != "" }

var _ function.Function = writer{}

// Metadata implements function.Function.
func (f writer) Metadata(_ context.Context, _ function.MetadataRequest, response *function.MetadataResponse) {
	response.Name = f.name
}

// Definition implements function.Function.
func (f writer) Definition(_ context.Context, _ function.DefinitionRequest, response *function.DefinitionResponse) {
	known := issuer.Find(f.issuer)
	var parts, text strings.Builder
	for _, p := range f.parts {
		needed := ""
		if p.required {
			needed = " (required)"
		}
		fmt.Fprintf(&parts, "\n- `%s`%s: %s", p.name, needed, p.description)
	}
	fmt.Fprintf(&text, "%s\n\n%s\n\nThe attributes of `workload`, of which those that are null count as not given:\n%s\n\n", f.summary, f.details, parts.String())
	var urls []string
	for _, url := range known.URLs {
		if url.Expressions || !f.expression {
			urls = append(urls, "`"+url.Template+"`")
		}
	}
	if len(urls) > 0 {
		fmt.Fprintf(&text, "The issuer is %s. ", strings.Join(urls, " or "))
	}
	fmt.Fprintf(&text, "The audience of the tokens: %s\n\nSee [what %s says of its tokens](%s).", known.Audience, known.Name, known.Page)
	response.Definition = function.Definition{
		Summary:             f.summary,
		MarkdownDescription: text.String(),
		Parameters: []function.Parameter{function.MapParameter{
			Name: "workload", ElementType: types.StringType, MarkdownDescription: "An object with the attributes above.",
		}},
		Return: function.StringReturn{},
	}
}

// Run implements function.Function.
func (f writer) Run(ctx context.Context, request function.RunRequest, response *function.RunResponse) {
	var given map[string]types.String
	if response.Error = request.Arguments.Get(ctx, &given); response.Error != nil {
		return
	}
	parts, known := present(given)
	if !known {
		response.Error = response.Result.Set(ctx, types.StringUnknown())
		return
	}
	text, err := f.text(parts)
	if err != nil {
		response.Error = function.NewArgumentFuncError(0, strings.TrimRight(err.Error(), ".")+".")
		return
	}
	response.Error = response.Result.Set(ctx, text)
}

// mostCharacters is what a federated identity credential takes as its subject, see
// https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations.
const mostCharacters = 600

func (f writer) text(given workload) (string, error) {
	names := make([]string, len(f.parts))
	for i, p := range f.parts {
		names[i] = p.name
	}
	for name := range given {
		if !slices.Contains(names, name) {
			return "", fmt.Errorf("%s takes no %s: it takes %s", f.name, name, list(names, "and"))
		}
	}
	for _, p := range f.parts {
		if err := f.check(p, given); err != nil {
			return "", err
		}
	}
	text, err := f.write(given)
	if err != nil {
		return "", err
	}
	if length := utf8.RuneCountInString(text); length > mostCharacters {
		return "", fmt.Errorf("the result has %d characters, and a federated identity credential takes at most %d", length, mostCharacters)
	}
	return text, nil
}

func (f writer) check(p part, given workload) error {
	value, ok := given[p.name]
	switch {
	case !ok && p.required:
		return fmt.Errorf("%s is missing: %s needs it", p.name, f.name)
	case !ok:
		return nil
	case value == "":
		return fmt.Errorf("%s must not be empty; leave it out or set it to null", p.name)
	case strings.TrimSpace(value) != value || strings.ContainsFunc(value, unicode.IsControl):
		return fmt.Errorf("%s must not have control characters, nor white space around it. Got: %q", p.name, value)
	case !p.pattern && strings.Contains(value, "*"):
		remedy := "a subject is compared letter by letter, and Microsoft Entra has no expressions for this issuer"
		switch {
		case f.patterns != "":
			remedy = "a subject is compared letter by letter. Use " + f.patterns
		case issuer.Find(f.issuer).Claims != nil:
			remedy = "it has to be written out"
		}
		return fmt.Errorf("%s must not have the wildcard *: %s. Got: %q", p.name, remedy, value)
	case p.check != nil:
		if err := p.check(value); err != nil {
			return fmt.Errorf("%s %w. Got: %q", p.name, err, value)
		}
	}
	return nil
}

// only is the one part that was given of several that exclude each other, "" where it may be and is none.
func (w workload) only(needed bool, names ...string) (string, error) {
	var given []string
	for _, name := range names {
		if w.has(name) {
			given = append(given, name)
		}
	}
	switch {
	case len(given) > 1:
		return "", fmt.Errorf("%s exclude each other: give one of %s", list(given, "and"), list(names, "and"))
	case len(given) == 0 && needed:
		return "", fmt.Errorf("one of %s is needed", list(names, "and"))
	case len(given) == 0:
		return "", nil
	}
	return given[0], nil
}

// all reports whether all of the parts were given that only make sense together; some of them are an error.
func (w workload) all(names ...string) (bool, error) {
	missing := slices.DeleteFunc(slices.Clone(names), w.has)
	if len(missing) > 0 && len(missing) < len(names) {
		return false, fmt.Errorf("%s is missing: %s go together", list(missing, "and"), list(names, "and"))
	}
	return len(missing) == 0, nil
}

func list(names []string, word string) string {
	if len(names) == 1 {
		return names[0]
	}
	return strings.Join(names[:len(names)-1], ", ") + " " + word + " " + names[len(names)-1]
}
