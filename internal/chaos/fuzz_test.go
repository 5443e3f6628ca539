package chaos

import (
	"slices"
	"testing"
	"testing/synctest"

	"github.com/workloadid/terraform-provider-workloadid/internal/acctest/samples"
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
func garbledCells() (cells []cell) {
	column := slices.IndexFunc(misbehaviours, func(m misbehaviour) bool { return m.garbled })
	for _, typeName := range catalogue() {
		for _, sample := range samples.Resources[typeName] {
			for _, operation := range operations {
				if operation.fits(sample) && (!operation.another || !sample.Indistinct) {
					cells = append(cells, cell{len(cells), typeName, sample, operation, misbehaviours[column]})
				}
			}
		}
	}
	return cells
}
