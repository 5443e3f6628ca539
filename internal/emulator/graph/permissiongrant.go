package graph

import (
	"maps"
	"net/http"
	"strings"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/access"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/directory"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/entitytype"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/odata"
)

// Delegated permission grants; see learn.microsoft.com/graph/api/resources/oauth2permissiongrant.

var grantType = entitytype.OAuth2PermissionGrant

// grantHolder is the property by which a grant is one of the oauth2PermissionGrants of a client, or of a user: those for
// all users are no user's.
var grantHolder = map[string]string{entitytype.ServicePrincipal.Name: "clientId", entitytype.User.Name: "principalId"}

// listGrants answers GET of oauth2PermissionGrants of a client or of a user.
func listGrants(holder *entitytype.Type) func(*request) error {
	return func(r *request) error {
		query, err := odata.Parse(grantType.OData(r.version), r.URL.Query(), r.Header)
		if err != nil {
			return err
		}
		object, err := r.resolve(holder, holder.Name, "")
		if err != nil {
			return err
		}
		return r.page(grantType.Set, query, r.related(object.Properties, "oauth2PermissionGrants"))
	}
}

// readGrant answers GET of one of them.
func readGrant(holder *entitytype.Type) func(*request) error {
	return func(r *request) error {
		query, err := r.parseEntity(grantType)
		if err != nil {
			return err
		}
		object, err := r.resolve(holder, holder.Name, "")
		if err != nil {
			return err
		}
		grant, err := r.resolve(grantType, grantType.Name, "")
		if err != nil {
			return err
		}
		if grant.String(grantHolder[holder.Name]) != object.ID {
			return notFound(grant.ID)
		}
		return r.show(http.StatusOK, grantType.Set, grant, query)
	}
}

func createGrant(r *request) error {
	body, err := r.decode(grantType, true)
	if err != nil {
		return err
	}
	var grant *directory.Object
	err = r.change(func(txn *directory.Txn) error {
		grant, err = r.addGrant(txn, body.Properties)
		return err
	})
	if err != nil {
		return err
	}
	return r.created(grantType, grantType.Set, grant, r.base()+"/"+grantType.Set+"/"+grant.ID)
}

// addGrant puts a new grant. Its scopes are taken as they are: learn.microsoft.com/graph/api/resources/oauth2permissiongrant
// says only that each should be one that the resource offers, and the service takes even none at all, see
// github.com/microsoftgraph/microsoft-graph-docs/issues/16902.
func (r *request) addGrant(txn *directory.Txn, given map[string]any) (*directory.Object, error) {
	grant := &directory.Object{Type: grantType.Name, Properties: grantType.New(given)}
	for _, end := range access.Ends[grantType.Name] {
		if id, ok := grant.Properties[end].(string); ok {
			if !entitytype.IsGUID(id) {
				return nil, badRequest("Invalid value specified for property '%s' of resource '%s'.", end, grantType.Resource)
			}
			grant.Properties[end] = strings.ToLower(id)
		}
	}
	clientID, resourceID, principalID := grant.String("clientId"), grant.String("resourceId"), grant.String("principalId")
	switch ofOne := grant.String("consentType") == "Principal"; {
	case ofOne && principalID == "":
		return nil, badRequest("A value is required for property 'principalId' of resource '%s'.", grantType.Resource)
	case !ofOne && principalID != "":
		return nil, badRequest("Invalid value specified for property 'principalId' of resource '%s'.", grantType.Resource)
	}
	if err := r.joins(clientID, principalType); err != nil {
		return nil, err
	}
	if _, err := r.known(func(view *directory.View) (*directory.Object, error) { return resourceOf(view, resourceID) }); err != nil {
		return nil, err
	}
	if principalID != "" {
		if err := r.joins(principalID, entitytype.User); err != nil {
			return nil, err
		}
	}
	grant.ID = access.GrantID(clientID, resourceID, principalID)
	if _, exists := txn.Get(grant.ID); exists { // github.com/hashicorp/terraform-provider-azuread/issues/690
		return nil, conflict("Permission entry already exists.")
	}
	maps.Copy(grant.Properties, map[string]any{"id": grant.ID})
	txn.Put(grant)
	return grant, nil
}

// joins reports, as an error, that there is no such object for a grant to join.
func (r *request) joins(id string, t *entitytype.Type) error {
	_, err := r.known(func(view *directory.View) (*directory.Object, error) {
		object, found := view.Get(id)
		if !found || object.Type != t.Name {
			return nil, notFound(id)
		}
		return object, nil
	})
	return err
}

func updateGrant(r *request) error {
	body, err := r.decode(grantType, false)
	if err != nil {
		return err
	}
	return r.apply(func(txn *directory.Txn) error {
		grant, err := r.resolve(grantType, grantType.Name, "")
		if err != nil {
			return err
		}
		changed := grant.Clone()
		changed.Properties = grantType.Merge(changed.Properties, body.Properties)
		txn.Put(changed)
		return nil
	})
}

func deleteGrant(r *request) error {
	return r.apply(func(txn *directory.Txn) error {
		grant, err := r.resolve(grantType, grantType.Name, "")
		if err != nil {
			return err
		}
		access.RemoveGrant(txn, grant)
		return nil
	})
}
