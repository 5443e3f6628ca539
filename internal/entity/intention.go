package entity

import (
	"fmt"
	"sync"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
)

// intentions are what the resources of one plan are to do with the object of each key. Terraform plans them in no set order, so
// that whichever comes second sees what does not go together.
type intentions struct {
	mutex sync.Mutex
	of    map[string]*intention
}

// intention is what the plan so far has for one key.
type intention struct {
	created bool
	kept    string // the object that has the key, and stays
	removed string // the object that has the key, and goes
}

// intent is what a plan wants of an object.
type intent int

const (
	creates intent = iota
	keeps
	removes
)

// intend notes what a plan wants of an object, refuses two owners of one thing, and warns of what is destroyed only to be made
// again. A repeated one replaces that of before.
func (r *managed) intend(wanted intent, object mapping.Value) diag.Diagnostics {
	if r.api == nil {
		return nil
	}
	var diagnostics diag.Diagnostics
	same := r.sameObject(object)
	all := &r.api.intentions
	all.mutex.Lock()
	defer all.mutex.Unlock()
	keys := r.keys(object)
	if wanted != creates {
		keys = append(keys, same)
	}
	for _, key := range keys {
		this := all.of[key]
		if this == nil {
			this = &intention{}
			if all.of == nil {
				all.of = map[string]*intention{}
			}
			all.of[key] = this
		}
		switch wanted {
		case creates:
			this.created = true
		case keeps:
			this.kept = same
		case removes:
			this.removed = same
		}
		if len(diagnostics) > 0 {
			continue
		}
		switch {
		case this.created && this.kept != "" && wanted != removes:
			diagnostics.AddError(fmt.Sprintf("The %s%s is declared twice", r.title(), name(object)),
				fmt.Sprintf("The state has it already, for another resource of this configuration, and %s. Declare it once, and refer to that from elsewhere.", r.uniqueness(object)))
		case this.created && this.removed != "" && wanted != keeps:
			diagnostics.AddWarning(fmt.Sprintf("The %s%s will be destroyed at one address and created at another", r.title(), name(object)),
				"There can be only one, and Terraform does the two in no set order: the create waits for the destroy, and fails where create_before_destroy has it come first. Until both are done, there is none. "+
					"Where only the address has changed (another name of the block, another key of for_each, another module), say so, and nothing is destroyed:\n\n"+
					fmt.Sprintf("moved {\n  from = %[1]s.OLD\n  to   = %[1]s.NEW\n}", r.typeName()))
		case this.removed != "" && this.removed == this.kept && wanted != creates:
			diagnostics.AddError(fmt.Sprintf("The %s%s would be destroyed, and another resource of this configuration manages it", r.title(), name(object)),
				fmt.Sprintf("The state has one object at two addresses. End its management at the one that goes without destroying it:\n\nremoved {\n  from = %s.OLD\n\n  lifecycle {\n    destroy = false\n  }\n}\n\n"+
					"If the one that goes is called deposed, a failed run with create_before_destroy has left it, and a block can't name it. Then have Terraform forget both (terraform state rm ADDRESS), and import the object.", r.typeName()))
		}
	}
	return diagnostics
}

// settle forgets what was planned of an object, once that has been done or has failed.
func (r *managed) settle(object mapping.Value) {
	if r.api == nil {
		return
	}
	same := r.sameObject(object)
	all := &r.api.intentions
	all.mutex.Lock()
	defer all.mutex.Unlock()
	for _, key := range append(r.keys(object), same) {
		if this := all.of[key]; this != nil {
			this.created = false
			if this.kept == same {
				this.kept = ""
			}
			if this.removed == same {
				this.removed = ""
			}
		}
	}
}

// leaving are the places of objects that this process deletes, so that another one can wait for them.
type leaving struct {
	mutex sync.Mutex
	left  map[string]bool // false while the object is being deleted, true once it is gone or has stayed
	moved signal          // that a delete began or ended
}

// begin notes that an object is being deleted. The returned function ends that.
func (l *leaving) begin(places []string) (end func()) {
	note := func(left bool) {
		l.mutex.Lock()
		defer l.mutex.Unlock()
		if l.left == nil {
			l.left = map[string]bool{}
		}
		for _, place := range places {
			l.left[place] = left
		}
		l.moved.raise()
	}
	note(false)
	return func() { note(true) }
}

// find reports whether an object has left one of the places, which is found once. Otherwise it says what is closed when the
// next delete begins or ends, and when the last one did. A place that is being left is waited for to the end.
func (l *leaving) find(places []string) (left bool, stirred <-chan struct{}, last time.Time) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	last = l.moved.last
	for _, place := range places {
		gone, known := l.left[place]
		if gone {
			delete(l.left, place)
			return true, nil, last
		}
		if known {
			last = time.Now().Add(time.Hour) // until it has ended
		}
	}
	return false, l.moved.next(), last
}
