package password

import (
	"testing"
	"time"

	"github.com/microsoftgraph/msgraph-sdk-go/models"
)

// TestTwin: only what can't be anybody else's is taken for what an interrupted renewal left.
func TestTwin(t *testing.T) {
	t.Parallel()
	marked := time.Date(2026, 3, 1, 8, 0, 0, 1_234_500, time.UTC)
	at := func(name string, start time.Time) entra {
		password := models.NewPasswordCredential()
		password.SetDisplayName(&name)
		password.SetStartDateTime(&start)
		return password
	}
	for name, test := range map[string]struct {
		found, current entra
		want           bool
	}{
		"made before":                            {at("CI", marked.Add(-time.Hour)), at("CI", marked), true},
		"made after":                             {at("CI", marked.Add(time.Hour)), at("CI", marked), false},
		"of another name":                        {at("Backup", marked.Add(-time.Hour)), at("CI", marked), false},
		"of another mark":                        {at("CI", marked.Add(-time.Hour-markUnit)), at("CI", marked), false},
		"where the directory cuts off the marks": {at("CI", marked.Truncate(time.Millisecond).Add(-time.Hour)), at("CI", marked.Truncate(time.Millisecond)), false},
		"without marks":                          {at("CI", marked.Truncate(time.Hour)), at("CI", marked.Truncate(time.Hour)), false},
		"without a start":                        {models.NewPasswordCredential(), at("CI", marked), false},
	} {
		if got := twin(test.found, test.current); got != test.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}
