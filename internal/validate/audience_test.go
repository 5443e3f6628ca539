package validate

import (
	"fmt"
	"strings"
	"testing"
)

func TestAudience_limits(t *testing.T) {
	t.Parallel()
	x := func(n int) string { return strings.Repeat("x", n) }
	many := func(n int, form string) []string {
		values := make([]string, n)
		for i := range values {
			values[i] = fmt.Sprintf(form, i)
		}
		return values
	}
	each := func(n, value int) map[string]int {
		values := map[string]int{}
		for i := range n {
			values[fmt.Sprint(i)] = value
		}
		return values
	}
	for name, test := range map[string]struct {
		check    func(audience string) error
		work     string // part of the error with work and school accounts alone, or an unknown audience; empty: none
		personal string // the same with personal accounts
	}{
		"display name of 90":  {func(a string) error { return DisplayName(a, x(90)) }, "", ""},
		"display name of 91":  {func(a string) error { return DisplayName(a, x(91)) }, "", "at most 90"},
		"display name of 256": {func(a string) error { return DisplayName(a, x(256)) }, "", "at most 90"},
		"display name of 257": {func(a string) error { return DisplayName(a, x(257)) }, "1 to 256", "at most 90"},
		"empty display name":  {func(a string) error { return DisplayName(a, "") }, "1 to 256", "1 to 256"},

		"50 identifier URIs":           {func(a string) error { return IdentifierURIs(a, many(50, "api://%d")) }, "", ""},
		"51 identifier URIs":           {func(a string) error { return IdentifierURIs(a, many(51, "api://%d")) }, "", "at most 50"},
		"identifier URI of 120":        {func(a string) error { return IdentifierURIs(a, []string{"api://" + x(114)}) }, "", ""},
		"identifier URI of 121":        {func(a string) error { return IdentifierURIs(a, []string{"api://" + x(115)}) }, "", "has 121"},
		"identifier URI with own id":   {func(a string) error { return IdentifierURIs(a, []string{"api://{client_id}/" + x(78)}) }, "", "has 121"},
		"identifier URN":               {func(a string) error { return IdentifierURIs(a, []string{"urn:contoso"}) }, "", "urn:"},
		"identifier URI with query":    {func(a string) error { return IdentifierURIs(a, []string{"api://a?b"}) }, "", "query"},
		"identifier URI with fragment": {func(a string) error { return IdentifierURIs(a, []string{"api://a#b"}) }, "", "fragment"},

		"100 redirect URIs":          {func(a string) error { return RedirectURIs(a, many(100, "https://contoso.com/%d")) }, "", ""},
		"101 redirect URIs":          {func(a string) error { return RedirectURIs(a, many(101, "https://contoso.com/%d")) }, "", "at most 100"},
		"257 redirect URIs":          {func(a string) error { return RedirectURIs(a, many(257, "https://contoso.com/%d")) }, "at most 256", "at most 100"},
		"redirect URI with wildcard": {func(a string) error { return RedirectURIs(a, []string{"https://*.contoso.com"}) }, "", "wildcards"},
		"redirect URI with query":    {func(a string) error { return RedirectURIs(a, []string{"https://contoso.com?a"}) }, "", "query"},

		"100 scopes":  {func(a string) error { return PermissionScopes(a, many(100, "s%d")) }, "", ""},
		"101 scopes":  {func(a string) error { return PermissionScopes(a, many(101, "s%d")) }, "", "at most 100"},
		"scope of 40": {func(a string) error { return PermissionScopes(a, []string{x(40)}) }, "", ""},
		"scope of 41": {func(a string) error { return PermissionScopes(a, []string{x(41)}) }, "", "has 41"},

		"50 APIs":                {func(a string) error { return RequiredResourceAccess(a, each(50, 4)) }, "", ""},
		"51 APIs":                {func(a string) error { return RequiredResourceAccess(a, each(51, 1)) }, "at most 50", "at most 50"},
		"201 permissions":        {func(a string) error { return RequiredResourceAccess(a, map[string]int{"a": 1, "b": 200}) }, "", "at most 200"},
		"401 permissions":        {func(a string) error { return RequiredResourceAccess(a, map[string]int{"a": 401}) }, "at most 400", "at most 200"},
		"31 permissions one API": {func(a string) error { return RequiredResourceAccess(a, map[string]int{"a": 31}) }, "", "a has 31"},

		"500 pre-authorized scopes":        {func(a string) error { return PreAuthorizedApplications(a, each(100, 5)) }, "", ""},
		"101 pre-authorized clients":       {func(a string) error { return PreAuthorizedApplications(a, each(101, 1)) }, "", "at most 100"},
		"600 pre-authorized scopes":        {func(a string) error { return PreAuthorizedApplications(a, each(20, 30)) }, "", "at most 500"},
		"31 pre-authorized of one client":  {func(a string) error { return PreAuthorizedApplications(a, each(1, 31)) }, "", "0 has 31"},
		"access token version 1":           {func(a string) error { return AccessTokenVersion(a, 1) }, "", "must be 2"},
		"access token version 2":           {func(a string) error { return AccessTokenVersion(a, 2) }, "", ""},
		"1200 entries in all collections":  {func(string) error { return CollectionEntries(1200) }, "", ""},
		"1201 entries in all collections ": {func(string) error { return CollectionEntries(1201) }, "at most 1200", "at most 1200"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for audience, want := range map[string]string{
				"": test.work, AudienceMyOrg: test.work, AudienceMultipleOrgs: test.work,
				AudienceOrgAndPersonal: test.personal, AudiencePersonal: test.personal,
			} {
				err := test.check(audience)
				if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
					t.Errorf("%q: got %v, want %q", audience, err, want)
				}
			}
		})
	}
}
