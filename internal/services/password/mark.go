package password

import (
	"crypto/sha256"
	"encoding/binary"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/microsoftgraph/msgraph-sdk-go/models"

	"github.com/workloadid/terraform-provider-workloadid/internal/entity"
	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
)

// Only the answer to addPassword has the password. Where there was no answer, what was made is of no use and must be found,
// to be removed. Of what a caller can set there is little to know it by, since customKeyIdentifier is not to be used
// (https://learn.microsoft.com/graph/api/resources/passwordcredential): a name, which several may have, and two times, which
// the directory keeps to the tenth of a microsecond, as its own show. Below the second the start is therefore a mark. It is chance
// when a password is made, and follows from the key id of the one before when it is renewed: so the next run knows what an
// interrupted one left behind. Nobody has said that the directory keeps the digits that it is given; if it cut them off,
// name and second would have to do, and what an interrupted renewal made would be left until it ends.
const (
	markUnit = 100 * time.Nanosecond
	marks    = int64(time.Second/markUnit) - 1
)

// markAfter is the mark of what takes the place of a password. It is never zero.
func markAfter(keyID string) time.Duration {
	sum := sha256.Sum256([]byte(strings.ToLower(keyID)))
	return time.Duration(1+int64(binary.BigEndian.Uint64(sum[:])%uint64(marks))) * markUnit //nolint:gosec // far from overflow
}

func markOf(moment *time.Time) time.Duration {
	if moment == nil {
		return 0
	}
	return time.Duration(moment.Nanosecond())
}

// stamp completes what is sent: a start that has a mark, and an end. It does so once: all attempts are one and the same.
func stamp(write *entity.Write[entra], now time.Time) {
	body := write.Body
	start := body.GetStartDateTime()
	if markOf(start) != 0 {
		return
	}
	mark := markAfter(write.Prior.String(keyID))
	if write.Prior.IsNull() {
		mark = time.Duration(1+rand.N(marks)) * markUnit
	}
	if start == nil {
		// In the past, whatever the mark, so that it is valid at once.
		start = new(now.UTC().Truncate(time.Second).Add(-time.Second))
	}
	body.SetStartDateTime(new(start.Add(mark)))
	if body.GetEndDateTime() == nil {
		// Not a moment longer, for a policy may allow no more.
		body.SetEndDateTime(new(start.Add(durationOf(write.Plan, lifetime, defaultLifetime))))
	}
}

// marked is what is sent: the SDK would write the start without what is below the second.
func marked(body entra) entra {
	sent := models.NewPasswordCredential()
	sent.SetDisplayName(body.GetDisplayName())
	sent.SetEndDateTime(body.GetEndDateTime())
	sent.SetAdditionalData(map[string]any{"startDateTime": body.GetStartDateTime().UTC().Format("2006-01-02T15:04:05.0000000Z")})
	return sent
}

// made reports whether a password is one that a request made: by its mark, or by its second where there are no marks.
func made(found, sent entra) bool {
	if text(found.GetDisplayName()) != text(sent.GetDisplayName()) || found.GetStartDateTime() == nil {
		return false
	}
	start := *found.GetStartDateTime()
	return start.Equal(*sent.GetStartDateTime()) || start.Equal(sent.GetStartDateTime().Truncate(time.Second))
}

// left reports whether a password is what an interrupted renewal of the one in the state left behind.
func left(found entra, state mapping.Value) bool {
	start, known := parsed(state.Get(startTime))
	moment := found.GetStartDateTime()
	return state.String(keyID) != "" && markOf(moment) == markAfter(state.String(keyID)) && (!known || !moment.Before(start))
}

// twin reports whether a password was to be what another one is: an interrupted renewal left it behind, and a replica that
// lagged behind kept it from the run that renewed again. Thousandths of a second are no mark, which chance may give to two.
func twin(found, current entra) bool {
	mark := markOf(current.GetStartDateTime())
	return mark%time.Millisecond != 0 && markOf(found.GetStartDateTime()) == mark &&
		text(found.GetDisplayName()) == text(current.GetDisplayName()) && !found.GetStartDateTime().After(*current.GetStartDateTime())
}

func text(value *string) string {
	if value == nil {
		return ""
	}
	return *value
}
