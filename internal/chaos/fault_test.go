package chaos

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/fault"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/throttle"
)

// misbehaviour is a column of the matrix: what goes wrong while an operation runs.
type misbehaviour struct {
	name string
	// rule is what happens to one request of the operation, as package fault reads it. Each run has it happen to
	// another one, until there are no more.
	rule string
	// also is what happens besides, whenever it can.
	also string
	// limits are those of the tenant, used up when the operation begins.
	limits throttle.Limits
	// lagging has the tenant's replicas lag behind from the beginning: what the operation needs and what it is about
	// were made a moment ago.
	lagging bool
	// once has it happen to the first request alone: to each of the others happens what is treated alike, in another column.
	once bool
	// right is part of the one error with which the operation may end, where it can't end well.
	right string
	// garbled says that answers are wrong, by chance: the operation may end with any error that is no mistake of the
	// provider's.
	garbled bool
	seed    uint64
}

const (
	everyRequest = "* /**"
	everyWrite   = "POST,PUT,PATCH,DELETE /**"
	tokenPath    = "POST /*/oauth2/v2.0/token"
	// tooLate is longer than the time limit of any operation.
	tooLate = "delayed=20m"
	// outOfTime is what the provider says of one.
	outOfTime = "time limit passed"
)

var misbehaviours = []misbehaviour{
	{name: "nothing"},
	{name: "429 Retry-After", rule: everyRequest + " 429 retry-after=7 count=3", once: true},
	{name: "429 fraction", rule: everyRequest + " 429 retry-after=2.128 count=3", once: true},
	{name: "429 bare", rule: everyRequest + " 429 count=3"},
	{name: "503 Retry-After", rule: everyRequest + " 503 retry-after=10 count=2", once: true},
	{name: "503", rule: everyRequest + " 503 count=1", once: true},
	{name: "504", rule: everyRequest + " 504 count=1", once: true},
	{name: "504, done", rule: everyRequest + " 504 after count=1"},
	{name: "500", rule: everyRequest + " 500 count=1", once: true},
	{name: "500, done", rule: everyRequest + " 500 after count=1", once: true},
	{name: "409 concurrency", rule: "POST,PUT,PATCH,DELETE /v1.0/** 409 code=Directory_ConcurrencyViolation count=2"},
	{name: "409 in Azure", rule: "PUT,DELETE /subscriptions/** 409 code=ConcurrentFederatedIdentityCredentialsWritesForSingleManagedIdentity count=2"},
	{name: "reset before", rule: everyRequest + " reset count=1"},
	{name: "reset after", rule: everyRequest + " reset after count=1"},
	{name: "answer lost", rule: everyRequest + " lost count=1"},
	{name: "truncated", rule: everyRequest + " truncated count=1"},
	{name: "empty answer", rule: everyRequest + " empty count=1"},
	{name: "garbled answer", rule: everyRequest + " garbled count=1", garbled: true},
	{name: "resets before", rule: everyRequest + " reset count=3", once: true},
	{name: "too late", rule: everyRequest + " " + tooLate + " count=1", right: outOfTime},
	{name: "token expired", rule: everyRequest + " expired count=1"},
	{name: "token expired, no other", rule: everyRequest + " expired count=1", also: tokenPath + " 503 count=1\n" + tokenPath + " reset count=1"},
	{name: "throttle", limits: throttle.Limits{Units: throttle.Limit{Count: 1, Per: 10 * time.Second}, Writes: throttle.Limit{Count: 1, Per: 15 * time.Second}}},
	{name: "lag", lagging: true},
	{name: "lag, reset before", lagging: true, rule: everyWrite + " reset count=1"},
	{name: "lag, reset after", lagging: true, rule: everyWrite + " reset after count=1"},
	{name: "lag, 429 bare", lagging: true, rule: everyRequest + " 429 count=2", once: true},
}

// longestLag is how far a lagging replica is behind at most.
const longestLag = 30 * time.Second

// seeds is how many chances a misbehaviour by chance gets.
const seeds = 5

// begin has the misbehaviour begin that is there from the beginning.
func (m misbehaviour) begin(tenant *emulator.Tenant, run int) error {
	if !m.lagging {
		return nil
	}
	return tenant.SetReplication(emulator.Replication{
		Replicas: 4, Lag: emulator.Lag{Max: longestLag}, Seed: uint64(run + 1),
	})
}

// strike has the requests fail from now on that this run is for.
func (m misbehaviour) strike(ctx context.Context, tenant *emulator.Tenant, run int) error {
	if m.limits != (throttle.Limits{}) {
		tenant.Throttle().Set(m.limits)
		if _, err := request(ctx, tenant, http.MethodGet, "/applications?$top=1", nil); err != nil {
			return err
		}
	}
	if m.rule == "" {
		return nil
	}
	rule := m.rule
	if run > 0 {
		rule += fmt.Sprintf(" skip=%d", run)
	}
	if m.garbled {
		rule += fmt.Sprintf(" seed=%d", m.seed+uint64(run)+1)
	}
	tenant.Faults().Set(fault.MustParse(m.also, rule)...)
	return nil
}

// unanswered reports whether what a request came to may not be known: the services do not tell who has made most of what is
// there when it is looked for.
func (m misbehaviour) unanswered() bool {
	return slices.ContainsFunc([]string{" 50", " reset", " lost", " truncated", " empty", " garbled", " " + tooLate}, func(kind string) bool { return strings.Contains(m.rule, kind) })
}

// strikes reports whether it does anything to requests.
func (m misbehaviour) strikes() bool { return m.rule != "" || m.limits != throttle.Limits{} }

// struck ends that, and reports whether there was such a request.
func (m misbehaviour) struck(tenant *emulator.Tenant) bool {
	met := false
	// What happens besides, to sign-ins for example, happens in every run: the last rule is the run's own.
	if reports := tenant.Faults().Report(); len(reports) > 0 {
		met = reports[len(reports)-1].Applied > 0
	}
	for _, r := range tenant.Requests() {
		met = met || strings.Contains(r.Note, "throttled: ")
	}
	tenant.Faults().Clear()
	tenant.Throttle().Set(throttle.Limits{})
	return met
}

// request asks the tenant behind Terraform's back, as the application that the provider runs as.
func request(ctx context.Context, tenant *emulator.Tenant, method, path string, body map[string]any) (status int, err error) {
	content := []byte{}
	if body != nil {
		if content, err = json.Marshal(body); err != nil {
			return 0, err
		}
	}
	asked, err := http.NewRequestWithContext(ctx, method, origin+"/v1.0"+path, bytes.NewReader(content))
	if err != nil {
		return 0, err
	}
	asked.Header.Set("Content-Type", "application/json")
	asked.Header.Set("Authorization", "Bearer "+tenant.Token(emulator.CallerRoles...))
	response, err := emulator.RoundTripper{Tenant: tenant}.RoundTrip(asked)
	if err != nil {
		return 0, err
	}
	return response.StatusCode, response.Body.Close()
}

// more reports whether there is another run to be made after one, of which struck says what came of it.
func (m misbehaviour) more(run int, struck bool) bool {
	switch {
	case m.once:
		return false
	case m.rule != "":
		return struck
	case m.lagging:
		return run+1 < seeds
	}
	return false
}
