package entity

import (
	"cmp"
	"context"
	"sync"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"

	"github.com/workloadid/terraform-provider-workloadid/internal/arm"
	"github.com/workloadid/terraform-provider-workloadid/internal/graph"
)

// Services is what the provider hands to everything it offers when it is configured: resources, data sources, list and
// ephemeral resources and actions get a pointer to it as their ProviderData.
//
// While a part of the provider's configuration is still unknown (during a plan), its clients exist but fail when they
// are used, with an error that names what is unknown.
type Services struct {
	// Graph is the client of Microsoft Graph.
	Graph *graph.Client
	// ResourceManager is the client of Azure Resource Manager.
	ResourceManager *arm.Client
	// TenantID is the tenant that is managed. Empty while it is unknown.
	TenantID string
	// Source is the name of the source of credentials that it signs in with, as the documentation has it. Empty while it is unknown.
	Source string
	// ClientID is the application the provider runs as. Empty while it is unknown.
	ClientID string
	// SubscriptionID is the Azure subscription for what lives there; empty when none is configured.
	SubscriptionID string
	// SubscriptionUnknown says that the provider block's subscription is not known yet.
	SubscriptionUnknown bool
	// Token gets an access token.
	Token func(ctx context.Context, request TokenRequest) (azcore.AccessToken, error)
	// Plans is what the resources of one kind remember of one another's plans and writes, by kind. It lives as long as one
	// operation of Terraform.
	Plans sync.Map
	// AdoptLeftovers takes over what exists already and is exactly as declared, for what an interrupted run left behind.
	AdoptLeftovers bool
	// Clock tells the time by which credentials expire; nil is time.Now. Tests put it forward.
	Clock func() time.Time
	// Window is how long after a write an older answer is expected; 0 means the default. Tests shorten it.
	Window time.Duration
	// Deadlock is how long a refused write waits for another one to give up the value that it wants, while nothing comes; 0 means
	// the default. Tests in which no other one will come shorten it.
	Deadlock time.Duration

	young      young
	intentions intentions
	// made has the marks of those whose create this process has carried out, by what tells the objects apart, and leaving those
	// that it is about to delete.
	made    sync.Map
	leaving leaving
	// parents has writes to one object, and to what it contains, come one at a time.
	parents turns
}

// TokenRequest says what an access token is for and whom it is to stand for.
type TokenRequest struct {
	Scope string
	// ClientID is an application or managed identity that trusts another issuer's token; empty for the provider's own
	// credential. TenantID is where it signs in; empty for the provider's.
	ClientID, TenantID string
	// Assertion is the other issuer's token, and AssertionFile has it. Without both it is the one that the provider finds.
	Assertion, AssertionFile string
}

// Written is when the object of an id was written last, as far as this process knows; zero where it does not.
func (s *Services) Written(id string) time.Time { return s.young.last(id) }

// Knows reports whether this process made the object of an id, or manages it: that it exists needs no other proof.
func (s *Services) Knows(id string) bool { return s.young.has(id) }

// Young reports whether a replica may not have the object of an id yet, as far as this process knows.
func (s *Services) Young(id string) bool { return s.young.remaining(s.window(), id) > 0 }

// Made has what is done next know that this process made an object just now, of which it has had no answer: a replica may
// not have it yet. The returned function forgets it.
func (s *Services) Made(id string) (forget func()) {
	s.young.add(time.Now(), id)
	return func() { s.young.forget(id) }
}

// Now is the time by which credentials expire. There may be no Services yet, while Terraform only validates.
func (s *Services) Now() time.Time {
	if s == nil || s.Clock == nil {
		return time.Now()
	}
	return s.Clock()
}

// Saw tells that an answer has shown an object: a replica that does not have it lags behind.
func (s *Services) Saw(id string) { s.young.add(time.Now(), id) }

// Recent reports whether what was written at one time may not have reached all replicas at another.
func (s *Services) Recent(written, at time.Time) bool { return at.Sub(written) < s.window() }

func (s *Services) window() time.Duration { return cmp.Or(s.Window, defaultWindow) }
