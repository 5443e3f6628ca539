package acctest

import "testing"

func TestSlips(t *testing.T) {
	t.Parallel()
	for text, wanted := range map[string]bool{
		`The import id of a application is x.`:        true,
		`An user is meant.`:                           true,
		`an role`:                                     true,
		`It ended.. Make a new one.`:                  true,
		`Is it so?. No.`:                              true,
		`"" does not name an application.`:            true,
		`got %!s(MISSING)`:                            true,
		`an application, a user, a UUID, an hour … `:  false,
		`…/providers/x, and so on... It ends. "" too`: false,
		`a user assigned identity, an app role`:       false,
		`repo:contoso/shop, e.g. a path /a/../b.`:     false,
	} {
		found := ""
		for kind, slip := range slips {
			if slip.MatchString(text) {
				found = kind
			}
		}
		if (found != "") != wanted {
			t.Errorf("%q: %q", text, found)
		}
	}
}
