package entity

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/workloadid/terraform-provider-workloadid/internal/graph"
)

// Permissions state what a caller must have been granted for each operation. From them come the table on the docs page and
// the explanation of a 403, and TestPermissions (internal/provider) takes everything through its life with exactly these.
//
//	var Permissions = entity.Permissions{
//		Read:   entity.Needs{Application: []string{"Application.Read.All"}, Delegated: []string{"Application.Read.All"}},
//		Create: entity.Needs{Application: []string{"Application.ReadWrite.OwnedBy (of one's own)", "Application.ReadWrite.All"}, …},
//	}
type Permissions struct {
	// Read is also what a refresh, an import and a data source need. What an ephemeral resource makes and removes is
	// created and deleted. Update needs what Create needs where it is left empty, and Delete what Update needs.
	Read, Create, Update, Delete Needs
	// Features need something besides, where what they need is not left empty.
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
	// what that person must be, where it takes more than being a member of the tenant. "none" with a condition is for whom
	// no role is needed; "none" alone keeps what is left empty from needing what another operation does.
	Delegated, DirectoryRoles []string
	// AzureRoles are built-in roles at the scope, where operations are those of Azure Resource Manager.
	AzureRoles []string
}

// Feature is a part of a resource that needs something besides what the resource does without it.
type Feature struct {
	// Name is how the docs call it, in Markdown; most are an attribute in backquotes.
	Name string
	// These are needed besides those of the resource.
	Read, Create, Update, Delete Needs
}

// InAzure are these needs for what is in Microsoft Graph, and those of another for what is in Azure.
func (n Needs) InAzure(azure Needs) Needs {
	n.AzureRoles = azure.AzureRoles
	return n
}

// None reports whether nothing is needed.
func (n Needs) None() bool {
	return len(n.Application)+len(n.Delegated)+len(n.DirectoryRoles)+len(n.AzureRoles) == 0
}

// Of is what an operation needs, by the word that its errors begin with.
func (p Permissions) Of(doing string) Needs {
	if p.Update.None() {
		p.Update = p.Create
	}
	if p.Delete.None() {
		p.Delete = p.Update
	}
	return Feature{Read: p.Read, Create: p.Create, Update: p.Update, Delete: p.Delete}.Of(doing)
}

// OfParts are the permissions for what is a part of the object: whatever is done to a part is a change of the object.
func (p Permissions) OfParts() Permissions {
	return Permissions{Read: p.Read, Create: p.Of("updating")}
}

// Of is what an operation with the feature needs besides.
func (f Feature) Of(doing string) Needs {
	switch doing {
	case "creating", "renewing", "opening":
		return f.Create
	case "updating":
		return f.Update
	case "deleting", "closing":
		return f.Delete
	}
	return f.Read
}

// PermissionsOf are the permissions that a resource, a data source or an ephemeral resource states; there are none where it
// was not made by this package.
func PermissionsOf(offered any) Permissions {
	if described, ok := offered.(interface{ permissions() Permissions }); ok {
		return described.permissions()
	}
	return Permissions{}
}

func (r *managed) permissions() Permissions { return r.Permissions }
func (d *lookup) permissions() Permissions  { return d.Permissions }
func (c *listing) permissions() Permissions { return c.Permissions }
func (e *opened) permissions() Permissions  { return e.Permissions }

// operation is one by the word that its errors begin with and the one that people use.
type operation struct{ doing, verb string }

var (
	reading    = []operation{{"reading", "read"}}
	lifecycle  = []operation{{"creating", "create"}, {"reading", "read"}, {"updating", "update"}, {"deleting", "delete"}}
	opening    = []operation{{"opening", "open"}}
	passing    = []operation{{"opening", "open"}, {"closing", "close"}}
	unchanging = []operation{{"creating", "create"}, {"reading", "read"}, {"deleting", "delete"}}

	verbs = map[string]string{
		"creating": "create", "renewing": "renew", "reading": "read", "looking up": "look up", "importing": "import", "listing": "list", "updating": "update", "deleting": "delete", "opening": "open", "closing": "close",
	}
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
		{"and the user's directory role", func(n Needs) []string { return n.DirectoryRoles }},
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
	text := permissionsHeading + "Of what is in one field any is enough, and the first is the least.\n\n" + heading + " |\n" + rule + "|\n" + strings.Join(cells, " |\n") + " |"
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
		} else if !needs.None() {
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
		if texts[i] = "none"; names != "none" {
			texts[i] = "`" + strings.ReplaceAll(names, " and ", "` and `") + "`"
		}
		if conditional {
			texts[i] += " (" + condition
		}
	}
	return strings.Join(texts, separator)
}

// missing explains a 403 that Microsoft Graph or Azure Resource Manager gave to an operation: what the caller should have
// been granted, and what the token says that it was.
func (p Permissions) missing(ctx context.Context, api *Services, doing, noun string, answer *graph.Error) string {
	inAzure := strings.Contains(answer.Operation, "/providers/Microsoft.")
	caller, _ := api.Graph.Caller(ctx) // it only adds to what is known
	var sentences []string
	if text := p.Of(doing).oneOf(inAzure, caller.Delegated); text != "" {
		object := "this " + noun
		if doing == "listing" {
			object = noun
		}
		sentences = append(sentences, "To "+verbs[doing]+" "+object+", the caller needs "+text+".")
	}
	for _, feature := range p.Features {
		if text := feature.Of(doing).oneOf(inAzure, caller.Delegated); text != "" {
			sentences = append(sentences, "With "+strings.ReplaceAll(feature.Name, "`", "")+", it needs besides "+text+".")
		}
	}
	if caller.ObjectID != "" {
		sentences = append(sentences, api.caller(caller))
	}
	if len(sentences) == 0 {
		return ""
	}
	if caller.ObjectID != "" && !inAzure {
		sentences = append(sentences, "Its access token has "+cmp.Or(strings.Join(slices.Sorted(slices.Values(caller.Permissions)), ", "), "none")+".")
	}
	return "\n\n" + strings.Join(sentences, " ")
}

// caller says who is signed in, and how: it may be somebody else than was thought.
func (s *Services) caller(caller graph.Caller) string {
	text := fmt.Sprintf("It is the service principal %s of the application %s", caller.ObjectID, caller.ClientID)
	if caller.Delegated {
		text = fmt.Sprintf("It is the user %s, for whom the application %s acts", caller.ObjectID, caller.ClientID)
	}
	text += ", in the tenant " + caller.TenantID
	if s.Source != "" {
		text += fmt.Sprintf(", signed in with the source %q", s.Source)
	}
	return text + "."
}

// oneOf says for one kind of caller what it needs; "" where that is nothing.
func (n Needs) oneOf(inAzure, delegated bool) string {
	kind, entries := "Microsoft Graph application permissions ", n.Application
	switch {
	case inAzure:
		kind, entries = "Azure roles ", n.AzureRoles
	case delegated:
		kind, entries = "delegated Microsoft Graph permissions ", n.Delegated
	}
	if entries = withoutNone(entries); len(entries) == 0 {
		return ""
	}
	text := "one of the " + kind + strings.Join(entries, ", ")
	if inAzure {
		text += " at this scope"
	}
	if roles := withoutNone(n.DirectoryRoles); delegated && !inAzure && len(roles) > 0 {
		text += ", and whoever is signed in one of the directory roles " + strings.Join(roles, ", ")
	}
	return text
}

// withoutNone are the entries that are permissions or roles.
func withoutNone(entries []string) []string {
	return slices.DeleteFunc(slices.Clone(entries), func(entry string) bool { return entry == "none" || strings.HasPrefix(entry, "none (") })
}
