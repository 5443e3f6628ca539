package chaos

import (
	"slices"
	"testing"
	"testing/synctest"
)

// FuzzAnswers has one answer to an operation of any resource be wrong: a value is missing, null or of another type, or the text
// ends in the middle. The provider ends in time, without a panic, and the same command, given again, finds everything.
func FuzzAnswers(f *testing.F) {
	cells := garbledCells()
	for i := 0; i < len(cells); i += sparse {
		f.Add(uint16(i), uint8(i%5), uint64(i))
	}
	f.Fuzz(func(t *testing.T, number uint16, request uint8, seed uint64) {
		c := cells[int(number)%len(cells)]
		c.misbehaviour.seed = seed
		synctest.Test(t, func(t *testing.T) {
			if _, err := c.run(t.Context(), int(request%16)); err != nil {
				t.Errorf("%s: %v", row(c.typeName, c.sample, c.operation), err)
			}
		})
	})
}

// garbledCells are those of the column in which answers are wrong.
func garbledCells() []cell {
	column := slices.IndexFunc(misbehaviours, func(m misbehaviour) bool { return m.garbled })
	all := slices.DeleteFunc(cells(), func(c cell) bool { return c.operation.another && c.sample.Indistinct })
	for i := range all {
		all[i].number, all[i].misbehaviour = i, misbehaviours[column]
	}
	return all
}
