package odata

import (
	"net/http"
	"net/url"
	"testing"
)

// FuzzParse asks the directory anything: it answers or refuses in Graph's way, and never panics.
func FuzzParse(f *testing.F) {
	for _, seed := range [][4]string{
		{"displayName eq 'it''s' and not (tags/any(t:t eq 'x') or isDisabled eq true)", "id,displayName", "owners($select=id,mail)", `"displayName:foo" AND ("description:bar" OR "appId:1")`},
		{"createdDateTime ge 2026-02-01T10:00Z", "*", "federatedIdentityCredentials", `"displayName:a\"b\\c"`},
		{"federatedIdentityCredentials/any(f:startsWith(f/subject,'repo:'))", "keyCredentials", "", "((("},
		{"federatedIdentityCredentials/$count eq 0", "extension_0123456789abcdef0123456789abcdef_team", "owners(", `"`},
		{"appId in ('a','b',null)", "", "owners($select=id;$top=1),synchronization", `"displayName:李四"`},
		{"tokenEncryptionKeyId ne 22222222-2222-4222-8222-222222222222", "info/logoUrl", ")(", `"displayName:" OR`},
		{"null eq info/logoUrl or -1.5e3 lt requestedVersion", ",", "*", ""},
		{"requiredResourceAccess/any(r:r/resourceAccess/any(a:a/id eq e1fe6dd8-ba31-4d61-89e7-88639da4683d))", "id", "", `"id:0" OR "id:1"`},
		{"createdDateTime ge 9999-99-99", "id", "", ""},
		{"((((((((((((((((not not not isDisabled", "\xff", "\x00", "\xfe\""},
	} {
		f.Add(seed[0], seed[1], seed[2], seed[3], "displayName desc", "eyJpIjoieCJ9")
	}
	f.Fuzz(func(t *testing.T, filter, selected, expanded, search, order, token string) {
		query := url.Values{"$count": {"true"}}
		for option, value := range map[string]string{"$filter": filter, "$select": selected, "$expand": expanded, "$search": search, "$orderby": order, "$skiptoken": token} {
			if value != "" {
				query.Set(option, value)
			}
		}
		for _, header := range []http.Header{eventual, nil} {
			parsed, err := Parse(application, query, header)
			if err != nil {
				refusal(t, err)
				continue
			}
			page := parsed.Page(applications, relatives)
			parsed.Equality("appId")
			parsed.Context()
			if _, err := url.Parse(parsed.NextLink("https://graph.example/v1.0/applications", page.SkipToken)); err != nil {
				t.Error(err)
			}
		}
		// One option that is refused hides what the others would do.
		for _, option := range []string{"$filter", "$search", "$orderby", "$skiptoken", "$select", "$expand"} {
			if parsed, err := Parse(application, url.Values{"$count": {"true"}, option: query[option]}, eventual); err == nil && query.Has(option) {
				parsed.Page(applications, relatives)
			}
		}
	})
}
