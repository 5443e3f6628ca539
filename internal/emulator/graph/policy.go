package graph

import (
	"net/http"
	"slices"

	"github.com/google/uuid"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/directory"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/entitytype"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/odata"
)

// App management policies say which credentials applications and service principals may be given: one for the tenant,
// which is always there, and others that take its place for the objects they are assigned to. See
// learn.microsoft.com/graph/api/resources/applicationauthenticationmethodpolicy.

var (
	policyType       = entitytype.AppManagementPolicy
	tenantPolicyType = entitytype.TenantAppManagementPolicy
)

// TenantPolicyID is the id of the tenant's own policy, the same in every tenant:
// learn.microsoft.com/graph/api/tenantappmanagementpolicy-get.
const TenantPolicyID = "00000000-0000-0000-0000-000000000000"

// appliesTo is where a policy remembers what it is assigned to.
const appliesTo = "appliesTo"

// Permissions for app management policies, after the pages of their operations below learn.microsoft.com/graph/api.
const policyReadWrite = "Policy.ReadWrite.ApplicationConfiguration"

var (
	readPolicies   = permissions{anyOf: []string{"Policy.Read.All", "Policy.Read.ApplicationConfiguration", policyReadWrite}}
	writePolicies  = permissions{anyOf: []string{policyReadWrite}}
	assignPolicies = permissions{anyOf: with(policyReadWrite, readers...)}
)

// TenantPolicy is the tenant's own policy as it is in the beginning: not enabled.
func TenantPolicy() *directory.Object {
	none := map[string]any{"keyCredentials": []any{}, "passwordCredentials": []any{}}
	return &directory.Object{ID: TenantPolicyID, Type: tenantPolicyType.Name, Properties: tenantPolicyType.New(map[string]any{
		"id": TenantPolicyID, "displayName": "Default app management tenant policy",
		"description":             "Restrictions for all applications and service principals that have no policy of their own.",
		"applicationRestrictions": none, "servicePrincipalRestrictions": none,
	})}
}

func tenantPolicy(view *directory.View) *directory.Object {
	if policy, found := view.Get(TenantPolicyID); found {
		return policy
	}
	return TenantPolicy()
}

func readTenantPolicy(r *request) error {
	query, err := r.parseEntity(tenantPolicyType)
	if err != nil {
		return err
	}
	return r.show(http.StatusOK, tenantPolicyType.Set, tenantPolicy(r.view), query)
}

// updateTenantPolicy answers PATCH; see learn.microsoft.com/graph/api/tenantappmanagementpolicy-update.
func updateTenantPolicy(r *request) error {
	body, err := r.decode(tenantPolicyType, false)
	if err != nil {
		return err
	}
	return r.apply(func(txn *directory.Txn) error {
		changed := tenantPolicy(&txn.View).Clone()
		changed.Properties = tenantPolicyType.Merge(changed.Properties, body.Properties)
		if err := checkRestrictions(changed, "applicationRestrictions", "servicePrincipalRestrictions"); err != nil {
			return err
		}
		txn.Put(changed)
		return nil
	})
}

// createPolicy answers POST /policies/appManagementPolicies; see learn.microsoft.com/graph/api/appmanagementpolicy-post.
func createPolicy(r *request) error {
	body, err := r.decode(policyType, true)
	if err != nil {
		return err
	}
	policy := &directory.Object{ID: uuid.NewString(), Type: policyType.Name, Properties: policyType.New(body.Properties)}
	policy.Properties["id"] = policy.ID
	if err := checkRestrictions(policy, "restrictions"); err != nil {
		return err
	}
	err = r.change(func(txn *directory.Txn) error {
		txn.Put(policy)
		return nil
	})
	if err != nil {
		return err
	}
	return r.created(policyType, policyType.Set, policy, r.base()+"/"+policyType.Set+"/"+policy.ID)
}

func updatePolicy(r *request) error {
	body, err := r.decode(policyType, false)
	if err != nil {
		return err
	}
	return r.changePolicy(func(policy *directory.Object) error {
		policy.Properties = policyType.Merge(policy.Properties, body.Properties)
		return checkRestrictions(policy, "restrictions")
	})
}

// changePolicy changes the policy of the path.
func (r *request) changePolicy(change func(policy *directory.Object) error) error {
	return r.apply(func(txn *directory.Txn) error {
		policy, err := r.resolve(policyType, "policy", "")
		if err != nil {
			return err
		}
		changed := policy.Clone()
		if err := change(changed); err != nil {
			return err
		}
		txn.Put(changed)
		return nil
	})
}

func deletePolicy(r *request) error {
	return r.apply(func(txn *directory.Txn) error {
		policy, err := r.resolve(policyType, "policy", "")
		if err != nil {
			return err
		}
		txn.Remove(policy)
		return nil
	})
}

// checkRestrictions wants each kind of restriction once in a policy, with a lifetime where, and only where, it is about
// one: learn.microsoft.com/graph/api/resources/passwordcredentialconfiguration.
func checkRestrictions(policy *directory.Object, properties ...string) error {
	for _, property := range properties {
		configuration, _ := policy.Properties[property].(map[string]any)
		for _, collection := range []string{"passwordCredentials", "keyCredentials"} {
			seen := map[any]bool{}
			for _, restriction := range directory.Items(configuration[collection]) {
				kind := restriction["restrictionType"]
				if seen[kind] {
					return badRequest("Each value of 'restrictionType' can be used only once in a policy: '%v' is there twice.", kind)
				}
				seen[kind] = true
				if lifetimes[kind] != (restriction["maxLifetime"] != nil) {
					return badRequest("Invalid value specified for property 'maxLifetime' of resource '%s'.", "AppManagementConfiguration")
				}
			}
		}
	}
	return nil
}

// lifetimes are the restrictions that are about how long a credential is valid.
var lifetimes = map[any]bool{"passwordLifetime": true, "symmetricKeyLifetime": true, "asymmetricKeyLifetime": true}

// policiesOf are the policies that an application or service principal is assigned: one at most.
func policiesOf(view *directory.View, id string) []*directory.Object {
	var found []*directory.Object
	for policy := range view.All(policyType.Name, directory.Live) {
		if slices.Contains(policy.Private[appliesTo], id) {
			found = append(found, policy)
		}
	}
	return found
}

func (r *request) policies(object *directory.Object) []odata.Object {
	var found []odata.Object
	for _, policy := range policiesOf(r.view, object.ID) {
		found = append(found, r.typed(policy))
	}
	return found
}

func listPolicies(t *entitytype.Type) func(*request) error {
	return func(r *request) error {
		query, err := odata.Parse(policyType.OData(r.version), r.URL.Query(), r.Header)
		if err != nil {
			return err
		}
		object, err := r.resolve(t, t.Name, "")
		if err != nil {
			return err
		}
		var found []odata.Object
		for _, policy := range policiesOf(r.view, object.ID) {
			found = append(found, r.entity(policy))
		}
		return r.page(policyType.Set, query, found)
	}
}

// assignPolicy answers POST …/appManagementPolicies/$ref; see learn.microsoft.com/graph/api/appmanagementpolicy-post-appliesto.
// An object has one policy at most.
func assignPolicy(t *entitytype.Type) func(*request) error {
	return func(r *request) error {
		address, err := r.referenceBody()
		if err != nil {
			return err
		}
		return r.apply(func(txn *directory.Txn) error {
			object, err := r.changeable(t)
			if err != nil {
				return err
			}
			policy, err := r.reference(address)
			if err != nil {
				return err
			}
			switch {
			case policy.Type != policyType.Name:
				return notFound(policy.ID)
			case slices.Contains(policy.Private[appliesTo], object.ID):
				return alreadyReferenced("appManagementPolicies")
			case len(policiesOf(&txn.View, object.ID)) > 0:
				return badRequest("Only one app management policy can be assigned to an application or service principal.")
			}
			changed := policy.Clone()
			changed.Private = map[string][]string{appliesTo: append(slices.Clone(policy.Private[appliesTo]), object.ID)}
			txn.Put(changed)
			return nil
		})
	}
}

func unassignPolicy(t *entitytype.Type) func(*request) error {
	return func(r *request) error {
		id, err := r.referencedKey("policy")
		if err != nil {
			return err
		}
		return r.apply(func(txn *directory.Txn) error {
			object, err := r.changeable(t)
			if err != nil {
				return err
			}
			policy, err := r.known(func(view *directory.View) (*directory.Object, error) {
				found, ok := view.Get(id)
				if !ok || found.Type != policyType.Name || !slices.Contains(found.Private[appliesTo], object.ID) {
					return nil, notFound(id)
				}
				return found, nil
			})
			if err != nil {
				return err
			}
			changed := policy.Clone()
			changed.Private = map[string][]string{appliesTo: slices.DeleteFunc(slices.Clone(policy.Private[appliesTo]), func(one string) bool { return one == object.ID })}
			txn.Put(changed)
			return nil
		})
	}
}
