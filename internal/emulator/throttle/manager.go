package throttle

import (
	"fmt"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/refusal"
)

// Azure Resource Manager has a bucket of tokens for each application's reads, writes and deletes in a subscription, and
// says how many are left: learn.microsoft.com/azure/azure-resource-manager/management/request-limits-and-throttling. A
// limit for the time in which a bucket fills comes close to it. Microsoft.ManagedIdentity has limits besides, of which
// learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations says now that they are for user-assigned
// identities, and said before that they are for federated identity credentials. Here each of the two has them.

// isManager reports whether the segments are of a path in a subscription.
func isManager(segments []string) bool {
	return len(segments) > 1 && strings.EqualFold(segments[0], "subscriptions")
}

// manager serves a request to Resource Manager.
func (t *Throttle) manager(w http.ResponseWriter, r *http.Request, segments []string, limits Limits, next http.Handler) {
	if limits == (Limits{}) { // the header is there in any case
		limits = Limits{ManagerReads: Small.ManagerReads, ManagerWrites: Small.ManagerWrites, ManagerDeletes: Small.ManagerDeletes}
		kind, limit := bucket(r.Method, limits)
		remaining(w, kind, limit.Count-1)
		next.ServeHTTP(w, r)
		return
	}
	appID := t.options.AppID(r)
	if appID == "" {
		next.ServeHTTP(w, r)
		return
	}
	subscription := strings.ToLower(segments[1])
	kind, limit := bucket(r.Method, limits)
	charges := []charge{{name: "manager" + kind, of: appID + " " + subscription, limit: limit, cost: 1, once: true}}
	if name, of, rates := identityRates(r.Method, segments, limits); name != "" {
		charges = append(charges,
			charge{name: name, of: of, limit: rates.Tenant, cost: 1, once: true},
			charge{name: name + "InSubscription", of: of + " " + subscription, limit: rates.Subscription, cost: 1, once: true},
			charge{name: name + "OfResource", of: strings.ToLower(strings.Join(segments, "/")), limit: rates.Resource, cost: 1, once: true})
	}
	refused, wait, _ := t.charge(charges)
	if limit.Count > 0 {
		remaining(w, kind, t.left(appID+" "+subscription, kind, limit))
	}
	if refused == nil {
		next.ServeHTTP(w, r)
		return
	}
	t.options.Note(r, "throttled: "+refused.name)
	seconds := int(math.Max(1, math.Ceil(wait.Seconds())))
	refusal.Write(w, r, t.options.Now(), throttled(refused.name, kind, subscription, appID, seconds))
}

// throttled is the refusal, by Resource Manager itself or by the resource provider.
func throttled(limit, kind, subscription, appID string, seconds int) refusal.Refusal {
	refused := refusal.Refusal{Status: http.StatusTooManyRequests, RetryAfter: strconv.Itoa(seconds)}
	if strings.HasPrefix(limit, "manager") {
		refused.Code = "SubscriptionRequestsThrottled"
		refused.Message = fmt.Sprintf("Number of '%s' requests for subscription '%s' actor '%s' exceeded. Please try again after '%d' seconds after additional tokens are available. Refer to https://aka.ms/arm-throttling for additional information.",
			strings.ToLower(kind), subscription, appID, seconds)
	}
	return refused
}

// bucket is which of the limits a request uses, by the name that its header has.
func bucket(method string, limits Limits) (kind string, limit Limit) {
	switch method {
	case http.MethodGet, http.MethodHead:
		return "Reads", limits.ManagerReads
	case http.MethodDelete:
		return "Deletes", limits.ManagerDeletes
	}
	return "Writes", limits.ManagerWrites
}

func remaining(w http.ResponseWriter, kind string, left int) {
	w.Header().Set("x-ms-ratelimit-remaining-subscription-"+strings.ToLower(kind), strconv.Itoa(max(0, left)))
}

// left is how much of a bucket is.
func (t *Throttle) left(of, kind string, limit Limit) int {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	return limit.Count - t.window(charge{name: "manager" + kind, of: of}).used
}

// identityRates are the limits of a request for a user-assigned identity, or for a federated identity credential, with
// their name and which of the two it is; no name for other requests.
func identityRates(method string, segments []string, limits Limits) (name, of string, rates Rates) {
	of = "identity"
	at := slices.IndexFunc(segments, func(segment string) bool { return strings.EqualFold(segment, "userAssignedIdentities") })
	if at < 0 || !strings.EqualFold(segments[at-1], "Microsoft.ManagedIdentity") {
		return "", "", Rates{}
	}
	if at+2 < len(segments) {
		if at, of = at+2, "credential"; !strings.EqualFold(segments[at], "federatedIdentityCredentials") {
			return "", "", Rates{}
		}
	}
	switch one := at+2 == len(segments); {
	case method == http.MethodDelete:
		return "identityDeletes", of, limits.IdentityDeletes
	case method == http.MethodGet && one:
		return "identityGets", of, limits.IdentityGets
	case method == http.MethodGet:
		return "identityLists", of, limits.IdentityLists
	}
	return "identityPuts", of, limits.IdentityPuts
}
