package claimsexpression

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	tenant "github.com/workloadid/terraform-provider-workloadid/internal/emulator/claimsexpression"
)

func TestParse_reads(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		source string
		want   []Condition
	}{
		{"claims['sub'] eq 'a'", []Condition{{"sub", 8, Equals, 15, "a", 18}}},
		{"claims['sub'] matches 'repo:*:ref:refs/heads/????'", []Condition{{"sub", 8, Matches, 15, "repo:*:ref:refs/heads/????", 23}}},
		{"claims['sub'] eq 'a' and claims['repository_id'] eq '456'", []Condition{
			{"sub", 8, Equals, 15, "a", 18},
			{"repository_id", 33, Equals, 50, "456", 53},
		}},
		{"claims['sub'] eq 'it''s' and claims['x'] eq ''''", []Condition{
			{"sub", 8, Equals, 15, "it's", 18},
			{"x", 37, Equals, 42, "'", 45},
		}},
		{"claims['sub'] eq ''", []Condition{{"sub", 8, Equals, 15, "", 18}}},
		// Columns are characters, not bytes.
		{"claims['sub'] eq 'é中🙂' and claims['x'] eq 'b'", []Condition{
			{"sub", 8, Equals, 15, "é中🙂", 18},
			{"x", 35, Equals, 40, "b", 43},
		}},
		{"claims['sub'] eq 'a and (b) or \"c\"'", []Condition{{"sub", 8, Equals, 15, `a and (b) or "c"`, 18}}},
	} {
		t.Run(test.source, func(t *testing.T) {
			t.Parallel()
			got, err := Parse(test.source)
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got.Conditions, test.want) {
				t.Errorf("got  %+v\nwant %+v", got.Conditions, test.want)
			}
			if got.String() != test.source {
				t.Errorf("written again: %s", got)
			}
		})
	}
}

func TestParse_pointsAtTheMistake(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		source  string
		column  int
		message string // part of it
		remedy  string // part of it
	}{
		{"", 1, "empty", "claims['sub'] eq"},
		{" claims['sub'] eq 'a'", 1, `expected "claims['…']", found a space`, "Remove"},
		{"claims['sub'] eq 'a'\n", 21, "expected the expression to end", "chomp()"},
		{"sub eq 'a'", 1, `expected "claims['…']", found "sub"`, "claims['<name>']"},
		{"Claims['sub'] eq 'a'", 1, `found "Claims"`, "lower case"},
		{"(claims['sub'] eq 'a')", 1, `found "("`, "no parentheses"},
		{"claims['sub'] eq 'a')", 21, `found ")"`, "no parentheses"},
		{"claims['sub'] eq 'a' and (claims['x'] eq 'b')", 26, `found "("`, "no parentheses"},
		{"not claims['sub'] eq 'a'", 1, `found "not"`, "no negation"},
		{"claims.sub eq 'a'", 7, `expected "[" after "claims", found "."`, "claims['sub']"},
		{"claims[sub] eq 'a'", 8, `expected the name of a claim in single quotes, found "sub"`, "claims['sub']"},
		{`claims["sub"] eq 'a'`, 8, `found "sub"`, "single quotes instead of double"},
		{"claims[''] eq 'a'", 8, "expected the name of a claim", "letters"},
		{"claims['a-b'] eq 'a'", 8, "expected the name of a claim", "letters"},
		{"claims['sub eq 'a'", 8, "found 'sub eq '", "Names of claims"},
		{"claims['sub", 8, "never closed", "claims['sub']"},
		{"claims['sub' eq 'a'", 13, `expected "]"`, "claims['sub']"},
		{"claims['sub']eq 'a'", 14, `expected a space between the claim and the operator, found "eq"`, "one space"},
		{"claims['sub']  eq 'a'", 14, "expected a single space between the claim and the operator", "one space"},
		{"claims['sub'] eq'a'", 17, "expected a space between the operator and the value", "one space"},
		{"claims['sub'] == 'a'", 15, `expected the operator "eq" or "matches", found "=="`, `Write "eq"`},
		{"claims['sub'] EQ 'a'", 15, `found "EQ"`, "lower case"},
		{"claims['sub'] ne 'a'", 15, `found "ne"`, `no "ne"`},
		{"claims['sub'] startswith 'a'", 15, `found "startswith"`, `Write "matches"`},
		{"claims['sub'] foo 'a'", 15, `found "foo"`, `Write "eq"`},
		{"claims['sub']", 14, "found the end", ""},
		{"claims['sub'] ", 15, "found the end", `Write "eq"`},
		{"claims['sub'] eq ", 18, "expected a value in single quotes, found the end", ""},
		{"claims['sub'] eq 123", 18, `found "123"`, "'123'"},
		{`claims['sub'] eq "a"`, 18, `found "a"`, "single quotes instead of double"},
		{"claims['sub'] eq 'a", 18, "never closed", "written twice"},
		{"claims['sub'] eq 'é' or claims['x'] eq 'b'", 22, `expected "and", found "or"`, `no "or"`},
		{"claims['sub'] eq 'a' || claims['x'] eq 'b'", 22, `found "||"`, `no "or"`},
		{"claims['sub'] eq 'a' && claims['x'] eq 'b'", 22, `found "&&"`, `Write "and"`},
		{"claims['sub'] eq 'a' AND claims['x'] eq 'b'", 22, `found "AND"`, "lower case"},
		{"claims['sub'] eq 'a' claims['x'] eq 'b'", 22, `expected "and", found "claims"`, "joined by"},
		{"claims['sub'] eq 'a'and claims['x'] eq 'b'", 21, "expected a space", "one space"},
		{"claims['sub'] eq 'a' and\n claims['x'] eq 'b'", 25, `single space after the word "and"`, "line break"},
		{"claims['sub'] eq 'a' and ", 26, `expected "claims['…']", found the end`, ""},
	} {
		t.Run(test.source, func(t *testing.T) {
			t.Parallel()
			_, err := Parse(test.source)
			mistake, ok := errors.AsType[*Error](err)
			if !ok {
				t.Fatalf("got %v, want an *Error", err)
			}
			if mistake.Column != test.column || !strings.Contains(mistake.Message, test.message) || !strings.Contains(mistake.Remedy, test.remedy) {
				t.Errorf("got  %d: %s / %s\nwant %d: %s / %s", mistake.Column, mistake.Message, mistake.Remedy, test.column, test.message, test.remedy)
			}
		})
	}
}

const (
	githubURL = "https://token.actions.githubusercontent.com"
	gitlabURL = "https://gitlab.com"
)

func TestCheck_claimsAndOperators(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		issuer, source string
		column         int
		message        string // empty: accepted
	}{
		{githubURL, "claims['sub'] matches 'repo:*' and claims['repository_id'] eq '1'", 0, ""},
		{githubURL, "claims['sub'] eq 'a' and claims['job_workflow_ref'] matches 'b*' and claims['repository_owner_id'] eq '1'", 0, ""},
		// Without the ids: a credential from before they were required.
		{githubURL, "claims['sub'] eq 'a'", 0, ""},
		{githubURL, "claims['sub'] eq 'a' and claims['repository_id'] matches '1*'", 50, "only be compared with eq"},
		{githubURL, "claims['sub'] eq 'a' and claims['event_name'] eq 'push'", 33, "'event_name' cannot be used in expressions for GitHub Actions"},
		{githubURL, "claims['sub'] eq", 17, "expected a space"},
		{githubURL + "/", "claims['sub'] eq 'a'", 0, "cannot be matched by an expression"},
		{"https://gitlab.com", "claims['sub'] matches 'project_id:1:*'", 0, ""},
		{"https://gitlab.contoso.com", "claims['sub'] eq 'a'", 0, ""},
		{"https://gitlab.contoso.ca", "claims['sub'] eq 'a'", 0, ""},
		{"https://gitlab.contoso.org", "claims['sub'] eq 'a'", 0, "cannot be matched"},
		{"https://gitlab.contoso/a.com", "claims['sub'] eq 'a'", 0, "cannot be matched"},
		{"https://gitlab.com", "claims['sub'] eq 'a' and claims['project_id'] eq '1' and claims['namespace_id'] eq '2' and claims['user_id'] eq '3'", 0, ""},
		{"https://gitlab.com", "claims['ref'] eq 'a'", 8, "cannot be used in expressions for GitLab"},
		{"https://gitlab.com", "claims['project_id'] matches '1*'", 22, "only be compared with eq"},
		{githubURL + "/contoso", "claims['sub'] eq 'a'", 0, "cannot be matched by an expression"},
		{"https://app.terraform.io", "claims['sub'] matches 'organization:a:*'", 0, ""},
		{"https://app.eu.terraform.io", "claims['sub'] matches 'organization:a:*'", 0, ""},
		{"https://terraform.contoso.com", "claims['sub'] matches 'a'", 0, "cannot be matched"},
	} {
		t.Run(test.issuer+" "+test.source, func(t *testing.T) {
			t.Parallel()
			err := Check(test.issuer, test.source)
			if test.message == "" {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			mistake, ok := errors.AsType[*Error](err)
			if !ok || mistake.Column != test.column || !strings.Contains(mistake.Message, test.message) {
				t.Errorf("got %v, want column %d: %s", err, test.column, test.message)
			}
		})
	}
}

func TestCheckRequired_perIssuer(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		issuer, source string
		err, doubt     string // parts of the messages; empty: none
	}{
		{githubURL, "claims['sub'] eq 'a' and claims['repository_id'] eq '1'", "", ""},
		{githubURL, "claims['sub'] eq 'a' and claims['repository_owner_id'] eq '1'", "", ""},
		{githubURL, "claims['sub'] eq 'a'", "must match repository_id or repository_owner_id", ""},
		{githubURL, "claims['job_workflow_ref'] eq 'a'", "must match repository_id or repository_owner_id", ""},
		{githubURL, "claims['repository_id'] eq '1'", "", "must match sub as well"},
		{gitlabURL, "claims['sub'] matches 'project_id:1:*'", "", ""},
		{gitlabURL, "claims['sub'] matches 'project_path:a/b:*'", "", "project_path"},
		{gitlabURL, "claims['sub'] matches 'project_path:a/b:*' and claims['project_id'] eq '1'", "", ""},
		{gitlabURL, "claims['project_id'] eq '1'", "", ""},
		{"https://app.terraform.io", "claims['sub'] eq 'a'", "", ""},
		{"https://app.terraform.io", "claims['sub'] matches 'organization:contoso*'", "", "tokens of strangers"},
		{"https://app.terraform.io", "claims['sub'] matches 'contoso:*' and claims['sub'] matches '*'", "", "tokens of strangers"},
		{githubURL, "claims['sub'] matches 'contoso/shop:*' and claims['repository_id'] eq '1'", "", "no token of GitHub Actions"},
		{"https://contoso.com", "claims['sub'] eq 'a'", "", ""},
		{githubURL, "nonsense", "", ""},
	} {
		t.Run(test.issuer+" "+test.source, func(t *testing.T) {
			t.Parallel()
			err, doubt := CheckRequired(test.issuer, test.source)
			for _, pair := range []struct {
				name string
				got  *Error
				want string
			}{{"error", err, test.err}, {"doubt", doubt, test.doubt}} {
				switch {
				case pair.want == "" && pair.got != nil:
					t.Errorf("%s: got %v, want none", pair.name, pair.got)
				case pair.want != "" && (pair.got == nil || !strings.Contains(pair.got.Message, pair.want)):
					t.Errorf("%s: got %v, want %s", pair.name, pair.got, pair.want)
				}
			}
		})
	}
}

func TestExcerpt_caretStandsUnderItsColumn(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("0123456789", 20)
	for _, test := range []struct {
		source string
		column int
		under  rune // the character above the caret; 0 past the end
	}{
		{"abc", 1, 'a'},
		{"abc", 3, 'c'},
		{"abc", 4, 0},
		{"é中x", 3, 'x'},
		{"a\nb", 3, 'b'},
		{long, 1, '0'},
		{long, 105, '4'},
		{long, 200, '9'},
		{long, 201, 0},
		{"", 1, 0},
	} {
		lines := strings.Split(Excerpt(test.source, test.column), "\n")
		if len(lines) != 2 {
			t.Fatalf("%q: got %q, want two lines", test.source, lines)
		}
		shown, caret := []rune(lines[0]), utf8.RuneCountInString(lines[1])-1
		var under rune
		if caret < len(shown) {
			under = shown[caret]
		}
		if under != test.under {
			t.Errorf("column %d of %q: caret under %q, want %q\n%s", test.column, test.source, under, test.under, strings.Join(lines, "\n"))
		}
		if len(shown) > excerptWidth+2 {
			t.Errorf("column %d: the excerpt has %d characters", test.column, len(shown))
		}
	}
}

func FuzzParseExpression(f *testing.F) {
	for _, seed := range []string{
		"claims['sub'] eq 'a'",
		"claims['sub'] matches 'repo:contoso/*' and claims['repository_id'] eq '1'",
		"claims['sub'] eq 'it''s'",
		"(claims[\"sub\"] == 'a') or x",
		"claims['sub'] eq '", "é'\xff",
	} {
		f.Add(githubURL, seed)
	}
	f.Fuzz(func(t *testing.T, issuer, source string) {
		expression, err := Parse(source)
		if err != nil {
			mistake, ok := errors.AsType[*Error](err)
			if !ok {
				t.Fatalf("got %T, want *Error", err)
			}
			if mistake.Column < 1 || mistake.Column > len([]rune(source))+1 || mistake.Message == "" {
				t.Fatalf("%q: %+v", source, mistake)
			}
			Excerpt(source, mistake.Column)
			// The tenant has a parser of its own, which takes any name for a claim's.
			if tenants, err := tenant.Parse(source); err == nil && !strings.Contains(mistake.Message, "the name of a claim") {
				t.Fatalf("%q is refused (%v), and the tenant reads it as %v", source, mistake, tenants)
			}
			return
		}
		// The language has one spelling for each expression.
		if utf8.ValidString(source) && expression.String() != source {
			t.Fatalf("%q is written as %q", source, expression)
		}
		_ = Check(issuer, source)
		_, _ = CheckRequired(issuer, source)
	})
}

func TestExpression_Matches(t *testing.T) {
	t.Parallel()
	claims := map[string]string{"sub": "repo:contoso/shop:ref:refs/heads/main", "repository_id": "456", "empty": ""}
	for _, test := range []struct {
		source string
		want   bool
	}{
		{"claims['sub'] eq 'repo:contoso/shop:ref:refs/heads/main'", true},
		{"claims['sub'] eq 'repo:Contoso/shop:ref:refs/heads/main'", false},
		{"claims['sub'] eq 'repo:contoso/*'", false},
		{"claims['sub'] matches 'repo:contoso/*'", true},
		{"claims['sub'] matches 'repo:contoso/shop:ref:refs/heads/????'", true},
		{"claims['sub'] matches 'repo:contoso/shop:ref:refs/heads/???'", false},
		{"claims['sub'] matches 'contoso/*'", false},
		{"claims['sub'] matches '*:main'", false},
		{"claims['sub'] matches 'repo:contoso.shop:*'", false},
		{"claims['sub'] matches '*' and claims['repository_id'] eq '456'", true},
		{"claims['sub'] matches '*' and claims['repository_id'] eq '4567'", false},
		{"claims['job_workflow_ref'] matches '*'", false},
		{"claims['empty'] matches '*'", true},
		{"claims['empty'] matches '?'", false},
	} {
		expression, err := Parse(test.source)
		if err != nil {
			t.Fatal(err)
		}
		if got := expression.Matches(claims); got != test.want {
			t.Errorf("%s: got %v", test.source, got)
		}
	}
}

// The tenant evaluates expressions with code of its own, which shares nothing with the provider's.
// TestExpression_longPatterns: a pattern may have any number of wildcards.
func TestExpression_longPatterns(t *testing.T) {
	t.Parallel()
	const many = 1_700_000
	for pattern, want := range map[string]bool{
		strings.Repeat("*", many):                      true,
		strings.Repeat("*", many) + "!":                false,
		strings.Repeat("?", many):                      false,
		strings.Repeat("*c", many):                     false,
		"repo:" + strings.Repeat("*?", 20) + ":shop:*": true,
	} {
		condition := Condition{Claim: "sub", Operator: Matches, Comparand: pattern}
		if got := condition.Matches(map[string]string{"sub": "repo:" + strings.Repeat("contoso", 1000) + ":shop:main"}); got != want {
			t.Errorf("%.20s… matches: %t", pattern, got)
		}
	}
}

func FuzzMatches(f *testing.F) {
	for _, seed := range [][2]string{
		{"repo:*/shop:*:main", "repo:contoso/shop:x:main"},
		{"a?c", "abc"},
		{"*a*b*", "xaxxbx"},
		{`\*.+(`, `\x.+(`},
		{"é?*", "é中"},
		{"'", "'"},
		{"*", "a\nb"},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, comparand, value string) {
		if !utf8.ValidString(comparand) || !utf8.ValidString(value) {
			t.Skip("Terraform has no such text")
		}
		for _, operator := range []Operator{Equals, Matches} {
			source := (&Expression{Conditions: []Condition{{Claim: "sub", Operator: operator, Comparand: comparand}}}).String()
			own, err := Parse(source)
			theirs, refused := tenant.Parse(source)
			if err != nil || refused != nil {
				continue // FuzzParseExpression compares what is an expression
			}
			if got, want := own.Matches(map[string]string{"sub": value}), theirs.Matches(map[string]any{"sub": value}); got != want {
				t.Fatalf("%s of %q: the provider says %v, the tenant %v", source, value, got, want)
			}
		}
	})
}
