package emulator

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/directory"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/entitytype"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/fault"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/httpjson"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/throttle"
)

// Faults are the rules by which requests to the tenant fail; none at first.
func (t *Tenant) Faults() *fault.Faults { return t.faults }

// Throttle is what refuses requests that come too fast; nothing at first.
func (t *Tenant) Throttle() *throttle.Throttle { return t.throttle }

// misbehave makes what can stand in the way of requests.
func (t *Tenant) misbehave() {
	t.faults = fault.New(fault.Options{Now: t.clock.Now, Note: note})
	t.throttle = throttle.New(throttle.Options{
		TenantID: t.options.TenantID, Now: t.clock.Now, Note: note, AppID: t.appID, Audience: t.audience,
	})
}

// appID is the appId in a request's token, "" unless the token is good.
func (t *Tenant) appID(r *http.Request) string {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	claims, err := t.verify.Verify(strings.TrimSpace(token)) // who serves the request judges what the token is for
	if err != nil {
		return ""
	}
	return claims.ClientID
}

// audience is the signInAudience of the application that a key in a path names.
func (t *Tenant) audience(key string) string {
	view := t.store.View()
	object, found := view.Get(strings.ToLower(key))
	if property, value, named := strings.Cut(key, "="); named && (property == "appId" || property == "uniqueName") {
		value = strings.ReplaceAll(strings.Trim(value, "'"), "''", "'")
		object, found = view.First(entitytype.Application.Name, property, "", value)
	}
	if !found || object.Type != entitytype.Application.Name || object.State != directory.Live {
		return ""
	}
	return object.String("signInAudience")
}

// control serves what switches misbehaviour, by method and path below /_local/. The answer to GET is its second result.
func (t *Tenant) control(r *http.Request, operation string) (known bool, answer any, err error) {
	switch operation {
	case "GET faults":
		return true, faultsAnswer(t.faults.Report()), nil
	case "PUT faults":
		var given struct {
			Rules []string `json:"rules"`
		}
		if err := strictly(r.Body, &given); err != nil {
			return true, nil, err
		}
		rules, err := fault.Parse(strings.Join(given.Rules, "\n"))
		if err != nil {
			return true, nil, err
		}
		t.faults.Set(rules...)
	case "DELETE faults":
		t.faults.Clear()
	case "GET throttle":
		return true, throttleAnswer(t.throttle.Limits()), nil
	case "PUT throttle":
		var given struct {
			Size string `json:"size"`
		}
		if err := strictly(r.Body, &given); err != nil {
			return true, nil, err
		}
		limits, err := throttle.Parse(given.Size)
		if err != nil {
			return true, nil, err
		}
		t.throttle.Set(limits)
	case "DELETE throttle":
		t.throttle.Set(throttle.Limits{})
	case "GET clock":
		return true, map[string]any{"now": t.clock.Now().UTC(), "ahead": t.clock.Offset().String()}, nil
	case "POST clock":
		return true, nil, t.moveClock(r)
	case "DELETE clock":
		t.clock.Reset()
	default:
		return false, nil, nil
	}
	return true, nil, nil
}

func (t *Tenant) moveClock(r *http.Request) error {
	var given struct {
		Advance string    `json:"advance"`
		Set     time.Time `json:"set"`
	}
	if err := strictly(r.Body, &given); err != nil {
		return err
	}
	if (given.Advance == "") == given.Set.IsZero() {
		return errors.New(`give either "advance", a duration such as "1h", or "set", a time`)
	}
	if given.Advance == "" {
		t.clock.Set(given.Set)
		return nil
	}
	by, err := time.ParseDuration(given.Advance)
	if err != nil {
		return err
	}
	t.clock.Advance(by)
	return nil
}

func faultsAnswer(reports []fault.Report) any {
	type rule struct {
		Rule    string `json:"rule"`
		Matched int    `json:"matched"`
		Applied int    `json:"applied"`
	}
	rules := []rule{}
	for _, report := range reports {
		rules = append(rules, rule{report.Rule.String(), report.Matched, report.Applied})
	}
	return map[string]any{"rules": rules}
}

func throttleAnswer(limits throttle.Limits) any {
	answer := map[string]any{}
	for name, limit := range limits.All() {
		answer[name] = map[string]any{"count": limit.Count, "per": limit.Per.String()}
	}
	return map[string]any{"limits": answer}
}

// writeControl answers a request that control knew.
func writeControl(w http.ResponseWriter, answer any, err error) {
	switch {
	case err != nil:
		http.Error(w, err.Error(), http.StatusBadRequest)
	case answer != nil:
		httpjson.Write(w, http.StatusOK, answer)
	default:
		w.WriteHeader(http.StatusNoContent)
	}
}
