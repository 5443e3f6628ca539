package entity

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/workloadid/terraform-provider-workloadid/internal/graph"
)

// Permissions state what a caller must have been granted for each operation. From them come the table on the docs page and
// the explanation of a 403, and TestPermissions (internal/provider) takes everything through its life with exactly these.
//
//	var permissions = entity.Permissions{
//		Read:   entity.Needs{Application: []string{"Application.Read.All"}, Delegated: []string{"Application.Read.All"}},
//		Create: entity.Needs{Application: []string{"Application.ReadWrite.OwnedBy (of one's own)", "Application.ReadWrite.All"}, …},
//	}
type Permissions struct {
	// Read is also what a refresh, an import and a data source need. What an ephemeral resource makes and removes is
	// created and deleted. Update and Delete need what Create needs where they are left empty.
	Read, Create, Update, Delete Needs
	// Features need something besides.
	Features []Feature
	// Note is a sentence in Markdown to stand below the table.
	Note string
}

// Needs are alternatives, least first: any one entry of a list is enough. What is needed together is one entry, joined by
// " and "; a condition follows in brackets: "Application.ReadWrite.OwnedBy (of applications that the caller owns)".
type Needs struct {
	// Application are permissions of Microsoft Graph for a caller that is an application or a managed identity.
	Application []string
	// Delegated are permissions of Microsoft Graph for a caller that acts for a person who is signed in, and DirectoryRoles
	// what that person must be, where it takes more than being a member of the tenant.
	Delegated, DirectoryRoles []string
	// AzureRoles are built-in roles at the scope, where operations are those of Azure Resource Manager.
	AzureRoles []string
}

// Feature is a part of a resource that needs something besides what the resource does without it.
type Feature struct {
	// Name is how the docs call it, in Markdown; most are an attribute in backquotes.
	Name string
	// Read and Write are needed besides those of the resource; Write by Create, Update and Delete alike.
	Read, Write Needs
}

// InAzure are these needs for what is in Microsoft Graph, and those of another for what is in Azure.
func (n Needs) InAzure(azure Needs) Needs {
	n.AzureRoles = azure.AzureRoles
	return n
}

func (n Needs) none() bool {
	return len(n.Application)+len(n.Delegated)+len(n.DirectoryRoles)+len(n.AzureRoles) == 0
}

// Of is what an operation needs, by the word that its errors begin with.
func (p Permissions) Of(doing string) Needs {
	switch needs := p.Create; doing {
	case "creating", "renewing", "opening":
		return needs
	case "updating":
		if !p.Update.none() {
			needs = p.Update
		}
		return needs
	case "deleting", "closing":
		if !p.Delete.none() {
			needs = p.Delete
		}
		return needs
	}
	return p.Read
}

// Of is what an operation with the feature needs besides.
func (f Feature) Of(doing string) Needs { return Permissions{Read: f.Read, Create: f.Write}.Of(doing) }

// operation is one by the word that its errors begin with and the one that people use.
type operation struct{ doing, verb string }

var (
	reading    = []operation{{"reading", "read"}}
	lifecycle  = []operation{{"creating", "create"}, {"reading", "read"}, {"updating", "update"}, {"deleting", "delete"}}
	unchanging = []operation{{"creating", "create"}, {"reading", "read"}, {"deleting", "delete"}}
)

// permissionsHeading begins what a description says of permissions; the templates of the docs cut there.
const permissionsHeading = "\n\n## Permissions\n\n"

// markdown is what the docs page says of the operations that there are.
func (p Permissions) markdown(operations []operation) string {
	rows := statements(operations, "", p.Of)
	for _, feature := range p.Features {
		rows = append(rows, statements(operations, " with "+feature.Name+", besides", feature.Of)...)
	}
	columns := []struct {
		heading string
		entries func(Needs) []string
	}{
		{"Application permission", func(n Needs) []string { return n.Application }},
		{"Delegated permission", func(n Needs) []string { return n.Delegated }},
		{"and role in the directory", func(n Needs) []string { return n.DirectoryRoles }},
		{"Role in Azure", func(n Needs) []string { return n.AzureRoles }},
	}
	heading, rule := "| To", "|---"
	cells := make([]string, len(rows))
	for i, row := range rows {
		cells[i] = "| " + row.to
	}
	for _, column := range columns {
		if !slices.ContainsFunc(rows, func(row statement) bool { return len(column.entries(row.needs)) > 0 }) {
			continue
		}
		heading += " | " + column.heading
		rule += "|---"
		for i, row := range rows {
			cells[i] += " | " + quoted(column.entries(row.needs), " or ")
		}
	}
	if rule == "|---" {
		return ""
	}
	text := permissionsHeading + "Any one of those in a field is enough, and the first is the least.\n\n" + heading + " |\n" + rule + "|\n" + strings.Join(cells, " |\n") + " |"
	if p.Note != "" {
		text += "\n\n" + p.Note
	}
	return text
}

// statement is a row of the table.
type statement struct {
	to    string
	needs Needs
}

// statements has one row for the operations that need the same, and none for those that need nothing.
func statements(operations []operation, suffix string, of func(doing string) Needs) []statement {
	var rows []statement
	for _, o := range operations {
		needs := of(o.doing)
		if i := slices.IndexFunc(rows, func(row statement) bool { return row.needs.equal(needs) }); i >= 0 {
			rows[i].to += ", " + o.verb
		} else if !needs.none() {
			rows = append(rows, statement{o.verb, needs})
		}
	}
	for i := range rows {
		rows[i].to += suffix
	}
	return rows
}

func (n Needs) equal(other Needs) bool {
	return slices.Equal(n.Application, other.Application) && slices.Equal(n.Delegated, other.Delegated) &&
		slices.Equal(n.DirectoryRoles, other.DirectoryRoles) && slices.Equal(n.AzureRoles, other.AzureRoles)
}

// quoted are entries in Markdown; a condition stays as it is.
func quoted(entries []string, separator string) string {
	texts := make([]string, len(entries))
	for i, entry := range entries {
		names, condition, conditional := strings.Cut(entry, " (")
		texts[i] = "`" + strings.ReplaceAll(names, " and ", "` and `") + "`"
		if conditional {
			texts[i] += " (" + condition
		}
	}
	return strings.Join(texts, separator)
}

// missing explains a 403 that Microsoft Graph or Azure Resource Manager gave to an operation: what the caller should have
// been granted, and what the token says that it was.
func (p Permissions) missing(ctx context.Context, api *Services, doing, noun string, answer *graph.Error) string {
	needs := []Needs{p.Of(doing)}
	names := []string{doing + " " + noun}
	for _, feature := range p.Features {
		needs = append(needs, feature.Of(doing))
		names = append(names, doing+" it with "+strings.ReplaceAll(feature.Name, "`", ""))
	}
	inAzure := strings.Contains(answer.Operation, "/providers/Microsoft.")
	caller := graph.Caller{}
	if !inAzure {
		caller, _ = api.Graph.Caller(ctx) // it only adds to what is known
	}
	var sentences []string
	for i, needs := range needs {
		besides := ""
		if i > 0 {
			besides = " besides"
		}
		switch {
		case inAzure && len(needs.AzureRoles) > 0:
			sentences = append(sentences, fmt.Sprintf("%s needs%s one of the Azure roles %s at this scope.", capitalised(names[i]), besides, strings.Join(needs.AzureRoles, ", ")))
		case inAzure:
		case caller.Delegated && len(needs.Delegated) > 0:
			sentence := fmt.Sprintf("%s needs%s one of the delegated Microsoft Graph permissions %s", capitalised(names[i]), besides, strings.Join(needs.Delegated, ", "))
			if len(needs.DirectoryRoles) > 0 {
				sentence += ", and whoever is signed in one of the directory roles " + strings.Join(needs.DirectoryRoles, ", ")
			}
			sentences = append(sentences, sentence+".")
		case !caller.Delegated && len(needs.Application) > 0:
			sentences = append(sentences, fmt.Sprintf("%s needs%s one of the Microsoft Graph application permissions %s.", capitalised(names[i]), besides, strings.Join(needs.Application, ", ")))
		}
	}
	if len(sentences) == 0 {
		return ""
	}
	if caller.ObjectID != "" {
		granted := "none"
		if len(caller.Permissions) > 0 {
			granted = strings.Join(slices.Sorted(slices.Values(caller.Permissions)), ", ")
		}
		sentences = append(sentences, "The access token has: "+granted+".")
	}
	return "\n\nThe caller lacks a permission. " + strings.Join(sentences, " ")
}

func capitalised(text string) string { return strings.ToUpper(text[:1]) + text[1:] }
