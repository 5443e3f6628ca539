package acctest

import (
	"regexp"
	"testing"

	"github.com/workloadid/terraform-provider-workloadid/internal/acctest/protocol"
)

// slips are what goes wrong where texts are put together.
var slips = map[string]*regexp.Regexp{
	"an article before another sound": regexp.MustCompile(`\b[Aa] (?:[aeio]|umb|unk|uns|up)[a-z]+|\b[Aa]n (?:[b-df-gj-np-tv-z]|user|uni[cqt]|URL?)[a-z]*`),
	"a full stop that comes twice":    regexp.MustCompile(`[^.]\.\.(?:\s|$)|[?!:]\)?\.(?:\s|$)|\.,`),
	"an empty value":                  regexp.MustCompile(`(?:^|[.:]\s+)(?:""|'') (?:is|does|has|in|of)\b`),
	"a value that is none":            regexp.MustCompile(`%!|<nil>|\(MISSING\)`),
}

// checkWords looks for them in all that is said in tests.
func checkWords(t testing.TB, diags protocol.Diagnostics) protocol.Diagnostics {
	t.Helper()
	for _, said := range diags {
		for kind, slip := range slips {
			for _, text := range []string{said.Summary, said.Detail} {
				if found := slip.FindString(text); found != "" && !said.ProviderBug {
					t.Errorf("%s (%q) in a diagnostic:\n%s\n%s", kind, found, said.Summary, said.Detail)
				}
			}
		}
	}
	return diags
}
