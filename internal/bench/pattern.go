package main

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/directory"
)

// pattern is what one real apply, of each file as it stands, left in the state and in the tenant. Estates of any size are
// copies of it, which have numbers and ids of their own: to apply thousands of resources takes many minutes, most of
// them the CLI's, which writes its whole state after each. That the copies are what an apply leaves, the plan of them
// shows: it is empty.
type pattern struct {
	applied   time.Time
	state     map[string]json.RawMessage
	resources []string            // of the state, as JSON
	before    []*directory.Object // what the tenant held already
	objects   []string            // what was added, as JSON
	ids       []string            // the ids of what was added
}

var guid = regexp.MustCompile(`[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}`)

// newPattern compares the tenant before and after the apply that left the state.
func newPattern(state []byte, before, after emulator.Snapshot) (*pattern, error) {
	p := &pattern{applied: time.Now(), before: before.Objects}
	if err := json.Unmarshal(state, &p.state); err != nil {
		return nil, fmt.Errorf("reading the state: %w", err)
	}
	var kept []json.RawMessage
	if err := json.Unmarshal(p.state["resources"], &kept); err != nil {
		return nil, fmt.Errorf("reading the state: %w", err)
	}
	for _, resource := range kept {
		p.resources = append(p.resources, string(resource))
	}
	known := map[string]bool{}
	for _, object := range before.Objects {
		known[object.ID] = true
	}
	text, err := json.Marshal(before)
	if err != nil {
		return nil, err
	}
	foreign := map[string]bool{}
	for _, id := range guid.FindAllString(string(text), -1) {
		foreign[id] = true
	}
	for _, object := range after.Objects {
		if known[object.ID] {
			continue
		}
		text, err := json.Marshal(object)
		if err != nil {
			return nil, err
		}
		p.objects = append(p.objects, string(text))
		if uuid.Validate(object.ID) != nil {
			p.ids = append(p.ids, object.ID)
		}
		for _, id := range guid.FindAllString(string(text), -1) {
			if !foreign[id] {
				foreign[id] = true
				p.ids = append(p.ids, id)
			}
		}
	}
	return p, nil
}

// copier makes of a text of the pattern that of a copy.
func (p *pattern) copier(number int) *strings.Replacer {
	replacements := []string{placeholder, strconv.Itoa(number)}
	for _, id := range p.ids {
		replacements = append(replacements, id, idOf(id, number))
	}
	return strings.NewReplacer(replacements...)
}

// idOf is the id that a copy has in place of one of the pattern.
func idOf(id string, number int) string {
	if uuid.Validate(id) != nil { // of an assignment or a grant, which say nothing to a client
		sum := sha256.Sum256([]byte(id + strconv.Itoa(number)))
		return base64.RawURLEncoding.EncodeToString(sum[:])
	}
	return uuid.NewSHA1(uuid.MustParse(id), []byte(strconv.Itoa(number))).String()
}

// stateOf is the state of so many copies.
func (p *pattern) stateOf(copies int) ([]byte, error) {
	all := make([]json.RawMessage, 0, copies*len(p.resources))
	for number := 1; number <= copies; number++ {
		copier := p.copier(number)
		for _, resource := range p.resources {
			all = append(all, json.RawMessage(copier.Replace(resource)))
		}
	}
	text, err := json.Marshal(all)
	if err != nil {
		return nil, err
	}
	state := maps.Clone(p.state)
	state["resources"] = text
	return json.Marshal(state)
}

// snapshotOf is the tenant that holds so many copies.
func (p *pattern) snapshotOf(copies int) (emulator.Snapshot, error) {
	objects := slices.Clone(p.before)
	for number := 1; number <= copies; number++ {
		copier := p.copier(number)
		for _, text := range p.objects {
			object := &directory.Object{}
			if err := json.Unmarshal([]byte(copier.Replace(text)), object); err != nil {
				return emulator.Snapshot{}, fmt.Errorf("copying an object of the tenant: %w", err)
			}
			objects = append(objects, object)
		}
	}
	return emulator.Snapshot{Objects: objects}, nil
}
