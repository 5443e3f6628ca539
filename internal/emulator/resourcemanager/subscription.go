package resourcemanager

import (
	"net/http"
	"strings"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/directory"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/entitytype"
)

// list is a collection that fits on one page.
type list[T any] struct {
	Value []T `json:"value"`
}

// subscription is learn.microsoft.com/rest/api/resources/subscriptions/get.
type subscription struct {
	ID                  string               `json:"id"`
	AuthorizationSource string               `json:"authorizationSource"`
	ManagedByTenants    []struct{}           `json:"managedByTenants"`
	SubscriptionID      string               `json:"subscriptionId"`
	TenantID            string               `json:"tenantId"`
	DisplayName         string               `json:"displayName"`
	State               string               `json:"state"`
	Policies            subscriptionPolicies `json:"subscriptionPolicies"`
}

type subscriptionPolicies struct {
	Location string `json:"locationPlacementId"`
	Quota    string `json:"quotaId"`
	Spending string `json:"spendingLimit"`
}

// NewSubscription is the object of a subscription.
func NewSubscription(properties map[string]any) *directory.Object {
	id, _ := properties["id"].(string)
	kept := Subscription.New(properties)
	kept["id"] = strings.ToLower(id)
	return &directory.Object{ID: key("/subscriptions/" + id), Type: Subscription.Name, Properties: kept}
}

func (s *Service) subscription(id string) (*directory.Object, *failure) {
	if !entitytype.IsGUID(id) {
		return nil, fail(http.StatusBadRequest, "InvalidSubscriptionId", "The provided subscription identifier '%s' is malformed or invalid.", id)
	}
	object, found := s.Store.View().Get(key("/subscriptions/" + id))
	if !found {
		return nil, fail(http.StatusNotFound, "SubscriptionNotFound", "The subscription '%s' could not be found.", id)
	}
	return object, nil
}

func readSubscription(r *request) *failure {
	object, f := r.service.subscription(r.values["subscription"])
	if f != nil {
		return f
	}
	return r.answer(http.StatusOK, r.service.show(object))
}

func listSubscriptions(r *request) *failure {
	found := []subscription{}
	for object := range r.service.Store.View().All(Subscription.Name, directory.Live) {
		if r.sees(object) {
			found = append(found, r.service.show(object))
		}
	}
	return r.answer(http.StatusOK, list[subscription]{found})
}

func (s *Service) show(object *directory.Object) subscription {
	id := object.String("id")
	return subscription{
		ID:                  "/subscriptions/" + id,
		AuthorizationSource: "RoleBased",
		ManagedByTenants:    []struct{}{},
		SubscriptionID:      id,
		TenantID:            s.Tenant.TenantID(),
		DisplayName:         object.String("displayName"),
		State:               object.String("state"),
		Policies:            subscriptionPolicies{Location: "Public_2014-09-01", Quota: "PayAsYouGo_2014-09-01", Spending: "Off"},
	}
}

// tenant is learn.microsoft.com/rest/api/resources/tenants/list.
type tenant struct {
	ID            string   `json:"id"`
	TenantID      string   `json:"tenantId"`
	Category      string   `json:"tenantCategory"`
	DisplayName   string   `json:"displayName"`
	Domains       []string `json:"domains"`
	DefaultDomain string   `json:"defaultDomain"`
	Type          string   `json:"tenantType"`
}

func listTenants(r *request) *failure {
	of := r.service.Tenant
	domains := of.TenantDomains()
	shown := tenant{
		ID: "/tenants/" + of.TenantID(), TenantID: of.TenantID(), Category: "Home",
		DisplayName: of.TenantName(), Domains: domains, Type: "AAD",
	}
	if len(domains) > 0 {
		shown.DefaultDomain = domains[0]
	}
	return r.answer(http.StatusOK, list[tenant]{[]tenant{shown}})
}
