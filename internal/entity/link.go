package entity

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/microsoft/kiota-abstractions-go/serialization"
	"github.com/microsoftgraph/msgraph-sdk-go/models"

	"github.com/workloadid/terraform-provider-workloadid/internal/graph"
	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
)

// Reference is the address by which Graph's @odata.bind and $ref bodies name a directory object.
// See https://learn.microsoft.com/graph/api/application-post-owners.
func Reference(api *Services, id string) string {
	return api.Graph.Endpoint() + "/v1.0/directoryObjects/" + id
}

// ReferenceTo is the body that adds a link.
func ReferenceTo(api *Services, id string) models.ReferenceCreateable {
	body := models.NewReferenceCreate()
	body.SetOdataId(new(Reference(api, id)))
	return body
}

// Expand asks for the ids of the owners with the object itself, where they are wanted.
func (q Query) Expand() []string {
	if !q.Links {
		return nil
	}
	return []string{ExpandOwners}
}

// ExpandOwners is how owners come with the object that they own.
const ExpandOwners = "owners($select=id)"

// links that a create carries in its body: more than this Graph refuses ("owners at create", hashicorp/azuread's
// application resource).
const linksPerCreate = 20

type linkChange struct {
	link        Link
	add, remove []string
}

// bindLinks puts as many links as a create may carry into its body and returns the rest.
func (r *managed) bindLinks(plan mapping.Value, body any) []linkChange {
	var remaining []linkChange
	for _, link := range r.Links {
		ids := targets(plan, link.Attribute)
		if len(ids) == 0 {
			continue
		}
		slices.Sort(ids)
		bound := ids[:min(len(ids), linksPerCreate)]
		references := make([]string, len(bound))
		for i, target := range bound {
			references[i] = Reference(r.api, target)
		}
		body.(serialization.AdditionalDataHolder).GetAdditionalData()[link.Attribute+"@odata.bind"] = references
		remaining = append(remaining, linkChange{link: link, add: ids[len(bound):]})
	}
	return remaining
}

func (r *managed) allLinks(plan mapping.Value) []linkChange {
	var changes []linkChange
	for _, link := range r.Links {
		changes = append(changes, linkChange{link: link, add: targets(plan, link.Attribute)})
	}
	return changes
}

func (r *managed) linkChanges(prior, plan mapping.Value) []linkChange {
	var changes []linkChange
	for _, link := range r.Links {
		before, after := targets(prior, link.Attribute), targets(plan, link.Attribute)
		if !plan.Has(link.Attribute) {
			continue
		}
		changes = append(changes, linkChange{link: link, add: without(after, before), remove: without(before, after)})
	}
	return changes
}

// changeLinks adds before it removes, so that an object is never without an owner in between.
func (r *managed) changeLinks(ctx context.Context, write *Write[any], changes []linkChange) error {
	for _, change := range changes {
		if !write.Prior.IsNull() && !write.Prior.Has(change.link.Attribute) || (write.Adopted || write.Leftover) && len(change.add) > 0 {
			// Not managed until now: what is there already is neither added again nor left.
			var present []string
			for id, err := range change.link.List(ctx, r.api, write.Plan) {
				if err != nil {
					return err
				}
				present = append(present, id)
			}
			change.remove, change.add = without(present, change.add), without(change.add, present)
		}
		for _, target := range change.add {
			err := persist(ctx, r.api, append(r.about(write.Plan), target), func() error {
				return change.link.Add(graph.Repeatable(ctx), r.api, write.Plan, target)
			})
			if err != nil && !AlreadyLinked(err) {
				return err
			}
		}
		for _, target := range change.remove {
			err := Removed(ctx, r.api, idOf(write.Plan), func() error { return change.link.Remove(ctx, r.api, write.Plan, target) })
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// AlreadyLinked reports whether a link was not added because it is there: by somebody else, or by a request of ours that
// got no answer. The code is that of every refusal.
func AlreadyLinked(err error) bool {
	answer, ok := graph.AsError(err)
	return ok && answer.Status == http.StatusBadRequest && strings.Contains(answer.Message, "added object references already exist")
}

// targets are the ids of a link, each once.
func targets(object mapping.Value, attribute string) []string {
	return mapping.Texts(mapping.Fold(object.Get(attribute)))
}

// without gives the ids of a that are not in b. They have no letter case: one that was added and removed again under two
// spellings would be lost.
func without(a, b []string) []string {
	return slices.DeleteFunc(slices.Clone(a), func(member string) bool {
		return slices.ContainsFunc(b, func(other string) bool { return strings.EqualFold(member, other) })
	})
}

// LinksPerExpand is how many links an expansion shows. Microsoft Graph expands at most this many and does not say that there
// are more ("Use query parameters", https://learn.microsoft.com/graph/query-parameters).
const LinksPerExpand = 20

// completeLinks lists the links of which an expansion may have shown only the first.
func completeLinks(ctx context.Context, api *Services, links []Link, object mapping.Value, attributes map[string]attr.Value) error {
	for _, link := range links {
		shown, ok := attributes[link.Attribute].(types.Set)
		if !ok || len(shown.Elements()) < LinksPerExpand {
			continue
		}
		var all []string
		for id, err := range link.List(ctx, api, object) {
			if err != nil {
				return err
			}
			all = append(all, id)
		}
		attributes[link.Attribute] = mapping.StringSet(all)
	}
	return nil
}
