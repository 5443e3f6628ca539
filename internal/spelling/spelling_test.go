package spelling

import (
	"slices"
	"testing"
)

func TestNearest(t *testing.T) {
	t.Parallel()
	names := []string{"User.Read.All", "User.ReadWrite.All", "Group.Read.All", "Mail.Send", "User.Read.All", "User.Invite.All"}
	for written, want := range map[string][]string{
		"User.Read.Al":  {"User.Read.All"},
		"user.read.all": {"User.Read.All"},
		"User.Reed.All": {"User.Read.All"},
		"Mail.Sent":     {"Mail.Send"},
		"Mall":          nil,
		"":              nil,
	} {
		if got := Nearest(written, slices.Values(names)); !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", written, got, want)
		}
	}
}

func TestQuestion(t *testing.T) {
	t.Parallel()
	if got := Question([]string{"a", "b"}); got != ` Did you mean "a" or "b"?` {
		t.Error(got)
	}
	if got := Question(nil); got != "" {
		t.Error(got)
	}
}
