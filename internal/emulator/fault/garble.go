package fault

import (
	"bytes"
	"encoding/json"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
)

// garble makes one thing in an answer of JSON wrong, which the seed decides. What is no JSON stays as it is.
func (a *answer) garble(seed uint64) {
	a.WriteHeader(http.StatusOK)
	decoder := json.NewDecoder(bytes.NewReader(a.body.Bytes()))
	decoder.UseNumber()
	var content any
	if !json.Valid(a.body.Bytes()) || decoder.Decode(&content) != nil {
		return
	}
	chance := rand.New(rand.NewPCG(seed, 0))
	a.sent.Del("Content-Length")
	if chance.IntN(16) == 0 {
		a.body.Truncate(chance.IntN(a.body.Len()))
		return
	}
	// The whole is a place like any other.
	root := []any{content}
	places := placesIn(root, nil)
	spoil(places[chance.IntN(len(places))], chance)
	text, err := json.Marshal(root)
	if err != nil {
		panic(err) // it was read a moment ago
	}
	a.body.Reset()
	a.body.Write(text[1 : len(text)-1])
}

// place is where a value stands: in an object, under its name, or in a list, at its index.
type place struct {
	object map[string]any
	name   string
	list   []any
	index  int
}

// placesIn are all places below a value, in an order that is always the same.
func placesIn(value any, places []place) []place {
	switch value := value.(type) {
	case []any:
		for i, element := range value {
			places = placesIn(element, append(places, place{list: value, index: i}))
		}
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(value)) {
			places = placesIn(value[name], append(places, place{object: value, name: name}))
		}
	}
	return places
}

func (p place) value() any {
	if p.object != nil {
		return p.object[p.name]
	}
	return p.list[p.index]
}

func (p place) set(value any) {
	if p.object != nil {
		p.object[p.name] = value
		return
	}
	p.list[p.index] = value
}

// spoil makes what stands in a place wrong.
func spoil(p place, chance *rand.Rand) {
	list, isList := p.value().([]any)
	switch way := chance.IntN(3); {
	case way == 0 && p.object != nil:
		delete(p.object, p.name)
	case way == 1 && isList:
		p.set(slices.Insert(slices.Clone(list), chance.IntN(len(list)+1), any(nil)))
	case way < 2 && p.value() != nil:
		p.set(nil)
	default:
		p.set(ofAnotherType(p.value(), chance))
	}
}

// ofAnotherType is a value of another type.
func ofAnotherType(value any, chance *rand.Rand) any {
	others := []any{"text", true, json.Number(strconv.Itoa(chance.IntN(1000))), []any{value}, map[string]any{"value": value}}
	switch value.(type) {
	case string:
		others = others[1:]
	case bool:
		others = slices.Delete(others, 1, 2)
	case json.Number:
		others = slices.Delete(others, 2, 3)
	case []any:
		others = slices.Delete(others, 3, 4)
	case map[string]any:
		others = others[:4]
	}
	return others[chance.IntN(len(others))]
}
