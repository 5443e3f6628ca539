package directory

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

var indexed = Indexed{"thing": {"name", "aliases"}}

func open(t *testing.T, path string) *Store {
	t.Helper()
	store, err := Open(path, indexed)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	return store
}

func thing(id, name string, aliases ...any) *Object {
	return &Object{ID: id, Type: "thing", Properties: map[string]any{"id": id, "name": name, "aliases": aliases}}
}

func put(t *testing.T, store *Store, objects ...*Object) {
	t.Helper()
	err := store.Update(func(txn *Txn) error {
		for _, object := range objects {
			txn.Put(object)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func ids(objects func(func(*Object) bool)) string {
	var found []string
	for object := range objects {
		found = append(found, object.ID)
	}
	return strings.Join(found, " ")
}

func TestView_lookups(t *testing.T) {
	store := open(t, "")
	child := &Object{ID: "k", Type: "child", Parent: "b", Properties: map[string]any{"name": "Kid"}}
	other := thing("c", "third")
	other.Owners = []string{"a"}
	put(t, store, thing("b", "Second", "x", "y"), thing("a", "first", "x"), other, child)
	view := store.View()
	for what, test := range map[string]struct{ got, want string }{
		"all":               {ids(view.All("thing", Live)), "a b c"},
		"after":             {ids(view.AllAfter("thing", Live, "a")), "b c"},
		"after the last":    {ids(view.AllAfter("thing", Live, "c")), ""},
		"by name":           {ids(view.Lookup("thing", "name", "", "SECOND")), "b"},
		"by item":           {ids(view.Lookup("thing", "aliases", "", "x")), "a b"},
		"by part of a name": {ids(view.Lookup("thing", "name", "", "sec")), ""},
		"by name of child":  {ids(view.Lookup("child", "name", "b", "KID")), "k"},
		"of another parent": {ids(view.Lookup("child", "name", "a", "kid")), ""},
		"children":          {ids(view.Children("b", "child")), "k"},
		"owned":             {ids(view.OwnedBy("a")), "c"},
		"changes":           {ids(slices.Values(view.Changes("thing", 0))), "b a c"},
		"later changes":     {ids(slices.Values(view.Changes("thing", 2))), "c"},
		"everything":        {ids(view.Objects()), "a b c k"},
	} {
		if test.got != test.want {
			t.Errorf("%s: %q, want %q", what, test.got, test.want)
		}
	}
	if _, found := view.Get("z"); found {
		t.Error("found what is not there")
	}
}

func TestView_staysAsItIs(t *testing.T) {
	store := open(t, "")
	put(t, store, thing("a", "first"))
	before := store.View()
	changed, _ := before.Get("a")
	clone := changed.Clone()
	clone.Properties["name"] = "changed"
	put(t, store, clone, thing("b", "new"))
	if object, _ := before.Get("a"); object.String("name") != "first" || ids(before.All("thing", Live)) != "a" {
		t.Error("the view changed")
	}
	if object, _ := store.View().Get("a"); object.String("name") != "changed" {
		t.Error("the change is not visible")
	}
	if _, found := store.View().First("thing", "name", "", "first"); found {
		t.Error("the object is still found by its old name")
	}
}

func TestStates(t *testing.T) {
	store := open(t, "")
	put(t, store, thing("a", "first"))
	object, _ := store.View().Get("a")
	deleted := object.Clone()
	deleted.State = Deleted
	put(t, store, deleted)
	view := store.View()
	if _, found := view.Get("a"); found {
		t.Error("a deleted object is found as a live one")
	}
	if _, found := view.Get("a", Deleted); !found {
		t.Error("a deleted object is lost")
	}
	if _, found := view.First("thing", "name", "", "first"); found {
		t.Error("a deleted object is found by name")
	}
	if err := store.Update(func(txn *Txn) error { txn.Purge(deleted); return nil }); err != nil {
		t.Fatal(err)
	}
	mark, found := store.View().Get("a", Purged)
	if !found || mark.String("name") != "" {
		t.Errorf("left of a purged object: %v", mark)
	}
}

func TestUpdate_isAllOrNothing(t *testing.T) {
	store := open(t, filepath.Join(t.TempDir(), "file"))
	put(t, store, thing("a", "first"))
	version := store.View().Version()
	failure := errors.New("no")
	err := store.Update(func(txn *Txn) error {
		txn.Put(thing("b", "second"))
		if _, found := txn.Get("b"); !found {
			t.Error("a transaction does not see its own work")
		}
		return failure
	})
	if !errors.Is(err, failure) || ids(store.View().All("thing", Live)) != "a" || store.View().Version() != version {
		t.Errorf("after a failure: %v, %s", err, ids(store.View().All("thing", Live)))
	}
}

func TestFile_keepsEverything(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	store := open(t, path)
	full := thing("a", "first", "x")
	full.Owners, full.Passwords, full.Private = []string{"b"}, map[string]string{"k": "s"}, map[string][]string{"p": {"q"}}
	full.Logo = &Media{ContentType: "image/png", Content: []byte{1, 2}}
	put(t, store, full, thing("b", "second"))
	if err := store.Update(func(txn *Txn) error { b, _ := txn.Get("b"); txn.Remove(b); return nil }); err != nil {
		t.Fatal(err)
	}
	version := store.View().Version()
	if _, err := Open(path, indexed); err == nil || !strings.Contains(err.Error(), "another process has it open") {
		t.Errorf("opened twice: %v", err)
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	again := open(t, path)
	kept, found := again.View().Get("a")
	if !found || fmt.Sprint(*kept.Logo, kept.Owners, kept.Passwords, kept.Private, kept.Properties) != fmt.Sprint(*full.Logo, full.Owners, full.Passwords, full.Private, full.Properties) {
		t.Errorf("kept %+v", kept)
	}
	if _, found := again.View().Get("b"); found || again.View().Version() != version {
		t.Errorf("version %d, want %d", again.View().Version(), version)
	}
	if err := again.Update(func(txn *Txn) error { txn.Clear(); return nil }); err != nil || ids(again.View().Objects()) != "" {
		t.Errorf("after clearing: %v, %s", err, ids(again.View().Objects()))
	}
}

func TestStore_parallel(t *testing.T) {
	store := open(t, "")
	var group sync.WaitGroup
	for writer := range 4 {
		group.Go(func() {
			for i := range 50 {
				put(t, store, thing(fmt.Sprintf("%d-%02d", writer, i), "same", "alias"))
				view := store.View()
				if a, b := ids(view.All("thing", Live)), ids(view.Lookup("thing", "name", "", "same")); a != b {
					t.Errorf("a view disagrees with itself: %q and %q", a, b)
				}
			}
		})
	}
	group.Wait()
	if got := len(slices.Collect(store.View().All("thing", Live))); got != 200 || store.View().Version() != 200 {
		t.Errorf("%d objects, version %d", got, store.View().Version())
	}
}

// TestOpen_damaged: whatever has happened to the data file, it is named, with a way out.
func TestOpen_damaged(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "whole.db")
	store := open(t, path)
	for i := range 300 {
		put(t, store, thing(fmt.Sprint("id-", i), strings.Repeat("name", 100)))
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	const page = 4096
	overwritten := func(from, to int, with byte) []byte {
		content := slices.Clone(whole)
		for i := from; i < min(to, len(content)); i++ {
			content[i] = with
		}
		return content
	}
	for name, content := range map[string][]byte{
		"a text":               []byte("{}"),
		"two pages are left":   whole[:2*page],
		"half of it is left":   whole[:len(whole)/2],
		"its end is zero":      overwritten(2*page, len(whole), 0),
		"its end is noise":     overwritten(2*page, len(whole), 0xA5),
		"its beginning is not": overwritten(0, 2*page, 0xA5),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			broken := filepath.Join(t.TempDir(), "broken.db")
			if err := os.WriteFile(broken, content, 0o600); err != nil {
				t.Fatal(err)
			}
			store, err := Open(broken, indexed)
			if err == nil {
				_ = store.Close()
			}
			if err == nil || !strings.Contains(err.Error(), broken) || !strings.Contains(err.Error(), "move it away") {
				t.Error(err)
			}
		})
	}
}
