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
	var secrets map[string]string
	err = r.change(func(txn *directory.Txn) error {
		principal, secrets, err = r.addServicePrincipal(txn, body)
		return err
	})
	if err != nil {
		return err
	}
	return r.createdServicePrincipal(principal, secrets)
}

func (r *request) createdServicePrincipal(principal *directory.Object, secrets map[string]string) error {
	return r.created(principalType, principalType.Set, withSecrets(principal, secrets), r.base()+"/servicePrincipals/"+principal.ID)
}

// addServicePrincipal puts a new service principal. Secrets are the texts of the passwords it was created with, by key id.
func (r *request) addServicePrincipal(txn *directory.Txn, body entitytype.Body) (principal *directory.Object, secrets map[string]string, err error) {
	appID, _ := body.Properties["appId"].(string)
	if !entitytype.IsGUID(appID) {
		return nil, nil, badRequest("Invalid value specified for property 'appId' of resource 'ServicePrincipal'.")
	}
	appID = strings.ToLower(appID)
	if _, exists := txn.First(principalType.Name, "appId", "", appID); exists {
		return nil, nil, nameInUse(appID)
	}
	application, err := r.known(func(view *directory.View) (*directory.Object, error) { return r.backing(view, appID) })
	if err != nil {
		return nil, nil, err
	}
	principal = &directory.Object{ID: uuid.NewString(), Type: principalType.Name, Properties: principalType.New(body.Properties)}
	if principal.Owners, err = r.newOwners(body.Bind["owners"]); err != nil {
		return nil, nil, err
	}
	maps.Copy(principal.Properties, map[string]any{
		"id":                     principal.ID,
		"appId":                  appID,
		"appOwnerOrganizationId": r.service.TenantID,
		"createdByAppId":         r.caller.AppID,
		"servicePrincipalType":   "Application",
	})
	if secrets, err = r.initialPasswords(principal); err != nil {
		return nil, nil, err
	}
	if err := r.completeKeys(nil, principal); err != nil {
		return nil, nil, err
	}
	if err := r.takeOver(txn, application, principal, body.Properties); err != nil {
		return nil, nil, err
	}
	txn.Put(principal)
	return principal, secrets, nil
}

// backing finds the application that a new service principal is to represent.
func (r *request) backing(view *directory.View, appID string) (*directory.Object, error) {
	application, found := view.First(applicationType.Name, "appId", "", appID)
	switch {
	case !found && r.ownedOnly && !r.caller.Delegated:
		return nil, failure(http.StatusForbidden, "Authorization_RequestDenied",
			"When using this permission, the backing application of the service principal being created must in the local tenant")
	case !found:
		return nil, badRequest("The appId '%s' of the service principal does not reference a valid application object.", appID)
	case !r.reaches(application):
		return nil, denied()
	}
	return application, nil
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
		principal, err := r.changeable(principalType)
		if err != nil {
			if !r.upserts(err, "servicePrincipal", "appId") {
				return err
			}
			content["appId"] = r.keys["servicePrincipal"].text
			body, err := principalType.Decode(content, r.version, true)
			if err != nil {
				return err
			}
			if err := checkUpsert(body); err != nil {
				return err
			}
			created, _, err = r.addServicePrincipal(txn, body)
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
		return r.createdServicePrincipal(created, nil)
	}
	return r.noContent()
}

// changeable finds the object of the path, which is to be changed. The service principals of managed identities belong to
// Azure: nobody may change them in the directory, or delete them; see github.com/MicrosoftDocs/azure-docs/issues/77020.
func (r *request) changeable(t *entitytype.Type) (*directory.Object, error) {
	object, err := r.resolve(t, t.Name, "")
	if err == nil && isManagedIdentity(object) {
		return nil, denied()
	}
	return object, err
}

func isManagedIdentity(object *directory.Object) bool {
	return object.Type == principalType.Name && object.String("servicePrincipalType") == entitytype.ManagedIdentity
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
