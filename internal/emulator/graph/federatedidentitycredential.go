package graph

import (
	"net/http"

	"github.com/google/uuid"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/claimsexpression"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/directory"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/entitytype"
)

// maximumCredentials is how many federated identity credentials an application may have.
const maximumCredentials = 20

var credentialType = entitytype.FederatedIdentityCredential

// credentialSet names the credentials of an application, or of the service principal of a managed identity, in
// @odata.context.
func credentialSet(parent *directory.Object) string {
	return entitytype.All[parent.Type].Set + "('" + parent.ID + "')/federatedIdentityCredentials"
}

func readCredential(parent *entitytype.Type) func(*request) error {
	return func(r *request) error {
		query, err := r.parseEntity(credentialType)
		if err != nil {
			return err
		}
		object, credential, err := r.credential(parent)
		if err != nil {
			return err
		}
		return r.show(http.StatusOK, credentialSet(object), credential, query)
	}
}

// credential resolves the credential of the path and what it belongs to.
func (r *request) credential(parent *entitytype.Type) (object, credential *directory.Object, err error) {
	if object, err = r.resolve(parent, parent.Name, ""); err != nil {
		return nil, nil, err
	}
	credential, err = r.resolve(credentialType, "credential", object.ID)
	return object, credential, err
}

func createCredential(r *request) error {
	body, err := r.decode(credentialType, true)
	if err != nil {
		return err
	}
	var application, credential *directory.Object
	err = r.change(func(txn *directory.Txn) error {
		if application, err = r.resolve(applicationType, applicationType.Name, ""); err != nil {
			return err
		}
		credential, err = r.addCredential(txn, application, body.Properties)
		return err
	})
	if err != nil {
		return err
	}
	return r.createdCredential(application, credential)
}

func (r *request) createdCredential(application, credential *directory.Object) error {
	set := credentialSet(application)
	return r.created(credentialType, set, credential, r.base()+"/"+set+"/"+credential.ID)
}

func (r *request) addCredential(txn *directory.Txn, application *directory.Object, given map[string]any) (*directory.Object, error) {
	credential := &directory.Object{
		ID: uuid.NewString(), Type: credentialType.Name, Parent: application.ID, Properties: credentialType.New(given),
	}
	credential.Properties["id"] = credential.ID
	name := credential.String("name")
	if _, exists := txn.First(credentialType.Name, "name", application.ID, name); exists {
		return nil, conflict("FederatedIdentityCredential with name %s already exists.", name)
	}
	if err := checkCredential(&txn.View, credential); err != nil {
		return nil, err
	}
	siblings := 0
	for range txn.Children(application.ID, credentialType.Name) {
		siblings++
	}
	if siblings >= maximumCredentials {
		return nil, badRequest("Too many federated identity credentials. The maximum number of federated identity credentials for an application is %d.", maximumCredentials)
	}
	txn.Put(credential)
	return credential, nil
}

// updateCredential changes a credential, or creates it where the path names it by its alternate key and the client
// asked for that; see learn.microsoft.com/graph/api/federatedidentitycredential-upsert.
func updateCredential(r *request) error {
	content, err := r.object()
	if err != nil {
		return err
	}
	var application, created *directory.Object
	err = r.change(func(txn *directory.Txn) error {
		var credential *directory.Object
		if application, credential, err = r.credential(applicationType); err != nil {
			if application == nil || !r.upserts(err, "credential", "name") {
				return err
			}
			content["name"] = r.keys["credential"].text
			body, err := credentialType.Decode(content, r.version, true)
			if err != nil {
				return err
			}
			created, err = r.addCredential(txn, application, body.Properties)
			return err
		}
		if content["name"] == credential.String("name") {
			delete(content, "name")
		}
		body, err := credentialType.Decode(content, r.version, false)
		if err != nil {
			return err
		}
		changed := credential.Clone()
		changed.Properties = credentialType.Merge(changed.Properties, body.Properties)
		if err := checkCredential(&txn.View, changed); err != nil {
			return err
		}
		txn.Put(changed)
		return nil
	})
	switch {
	case err != nil:
		return err
	case created != nil:
		return r.createdCredential(application, created)
	}
	return r.noContent()
}

func deleteCredential(r *request) error {
	return r.apply(func(txn *directory.Txn) error {
		_, credential, err := r.credential(applicationType)
		if err != nil {
			return err
		}
		txn.Remove(credential)
		return nil
	})
}

// checkCredential judges a credential as a whole.
func checkCredential(view *directory.View, credential *directory.Object) error {
	if audiences := credential.Strings("audiences"); len(audiences) != 1 {
		return invalidCredential("Audiences", "", "The number of audiences must be exactly one.")
	}
	issuer, subject := credential.String("issuer"), credential.String("subject")
	expression, _ := credential.Properties["claimsMatchingExpression"].(map[string]any)
	switch {
	case expression == nil && subject == "":
		return badRequest("A value is required for property 'subject' of resource 'FederatedIdentityCredential'.")
	case expression != nil && subject != "":
		return invalidCredential("Subject", subject, "The properties Subject and ClaimsMatchingExpression are mutually exclusive.")
	case expression != nil:
		for _, required := range []string{"languageVersion", "value"} {
			if expression[required] == nil {
				return badRequest("A value is required for property '%s' of resource 'FederatedIdentityExpression'.", required)
			}
		}
		value, _ := expression["value"].(string)
		if version := expression["languageVersion"]; version != float64(1) {
			return invalidCredential("ClaimsMatchingExpression.LanguageVersion", version, "The FederatedIdentityCredential.ClaimsMatchingExpression.LanguageVersion is invalid.")
		}
		if err := claimsexpression.Validate(issuer, value); err != nil {
			return invalidCredential("ClaimsMatchingExpression.Value", value, "The FederatedIdentityCredential.ClaimsMatchingExpression.Value is invalid. Rule exception: "+err.Error())
		}
		return nil
	}
	for sibling := range view.Children(credential.Parent, credentialType.Name) {
		if sibling.ID != credential.ID && sibling.String("issuer") == issuer && sibling.String("subject") == subject {
			return invalidCredential("Subject", subject, "The combination of issuer and subject must be unique for the application. Issuer "+issuer+" and Subject: "+subject+" already exist.")
		}
	}
	return nil
}

func invalidCredential(property string, value any, reason string) error {
	return failure(http.StatusBadRequest, "InvalidFederatedIdentityCredentialValue",
		"%s paramName: FederatedIdentityCredential.%s, paramValue: %v, objectType: Microsoft.Online.DirectoryServices.Application", reason, property, value)
}
