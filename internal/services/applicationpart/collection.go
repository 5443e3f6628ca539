package applicationpart

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
)

// collection is a property of an application of which parts have elements.
type collection interface {
	// property is Microsoft Graph's name of what has it.
	property() string
	// declared is the attribute by which the application's own resource sets it.
	declared() string
	// keys are those of the elements that a part, or an application, has.
	keys(of entra) []string
	// restrict copies the elements that a part has from an application, or all of them, and tells which of the part's are
	// missing there.
	restrict(found, part entra, all bool, to entra) (missing []string)
	// taken are the keys of a part that an application has already, but for its own.
	taken(found, part entra, own []string) []string
	// write puts into a body what an application has, with one part in the place of another; either may be nil.
	write(found, before, after, body entra)

	// disables says that elements are to be disabled before they are removed.
	disables() bool
	enabled(found, part entra) bool
	disable(found, part, body entra)
}

// elements is a collection of one type.
type elements[X any] struct {
	name, in string
	get      func(entra) []X
	set      func(entra, []X)
	key      func(X) string
	// kept is an element as a PATCH has it that keeps it; nil keeps it as it was found.
	kept func(X) X
	// counts reports whether an element is more than what every application has.
	counts func(X) bool
	// removable gives all of them with those disabled that are enabled and not among the remaining ones; nil where there are
	// none. It is nil itself where nothing need be disabled.
	removable func(all, remaining []X) []X
}

func (e elements[X]) property() string { return e.in }

func (e elements[X]) declared() string { return e.name }

func (e elements[X]) keys(of entra) []string {
	var keys []string
	for _, element := range e.get(of) {
		keys = append(keys, e.key(element))
	}
	return keys
}

func (e elements[X]) find(in []X, key string) int {
	return slices.IndexFunc(in, func(element X) bool { return e.key(element) == key })
}

func (e elements[X]) restrict(found, part entra, all bool, to entra) (missing []string) {
	there, wanted := e.get(found), e.keys(part)
	var have []X
	for _, element := range there {
		if all || slices.Contains(wanted, e.key(element)) {
			have = append(have, element)
		}
	}
	for _, key := range wanted {
		if e.find(there, key) < 0 {
			missing = append(missing, key)
		}
	}
	if len(have) > 0 {
		e.set(to, have)
	}
	return missing
}

func (e elements[X]) taken(found, part entra, own []string) []string {
	var taken []string
	for _, element := range e.get(found) {
		if key := e.key(element); (e.counts == nil || e.counts(element)) && e.find(e.get(part), key) >= 0 && !slices.Contains(own, key) {
			taken = append(taken, key)
		}
	}
	return taken
}

func (e elements[X]) write(found, before, after, body entra) {
	var gone, come []X
	if before != nil {
		gone = e.get(before)
	}
	if after != nil {
		come = slices.Clone(e.get(after))
	}
	whole := []X{} // never nil: an empty collection clears, a nil one would be left out
	for _, element := range e.get(found) {
		key := e.key(element)
		if i := e.find(come, key); i >= 0 {
			whole = append(whole, come[i])
			come = slices.Delete(come, i, i+1)
		} else if e.find(gone, key) < 0 {
			whole = append(whole, e.keep(element))
		}
	}
	e.set(body, append(whole, come...))
}

func (e elements[X]) keep(element X) X {
	if e.kept == nil {
		return element
	}
	return e.kept(element)
}

func (e elements[X]) disables() bool { return e.removable != nil }

// all are the elements of an application as a PATCH has them that keeps them, and those that a part leaves.
func (e elements[X]) all(found, part entra) (all, remaining []X) {
	for _, element := range e.get(found) {
		all = append(all, e.keep(element))
		if e.find(e.get(part), e.key(element)) < 0 {
			remaining = append(remaining, e.keep(element))
		}
	}
	return all, remaining
}

func (e elements[X]) enabled(found, part entra) bool {
	all, remaining := e.all(found, part)
	return e.removable(all, remaining) != nil
}

func (e elements[X]) disable(found, part, body entra) {
	all, remaining := e.all(found, part)
	e.set(body, e.removable(all, remaining))
}

// digest tells texts apart in a few letters.
func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:8])
}
