// Package password is workloadid_application_password and workloadid_service_principal_password, which are renewed in time,
// and the ephemeral workloadid_application_password, which lives for one run.
// See https://learn.microsoft.com/graph/api/resources/passwordcredential.
package password

import (
	"maps"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-validators/mapvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/microsoftgraph/msgraph-sdk-go/models"

	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
	"github.com/workloadid/terraform-provider-workloadid/internal/validate"
)

type entra = models.PasswordCredentialable

// The attributes that more than the table names.
const (
	keyID      = "key_id"
	startTime  = "start"
	endTime    = "end"
	lifetime   = "expires_after"
	renewal    = "renew_before"
	overlap    = "overlap"
	keepers    = "rotate_when_changed"
	secretText = "value"
	hint       = "hint"
	previous   = "previous_key_ids"
	reason     = "renewal_reason"
)

// defaultLifetime is what the Microsoft Entra admin center suggests.
const defaultLifetime = 180 * 24 * time.Hour

// table has the attributes of a password that is kept.
func (k kind) table() mapping.Table[entra] {
	return append(k.basics(
		"How long the password is valid, such as `90d` or `2160h`. Default `180d`, unless `end` is set. Changing it makes a new password.",
		validate.Duration(time.Minute), stringvalidator.ConflictsWith(path.MatchRoot(endTime)),
	),
		timeRow(startTime, "Time at which the password becomes valid, in RFC 3339 form. Unset, it is when the password is made. Changing it makes a new password.", entra.GetStartDateTime, entra.SetStartDateTime),
		timeRow(endTime, "Time at which the password ends, in RFC 3339 form. Unset, it is `expires_after` its start. Changing it makes a new password; a password with a fixed end is not renewed in time.", entra.GetEndDateTime, entra.SetEndDateTime),
		mapping.Argument[entra](renewal, schema.StringAttribute{
			Optional: true, Validators: []validator.String{validate.Duration(0)},
			MarkdownDescription: "How long before its end a password is renewed, such as `30d`: the first plan within that time makes a new one. Unset, a password is renewed once it has ended.",
		}).Alike(validate.SameDuration),
		mapping.Argument[entra](overlap, schema.StringAttribute{
			Optional: true, Validators: []validator.String{validate.Duration(0)},
			MarkdownDescription: "How long the password of before stays valid after a renewal, such as `7d`: the first apply after that time removes it. Default `0s`: it is removed as soon as the new one is saved.",
		}).Alike(validate.SameDuration),
		mapping.Argument[entra](keepers, schema.MapAttribute{
			Optional: true, ElementType: types.StringType, Validators: []validator.Map{mapvalidator.SizeAtLeast(1)},
			MarkdownDescription: "Values of your own: when one of them changes, the password is renewed. Setting them for the first time, or no longer, renews nothing.",
		}),
		mapping.Derived(previous, schema.MapAttribute{
			Computed: true, ElementType: types.StringType,
			MarkdownDescription: "Passwords of before that are still valid, by key id, with the time from which an apply removes them.",
		}, decodePrevious).Property(""),
		mapping.Argument[entra](reason, schema.StringAttribute{Computed: true, MarkdownDescription: "Why the password was last renewed, or will be."}),
	)
}

// basics are the attributes of every password.
func (k kind) basics(lifetimeDescription string, lifetimeRules ...validator.String) mapping.Table[entra] {
	return mapping.Table[entra]{
		mapping.UUID(keyID, schema.StringAttribute{Computed: true, MarkdownDescription: "Id of the password."}, entra.GetKeyId, nil),
		mapping.Argument[entra](k.parent, schema.StringAttribute{Required: true, Validators: []validator.String{validate.UUID()}, MarkdownDescription: "Object id of the " + k.parentTitle + " that the password is for."}).CreateOnly().ID(),
		mapping.String("display_name", schema.StringAttribute{
			Optional: true, Validators: []validator.String{stringvalidator.LengthAtLeast(1)},
			MarkdownDescription: "What the password is for; the portal calls it the description.",
		}, entra.GetDisplayName, entra.SetDisplayName),
		mapping.Argument[entra](lifetime, schema.StringAttribute{Optional: true, Validators: lifetimeRules, MarkdownDescription: lifetimeDescription}).Alike(validate.SameDuration),
		mapping.String(hint, schema.StringAttribute{Computed: true, MarkdownDescription: "The first three characters of the password."}, entra.GetHint, nil),
		mapping.Derived(secretText, schema.StringAttribute{Computed: true, Sensitive: true, MarkdownDescription: "The password."}, decodeSecret).Property("secretText"),
	}
}

// decodeSecret: only the answer to its creation has the password itself.
func decodeSecret(from entra, prior attr.Value) attr.Value {
	switch {
	case from.GetSecretText() != nil:
		return types.StringValue(*from.GetSecretText())
	case prior == nil || prior.IsUnknown() || from.GetEndDateTime() == nil:
		return types.StringNull()
	}
	return prior
}

// decodeTime is a time to the second.
func decodeTime(moment *time.Time) attr.Value {
	if moment == nil {
		return types.StringNull()
	}
	return types.StringValue(formatted(*moment))
}

// timeRow is a time to the second. What is beyond is the mark by which the provider finds what it made.
func timeRow(name, description string, get func(entra) *time.Time, set func(entra, *time.Time)) mapping.Row[entra] {
	return mapping.Converted(name, schema.StringAttribute{
		Optional: true, Computed: true, Validators: []validator.String{validate.Time()}, MarkdownDescription: description,
	}, get, set, func(from entra, _ attr.Value) attr.Value { return decodeTime(get(from)) }, func(value attr.Value, to entra) {
		if moment, ok := parsed(value); ok {
			set(to, &moment)
		}
	}).Property(name + "DateTime").Alike(validate.SameTime)
}

func formatted(moment time.Time) string {
	return moment.UTC().Truncate(time.Second).Format(time.RFC3339)
}

func parsed(value attr.Value) (time.Time, bool) {
	text, ok := value.(types.String)
	if !ok {
		return time.Time{}, false
	}
	moment, err := time.Parse(time.RFC3339, text.ValueString())
	return moment, err == nil
}

// previousProperty is what a password from before has in the place of a property: Microsoft Graph knows of no succession.
const previousProperty = "@previous"

func decodePrevious(from entra, prior attr.Value) attr.Value {
	if known, ok := from.GetAdditionalData()[previousProperty].(map[string]string); ok {
		return previousValue(known)
	}
	if prior == nil || prior.IsUnknown() || prior.IsNull() {
		return previousValue(nil)
	}
	return prior
}

func setPrevious(on entra, ids map[string]string) { on.GetAdditionalData()[previousProperty] = ids }

func previousValue(ids map[string]string) types.Map {
	elements := make(map[string]attr.Value, len(ids))
	for id, at := range ids {
		elements[id] = types.StringValue(at)
	}
	return types.MapValueMust(types.StringType, elements)
}

// previousOf are the passwords of before in a state, by key id, with the times at which they are to go.
func previousOf(state mapping.Value) map[string]string {
	ids := map[string]string{}
	if known, ok := state.Get(previous).(types.Map); ok {
		for id, at := range known.Elements() {
			text, _ := at.(types.String)
			ids[id] = text.ValueString()
		}
	}
	return ids
}

// due leaves only those whose time has come. One without a time that can be read has none to wait for.
func due(ids map[string]string, now time.Time) map[string]string {
	gone := maps.Clone(ids)
	maps.DeleteFunc(gone, func(_, at string) bool {
		moment, err := time.Parse(time.RFC3339, at)
		return err == nil && moment.After(now)
	})
	return gone
}

// durationOf is a duration of a configuration or plan; validators have seen it.
func durationOf(object mapping.Value, attribute string, otherwise time.Duration) time.Duration {
	if duration, err := validate.ParseDuration(object.String(attribute)); err == nil {
		return duration
	}
	return otherwise
}
