package provider_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/workloadid/terraform-provider-workloadid/internal/entity"
)

// TestPermissions_guide has the guide show what the code states.
func TestPermissions_guide(t *testing.T) {
	t.Parallel()
	const begin, end = "<!-- tables -->\n", "<!-- /tables -->\n"
	file := filepath.Join("..", "..", "templates", "guides", "permissions.md")
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, found := strings.Cut(string(content), begin)
	_, after, foundToo := strings.Cut(rest, end)
	if !found || !foundToo {
		t.Fatalf("%s does not say where its tables are", file)
	}
	want := before + begin + permissionTables(t) + end + after
	if *update {
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if string(content) != want {
		t.Errorf("the guide does not have what the code states; `make docs` writes it anew (-file +provider):\n%s", cmp.Diff(string(content), want))
	}
}

// permissionTables are those of the guide: the least of each operation, for an application that signs in.
func permissionTables(t *testing.T) string {
	t.Helper()
	kinds := []struct {
		heading, of, folder string
		operations          []string
	}{
		{"Resources", "resource ", "resources", []string{"reading", "creating", "updating", "deleting"}},
		{"Data sources", "data source ", "data-sources", []string{"reading"}},
		{"Ephemeral resources", "ephemeral resource ", "ephemeral-resources", []string{"opening", "closing"}},
	}
	all := subjects(t)
	slices.SortFunc(all, func(a, b subject) int { return strings.Compare(a.name, b.name) })
	var text strings.Builder
	for _, kind := range kinds {
		var rows []string
		for _, s := range all {
			if !strings.HasPrefix(s.name, kind.of) {
				continue
			}
			row := "| [`" + s.typeName + "`](../" + kind.folder + "/" + strings.TrimPrefix(s.typeName, "workloadid_") + "#permissions) |"
			if s.stated.Of("reading").None() && s.stated.Of("creating").None() {
				row = "| `" + s.typeName + "` |"
			}
			for _, doing := range kind.operations {
				row += " " + leastOf(s.stated, doing) + " |"
			}
			rows = append(rows, row)
		}
		if len(rows) == 0 {
			continue
		}
		text.WriteString("\n## " + kind.heading + "\n\n| |")
		for _, doing := range kind.operations {
			text.WriteString(" " + map[string]string{"reading": "read", "creating": "create", "updating": "update", "deleting": "delete", "opening": "open", "closing": "close"}[doing] + " |")
		}
		text.WriteString("\n|---|" + strings.Repeat("---|", len(kind.operations)) + "\n" + strings.Join(rows, "\n") + "\n")
	}
	return text.String()
}

// leastOf is the least that an operation takes of an application, in a cell of a table.
func leastOf(stated entity.Permissions, doing string) string {
	cell := leastEntries(stated.Of(doing))
	if cell == "" {
		cell = "nothing"
	}
	for _, feature := range stated.Features {
		if besides := leastEntries(feature.Of(doing)); besides != "" {
			cell += "; with " + feature.Name + " " + besides
		}
	}
	return cell
}

func leastEntries(needs entity.Needs) string {
	var least []string
	for _, entries := range [][]string{needs.Application, needs.AzureRoles} {
		if len(entries) > 0 {
			names, _, _ := strings.Cut(entries[0], " (")
			least = append(least, "`"+strings.ReplaceAll(names, " and ", "` and `")+"`")
		}
	}
	return strings.Join(least, " or, in Azure, ")
}
