package graph

import (
	"maps"
	"slices"

	"github.com/google/uuid"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/directory"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/entitytype"
)

var applicationType = entitytype.Application

func createApplication(r *request) error {
	body, err := r.decode(applicationType, true)
	if err != nil {
		return err
	}
	var application *directory.Object
	var secrets map[string]string
	err = r.change(func(txn *directory.Txn) error {
		application, secrets, err = r.addApplication(txn, body)
		return err
	})
	if err != nil {
		return err
	}
	return r.createdApplication(application, secrets)
}

func (r *request) createdApplication(application *directory.Object, secrets map[string]string) error {
	return r.created(applicationType, applicationType.Set, withSecrets(application, secrets), r.base()+"/applications/"+application.ID)
}

// addApplication puts a new application. Secrets are the texts of the passwords it was created with, by key id.
func (r *request) addApplication(txn *directory.Txn, body entitytype.Body) (application *directory.Object, secrets map[string]string, err error) {
	application = &directory.Object{ID: uuid.NewString(), Type: applicationType.Name, Properties: applicationType.New(body.Properties)}
	// With Application.ReadWrite.OwnedBy the service refuses this at create, though not in an update:
	// github.com/hashicorp/terraform-provider-azuread/issues/914, github.com/nais/azurerator/issues/164.
	if api, _ := application.Properties["api"].(map[string]any); r.ownedOnly && !r.caller.Delegated && api["acceptMappedClaims"] == true {
		return nil, nil, denied()
	}
	if application.Owners, err = r.newOwners(body.Bind["owners"]); err != nil {
		return nil, nil, err
	}
	maps.Copy(application.Properties, map[string]any{
		"id":              application.ID,
		"appId":           uuid.NewString(),
		"createdDateTime": entitytype.FormatTime(r.service.Now().Truncate(timeUnit)),
		"createdByAppId":  r.caller.AppID,
		"publisherDomain": r.service.Domain,
	})
	if secrets, err = r.initialPasswords(application); err != nil {
		return nil, nil, err
	}
	if err := r.completeKeys(nil, application); err != nil {
		return nil, nil, err
	}
	if err := r.checkApplication(&txn.View, nil, application); err != nil {
		return nil, nil, err
	}
	txn.Put(application)
	return application, secrets, nil
}

// updateApplication changes an application, or creates it where the path names it by its uniqueName and the client
// asked for that; see learn.microsoft.com/graph/api/application-upsert.
func updateApplication(r *request) error {
	content, err := r.object()
	if err != nil {
		return err
	}
	var created *directory.Object
	err = r.change(func(txn *directory.Txn) error {
		application, err := r.resolve(applicationType, "application", "")
		if err != nil {
			if !r.upserts(err, "application", "uniqueName") {
				return err
			}
			content["uniqueName"] = r.keys["application"].text
			body, err := applicationType.Decode(content, r.version, true)
			if err != nil {
				return err
			}
			if err := checkUpsert(body); err != nil {
				return err
			}
			created, _, err = r.addApplication(txn, body)
			return err
		}
		if content["uniqueName"] == application.Properties["uniqueName"] {
			delete(content, "uniqueName")
		}
		body, err := applicationType.Decode(content, r.version, false)
		if err != nil {
			return err
		}
		if len(body.Bind) > 0 {
			return referencesInUpdate()
		}
		changed := application.Clone()
		changed.Properties = applicationType.Merge(changed.Properties, body.Properties)
		if err := checkPasswords(application, changed); err != nil {
			return err
		}
		if err := r.completeKeys(application, changed); err != nil {
			return err
		}
		if err := r.checkApplication(&txn.View, application, changed); err != nil {
			return err
		}
		txn.Put(changed)
		return mirror(txn, changed)
	})
	switch {
	case err != nil:
		return err
	case created != nil:
		return r.createdApplication(created, nil)
	}
	return r.noContent()
}

// newOwners are the owners of an object created with those references: the caller, where it may touch only what it
// owns, and those the references name.
func (r *request) newOwners(references []string) ([]string, error) {
	if len(references) > maximumOwnersAtCreate {
		return nil, badRequest("The number of values for property 'owners' exceeds the maximum of %d.", maximumOwnersAtCreate)
	}
	var owners []string
	if r.ownedOnly {
		owners = append(owners, r.caller.ObjectID)
	}
	for _, reference := range references {
		owner, err := r.reference(reference)
		if err != nil {
			return nil, err
		}
		if err := checkOwner(owner); err != nil {
			return nil, err
		}
		if !slices.Contains(owners, owner.ID) {
			owners = append(owners, owner.ID)
		}
	}
	return owners, nil
}

// delegatedOnly answers what no application permission is enough for, such as the verification of a publisher, for which
// a person must sign in who has a part in the Microsoft AI Cloud Partner Program
// (learn.microsoft.com/graph/api/application-setverifiedpublisher).
func delegatedOnly(t *entitytype.Type) func(*request) error {
	return func(r *request) error {
		if _, err := r.resolve(t, t.Name, ""); err != nil {
			return err
		}
		return denied()
	}
}
