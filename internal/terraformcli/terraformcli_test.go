package terraformcli_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/workloadid/terraform-provider-workloadid/internal/terraformcli"
)

// find skips the test where there is no CLI.
func find(t *testing.T) string {
	t.Helper()
	found, err := terraformcli.Find()
	if err != nil {
		t.Fatal(err)
	}
	if len(found) == 0 {
		t.Skip(terraformcli.NoCLI)
	}
	return found[0].Path
}

// workspace has a configuration without a provider, so that any file will do for the provider binary.
func workspace(t *testing.T, files map[string]string) *terraformcli.Workspace {
	t.Helper()
	configuration := t.TempDir()
	for name, text := range files {
		path := filepath.Join(configuration, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	binary := filepath.Join(t.TempDir(), "provider")
	if err := os.WriteFile(binary, []byte("#!/bin/sh\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	w, err := terraformcli.New(find(t), binary, configuration, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestWorkspace_plansAndReadsOutputs(t *testing.T) {
	t.Parallel()
	w := workspace(t, map[string]string{
		"main.tf":           `output "answer" { value = 42 }` + "\n" + `resource "terraform_data" "one" {}`,
		"terraform.tfstate": "not a state: New must not take it along",
	})
	if _, err := w.Run(t.Context(), "init", "-input=false"); err != nil {
		t.Fatal(err)
	}
	plan, err := w.Plan(t.Context(), "first.tfplan")
	if err != nil {
		t.Fatal(err)
	}
	if len(plan.ResourceChanges) != 1 || plan.ResourceChanges[0].Address != "terraform_data.one" || !plan.ResourceChanges[0].Change.Actions.Create() {
		t.Errorf("the plan changes %v", plan.ResourceChanges)
	}
	if _, err := w.Run(t.Context(), "apply", "-input=false", "first.tfplan"); err != nil {
		t.Fatal(err)
	}
	var outputs struct {
		Answer int `json:"answer"`
	}
	if err := w.Outputs(t.Context(), &outputs); err != nil || outputs.Answer != 42 {
		t.Errorf("the outputs are %+v, %v", outputs, err)
	}
}

func TestWorkspace_installsTheProviderFromTheMirror(t *testing.T) {
	t.Parallel()
	w := workspace(t, map[string]string{"main.tf": `terraform {
		required_providers { workloadid = { source = "workloadid/workloadid" } }
	}`})
	if _, err := w.Run(t.Context(), "init", "-input=false"); err != nil {
		t.Fatal(err)
	}
	var found []string
	err := filepath.WalkDir(filepath.Join(w.Dir, ".terraform"), func(path string, _ fs.DirEntry, err error) error {
		if strings.Contains(path, "workloadid") {
			found = append(found, path)
		}
		return err
	})
	if err != nil || len(found) == 0 {
		t.Errorf("nothing was installed (%v)", err)
	}
}

func TestWorkspace_failure(t *testing.T) {
	t.Parallel()
	w := workspace(t, map[string]string{"main.tf": `resource "terraform_data" {}`})
	_, err := w.Run(t.Context(), "init", "-input=false", "-no-color")
	exit, ok := errors.AsType[*terraformcli.ExitError](err)
	if !ok || exit.Code != 1 || !strings.Contains(exit.Error(), "init") || exit.Stderr == "" {
		t.Errorf("the error is %v", err)
	}
}
