package main

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// module lays out an SDK whose models have the given file, and returns its two packages that are in use.
func module(t *testing.T, directoryObject string) []sdkPackage {
	t.Helper()
	root := t.TempDir()
	for name, content := range map[string]string{
		"go.mod":                     "module " + sdk + "\n",
		"LICENSE":                    "free",
		"models/directory_object.go": directoryObject,
		"models/user.go":             "package models\n",
		"models/user_test.go":        "package models\n",
		"users/users.go":             "package users\n",
		// As another package may have it; only that of the models counts.
		"users/item/item.go": "package item\n\nfunc " + chooser + "() {}\n",
	} {
		file := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	used := []sdkPackage{
		{Dir: filepath.Join(root, "models"), GoFiles: []string{"directory_object.go", "user.go"}},
		{Dir: filepath.Join(root, "users", "item"), GoFiles: []string{"item.go"}},
	}
	for i := range used {
		used[i].Module = &sdkModule{Path: sdk, Dir: root, GoMod: filepath.Join(root, "go.mod")}
	}
	return used
}

var directoryObject = strings.ReplaceAll(generated, "Thing", "DirectoryObject")

func TestWrite_copiesWhatIsUsedAndCutsOneFunction(t *testing.T) {
	t.Parallel()
	packages := module(t, directoryObject)
	folder := filepath.Join(t.TempDir(), "copy")
	if err := write(folder, packages); err != nil {
		t.Fatal(err)
	}
	copied := map[string]string{}
	err := fs.WalkDir(os.DirFS(folder), ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(filepath.Join(folder, filepath.FromSlash(path)))
		copied[path] = string(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"LICENSE", "go.mod", "models/directory_object.go", "models/user.go", "users/item/item.go"}
	if got := slices.Sorted(maps.Keys(copied)); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := copied["models/directory_object.go"], strings.ReplaceAll(reduced, "Thing", "DirectoryObject"); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
	if got := copied["users/item/item.go"]; !strings.Contains(got, "func "+chooser+"() {}") {
		t.Errorf("another package's function was changed:\n%s", got)
	}
}

func TestWrite_refusesAnotherSDK(t *testing.T) {
	t.Parallel()
	for name, source := range map[string]string{
		"without the function": "package models\n",
		"with another one":     strings.ReplaceAll(directoryObject, "NewBigDirectoryObject()", "registry.Get()"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := write(filepath.Join(t.TempDir(), "copy"), module(t, source))
			if err == nil || !strings.Contains(err.Error(), chooser) {
				t.Errorf("got %v, want an error that names %s", err, chooser)
			}
		})
	}
}
