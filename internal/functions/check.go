package functions

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/workloadid/terraform-provider-workloadid/internal/validate"
)

// form is a check that a value has a form, which is said in words.
func form(pattern, words string) func(string) error {
	compiled := regexp.MustCompile(`\A(?:` + pattern + `)\z`)
	return func(value string) error {
		if !compiled.MatchString(value) {
			return errors.New("must be " + words)
		}
		return nil
	}
}

func oneOf(values ...string) func(string) error {
	return form(strings.Join(values, "|"), strings.Join(values, " or "))
}

var number = form(`[1-9][0-9]*`, "a number")

// uuid is in lower case, as it is in the tokens of everybody who has one.
func uuid(value string) error {
	if err := validate.CheckUUID(value); err != nil {
		return err
	}
	if value != strings.ToLower(value) {
		return errors.New("must be in lower case, as it is in the tokens")
	}
	return nil
}

// gitName is a branch or a tag, see https://git-scm.com/docs/git-check-ref-format. In a pattern, wildcards are no part of
// the name.
func gitName(kind string) func(string) error {
	return func(value string) error {
		switch {
		case strings.HasPrefix(value, "refs/"):
			return fmt.Errorf("must be the name of the %s without refs/heads/ or refs/tags/", kind)
		case strings.ContainsAny(value, " ~^:[\\"), strings.Contains(value, ".."), strings.HasPrefix(value, "/"), strings.HasSuffix(value, "/"), strings.HasSuffix(value, "."):
			return fmt.Errorf("must be the name of a %s in git", kind)
		}
		return nil
	}
}

// exactGitName has no wildcards, which git has in no name.
func exactGitName(kind string) func(string) error {
	return func(value string) error {
		if strings.Contains(value, "?") {
			return fmt.Errorf("must be the name of a %s in git, which has no question mark", kind)
		}
		return gitName(kind)(value)
	}
}
