package resourcemanager

import (
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/directory"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/entitytype"
)

// Subscription is what the directory keeps of a subscription. Its id is the subscription's.
var Subscription = &entitytype.Type{
	Name: "subscription", Resource: "Subscription", Set: "subscriptions",
	Properties: []entitytype.Property{
		{Name: "id", NotNull: true, ReadOnly: true},
		{Name: "displayName", Default: "Local subscription"},
		{Name: "state", Default: "Enabled"},
	},
}

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

// subscriptions are all there are: whoever signs in sees each, for want of Azure roles.
func (s *Service) subscriptions() []subscription {
	found := []subscription{}
	for object := range s.Store.View().All(Subscription.Name, directory.Live) {
		found = append(found, s.show(object))
	}
	return found
}

func (s *Service) show(object *directory.Object) subscription {
	return subscription{
		ID:                  "/subscriptions/" + object.ID,
		AuthorizationSource: "RoleBased",
		ManagedByTenants:    []struct{}{},
		SubscriptionID:      object.ID,
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

func (s *Service) tenant() tenant {
	domains := s.Tenant.TenantDomains()
	shown := tenant{
		ID: "/tenants/" + s.Tenant.TenantID(), TenantID: s.Tenant.TenantID(), Category: "Home",
		DisplayName: s.Tenant.TenantName(), Domains: domains, Type: "AAD",
	}
	if len(domains) > 0 {
		shown.DefaultDomain = domains[0]
	}
	return shown
}
