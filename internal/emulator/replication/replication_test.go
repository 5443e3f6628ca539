package replication

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/directory"
)

// directoryWith is a replicated directory by a clock that stands still until it is moved.
type directoryWith struct {
	t        *testing.T
	store    *directory.Store
	replicas *Replicas
	now      time.Time
}

func open(t *testing.T, options Options) *directoryWith {
	t.Helper()
	store, err := directory.Open("", directory.Indexed{})
	if err != nil {
		t.Fatal(err)
	}
	d := &directoryWith{t: t, store: store, now: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)}
	d.replicas = New(store, func() time.Time { return d.now })
	if err := d.replicas.Set(options); err != nil {
		t.Fatal(err)
	}
	return d
}

func (d *directoryWith) put(id string) {
	d.t.Helper()
	if err := d.store.Update(func(txn *directory.Txn) error {
		txn.Put(&directory.Object{ID: id, Type: "thing", Properties: map[string]any{"id": id}})
		return nil
	}); err != nil {
		d.t.Fatal(err)
	}
}

func ids(view *directory.View) string {
	found := ""
	for object := range view.All("thing", directory.Live) {
		found += object.ID
	}
	return found
}

// shown is what each replica shows.
func (d *directoryWith) shown() []string {
	d.t.Helper()
	replicas := d.replicas.Options().Replicas
	shown := make([]string, replicas)
	for range replicas {
		view, replica := d.replicas.View(d.t.Context(), "")
		shown[replica-1] = ids(view)
	}
	return shown
}

func TestReplicas_off(t *testing.T) {
	t.Parallel()
	d := open(t, Options{})
	d.put("a")
	ctx := Trace(t.Context())
	if view, replica := d.replicas.View(ctx, ""); ids(view) != "a" || replica != 0 || Traced(ctx) != nil || d.replicas.On() {
		t.Errorf("replica %d shows %q: %v", replica, ids(view), Traced(ctx))
	}
}

func TestReplicas_fixedLag(t *testing.T) {
	t.Parallel()
	d := open(t, Options{Replicas: 2, Lag: Fixed(10 * time.Second), RoundRobin: true})
	d.put("a")
	d.now = d.now.Add(4 * time.Second)
	d.put("b")
	for second := 4; second < 20; second++ {
		want := ""
		switch {
		case second >= 14:
			want = "ab"
		case second >= 10:
			want = "a"
		}
		if got := d.shown(); !slices.Equal(got, []string{want, want}) {
			t.Errorf("after %d s: %q, want %q", second, got, want)
		}
		d.now = d.now.Add(time.Second)
	}
}

func TestReplicas_randomLag(t *testing.T) {
	t.Parallel()
	// arrivals are the seconds after which each replica first shows each of some changes made together and apart.
	arrivals := func(seed uint64) (arrivals [][]int) {
		d := open(t, Options{Replicas: 3, Lag: Lag{2 * time.Second, 30 * time.Second}, Seed: seed, RoundRobin: true})
		const changes = 5
		for range 3 {
			arrivals = append(arrivals, make([]int, changes))
		}
		for second := range 200 {
			if second%20 == 0 && second/20 < changes {
				d.put(string(rune('a' + second/20)))
			}
			for replica, shown := range d.shown() {
				for i := range len(shown) {
					if arrivals[replica][i] == 0 {
						arrivals[replica][i] = second
					}
				}
			}
			d.now = d.now.Add(time.Second)
		}
		return arrivals
	}
	first := arrivals(1)
	different := false
	for _, replica := range first {
		for i, at := range replica {
			made := i * 20
			if at == 0 || at < made+2 || at > made+30 {
				t.Errorf("change %d, made at %d s, is seen at %d s", i, made, at)
			}
			different = different || at != first[0][i]
		}
		if !slices.IsSorted(replica) {
			t.Errorf("the changes arrive in another order: %v", replica)
		}
	}
	if !different {
		t.Errorf("all replicas have the same lag: %v", first)
	}
	if again := arrivals(1); fmt.Sprint(again) != fmt.Sprint(first) {
		t.Errorf("the same seed gives %v and %v", first, again)
	}
	if other := arrivals(2); fmt.Sprint(other) == fmt.Sprint(first) {
		t.Errorf("another seed gives the same: %v", other)
	}
}

// Where changes come all the time, each is late by chance, too, and not by what those before it had to wait.
func TestReplicas_busy(t *testing.T) {
	t.Parallel()
	d := open(t, Options{Replicas: 3, Lag: Lag{2 * time.Second, 30 * time.Second}, Seed: 1, RoundRobin: true})
	const changes = 1000
	sums, arrived := make([]int, 3), make([]int, 3)
	for second := range changes + 31 {
		if second < changes {
			d.put("a")
		}
		for range sums {
			view, replica := d.replicas.View(t.Context(), "")
			for ; arrived[replica-1] < int(view.Version()); arrived[replica-1]++ { // each change is one version
				lag := second - arrived[replica-1]
				if lag < 2 || lag > 30 {
					t.Errorf("change %d reaches replica %d after %d s", arrived[replica-1], replica, lag)
				}
				sums[replica-1] += lag
			}
		}
		d.now = d.now.Add(time.Second)
	}
	for replica, sum := range sums {
		if mean := sum / changes; arrived[replica] != changes || mean < 5 || mean > 20 {
			t.Errorf("replica %d has %d changes, late by %d s on average", replica+1, arrived[replica], mean)
		}
	}
}

// A replica that has shown a change goes on showing it, and has every earlier one, too.
func TestReplicas_order(t *testing.T) {
	t.Parallel()
	d := open(t, Options{Replicas: 3, Lag: Lag{0, 30 * time.Second}, Seed: 1, RoundRobin: true})
	const changes = 60
	made, before := "", []string{"", "", ""}
	for second := range changes + 30 {
		if second < changes {
			id := string(rune('!' + second))
			d.put(id)
			made += id
		}
		for replica, shown := range d.shown() {
			if !strings.HasPrefix(made, shown) || len(shown) < len(before[replica]) {
				t.Errorf("after %d s replica %d shows %q, and showed %q before", second, replica+1, shown, before[replica])
			}
			before[replica] = shown
		}
		d.now = d.now.Add(time.Second)
	}
	if got := d.shown(); !slices.Equal(got, []string{made, made, made}) {
		t.Errorf("in the end %q", got)
	}
}

func TestReplicas_choice(t *testing.T) {
	t.Parallel()
	choose := func(options Options) (chosen []int) {
		d := open(t, options)
		for range 60 {
			_, replica := d.replicas.View(t.Context(), "")
			chosen = append(chosen, replica)
		}
		return chosen
	}
	random := choose(Options{Replicas: 3, Seed: 7})
	for replica := 1; replica <= 3; replica++ {
		if !slices.Contains(random, replica) {
			t.Errorf("replica %d is never asked: %v", replica, random)
		}
	}
	if again := choose(Options{Replicas: 3, Seed: 7}); !slices.Equal(again, random) {
		t.Errorf("the same seed gives %v and %v", random, again)
	}
	if other := choose(Options{Replicas: 3, Seed: 8}); slices.Equal(other, random) {
		t.Errorf("another seed gives the same: %v", other)
	}
	turns := choose(Options{Replicas: 3, RoundRobin: true})
	for i := range turns[3:] {
		if turns[i] != turns[i+3] || turns[i] == turns[i+1] {
			t.Fatalf("not in turn: %v", turns)
		}
	}
}

func TestReplicas_session(t *testing.T) {
	t.Parallel()
	d := open(t, Options{Replicas: 2, Lag: Fixed(10 * time.Second)})
	d.put("a")
	d.replicas.Wrote("someone")
	d.put("b")
	for range 4 {
		if view, _ := d.replicas.View(t.Context(), "someone"); ids(view) != "a" {
			t.Errorf("who wrote a sees %q", ids(view))
		}
		if view, _ := d.replicas.View(t.Context(), "another"); ids(view) != "" {
			t.Errorf("another sees %q", ids(view))
		}
	}
	d.now = d.now.Add(10 * time.Second)
	if view, _ := d.replicas.View(t.Context(), "someone"); ids(view) != "ab" {
		t.Errorf("later who wrote a sees %q", ids(view))
	}
	if left := len(d.replicas.current.Load().written); left != 0 {
		t.Errorf("%d sessions are remembered that see everything", left)
	}
}

func TestReplicas_catchUp(t *testing.T) {
	t.Parallel()
	d := open(t, Options{Replicas: 2, Lag: Fixed(time.Hour), RoundRobin: true})
	d.put("a")
	d.replicas.CatchUp()
	d.put("b")
	if got := d.shown(); !slices.Equal(got, []string{"a", "a"}) {
		t.Errorf("after catching up %q", got)
	}
	if err := d.replicas.Set(Options{Replicas: 1, Lag: Fixed(time.Hour)}); err != nil {
		t.Fatal(err)
	}
	d.put("c")
	if got := d.shown(); !slices.Equal(got, []string{"ab"}) {
		t.Errorf("new replicas show %q", got)
	}
	if err := d.replicas.Set(Options{}); err != nil {
		t.Fatal(err)
	}
	if view, _ := d.replicas.View(t.Context(), ""); ids(view) != "abc" {
		t.Errorf("without replicas %q", ids(view))
	}
}

// A clock that is put back takes nothing back that every replica has shown.
func TestReplicas_clockPutBack(t *testing.T) {
	t.Parallel()
	d := open(t, Options{Replicas: 2, Lag: Fixed(time.Minute), RoundRobin: true})
	d.put("a")
	d.now = d.now.Add(time.Minute)
	if got := d.shown(); !slices.Equal(got, []string{"a", "a"}) {
		t.Fatalf("after a minute %q", got)
	}
	d.now = d.now.Add(-time.Hour)
	d.put("b")
	if got := d.shown(); !slices.Equal(got, []string{"a", "a"}) {
		t.Errorf("an hour earlier %q", got)
	}
}

func TestTrace(t *testing.T) {
	t.Parallel()
	d := open(t, Options{Replicas: 2, Lag: Fixed(10 * time.Second), RoundRobin: true})
	d.put("a")
	d.now = d.now.Add(1500 * time.Millisecond)
	d.put("b")
	d.now = d.now.Add(time.Second)
	ctx := Trace(t.Context())
	d.replicas.View(ctx, "")
	d.now = d.now.Add(8 * time.Second)
	d.replicas.View(ctx, "")
	d.now = d.now.Add(time.Minute)
	d.replicas.View(ctx, "")
	served := Traced(ctx)
	want := []Served{{0, 2.5, 2}, {0, 9, 1}, {0, 0, 0}}
	for i := range served {
		served[i].Replica = 0 // their turn is another test's
	}
	if !slices.Equal(served, want) {
		t.Errorf("%+v, want %+v", served, want)
	}
	if Traced(context.Background()) != nil {
		t.Error("a context without a trace has one")
	}
}

// Views that no replica shows any more are let go.
func TestReplicas_memory(t *testing.T) {
	t.Parallel()
	d := open(t, Options{Replicas: 3, Lag: Lag{0, 10 * time.Second}, Seed: 1})
	let := make(chan struct{}, 10_000)
	longest := 0
	for i := range 5_000 {
		d.put(fmt.Sprint(i % 10))
		view := d.store.View()
		runtime.AddCleanup(view, func(c chan struct{}) { c <- struct{}{} }, let)
		d.now = d.now.Add(100 * time.Millisecond)
		longest = max(longest, len(d.replicas.current.Load().history))
	}
	if longest > 102 { // ten seconds of changes, the one before and the one being made
		t.Errorf("%d views are kept for ten seconds of changes", longest)
	}
	d.now = d.now.Add(time.Minute)
	d.replicas.View(t.Context(), "")
	if left := len(d.replicas.current.Load().history); left != 1 {
		t.Errorf("%d views are kept when all replicas have everything", left)
	}
	for deadline := time.Now().Add(10 * time.Second); len(let) < 4_999; { // all but the last
		if time.Now().After(deadline) {
			t.Fatalf("%d of 5000 views were let go", len(let))
		}
		runtime.GC()
	}
	runtime.KeepAlive(d)
}

func TestReplicas_concurrently(t *testing.T) {
	t.Parallel()
	store, err := directory.Open("", directory.Indexed{})
	if err != nil {
		t.Fatal(err)
	}
	replicas := New(store, time.Now)
	var all sync.WaitGroup
	for worker := range 4 {
		all.Go(func() {
			session := fmt.Sprint("session ", worker)
			for i := range 200 {
				id := fmt.Sprint(worker, "/", i)
				_ = store.Update(func(txn *directory.Txn) error {
					txn.Put(&directory.Object{ID: id, Type: "thing", Properties: map[string]any{"id": id}})
					return nil
				})
				replicas.Wrote(session)
				view, _ := replicas.View(t.Context(), session)
				if _, found := view.Get(id); !found {
					t.Errorf("%s does not see %s", session, id)
				}
				replicas.View(t.Context(), "")
			}
		})
	}
	all.Go(func() {
		for range 200 {
			options := Options{Replicas: rand.IntN(4), Seed: 1}
			if options.Replicas > 0 {
				options.Lag = Lag{0, time.Millisecond}
			}
			if err := replicas.Set(options); err != nil {
				t.Error(err)
			}
			replicas.CatchUp()
		}
	})
	all.Wait()
	if err := replicas.Set(Options{Replicas: 1}); err != nil {
		t.Fatal(err)
	}
	if view, _ := replicas.View(t.Context(), ""); view.Version() != store.View().Version() {
		t.Errorf("in the end version %d, want %d", view.Version(), store.View().Version())
	}
}

func TestOptions_invalid(t *testing.T) {
	t.Parallel()
	d := open(t, Options{Replicas: 1, Lag: Fixed(time.Minute)})
	for _, options := range []Options{
		{Replicas: -1},
		{Replicas: 101},
		{Lag: Fixed(time.Second)},
		{Replicas: 1, Lag: Lag{time.Second, 0}},
		{Replicas: 1, Lag: Fixed(-time.Second)},
	} {
		if err := d.replicas.Set(options); err == nil {
			t.Errorf("%+v is accepted", options)
		}
	}
	if got := d.replicas.Options(); got.Lag != Fixed(time.Minute) {
		t.Errorf("what was refused has changed the options to %+v", got)
	}
}

func TestLag_text(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Lag{
		`"0s"`:       {},
		`"5s"`:       Fixed(5 * time.Second),
		`"0s..30s"`:  {0, 30 * time.Second},
		`"1m0s..2h"`: {time.Minute, 2 * time.Hour},
		`"250ms"`:    Fixed(250 * time.Millisecond),
	} {
		var lag Lag
		if err := json.Unmarshal([]byte(text), &lag); err != nil || lag != want {
			t.Errorf("%s is %v: %v", text, lag, err)
		}
		written, _ := json.Marshal(lag)
		var again Lag
		if err := json.Unmarshal(written, &again); err != nil || again != want {
			t.Errorf("%s is written %s and read %v: %v", text, written, again, err)
		}
	}
	for _, text := range []string{`""`, `"5"`, `"5s.."`, `"..5s"`, `"5s..1s"`, `"-1s"`, `"1s..2s..3s"`, `5`} {
		lag := Fixed(time.Minute)
		if err := json.Unmarshal([]byte(text), &lag); err == nil || lag != Fixed(time.Minute) {
			t.Errorf("%s is %v", text, lag)
		}
	}
}
