package entity

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/workloadid/terraform-provider-workloadid/internal/graph"
)

// An answer that disagrees with what was written a moment ago is an old one, or shows what somebody has done since. Two
// things tell these apart before the time is up in which an old one is to be expected:
//
//   - A value that the attribute had neither before the write nor after it can't be old.
//   - Replicas lag behind by different times, and a read meets any of them: where several reads in a row say the same, over
//     some seconds, and at a time at which most writes have reached all, there is no other answer to wait for.
const (
	// settling is how long a write takes, as a rule, to reach all replicas.
	settling = 30 * time.Second
	// unanimous and unanimously are how many reads in a row must say the same, and over how long.
	unanimous   = 5
	unanimously = 10 * time.Second
	// silence is how long doubt may last before it is told of.
	silence = 10 * time.Second
)

// remember is the private state of a write that was answered just now, in place of that of the writes before it. Passed is
// what the object was in between.
func (r *managed) remember(earlier memory, before, after map[string]attr.Value, passed ...map[string]attr.Value) []byte {
	written := changedBy(before, after, nil)
	if earlier.remaining(r.api.window()) <= 0 {
		earlier = memory{}
	}
	written.Salt = cmp.Or(earlier.Salt, rand.Text())
	for _, name := range written.Changed {
		if slices.Contains(earlier.Changed, name) && len(earlier.Before[name]) == 0 || !r.atOnce(name) {
			continue
		}
		digests := slices.Clone(earlier.Before[name])
		for _, values := range append([]map[string]attr.Value{before}, passed...) {
			value := values[name]
			if value == nil {
				continue
			}
			digest := written.digest(name, r.Table.Canonical(name, value))
			if digest == "" || r.unmanaged(name, value) {
				digests = nil
				break
			}
			digests = append(digests, digest)
		}
		if len(digests) > 0 {
			if written.Before == nil {
				written.Before = map[string][]string{}
			}
			written.Before[name] = digests
		}
	}
	return marshal(written)
}

// atOnce reports whether an attribute is written by one request, so that no replica has a part of what was written. Of a
// secret not even a digest is kept.
func (r *managed) atOnce(name string) bool {
	if slices.Contains(r.Parts, name) || slices.ContainsFunc(r.Links, func(link Link) bool { return link.Attribute == name }) {
		return false
	}
	attribute := r.Table.Attributes()[name]
	return attribute != nil && !attribute.IsSensitive()
}

// unmanaged reports whether the state says nothing of what an attribute was.
func (r *managed) unmanaged(name string, value attr.Value) bool {
	attribute := r.Table.Attributes()[name]
	if !value.IsNull() {
		return false
	}
	_, text := value.(interface{ ValueString() string })
	return !text || attribute.IsComputed()
}

// digest tells a value again without having it.
func (m memory) digest(name, canonical string) string {
	if canonical == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(m.Salt + "\n" + name + "\n" + canonical))
	return hex.EncodeToString(sum[:8])
}

// isNews reports whether an attribute has a value that it had neither before the last writes nor after them.
func (m memory) isNews(name string, value attr.Value) bool {
	if len(m.Before[name]) == 0 || m.canonical == nil {
		return false
	}
	digest := m.digest(name, m.canonical(name, value))
	return digest != "" && !slices.Contains(m.Before[name], digest)
}

// doubt is what reads of one object after another have said that disagrees with what was written.
type doubt struct {
	about   string
	written memory
	began   time.Time
	told    bool

	last  map[string]attr.Value // nil: that it does not exist
	since time.Time
	reads int
}

// dispelled takes another answer that disagrees, and reports whether it must be believed.
func (d *doubt) dispelled(ctx context.Context, attributes map[string]attr.Value, reason string) bool {
	now := time.Now()
	if d.reads == 0 || (d.last == nil) != (attributes == nil) || !maps.EqualFunc(d.last, attributes, attr.Value.Equal) {
		d.last, d.since, d.reads = attributes, now, 0
	}
	d.reads++
	if now.Sub(d.began) >= silence && !d.told {
		d.told = true
		tflog.Warn(ctx, "Waiting for Microsoft Entra to show the last write", map[string]any{"object": d.about, "written": d.written.At, "answer": reason})
	}
	return d.reads >= unanimous && now.Sub(d.since) >= unanimously && now.Sub(d.written.At) > settling
}

// disagreement says which attributes an answer has otherwise than they were written.
func (m memory) disagreement(read, written map[string]attr.Value) string {
	var names []string
	for _, name := range m.Changed {
		if value := read[name]; value != nil && !value.Equal(written[name]) {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return "a part of it is missing"
	}
	return strings.Join(names, ", ") + " differs"
}

// doubted reports whether an answer is one to doubt while the object is young.
func doubted(err error) bool { return errors.Is(err, ErrOutdated) || graph.IsNotFound(err) }

// waited says why a read took so long. Terraform shows nothing of what a provider does before it is done.
func (r *managed) waited(object string, written memory, waited time.Duration) (summary, detail string) {
	return fmt.Sprintf("Reading %s%s took %s", r.title(), object, waited.Round(time.Second)),
		fmt.Sprintf("It was written at %s, and what Microsoft Entra answered afterwards disagreed with that. Its replicas lag behind for some time after a write, so that the answer was asked for again until it agreed, or could not be an old one any more. What the plan shows is what it said in the end.",
			written.At.Format(time.RFC3339))
}
