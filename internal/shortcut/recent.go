package shortcut

import (
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// decoded is a value in Terraform's form and in the framework's. Neither changes.
type decoded struct {
	raw    tftypes.Value
	object types.Object
}

// kept is how many values are remembered of one type: Terraform has ten resources in hand at a time, unless it is told
// otherwise, each with a state and a configuration.
const kept = 64

// recent are the values that were decoded last, by their encoding. Terraform sends a state to be read and once more to be
// planned from, and a configuration to be validated and once more to be planned for.
type recent struct {
	mutex  sync.Mutex
	values map[string]decoded
	order  [kept]string
	next   int
}

func (r *recent) get(encoded []byte) (decoded, bool) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	value, ok := r.values[string(encoded)]
	return value, ok
}

func (r *recent) put(encoded []byte, value decoded) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if r.values == nil {
		r.values = make(map[string]decoded, kept)
	}
	delete(r.values, r.order[r.next])
	r.order[r.next] = string(encoded)
	r.values[r.order[r.next]] = value
	r.next = (r.next + 1) % kept
}
