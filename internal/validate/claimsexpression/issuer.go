package claimsexpression

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/workloadid/terraform-provider-workloadid/internal/issuer"
)

// forms are the URLs that expressions are available for, for people.
func forms() string {
	var forms []string
	for _, known := range issuer.All {
		var urls []string
		for _, url := range known.URLs {
			if url.Expressions {
				urls = append(urls, strings.NewReplacer("{", "<", "}", ">").Replace(url.Template))
			}
		}
		if len(urls) > 0 {
			forms = append(forms, known.Name+" ("+strings.Join(urls, ", ")+")")
		}
	}
	return strings.Join(forms, ", ")
}

// Check parses an expression and checks it as far as Microsoft Entra enforces it
// for every credential of the issuer, old or new: the issuer can have expressions,
// the claims are among those allowed for it, each with an operator allowed for the
// claim. Its error is an *Error.
func Check(issuerURL, source string) error {
	e, err := Parse(source)
	if err != nil {
		return err
	}
	known := issuer.WithExpressions(issuerURL)
	if known == nil {
		return &Error{
			Message: fmt.Sprintf("tokens of the issuer %q cannot be matched by an expression.", issuerURL),
			Remedy:  "Use subject instead. Expressions are available for " + forms() + "; the URL must be exactly so.",
		}
	}
	for _, c := range e.Conditions {
		matching, allowed := known.Claims[c.Claim]
		if !allowed {
			return &Error{
				c.ClaimColumn,
				fmt.Sprintf("the claim '%s' cannot be used in expressions for %s.", c.Claim, known.Name),
				"Use " + alternatives(slices.Sorted(maps.Keys(known.Claims))) + ".",
			}
		}
		if c.Operator == Matches && matching == issuer.Exactly {
			return &Error{
				c.OperatorColumn,
				fmt.Sprintf("the claim '%s' can only be compared with eq.", c.Claim),
				"Write claims['" + c.Claim + "'] eq, and the value in full.",
			}
		}
	}
	return nil
}

// CheckRequired says what a new expression lacks. It is apart from Check because
// Microsoft Entra asks for these claims only when a credential is created or its
// expression is changed: those that exist go on working, and must be importable.
//
// An error is what is sure to be rejected. A doubt is what documentation and
// observation disagree about: worth a warning, and left to the service to decide.
// An expression or issuer that Check refuses gives neither.
func CheckRequired(issuerURL, source string) (err, doubt *Error) {
	e, parseError := Parse(source)
	if parseError != nil {
		return nil, nil
	}
	known := issuer.WithExpressions(issuerURL)
	if known == nil {
		return nil, nil
	}
	switch known.Key {
	case "github_actions":
		err, doubt = e.requiredByGitHub()
	case "gitlab":
		doubt = e.doubtfulForGitLab()
	}
	if err == nil && doubt == nil {
		doubt = e.doubtfulPattern(known)
	}
	return err, doubt
}

// doubtfulPattern is about patterns of subjects that no token has, or that those of strangers have.
func (e *Expression) doubtfulPattern(known *issuer.Issuer) *Error {
	pinned := false
	for claim, matching := range known.Claims {
		pinned = pinned || matching == issuer.Exactly && e.has(claim)
	}
	for _, c := range e.Conditions {
		if c.Claim != "sub" || c.Operator != Matches {
			continue
		}
		if wrong, instead := known.Pattern(c.Comparand, pinned); wrong != "" {
			return &Error{c.ComparandColumn, wrong, instead}
		}
	}
	return nil
}

// requiredByGitHub: names of repositories and owners can be taken over by others
// when they are renamed or deleted, the ids cannot.
func (e *Expression) requiredByGitHub() (err, doubt *Error) {
	if !e.has("repository_id") && !e.has("repository_owner_id") {
		return &Error{
			Message: "expressions for GitHub Actions must match repository_id or repository_owner_id.",
			Remedy:  "Add: and claims['repository_id'] eq '<id>'. `gh api repos/<owner>/<name> --jq .id` prints the id.",
		}, nil
	}
	if !e.has("sub") {
		// The documentation requires sub as well; the service has been seen to
		// accept an expression with repository_id alone.
		return nil, &Error{
			Message: "Microsoft documents that expressions for GitHub Actions must match sub as well, and may reject this one.",
			Remedy:  "Add: and claims['sub'] matches 'repo:<owner>/<name>:*'.",
		}
	}
	return nil, nil
}

// doubtfulForGitLab: Microsoft documents that an expression on a subject with the
// project's path, which can be taken over by others, must match project_id too. It
// does not say what of subjects that lead with project_id:, and whether the service
// refuses others has been seen to depend on when.
func (e *Expression) doubtfulForGitLab() *Error {
	if e.has("project_id") {
		return nil
	}
	for _, c := range e.Conditions {
		if c.Claim == "sub" && !strings.HasPrefix(c.Comparand, "project_id:") {
			return &Error{
				c.ComparandColumn,
				"Microsoft Entra refuses new expressions on GitLab's project_path alone, whose name may pass to another project.",
				"Add: and claims['project_id'] eq '<id>'. Or have GitLab put the id into the subject, and write claims['sub'] matches 'project_id:<id>:*'.",
			}
		}
	}
	return nil
}

func (e *Expression) has(claim string) bool {
	return slices.ContainsFunc(e.Conditions, func(c Condition) bool { return c.Claim == claim })
}

func alternatives(names []string) string {
	if len(names) == 1 {
		return names[0]
	}
	return strings.Join(names[:len(names)-1], ", ") + " or " + names[len(names)-1]
}
