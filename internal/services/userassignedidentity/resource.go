package userassignedidentity

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/resourcemanager/msi/armmsi"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/workloadid/terraform-provider-workloadid/internal/arm"
	"github.com/workloadid/terraform-provider-workloadid/internal/entity"
	"github.com/workloadid/terraform-provider-workloadid/internal/graph"
	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
)

// NewResource is workloadid_user_assigned_identity.
func NewResource() resource.Resource {
	return entity.Resource[identity]{
		Noun: "user_assigned_identity",
		Description: "A user-assigned managed identity: an identity in Azure that virtual machines, functions, pods and other workloads sign in as without a secret. Give its `principal_id` access, and let other issuers' tokens sign in as it by `workloadid_federated_identity_credential`.\n\n" +
			"Azure would change an identity that is there already instead of refusing to make it, so a create reads before it writes: one request more. One that is there is an error that tells how to import it.",
		Table:       attributes,
		Identity:    []string{"id"},
		Permissions: Permissions,
		New:         func() identity { return &armmsi.Identity{} },
		Create:      create,
		Read: func(ctx context.Context, api *entity.Services, query entity.Query) (identity, error) {
			return get(ctx, api, query.Value)
		},
		Targets:  []entity.Target{target("resource_group_name", "resource group"), target("subscription_id", "subscription that the caller sees, and that has the resource group, with the id")},
		Listings: []*graph.Listing{listing},
		Update: func(ctx context.Context, api *entity.Services, write *entity.Write[identity]) error {
			id, client, err := address(api, write.Prior)
			if err != nil {
				return err
			}
			_, err = client.Update(ctx, id.ResourceGroup, id.Name, armmsi.IdentityUpdate{Tags: write.Body.Tags, Properties: write.Body.Properties}, nil)
			return err
		},
		Delete: func(ctx context.Context, api *entity.Services, state mapping.Value) error {
			id, client, err := address(api, state)
			if err != nil {
				return err
			}
			_, err = client.Delete(ctx, id.ResourceGroup, id.Name, nil)
			return err
		},
		Find: func(ctx context.Context, api *entity.Services, plan mapping.Value, _ time.Time) iter.Seq2[identity, error] {
			return entity.One(get(ctx, api, plan))
		},
		Leftover: func(_ context.Context, api *entity.Services, plan mapping.Value, found identity) (bool, error) {
			there := attributes.Value(found)
			if there.String("isolation_scope") == string(armmsi.IsolationScopeNone) {
				there = there.With("isolation_scope", types.StringNull()) // nobody put it there
			}
			return MayBeOurs(api, found.SystemData) && !attributes.Exceeds(there, plan), nil
		},
		Keys: []entity.UniqueKey{{"subscription_id", "resource_group_name", "name"}},
		// One that looks before it writes must not be overtaken.
		Parent: func(object mapping.Value) string {
			return strings.ToLower(object.String("subscription_id") + "/" + object.String("resource_group_name") + "/" + object.String("name"))
		},
		Plan: plan,
	}.Resource()
}

// Permissions are the roles for identities and their credentials.
// See https://learn.microsoft.com/azure/role-based-access-control/built-in-roles/identity.
var Permissions = entity.Permissions{
	Read:   entity.Needs{AzureRoles: []string{"Reader", "Managed Identity Contributor"}},
	Create: entity.Needs{AzureRoles: []string{"Managed Identity Contributor"}},
}

var listing = &graph.Listing{
	ResourceManager: true,
	Path:            "/subscriptions/{}/providers/Microsoft.ManagedIdentity/userAssignedIdentities",
	Member:          "/subscriptions/{}/resourceGroups/{}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{}",
}

// MayBeOurs reports whether an earlier run that was interrupted may have made something in Azure: the application that the
// provider runs as, a short while ago. Azure does not say that of everything.
func MayBeOurs(api *entity.Services, made *armmsi.SystemData) bool {
	if made == nil {
		return true
	}
	return made.CreatedBy != nil && made.CreatedAt != nil && mapping.SameGUID(*made.CreatedBy, api.ClientID) && time.Since(*made.CreatedAt) < leftoverAge
}

// leftoverAge is how long ago a run may have been interrupted that is done again.
const leftoverAge = time.Hour

// address is the id of an identity, and the client of its subscription.
func address(api *entity.Services, object mapping.Value) (arm.IdentityID, *armmsi.UserAssignedIdentitiesClient, error) {
	id := arm.IdentityID{Subscription: cmp.Or(object.String("subscription_id"), api.SubscriptionID), ResourceGroup: object.String("resource_group_name"), Name: object.String("name")}
	if object.Has("id") {
		var err error
		if id, err = arm.ParseIdentityID(object.String("id")); err != nil {
			return id, nil, fmt.Errorf("the id %w", err)
		}
	}
	if id.Subscription == "" {
		return id, nil, &entity.AttributeError{Path: path.Root("subscription_id"), Summary: "no subscription", Detail: noSubscription}
	}
	client, err := clientOf(api, id.Subscription)
	return id, client, err
}

// target is the group that an identity is to be in, of which one attribute changes.
func target(attribute, what string) entity.Target {
	return entity.Target{Attribute: attribute, What: what, Named: attribute == "resource_group_name", Find: func(ctx context.Context, api *entity.Services, plan mapping.Value) error {
		subscription := cmp.Or(plan.String("subscription_id"), api.SubscriptionID)
		if subscription == "" || !plan.Has("resource_group_name") {
			return nil
		}
		return api.ResourceManager.Check(ctx, "/subscriptions/"+subscription+"/resourceGroups/"+plan.String("resource_group_name"), arm.VersionOfGroups)
	}}
}

// Check reads nothing of an identity but that it is there.
func Check(ctx context.Context, api *entity.Services, id string) error {
	parsed, err := arm.ParseIdentityID(id)
	if err != nil {
		return err
	}
	client, err := clientOf(api, parsed.Subscription)
	if err == nil {
		_, err = client.Get(ctx, parsed.ResourceGroup, parsed.Name, nil)
	}
	return err
}

func clientOf(api *entity.Services, subscription string) (*armmsi.UserAssignedIdentitiesClient, error) {
	return armmsi.NewUserAssignedIdentitiesClient(subscription, api.ResourceManager.Credential(), api.ResourceManager.Options())
}

const noSubscription = "Set subscription_id here, or in the provider block (or ARM_SUBSCRIPTION_ID)."

// create looks first, for a PUT would change what is there.
func create(ctx context.Context, api *entity.Services, write *entity.Write[identity]) (identity, error) {
	id, client, err := address(api, write.Plan)
	if err != nil {
		return nil, err
	}
	switch _, err := client.Get(ctx, id.ResourceGroup, id.Name, nil); {
	case err == nil:
		return nil, fmt.Errorf("the identity %s: %w", id, entity.ErrExists)
	case !graph.IsNotFound(err):
		return nil, err
	}
	made, err := client.CreateOrUpdate(ctx, id.ResourceGroup, id.Name, *write.Body, nil)
	if err != nil {
		return nil, err
	}
	return &made.Identity, nil
}

func get(ctx context.Context, api *entity.Services, object mapping.Value) (identity, error) {
	id, client, err := address(api, object)
	if err != nil {
		return nil, err
	}
	found, err := client.Get(ctx, id.ResourceGroup, id.Name, nil)
	if err != nil {
		return nil, err
	}
	if found.ID == nil {
		return nil, errors.New("the answer of Azure Resource Manager has no id")
	}
	return &found.Identity, nil
}

// plan takes the provider's subscription where a new identity names none. One that exists stays where it is.
func plan(_ context.Context, api *entity.Services, change *entity.Change) diag.Diagnostics {
	if !change.State.IsNull() || !change.Config.Get("subscription_id").IsNull() || api == nil || api.SubscriptionUnknown {
		return nil
	}
	if api.SubscriptionID == "" {
		return diag.Diagnostics{diag.NewAttributeErrorDiagnostic(path.Root("subscription_id"), "No subscription", noSubscription)}
	}
	change.Planned = change.Planned.With("subscription_id", types.StringValue(api.SubscriptionID))
	return nil
}
