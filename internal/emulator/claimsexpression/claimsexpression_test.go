package claimsexpression

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestParse_valid(t *testing.T) {
	t.Parallel()
	tests := map[string][]Condition{
		"claims['sub'] eq 'a'":                                 {{"sub", Equals, "a"}},
		"claims['sub'] matches 'repo:o/r:*'":                   {{"sub", Matches, "repo:o/r:*"}},
		"claims['a'] eq 'x' and claims['b'] matches '?'":       {{"a", Equals, "x"}, {"b", Matches, "?"}},
		"claims['sub'] eq 'it''s'":                             {{"sub", Equals, "it's"}},
		"claims['sub'] eq ''''":                                {{"sub", Equals, "'"}},
		"claims['sub'] eq 'a and claims[b] eq c'":              {{"sub", Equals, "a and claims[b] eq c"}},
		"claims['a'] eq '1' and claims['a'] eq '2'":            {{"a", Equals, "1"}, {"a", Equals, "2"}},
		"claims['http://x/y z'] eq 'ü'":                        {{"http://x/y z", Equals, "ü"}},
		"claims['a'] eq 'b' and claims['c'] eq 'd and e eq f'": {{"a", Equals, "b"}, {"c", Equals, "d and e eq f"}},
	}
	for text, want := range tests {
		got, err := Parse(text)
		if err != nil {
			t.Errorf("Parse(%s): %v", text, err)
			continue
		}
		if !reflect.DeepEqual(got.Conditions, want) {
			t.Errorf("Parse(%s) = %v, want %v", text, got.Conditions, want)
		}
	}
}

func TestParse_invalid(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text   string
		column int
		says   string
	}{
		{"", 1, "claim lookup"},
		{"sub eq 'a'", 1, "claim lookup"},
		{"claims[sub] eq 'a'", 8, "claim name in single quotes"},
		{"claims['sub eq a", 8, "no closing quote"},
		{"claims['sub' eq 'a'", 13, "expected ]"},
		{"claims['sub'] ne 'a'", 14, "operator"},
		{"claims['sub']  eq 'a'", 14, "operator"},
		{"claims['sub'] EQ 'a'", 14, "operator"},
		{"claims['sub'] eq a", 18, "comparand in single quotes"},
		{"claims['sub'] eq  'a'", 18, "comparand in single quotes"},
		{"claims['sub'] eq 'a", 18, "no closing quote"},
		{"claims['sub'] eq 'it''s", 18, "no closing quote"},
		{"claims['sub'] eq ''", 18, "empty"},
		{"claims[''] eq 'a'", 8, "empty"},
		{"claims['sub'] eq 'a' or claims['sub'] eq 'b'", 21, "and"},
		{"claims['sub'] eq 'a'  and claims['sub'] eq 'b'", 21, "and"},
		{"claims['sub'] eq 'a' and ", 26, "claim lookup"},
		{"claims['sub'] eq 'a' and (claims['b'] eq 'c')", 26, "claim lookup"},
		{"claims['sub'] eq 'a' ", 21, "and"},
		{" claims['sub'] eq 'a'", 1, "claim lookup"},
		{"claims['ü'] eq 'ü' or", 19, "and"},
	}
	for _, test := range tests {
		_, err := Parse(test.text)
		var syntax *SyntaxError
		if !errors.As(err, &syntax) {
			t.Errorf("Parse(%q) = %v, want a syntax error", test.text, err)
			continue
		}
		if syntax.Column != test.column || !strings.Contains(syntax.Message, test.says) {
			t.Errorf("Parse(%q) = %v, want column %d and %q", test.text, err, test.column, test.says)
		}
	}
}

func TestExpression_Matches(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text   string
		claims map[string]any
		want   bool
	}{
		{"claims['sub'] eq 'a'", map[string]any{"sub": "a"}, true},
		{"claims['sub'] eq 'a'", map[string]any{"sub": "A"}, false},
		{"claims['sub'] eq 'a*'", map[string]any{"sub": "ab"}, false},
		{"claims['sub'] eq 'a*'", map[string]any{"sub": "a*"}, true},
		{"claims['sub'] eq 'a'", map[string]any{}, false},
		{"claims['sub'] matches '*'", map[string]any{}, false},
		{"claims['sub'] matches '*'", map[string]any{"sub": ""}, true},
		{"claims['sub'] matches '?'", map[string]any{"sub": ""}, false},
		{"claims['sub'] matches '?'", map[string]any{"sub": "ü"}, true},
		{"claims['sub'] matches '??'", map[string]any{"sub": "ü"}, false},
		{"claims['sub'] eq '1'", map[string]any{"sub": 1.0}, false},
		{"claims['sub'] matches 'a*b*c'", map[string]any{"sub": "a-b-b-c"}, true},
		{"claims['sub'] matches 'a*b*c'", map[string]any{"sub": "a-c-b"}, false},
		{"claims['sub'] matches 'a*'", map[string]any{"sub": "ba"}, false},
		{"claims['sub'] matches '*a'", map[string]any{"sub": "ab"}, false},
		{"claims['sub'] matches '*aab'", map[string]any{"sub": "aaab"}, true},
		{"claims['sub'] matches 'repo:o/r-*:ref:refs/heads/????'", map[string]any{"sub": "repo:o/r-x:ref:refs/heads/main"}, true},
		{"claims['sub'] matches 'repo:o/r-*:ref:refs/heads/????'", map[string]any{"sub": "repo:o/r-x:ref:refs/heads/maint"}, false},
		{"claims['sub'] eq 'a' and claims['id'] eq '1'", map[string]any{"sub": "a", "id": "1"}, true},
		{"claims['sub'] eq 'a' and claims['id'] eq '1'", map[string]any{"sub": "a", "id": "2"}, false},
	}
	for _, test := range tests {
		expression, err := Parse(test.text)
		if err != nil {
			t.Fatal(err)
		}
		if got := expression.Matches(test.claims); got != test.want {
			t.Errorf("%s on %v = %v, want %v", test.text, test.claims, got, test.want)
		}
	}
}

func TestExpression_Matches_hostilePattern(t *testing.T) {
	t.Parallel()
	expression, err := Parse("claims['sub'] matches '" + strings.Repeat("*a", 300) + "b'")
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	if expression.Matches(map[string]any{"sub": strings.Repeat("a", 100_000)}) {
		t.Error("matched")
	}
	if elapsed := time.Since(start); elapsed > 5*time.Second {
		t.Errorf("took %v: the matcher backtracks", elapsed)
	}
}

func TestValidate(t *testing.T) {
	t.Parallel()
	const github = "https://token.actions.githubusercontent.com"
	tests := []struct {
		issuer, text string
		ok           bool
	}{
		{github, "claims['sub'] matches 'repo:o/r:*' and claims['repository_id'] eq '1'", true},
		{github, "claims['repository_owner_id'] eq '1' and claims['sub'] eq 'repo:o/r:ref:refs/heads/main'", true},
		{github, "claims['sub'] eq 'a' and claims['repository_id'] eq '1' and claims['job_workflow_ref'] matches 'o/*'", true},
		{github, "claims['sub'] matches 'repo:o/r:*'", false},
		{github, "claims['repository_id'] eq '1'", false},
		{github, "claims['sub'] eq 'a' and claims['repository_id'] matches '1*'", false},
		{github, "claims['sub'] eq 'a' and claims['repository_id'] eq '1' and claims['event_name'] eq 'push'", false},
		{github + "/", "claims['sub'] eq 'a' and claims['repository_id'] eq '1'", false},
		{"https://gitlab.com", "claims['sub'] matches 'project_id:1:*'", true},
		{"https://gitlab.com", "claims['sub'] matches 'project_path:g/p:*'", false},
		{"https://gitlab.com", "claims['sub'] matches 'project_path:g/p:*' and claims['project_id'] eq '1'", true},
		{"https://gitlab.com", "claims['sub'] eq 'project_id:1:x' and claims['namespace_id'] eq '2' and claims['user_id'] eq '3'", true},
		{"https://gitlab.com", "claims['sub'] matches 'project_id:1:*' and claims['project_id'] matches '1*'", false},
		{"https://gitlab.com", "claims['ref'] eq 'main'", false},
		{"https://gitlab.contoso.com", "claims['sub'] eq 'project_id:1:ref_type:branch:ref:main'", true},
		{"https://gitlab.contoso.ca", "claims['sub'] eq 'a'", true},
		{"https://gitlab.contoso.org", "claims['sub'] eq 'a'", false},
		{"https://gitlab.contoso/x.com", "claims['sub'] eq 'a'", false},
		{"https://app.terraform.io", "claims['sub'] matches 'organization:o:*'", true},
		{"https://app.eu.terraform.io", "claims['sub'] matches 'organization:o:*'", true},
		{"https://terraform.contoso.com", "claims['sub'] eq 'a'", false},
		{"https://kubernetes.default.svc", "claims['sub'] eq 'a'", false},
	}
	for _, test := range tests {
		err := Validate(test.issuer, test.text)
		if (err == nil) != test.ok {
			t.Errorf("Validate(%s, %s) = %v", test.issuer, test.text, err)
			continue
		}
		want := "Expression configured for issuer '" + test.issuer + "' either lacks all required claims or contains unallowed claims."
		if err != nil && err.Error() != want {
			t.Errorf("Validate(%s, %s) says %q, want %q", test.issuer, test.text, err, want)
		}
	}
	if err := Validate(github, "claims['sub'] eq"); err == nil || !strings.Contains(err.Error(), "column 14") {
		t.Errorf("a malformed expression gives %v", err)
	}
}

// FuzzParse checks that whatever parses can be written again from its parts, and means the same.
func FuzzParse(f *testing.F) {
	f.Add("claims['sub'] matches 'repo:o/*' and claims['id'] eq 'it''s'", "repo:o/r")
	f.Add("claims['sub'] eq '?'", "x")
	f.Add("claims['", "")
	f.Fuzz(func(t *testing.T, text, value string) {
		expression, err := Parse(text)
		if err != nil {
			var syntax *SyntaxError
			if !errors.As(err, &syntax) || syntax.Column < 1 || syntax.Column > len(text)+1 {
				t.Fatalf("Parse(%q) = %#v", text, err)
			}
			return
		}
		var parts []string
		claims := map[string]any{}
		for _, c := range expression.Conditions {
			quote := func(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }
			parts = append(parts, "claims["+quote(c.Claim)+"] "+string(c.Operator)+" "+quote(c.Comparand))
			claims[c.Claim] = value
		}
		if again := strings.Join(parts, " and "); again != text {
			t.Fatalf("%q was read as %q", text, again)
		}
		expression.Matches(claims)
	})
}
