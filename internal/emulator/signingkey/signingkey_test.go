package signingkey

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

func TestRing_kept(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "new")
	one, err := NewRing(folder).Key("issuer a/b")
	if err != nil {
		t.Fatal(err)
	}
	again := NewRing(folder)
	if found, ok := again.ByID("issuer ", one.ID); !ok || !found.Private.Equal(one.Private) {
		t.Error("not found by its identifier")
	}
	if _, ok := again.ByID("login", one.ID); ok {
		t.Error("found under another purpose")
	}
	two, err := again.Key("issuer a/b")
	if err != nil || two.ID != one.ID {
		t.Errorf("%v, %v", two, err)
	}
	files, err := filepath.Glob(filepath.Join(folder, "*"))
	if err != nil || len(files) != 1 {
		t.Fatalf("left %v", files)
	}
	if info, err := os.Stat(files[0]); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}

func TestRing_race(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	var group sync.WaitGroup
	ids := make([]string, 4)
	for i := range ids {
		group.Go(func() {
			key, err := NewRing(folder).Key("login") // each as another process would
			if err != nil {
				t.Error(err)
				return
			}
			ids[i] = key.ID
		})
	}
	group.Wait()
	for _, id := range ids {
		if id != ids[0] {
			t.Fatalf("got %v", ids)
		}
	}
}

func TestRing_memory(t *testing.T) {
	t.Parallel()
	one, err := NewRing("").Key("test memory")
	if err != nil {
		t.Fatal(err)
	}
	two, _ := NewRing("").Key("test memory")
	other, _ := NewRing("").Key("test memory, another")
	if one.ID != two.ID || one.ID == other.ID {
		t.Error("keys are not by name")
	}
	public := one.Public()
	if !public.IsPublic() || public.KeyID != one.ID {
		t.Errorf("publishes %v", public)
	}
}

func TestRing_broken(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	for name, content := range map[string]string{
		"text":  "nothing",
		"empty": "",
		"junk":  "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
	} {
		path := filepath.Join(folder, name+suffix)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := NewRing(folder).Key(name); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
