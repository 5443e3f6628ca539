package federatedidentitycredential_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/workloadid/terraform-provider-workloadid/internal/acctest"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/fault"
)

// trusts are the subjects that the tenant holds, by the names of credentials.
func trusts(h *acctest.Harness) map[string]string {
	held := map[string]string{}
	for _, credential := range h.Tenant.Objects("federatedIdentityCredentials") {
		held[credential["name"].(string)], _ = credential["subject"].(string)
	}
	return held
}

// swapped makes two credentials of one application, and has the first one want the subject of the other, alone, as a CLI does
// that does one thing at a time.
func swapped(t *testing.T, h *acctest.Harness) (one, two *acctest.Resource, first, second object) {
	id := application(t, h)
	config := func(name, subject string) object {
		return object{"application_id": id, "name": name, "issuer": github, "subject": subject}
	}
	one, two = h.Resource(credentialType), h.Resource(credentialType)
	one.Apply(t, config("one", "a"))
	two.Apply(t, config("two", "b"))
	h.Restart(t)
	one, two = one.In(h), two.In(h)
	refused := one.ApplyFails(t, config("one", "b")).String()
	for _, want := range []string{"must be unique", "No other resource of this configuration gave it up in time", "-parallelism=1"} {
		if !strings.Contains(refused, want) {
			t.Errorf("the error does not say %q:\n%s", want, refused)
		}
	}
	if held := trusts(h); held["one"] != "a" || held["two"] != "b" {
		t.Errorf("a refused write changed something: %v", held)
	}
	return one, two, config("one", "b"), config("two", "a")
}

// TestFederatedIdentityCredential_oneAtATime: the first of two that swap can't know of the other. It fails, and all is as
// declared when the run is over.
func TestFederatedIdentityCredential_oneAtATime(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	one, two, first, second := swapped(t, h)
	two.Apply(t, second)
	if held := trusts(h); held["one"] != "b" || held["two"] != "a" {
		t.Errorf("the tenant holds %v", held)
	}
	one.ExpectNoChanges(t, first)
	two.ExpectNoChanges(t, second)
}

// TestFederatedIdentityCredential_interruptedSwap: what a run leaves behind that ends while a credential has given up its
// subject trusts nobody, and the next run goes on from there.
func TestFederatedIdentityCredential_interruptedSwap(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	one, two, first, second := swapped(t, h)
	// The second one is refused, gives up its subject, and the first one has it: what follows fails.
	h.Tenant.Faults().Set(fault.MustParse("PATCH /v1.0/applications/** 403 skip=3")...)
	failed := two.ApplyFails(t, second).String()
	if !strings.Contains(failed, "has neither until the next apply") {
		t.Errorf("got %s", failed)
	}
	held := trusts(h)
	if held["one"] != "b" || !strings.HasPrefix(held["two"], "workloadid:nobody:") {
		t.Errorf("the tenant holds %v", held)
	}
	if two.String("subject") != held["two"] {
		t.Errorf("the state has the subject %s", two.String("subject"))
	}
	h.Tenant.Faults().Clear()
	h.Restart(t)
	one, two = one.In(h), two.In(h)
	two.Refresh(t)
	two.Apply(t, second)
	if held := trusts(h); held["one"] != "b" || held["two"] != "a" {
		t.Errorf("the tenant holds %v", held)
	}
	one.ExpectNoChanges(t, first)
	two.ExpectNoChanges(t, second)
}

// TestFederatedIdentityCredential_restored: a credential that gave up its subject has it back where nothing comes of that.
func TestFederatedIdentityCredential_restored(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	_, two, _, second := swapped(t, h)
	h.Tenant.Faults().Set(fault.MustParse("PATCH /v1.0/applications/** 403 skip=2 count=1")...)
	two.ApplyFails(t, second)
	if held := trusts(h); held["one"] != "a" || held["two"] != "b" {
		t.Errorf("the tenant holds %v", held)
	}
	if two.String("subject") != "b" {
		t.Errorf("the state has the subject %s", two.String("subject"))
	}
}

// TestFederatedIdentityCredential_tenAtOnce: ten that wait, each for another one that Terraform has not begun with, do not keep it
// from these.
func TestFederatedIdentityCredential_tenAtOnce(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	id := application(t, h)
	const count = 20
	config := func(i, subject int) object {
		return object{"application_id": id, "name": fmt.Sprint("credential-", i), "issuer": github, "subject": fmt.Sprint("s", subject%count)}
	}
	var credentials []*acctest.Resource
	for i := range count {
		credential := h.Resource(credentialType)
		credential.Apply(t, config(i, i))
		credentials = append(credentials, credential)
	}
	h.Restart(t)
	for i, credential := range credentials {
		credentials[i] = credential.In(h)
	}
	order := make(chan int, count)
	for i := range count {
		order <- i*2%count + i*2/count // every other one first
	}
	close(order)
	var slots sync.WaitGroup
	for range 10 {
		slots.Go(func() {
			for i := range order {
				credentials[i].Apply(t, config(i, i+1))
			}
		})
	}
	slots.Wait()
	held := trusts(h)
	for i, credential := range credentials {
		if want := fmt.Sprint("s", (i+1)%count); held[fmt.Sprint("credential-", i)] != want {
			t.Errorf("credential-%d trusts %s, want %s", i, held[fmt.Sprint("credential-", i)], want)
		}
		credential.ExpectNoChanges(t, config(i, i+1))
	}
}
