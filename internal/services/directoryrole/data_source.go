package directoryrole

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/workloadid/terraform-provider-workloadid/internal/entity"
	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
)

const noun = "directory_role"

// NewDataSource is the lookup of one role.
func NewDataSource() datasource.DataSource {
	return entity.DataSource[Role]{
		Noun:        noun,
		Description: "A role of Microsoft Entra, built-in or custom, found by its name or id.",
		Table:       readable(),
		Permissions: entity.Permissions{Read: Reading},
		Keys:        []string{"display_name", "id"},
		Read: func(ctx context.Context, api *entity.Services, query entity.Query) (Role, error) {
			id := query.String("id")
			if id == "" {
				found, err := byName(ctx, api, query.String("display_name"))
				if problem, ok := errors.AsType[*Problem](err); ok {
					return nil, &entity.AttributeError{Path: path.Root("display_name"), Summary: problem.Summary, Detail: problem.Detail}
				}
				if err != nil {
					return nil, err
				}
				id = text(found.GetId())
			}
			return Get(ctx, api, id, Attributes.Select())
		},
	}.DataSource()
}

// readable has the name as it was asked for.
func readable() mapping.Table[Role] {
	table := slices.Clone(Attributes)
	for i, row := range table {
		if row.Name() == "display_name" {
			table[i] = row.Alike(strings.EqualFold)
		}
	}
	return table
}

// Reading is what it takes to read roles and their assignments.
// See https://learn.microsoft.com/graph/api/rbacapplication-list-roledefinitions and
// https://learn.microsoft.com/graph/api/rbacapplication-list-roleassignments, "Permissions".
var Reading = entity.Needs{
	Application:    []string{"RoleManagement.Read.Directory", "RoleManagement.Read.All", "RoleManagement.ReadWrite.Directory", "Directory.Read.All"},
	Delegated:      []string{"RoleManagement.Read.Directory", "RoleManagement.Read.All", "RoleManagement.ReadWrite.Directory", "Directory.Read.All"},
	DirectoryRoles: []string{"Directory Readers", "Global Reader", "Privileged Role Administrator"},
}

// Writing is what it takes to define and assign them.
// See https://learn.microsoft.com/graph/api/rbacapplication-post-roleassignments, "Permissions".
var Writing = entity.Needs{
	Application:    []string{"RoleManagement.ReadWrite.Directory"},
	Delegated:      []string{"RoleManagement.ReadWrite.Directory"},
	DirectoryRoles: []string{"Privileged Role Administrator"},
}
