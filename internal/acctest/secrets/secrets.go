// Package secrets finds secrets where none may be: in the log of a provider, in what it returns to Terraform, and in what
// Terraform's CLI leaves in its files and prints. It knows a secret by its value and not by its name, so that it can
// prove the masking of the provider's log wrong.
package secrets

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"iter"
	"slices"
	"strings"
	"sync"
)

// Shortest is how many bytes a secret has at least. Shorter ones are not looked for: they are parts of words.
const Shortest = 8

// Watch collects the secrets of a test and what may not hold them. It looks when the test is over, since what holds a
// secret may come before the watch is told of it. It is safe for concurrent use.
type Watch struct {
	mutex   sync.Mutex
	secrets map[string]*secret // by value
	public  map[string]bool    // attributes that their schema does not call sensitive
	answers map[string][]string
	log     bytes.Buffer
	pieces  []piece
}

type secret struct {
	name       string
	documented map[string]bool // attributes that may hold it, "type.attribute"
}

// kept reports whether an attribute that Terraform keeps is documented to hold the secret.
func (s *secret) kept() bool {
	for attribute := range s.documented {
		if !strings.HasPrefix(attribute, ephemeralPrefix) {
			return true
		}
	}
	return false
}

// piece is something that may hold no secrets.
type piece struct {
	place   string
	content []byte
	// fields are the texts in the content, each with the attribute that it is the value of, as Add has it, with what else
	// it is called, or with "". Nil where the content is only text.
	fields func(content []byte) iter.Seq2[string, string]
	// nameless content has values of attributes, but does not tell of which.
	nameless bool
}

// New is a watch that knows of no secrets.
func New() *Watch {
	return &Watch{secrets: map[string]*secret{}, public: map[string]bool{}, answers: map[string][]string{}}
}

// Add makes a value known as a secret. The attributes, "type.attribute" as in "workloadid_application.notes", or
// "ephemeral.type.attribute", are those
// that are documented to hold it; what they are inside of counts, the keys and positions in between do not.
func (w *Watch) Add(name, value string, documented ...string) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	w.add(name, value, documented)
	// A key that leaks does not do so as the whole file, but may be spread over lines.
	for _, line := range privateKeyLines(value) {
		w.add("a line of "+name, line, documented)
	}
}

func (w *Watch) add(name, value string, documented []string) {
	if len(value) < Shortest {
		return
	}
	known := w.secrets[value]
	if known == nil {
		known = &secret{name: name, documented: map[string]bool{}}
		w.secrets[value] = known
	}
	for _, attribute := range documented {
		known.documented[attribute] = true
	}
}

// Documented says which attributes may hold the secrets that the service answers at addresses that end so.
func (w *Watch) Documented(ending string, attributes ...string) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	w.answers[ending] = append(w.answers[ending], attributes...)
}

// documentedOf are those attributes for an address.
func (w *Watch) documentedOf(address string) (attributes []string) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	for ending, names := range w.answers {
		if strings.HasSuffix(address, ending) {
			attributes = append(attributes, names...)
		}
	}
	return attributes
}

// Write takes in a part of a log.
func (w *Watch) Write(text []byte) (int, error) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	return w.log.Write(text)
}

// Log is the log so far.
func (w *Watch) Log() string {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	return w.log.String()
}

func (w *Watch) look(p piece) {
	if len(p.content) < Shortest {
		return
	}
	w.mutex.Lock()
	defer w.mutex.Unlock()
	w.pieces = append(w.pieces, p)
}

// Finding is a secret where it may not be.
type Finding struct {
	Secret string // what it is called
	Place  string
	Around string // the text it is in, with what is secret masked
}

func (f Finding) String() string { return fmt.Sprintf("%s is in %s: %s", f.Secret, f.Place, f.Around) }

// Findings are the secrets where they may not be, one for each secret and place.
func (w *Watch) Findings() []Finding {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	var found []Finding
	mask := w.masker()
	pieces := append(slices.Clone(w.pieces), piece{place: "the log", content: w.log.Bytes(), fields: fieldsOfLog})
	for value, s := range w.secrets {
		all := forms(essence(value))
		for _, p := range pieces {
			if p.nameless && s.kept() {
				continue
			}
			for place, text := range p.find(all, s, w.public) {
				found = append(found, Finding{s.name, mask.Replace(place), around(mask, text, all)})
			}
		}
	}
	slices.SortFunc(found, func(a, b Finding) int {
		return cmp.Or(strings.Compare(a.Secret, b.Secret), strings.Compare(a.Place, b.Place), strings.Compare(a.Around, b.Around))
	})
	return slices.CompactFunc(found, func(a, b Finding) bool { return a.Secret == b.Secret && a.Place == b.Place })
}

// find has the places in a piece at which a secret is and may not be, and the texts there.
func (p piece) find(forms []string, s *secret, public map[string]bool) iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		form := first(p.content, forms)
		if form == "" {
			return
		}
		if p.fields == nil {
			yield(p.place, lineWith(string(p.content), form))
			return
		}
		named := false
		for attribute, text := range p.fields(p.content) {
			if first([]byte(text), forms) == "" {
				continue
			}
			named = true
			place := p.place
			if attribute != "" {
				place += ", " + attribute
			}
			if s.documented[attribute] {
				if !public[attribute] {
					continue
				}
				place += ", which is not sensitive"
			}
			if !yield(place, text) {
				return
			}
		}
		if !named { // it is in what is between the texts
			yield(p.place, string(p.content))
		}
	}
}

// fieldsOfLog has the fields of a log's lines, which are JSON objects, each with its line's message and its name.
func fieldsOfLog(log []byte) iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		for line := range bytes.Lines(log) {
			var fields map[string]any
			if json.Unmarshal(line, &fields) != nil {
				if !yield("", string(line)) {
					return
				}
				continue
			}
			for name, value := range fields {
				if !eachText("", "", value, func(_, text string) bool {
					return yield(fmt.Sprintf("%s of %q", name, fields["@message"]), text)
				}) {
					return
				}
			}
		}
	}
}

// first is one of the forms that is in a content, if any is.
func first(content []byte, forms []string) string {
	for _, form := range forms {
		if bytes.Contains(content, []byte(form)) {
			return form
		}
	}
	return ""
}

// masker masks every form of every secret.
func (w *Watch) masker() *strings.Replacer {
	var all []string
	for value := range w.secrets {
		all = append(append(all, value), forms(essence(value))...)
	}
	slices.SortFunc(all, func(a, b string) int { return len(b) - len(a) })
	pairs := make([]string, 0, 2*len(all))
	for _, form := range all {
		pairs = append(pairs, form, masked)
	}
	return strings.NewReplacer(pairs...)
}

const masked = "***"

// lineWith is the line that a text is in.
func lineWith(content, text string) string {
	at := strings.Index(content, text)
	begin := strings.LastIndexByte(content[:at], '\n') + 1
	end := strings.IndexByte(content[at:], '\n')
	if end < 0 {
		return content[begin:]
	}
	return content[begin : at+end]
}

// around is what surrounds a secret in a text, with what is secret masked.
func around(mask *strings.Replacer, text string, forms []string) string {
	const width = 100
	before, after, _ := strings.Cut(text, first([]byte(text), forms))
	before, after = mask.Replace(before), mask.Replace(after)
	if len(before) > width {
		before = "…" + before[len(before)-width:]
	}
	if len(after) > width {
		after = after[:width] + "…"
	}
	return fmt.Sprintf("%q", before+masked+after)
}
