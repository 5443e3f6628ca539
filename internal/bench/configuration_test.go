package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
)

func TestConfiguration_text(t *testing.T) {
	t.Parallel()
	c := configuration{files: fstest.MapFS{
		"provider.tf": {Data: []byte("provider NUMBER\n")},
		"one.tf":      {Data: []byte("a NUMBER b NUMBER\n")},
		"two.tf":      {Data: []byte("c NUMBER\n")},
	}}
	got, err := c.text(part{"one.tf", 2}, part{"two.tf", 1})
	if want := "provider NUMBER\na 1 b 1\na 2 b 2\nc 1\n"; err != nil || got != want {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
	got, err = c.text(each(0, "one.tf", "two.tf")...)
	if want := "provider NUMBER\na NUMBER b NUMBER\nc NUMBER\n"; err != nil || got != want {
		t.Errorf("as they stand: got %q, %v, want %q", got, err, want)
	}
	if _, err := c.text(part{"three.tf", 1}); err == nil {
		t.Error("a file that there is not makes a text")
	}
	if count := resources([]part{{"one.tf", 1}, {"two.tf", 20}, {"two.tf", 0}}); count != 22 {
		t.Errorf("counted %d resources", count)
	}
}

func TestConfiguration_ofOurs(t *testing.T) {
	t.Parallel()
	for _, r := range rows {
		if !builtIn("workloadid").has(r.needs...) {
			t.Errorf("the row %s cannot be measured", r.key)
		}
	}
	for name, kinds := range map[string][]string{
		"workloadid":     {applicationFile, servicePrincipalFile, credentialFile, furtherCredentialFile, accessFile, grantFile, lookupFile},
		"inert":          {valueFile, lookupFile},
		"terraform_data": {valueFile},
	} {
		for _, file := range kinds {
			text, err := builtIn(name).text(part{file, 2})
			if err != nil {
				t.Fatal(err)
			}
			if blocks := len(block.FindAllString(text, -1)); blocks != 2 || strings.Contains(text, placeholder) {
				t.Errorf("two of %s/%s have %d blocks:\n%s", name, file, blocks, text)
			}
		}
	}
}

func TestGiven(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	if _, err := given(folder); err == nil {
		t.Error("an empty folder is a configuration")
	}
	for _, file := range []string{providerFile, applicationFile} {
		if err := os.WriteFile(filepath.Join(folder, file), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c, err := given(folder)
	if err != nil || c.mirror != filepath.Join(folder, "mirror") || c.name != filepath.Base(folder) {
		t.Errorf("got %+v, %v", c, err)
	}
	b := &bench{options: options{providerConfig: folder}, subject: c}
	rows, notes := b.chosen(rows)
	var measured []string
	for _, r := range rows {
		measured = append(measured, r.key)
	}
	// What needs our binary or files that are not there is named, and left out.
	if got := strings.Join(measured, " "); got != "terraform_data others curve" || len(notes) != len(keys())-3 {
		t.Errorf("measures %s, and notes %q", got, notes)
	}
}
