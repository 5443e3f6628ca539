package resourcemanager

import (
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/directory"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/entitytype"
)

// Rules for the federated identity credentials of user-assigned identities, and the errors:
// learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations.
const (
	maximumCredentials = 20  // of one identity
	maximumLength      = 600 // of issuer, subject and audience, in characters
)

// withoutCredentials is the region whose identities never get federated identity credentials. In some others they came, or
// come, later.
const withoutCredentials = "eastasia"

var credentialName = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z_-]{2,119}$`)

func (r *request) showCredential(identity, object *directory.Object) map[string]any {
	return map[string]any{
		"id":   identity.String("id") + "/federatedIdentityCredentials/" + object.String("name"),
		"name": object.String("name"),
		"type": credentialType.String(),
		"properties": map[string]any{
			"issuer": object.Properties["issuer"], "subject": object.Properties["subject"], "audiences": object.Properties["audiences"],
		},
	}
}

// parent is the identity that the path leads through.
func (r *request) parent() (*directory.Object, *failure) {
	identity, f := r.identity()
	if f != nil {
		return nil, fail(http.StatusNotFound, "ParentResourceNotFound", "Failed to perform '%s' on resource(s) of type '%s', because the parent resource '%s' could not be found.",
			map[string]string{http.MethodGet: "read", http.MethodHead: "read", http.MethodPut: "write", http.MethodDelete: "delete"}[r.Method],
			credentialType.name, identityID(r.values["subscription"], r.values["group"], r.values["identity"]))
	}
	return identity, nil
}

// credentials are those of an identity, ordered by id.
func credentials(view *directory.View, identity *directory.Object) []*directory.Object {
	return slices.Collect(view.Children(identity.String("principalId"), entitytype.FederatedIdentityCredential.Name))
}

func (r *request) credential(view *directory.View, identity *directory.Object) (*directory.Object, bool) {
	return view.First(entitytype.FederatedIdentityCredential.Name, "name", identity.String("principalId"), r.values["credential"])
}

func readCredential(r *request) *failure {
	identity, f := r.parent()
	if f != nil {
		return f
	}
	object, found := r.credential(r.service.Store.View(), identity)
	if !found {
		return notFound(credentialType.String()+"/"+r.values["identity"]+"/"+r.values["credential"], r.values["group"])
	}
	return r.answer(http.StatusOK, r.showCredential(identity, object))
}

func listCredentials(r *request) *failure {
	identity, f := r.parent()
	if f != nil {
		return f
	}
	size, f := r.top()
	if f != nil {
		return f
	}
	return r.page(credentials(r.service.Store.View(), identity), size, func(object *directory.Object) map[string]any {
		return r.showCredential(identity, object)
	})
}

func writeCredential(r *request) *failure {
	name := r.values["credential"]
	if !credentialName.MatchString(name) {
		return badRequest("Federated Identity Credential name '%s' is invalid. It must have 3 to 120 characters, alphanumeric, dash or underscore. The first character is alphanumeric.", name)
	}
	given, f := r.decode(credential, nil)
	if f != nil {
		return f
	}
	if f := checkCredential(given); f != nil {
		return f
	}
	status := http.StatusOK
	var identity, object *directory.Object
	f = r.change(func(txn *directory.Txn) *failure {
		if identity, f = r.parent(); f != nil {
			return f
		}
		if f := r.alone(identity); f != nil {
			return f
		}
		if identity.Properties["location"] == withoutCredentials {
			return fail(http.StatusMethodNotAllowed, "MethodNotAllowed", "The request format was unexpected: Support for federated identity credentials not enabled.")
		}
		before, found := r.credential(&txn.View, identity)
		siblings := credentials(&txn.View, identity)
		switch {
		case found:
			object = before.Clone()
		case len(siblings) >= maximumCredentials:
			return badRequest("Too many Federated Identity Credentials. The maximum number of Federated Identity Credentials for a managed identity is %d.", maximumCredentials)
		default:
			status = http.StatusCreated
			object = &directory.Object{
				ID: uuid.NewString(), Type: entitytype.FederatedIdentityCredential.Name, Parent: identity.String("principalId"),
				Properties: entitytype.FederatedIdentityCredential.New(nil),
			}
			object.Properties["id"], object.Properties["name"] = object.ID, name
		}
		for _, sibling := range siblings {
			if sibling.ID != object.ID && sibling.Properties["issuer"] == given["issuer"] && sibling.Properties["subject"] == given["subject"] {
				return badRequest("Issuer and subject combination already exists for this Managed Identity.")
			}
		}
		maps.Copy(object.Properties, given)
		txn.Put(object)
		return nil
	})
	if f != nil {
		return f
	}
	return r.answer(status, r.showCredential(identity, object))
}

func checkCredential(given map[string]any) *failure {
	issuer, _ := given["issuer"].(string)
	subject, _ := given["subject"].(string)
	audiences, _ := given["audiences"].([]any)
	switch {
	case len(given) == 0:
		return badRequest("Federated Identity Credential from HTTP body has empty properties")
	case issuer == "", subject == "", given["audiences"] == nil:
		return badRequest("The request format was unexpected. Federated Identity Credential must specify 'issuer', 'subject' and 'audience'.")
	}
	if len(audiences) != 1 {
		return badRequest("Federated identity credentials must have exactly 1 audience.")
	}
	audience, _ := audiences[0].(string)
	if audience == "" {
		return badRequest("Federated Identity Credential from HTTP body has empty properties")
	}
	for name, text := range map[string]string{"issuer": issuer, "subject": subject, "audience": audience} {
		if utf8.RuneCountInString(text) > maximumLength {
			return badRequest("The %s of the Federated Identity Credential is longer than %d characters.", name, maximumLength)
		}
	}
	if address, err := url.Parse(issuer); err != nil || !address.IsAbs() || address.Host == "" {
		return badRequest("The issuer '%s' of the Federated Identity Credential is not a valid absolute URI.", issuer)
	}
	return nil
}

func deleteCredential(r *request) *failure {
	status := http.StatusOK
	f := r.change(func(txn *directory.Txn) *failure {
		identity, f := r.parent()
		if f != nil {
			return f
		}
		if f := r.alone(identity); f != nil {
			return f
		}
		object, found := r.credential(&txn.View, identity)
		if !found {
			status = http.StatusNoContent
			return nil
		}
		txn.Remove(object)
		return nil
	})
	if f != nil {
		return f
	}
	return r.noContent(status)
}
