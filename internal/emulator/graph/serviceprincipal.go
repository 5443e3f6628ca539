package graph

import (
	"maps"
	"net/http"
	"strings"

	"github.com/google/uuid"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/directory"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/entitytype"
)

var principalType = entitytype.ServicePrincipal

func createServicePrincipal(r *request) error {
	body, err := r.decode(principalType, true)
	if err != nil {
		return err
	}
	var principal *directory.Object
	err = r.change(func(txn *directory.Txn) error {
		principal, err = r.addServicePrincipal(txn, body)
		return err
	})
	if err != nil {
		return err
	}
	return r.createdServicePrincipal(principal)
}

func (r *request) createdServicePrincipal(principal *directory.Object) error {
	return r.created(principalType, principalType.Set, principal, r.base()+"/servicePrincipals/"+principal.ID)
}

func (r *request) addServicePrincipal(txn *directory.Txn, body entitytype.Body) (*directory.Object, error) {
	appID, _ := body.Properties["appId"].(string)
	if !entitytype.IsGUID(appID) {
		return nil, badRequest("Invalid value specified for property 'appId' of resource 'ServicePrincipal'.")
	}
	appID = strings.ToLower(appID)
	if _, exists := txn.First(principalType.Name, "appId", "", appID); exists {
		return nil, nameInUse(appID)
	}
	application, found := txn.First(applicationType.Name, "appId", "", appID)
	switch {
	case !found && r.ownedOnly:
		return nil, failure(http.StatusForbidden, "Authorization_RequestDenied",
			"When using this permission, the backing application of the service principal being created must in the local tenant")
	case !found:
		return nil, badRequest("The appId '%s' of the service principal does not reference a valid application object.", appID)
	case r.ownedOnly && !r.owns(application):
		return nil, denied()
	}
	principal := &directory.Object{ID: uuid.NewString(), Type: principalType.Name, Properties: principalType.New(body.Properties)}
	var err error
	if principal.Owners, err = r.newOwners(body.Bind["owners"]); err != nil {
		return nil, err
	}
	maps.Copy(principal.Properties, map[string]any{
		"id":                     principal.ID,
		"appId":                  appID,
		"appOwnerOrganizationId": r.service.TenantID,
		"createdByAppId":         r.caller.AppID,
		"servicePrincipalType":   "Application",
	})
	if err := r.takeOver(txn, application, principal, body.Properties); err != nil {
		return nil, err
	}
	txn.Put(principal)
	return principal, nil
}

// updateServicePrincipal changes a service principal, or creates it where the path names it by its appId and the
// client asked for that; see learn.microsoft.com/graph/api/serviceprincipal-upsert.
func updateServicePrincipal(r *request) error {
	content, err := r.object()
	if err != nil {
		return err
	}
	var created *directory.Object
	err = r.change(func(txn *directory.Txn) error {
		principal, err := r.resolve(principalType, "servicePrincipal", "")
		if err != nil {
			if !r.upserts(err, "servicePrincipal", "appId") {
				return err
			}
			content["appId"] = r.keys["servicePrincipal"].text
			body, err := principalType.Decode(content, r.version, true)
			if err != nil {
				return err
			}
			created, err = r.addServicePrincipal(txn, body)
			return err
		}
		if content["appId"] == principal.Properties["appId"] {
			delete(content, "appId")
		}
		body, err := principalType.Decode(content, r.version, false)
		if err != nil {
			return err
		}
		if len(body.Bind) > 0 {
			return referencesInUpdate()
		}
		changed := principal.Clone()
		changed.Properties = principalType.Merge(changed.Properties, body.Properties)
		if err := checkPasswords(principal, changed); err != nil {
			return err
		}
		application, _ := txn.First(applicationType.Name, "appId", "", principal.String("appId"))
		if err := r.takeOver(txn, application, changed, body.Properties); err != nil {
			return err
		}
		if err := r.completeKeys(principal, changed); err != nil {
			return err
		}
		txn.Put(changed)
		return nil
	})
	switch {
	case err != nil:
		return err
	case created != nil:
		return r.createdServicePrincipal(created)
	}
	return r.noContent()
}

// firstPartyOwner are the tenants in which Microsoft registers its own applications.
var firstPartyOwner = map[string]bool{
	"f8cdef31-a31e-4b4a-93e4-5f571e91255a": true,
	"72f988bf-86f1-41af-91ab-2d7cd011db47": true,
}

func isFirstParty(principal *directory.Object) bool {
	return firstPartyOwner[principal.String("appOwnerOrganizationId")]
}

func nameInUse(name string) error {
	return conflict("The service principal cannot be created, updated, or restored because the service principal name %s is already in use.", name)
}
