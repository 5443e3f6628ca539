// Package managementgroup finds the management groups of Azure, at which roles are assigned for all the subscriptions below them.
// See https://learn.microsoft.com/rest/api/managementgroups/management-groups.
package managementgroup

import (
	"context"
	"fmt"
	"iter"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	datasourceschema "github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/workloadid/terraform-provider-workloadid/internal/entity"
	"github.com/workloadid/terraform-provider-workloadid/internal/graph"
	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
)

type azure = graph.Object

const (
	collection = "/providers/Microsoft.Management/managementGroups"
	version    = "2020-05-01"
	parentID   = "parent_id"
)

// idPattern is what ids look like, in any letter case.
var idPattern = regexp.MustCompile(`(?i)^` + collection + `/[^/]+$`)

var notEmpty = []validator.String{stringvalidator.LengthAtLeast(1)}

// An id that somebody gives may be written in another letter case than the service's.
var attributes = mapping.Table[azure]{
	mapping.String("id", schema.StringAttribute{
		Computed: true, Validators: []validator.String{stringvalidator.RegexMatches(idPattern, "must be "+collection+"/ and the name of the management group")},
		MarkdownDescription: "Id of the management group in Azure Resource Manager, as `scope` of an Azure role assignment takes it.",
	}, graph.Text("id"), nil).Alike(strings.EqualFold),
	mapping.String("name", schema.StringAttribute{Computed: true, Validators: notEmpty, MarkdownDescription: "Name of the management group, which never changes; that of the root is the tenant's id. The portal calls it the ID."}, graph.Text("name"), nil).Alike(strings.EqualFold),
	mapping.String("display_name", schema.StringAttribute{Computed: true, Validators: notEmpty, MarkdownDescription: "Name that people see."}, within("displayName"), nil).Alike(strings.EqualFold),
	mapping.String("tenant_id", schema.StringAttribute{Computed: true, MarkdownDescription: "The tenant."}, within("tenantId"), nil),
	mapping.String(parentID, schema.StringAttribute{Computed: true, MarkdownDescription: "Id of the management group above; null of the root."}, within("details", "parent", "id"), nil),
}

// within reads a text among the properties of a resource.
func within(names ...string) func(azure) *string {
	return func(from azure) *string {
		at := from["properties"]
		for _, name := range names {
			properties, _ := at.(map[string]any)
			at = properties[name]
		}
		if text, ok := at.(string); ok {
			return &text
		}
		return nil
	}
}

// NewDataSource is the lookup of one management group.
func NewDataSource() datasource.DataSource {
	return entity.DataSource[azure]{
		Noun:        "management_group",
		Description: "A management group of Azure, found by its name, its display name or its id: a role that is assigned at it holds in every subscription below it.",
		Table:       attributes,
		// See https://learn.microsoft.com/azure/governance/management-groups/overview, "Azure role-based access control".
		Permissions: entity.Permissions{Read: entity.Needs{AzureRoles: []string{"Management Group Reader", "Reader"}}},
		Keys:        []string{"name", "display_name", "id"},
		Read: func(ctx context.Context, api *entity.Services, query entity.Query) (azure, error) {
			name := query.String("name")
			if id := query.String("id"); id != "" {
				name = id[strings.LastIndex(id, "/")+1:]
			}
			if shown := query.String("display_name"); shown != "" {
				what := fmt.Sprintf("management group with the display name %q at which, or above which, the caller has a role", shown)
				found, err := entity.Only(what, list(ctx, api, "display_names", []string{shown}))
				if err != nil {
					return nil, &entity.AttributeError{Path: path.Root("display_name"), Summary: "it is not found", Detail: err.Error()}
				}
				name = *graph.Text("name")(found)
			}
			return api.ResourceManager.Object(ctx, collection+"/"+url.PathEscape(name), version)
		},
	}.DataSource()
}

// NewCollectionDataSource is the listing of management groups.
func NewCollectionDataSource() datasource.DataSource {
	return entity.Collection[azure]{
		Noun:        "management_groups",
		Description: "The management groups of Azure at which, or above which, the caller has a role that lets it see them. It takes no other permission: whoever has none sees none.",
		Table:       attributes.Without(parentID),
		Arguments: map[string]datasourceschema.Attribute{
			"names":         argument("Names to list.", "display_names"),
			"display_names": argument("Display names to list. A name that several management groups have lists them all.", "names"),
		},
		List: func(ctx context.Context, api *entity.Services, query mapping.Value) iter.Seq2[azure, error] {
			for _, argument := range []string{"names", "display_names"} {
				if query.Has(argument) {
					return list(ctx, api, argument, query.Strings(argument))
				}
			}
			return list(ctx, api, "", nil)
		},
	}.DataSource()
}

func argument(description, other string) datasourceschema.SetAttribute {
	return datasourceschema.SetAttribute{
		Optional: true, ElementType: types.StringType, MarkdownDescription: description + " At most one of `names` and `display_names` can be set.",
		Validators: []validator.Set{setvalidator.SizeAtLeast(1), setvalidator.ConflictsWith(path.MatchRoot(other))},
	}
}

// list lists those that have one of some names; Azure Resource Manager has no filter for them, and names have no letter case.
func list(ctx context.Context, api *entity.Services, argument string, wanted []string) iter.Seq2[azure, error] {
	text := map[string]func(azure) *string{"names": graph.Text("name"), "display_names": within("displayName")}[argument]
	return func(yield func(azure, error) bool) {
		for found, err := range api.ResourceManager.Objects(ctx, collection, version) {
			if err == nil && text != nil {
				name := text(found)
				if name == nil || !slices.ContainsFunc(wanted, func(one string) bool { return strings.EqualFold(one, *name) }) {
					continue
				}
			}
			if !yield(found, err) || err != nil {
				return
			}
		}
	}
}
