package entity

import (
	"fmt"
	"sync"

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

// intend notes what a plan wants of an object, and refuses what would leave nothing, or two owners of one thing. A repeated
// one replaces that of before.
func (r *managed) intend(wanted intent, object mapping.Value) diag.Diagnostics {
	if r.api == nil {
		return nil
	}
	var diagnostics diag.Diagnostics
	same := r.sameObject(object)
	all := &r.api.intentions
	all.mutex.Lock()
	defer all.mutex.Unlock()
	for _, key := range r.keys(object) {
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
			diagnostics.AddError(fmt.Sprintf("The %s%s would be destroyed at one address and created at another", r.title(), name(object)),
				"Terraform does the two in no set order: what is created first meets the old one, and what is destroyed last may be all that there is. "+
					"Where only the address has changed (another name of the block, another key of for_each, another module), say so, and nothing is destroyed:\n\n"+
					fmt.Sprintf("moved {\n  from = %[1]s.OLD\n  to   = %[1]s.NEW\n}\n\n", r.typeName())+
					"To have another one made all the same, destroy the old one in a run of its own.")
		case this.removed != "" && this.removed == this.kept && wanted != creates:
			diagnostics.AddError(fmt.Sprintf("The %s%s would be destroyed, and another resource of this configuration manages it", r.title(), name(object)),
				fmt.Sprintf("The state has one object at two addresses. End its management at the one that goes without destroying it:\n\nremoved {\n  from = %s.OLD\n\n  lifecycle {\n    destroy = false\n  }\n}", r.typeName()))
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
	for _, key := range r.keys(object) {
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

// leaving are the keys of objects that are being deleted, so that another one can wait for them.
type leaving struct {
	mutex sync.Mutex
	keys  map[string]chan struct{} // closed once the object is gone, or has stayed
}

// begin notes that an object is being deleted. The returned function ends that.
func (l *leaving) begin(keys []string) (end func()) {
	done := make(chan struct{})
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if l.keys == nil {
		l.keys = map[string]chan struct{}{}
	}
	for _, key := range keys {
		l.keys[key] = done
	}
	return func() { close(done) }
}

// find is the end of a delete of an object with one of the keys; nil where there is none. It is found once.
func (l *leaving) find(keys []string) <-chan struct{} {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	for _, key := range keys {
		if done := l.keys[key]; done != nil {
			delete(l.keys, key)
			return done
		}
	}
	return nil
}
