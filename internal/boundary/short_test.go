package boundary

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestShort(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "words", strings.Repeat("é", longest/2)} {
		if got := short(text); got != text {
			t.Errorf("%.40q became %.40q", text, got)
		}
	}
	got := short("first" + strings.Repeat("é", 1<<20) + "last")
	if len(got) > longest+100 || !utf8.ValidString(got) || !strings.HasPrefix(got, "firsté") || !strings.HasSuffix(got, "élast") || !strings.Contains(got, "(2080777 bytes are left out)") {
		t.Errorf("%d bytes: %.40q … %q", len(got), got, got[len(got)-40:])
	}
}
