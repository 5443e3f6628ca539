package password

import (
	"context"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/workloadid/terraform-provider-workloadid/internal/entity"
	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
)

// validateDates checks what the attributes say together.
func validateDates(config mapping.Value) diag.Diagnostics {
	var diagnostics diag.Diagnostics
	start, hasStart := parsed(config.Get(startTime))
	end, hasEnd := parsed(config.Get(endTime))
	if hasStart && hasEnd && !start.Before(end) {
		diagnostics.AddAttributeError(path.Root(endTime), "The password would end before it begins", fmt.Sprintf("end must be after start, which is %s. Got: %q.", config.String(startTime), config.String(endTime)))
	}
	if !config.Has(renewal) {
		return diagnostics
	}
	for _, fixed := range []string{startTime, endTime} {
		if !null(config, fixed) {
			diagnostics.AddAttributeError(path.Root(renewal), "A fixed time and a renewal in time",
				fmt.Sprintf("With %s the next password would end when this one does, so that renewing it gains nothing. Set expires_after and leave %s out, or leave renew_before out.", fixed, fixed))
			return diagnostics
		}
	}
	if whole := durationOf(config, lifetime, defaultLifetime); !config.Unknown(lifetime) && durationOf(config, renewal, 0) >= whole {
		diagnostics.AddAttributeError(path.Root(renewal), "A password that is always about to be renewed",
			fmt.Sprintf("renew_before must be less than expires_after, which is %s: every plan would renew the password. Got: %q.", inDays(whole), config.String(renewal)))
	}
	return diagnostics
}

func null(config mapping.Value, attribute string) bool {
	value := config.Get(attribute)
	return value == nil || value.IsNull()
}

// inDays writes a duration as configurations have it.
func inDays(duration time.Duration) string {
	const day = 24 * time.Hour
	if duration >= day && duration%day == 0 {
		return fmt.Sprintf("%dd", duration/day)
	}
	return duration.String()
}

// plan decides whether there is to be a new password. What changes in time alone is left open in the plan, for Terraform
// plans again when it applies, and a time may have come in between. It may be that of the renewal itself, where something
// else was planned: then Terraform refuses the apply, and the next plan has it.
func (k kind) plan(_ context.Context, api *entity.Services, change *entity.Change) diag.Diagnostics {
	now := api.Now()
	planned, state := change.Planned, change.State
	if state.IsNull() || !planned.Get(k.parent).Equal(state.Get(k.parent)) {
		change.Planned = planned.With(reason, types.StringNull()).With(previous, previousValue(nil))
		if !state.IsNull() {
			change.Planned = renewed(change.Planned, change.Config)
		}
		return notPast(change.Config, now)
	}
	why, uncertain := k.reasonFor(change, now)
	switch {
	case uncertain:
		change.Planned = renewed(planned, change.Config).With(reason, types.StringUnknown()).With(previous, types.MapUnknown(types.StringType))
	case why != "":
		change.Planned = renewed(planned, change.Config).With(reason, types.StringValue(why)).With(previous, types.MapUnknown(types.StringType))
		return notPast(change.Config, now)
	case len(due(previousOf(state), now)) > 0:
		change.Planned = planned.With(previous, types.MapUnknown(types.StringType))
	}
	return nil
}

// renewed is a plan with what another password makes different.
func renewed(planned, config mapping.Value) mapping.Value {
	for _, attribute := range []string{keyID, hint, secretText, startTime, endTime} {
		if null(config, attribute) {
			planned = planned.With(attribute, types.StringUnknown())
		}
	}
	return planned
}

// notPast refuses what is over before it is made.
func notPast(config mapping.Value, now time.Time) diag.Diagnostics {
	if end, ok := parsed(config.Get(endTime)); ok && !end.After(now) {
		return diag.Diagnostics{diag.NewAttributeErrorDiagnostic(path.Root(endTime), "The password would have ended already",
			fmt.Sprintf("end must be in the future for a new password. Got: %q. Set another end, or leave it out and set expires_after.", config.String(endTime)))}
	}
	return nil
}

// reasonFor says why there must be a new password; not if there need not be. It is uncertain where that depends on what is
// not known yet.
func (k kind) reasonFor(change *entity.Change, now time.Time) (why string, uncertain bool) {
	config, state, planned := change.Config, change.State, change.Planned
	if !exists(state) {
		return "It was removed outside of Terraform.", false
	}
	for _, attribute := range []string{"display_name", startTime, endTime} {
		switch {
		case planned.Unknown(attribute):
			uncertain = true
		case !planned.Get(attribute).Equal(state.Get(attribute)):
			return attribute + " changed.", false
		}
	}
	for _, attribute := range []string{lifetime, keepers} {
		before, after := state.Get(attribute), planned.Get(attribute)
		switch {
		case before.IsNull() || after.IsNull(): // known for the first time, or no longer
		case !mapping.Settled(after):
			uncertain = true
		case !after.Equal(before):
			return attribute + " changed.", false
		}
	}
	if uncertain || !null(config, startTime) || !null(config, endTime) {
		return "", uncertain
	}
	if planned.Unknown(renewal) {
		return "", true
	}
	end, _ := parsed(state.Get(endTime))
	if early := durationOf(planned, renewal, 0); !end.Add(-early).After(now) {
		if early == 0 {
			return fmt.Sprintf("It ended at %s.", state.String(endTime)), false
		}
		return fmt.Sprintf("It ends at %s, and renew_before is %s.", state.String(endTime), planned.String(renewal)), false
	}
	return "", false
}
