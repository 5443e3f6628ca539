package entity

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/workloadid/terraform-provider-workloadid/internal/graph"
	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
)

// typeName is how a configuration calls the type.
func (r *managed) typeName() string { return "workloadid_" + r.Noun }

// title is the noun as people write it.
func (r *managed) title() string { return Title(r.Noun) }

// WithArticle is a noun as it is written after a verb: "an application". Those of the provider with a u begin as in "user".
func WithArticle(noun string) string {
	if noun != "" && strings.ContainsRune("aeioAEIO", rune(noun[0])) {
		return "an " + noun
	}
	return "a " + noun
}

// Title is a noun as people write it.
func Title(noun string) string {
	words := strings.Split(noun, "_")
	for i, word := range words {
		words[i] = cmp.Or(capitals[word], word)
	}
	return strings.Join(words, " ")
}

// capitals are the words of nouns that have capitals.
var capitals = map[string]string{"api": "API", "azure": "Azure", "uri": "URI", "uris": "URIs"}

func isGUID(text string) bool { return len(text) == 36 && uuid.Validate(text) == nil }

// usable reports whether the provider is configured well enough to send requests.
func usable(api *Services, diagnostics *diag.Diagnostics) bool {
	if api == nil || api.Graph == nil {
		diagnostics.AddError("The provider is not configured", "Its configuration depends on values that are not known yet. Apply what they come from first, for example with -target.")
		return false
	}
	return true
}

// name is how a person knows the object: its name where it has one, its id otherwise.
func name(object mapping.Value) string {
	for _, attribute := range []string{"display_name", "name", "client_id", "id"} {
		if text := object.String(attribute); text != "" {
			return fmt.Sprintf(" %q", text)
		}
	}
	return ""
}

// AttributeError is a failure that belongs to one attribute, and what the provider itself refuses. The path is empty where it
// belongs to none, or where Terraform must not print the lines of the configuration that it points at.
type AttributeError struct {
	Path    path.Path
	Summary string
	Detail  string
	// Err is what it is a case of, if anything.
	Err error
}

func (e *AttributeError) Unwrap() error { return e.Err }

func (e *AttributeError) Error() string { return e.Summary + ": " + e.Detail }

// Failed is a lookup of a plan that failed, at the attribute that it was for unless the failure belongs to another one.
func Failed(at path.Path, summary string, err error) diag.Diagnostics {
	if own, ok := errors.AsType[*AttributeError](err); ok {
		return diag.Diagnostics{diag.NewAttributeErrorDiagnostic(own.Path, strings.ToUpper(own.Summary[:1])+own.Summary[1:], own.Detail)}
	}
	detail := err.Error()
	if errors.Is(err, context.DeadlineExceeded) {
		detail += "\n\nThe lookup's time limit passed."
	}
	return diag.Diagnostics{failedLookup{diag.NewAttributeErrorDiagnostic(at, summary, detail), err}}
}

// failedLookup is what Failed says, for the plan to add what the resource needs.
type failedLookup struct {
	diag.DiagnosticWithPath
	err error
}

// explained adds what the caller lacks to lookups of a plan that were refused.
func (r *managed) explained(ctx context.Context, doing string, diagnostics diag.Diagnostics) diag.Diagnostics {
	for i, diagnostic := range diagnostics {
		failed, ok := diagnostic.(failedLookup)
		if !ok {
			continue
		}
		detail := failed.Detail()
		if answer, ok := graph.AsError(failed.err); ok && denied(answer) {
			detail += r.Permissions.missing(ctx, r.api, doing, r.title(), answer)
		}
		diagnostics[i] = diag.NewAttributeErrorDiagnostic(failed.Path(), failed.Summary(), detail)
	}
	return diagnostics
}

// problem says what was being done, to what, what went wrong, and, where it is known, which attribute or permission it
// comes down to.
func (r *managed) problem(ctx context.Context, doing string, object mapping.Value, err error) diag.Diagnostics {
	return problem(ctx, r.api, doing, r.title(), object, r.Permissions, r.Table.Attribute, err)
}

// leftover says that an object was taken over, why, and what to do where that is wrong.
func (r *managed) leftover(object mapping.Value) (summary, detail string) {
	return "The " + r.title() + name(object) + " existed already and is managed from now on",
		"It is exactly as it is declared here, and the provider block has adopt_leftovers: an earlier run that was interrupted before it " +
			"could save its state leaves such objects behind. If another configuration manages it, end its management in one of the two, with a removed block."
}

// hinted adds what a person has got wrong, where that can be found out, to a refusal that may be a lagging replica's.
func (r *managed) hinted(ctx context.Context, object mapping.Value, err error) error {
	return r.reasoned(ctx, object, err, r.Hint)
}

// final adds that, or else what is likely wrong, to a refusal that stays.
func (r *managed) final(ctx context.Context, object mapping.Value, err error) error {
	return r.reasoned(ctx, object, err, r.Hint, r.Guess)
}

func (r *managed) reasoned(ctx context.Context, object mapping.Value, err error, reasons ...func(context.Context, *Services, mapping.Value) string) error {
	if !r.ofReference(object, err) || ctx.Err() != nil {
		return err
	}
	for _, reason := range reasons {
		if reason == nil {
			continue
		}
		if hint := reason(ctx, r.api, object); hint != "" {
			return &mistaken{err, hint}
		}
	}
	return err
}

// ofReference reports whether a refusal may have an id that the object refers to for its reason. A resource group, a
// subscription or a role that is missing has another code, and what Microsoft Graph misses it names.
func (r *managed) ofReference(object mapping.Value, err error) bool {
	if _, unseen := errors.AsType[*Unseen](err); unseen {
		return true // what was looked up is referred to
	}
	answer, ok := graph.AsError(err)
	if _, known := errors.AsType[*mistaken](err); !ok || known {
		return false
	}
	switch answer.Code {
	case "PrincipalNotFound":
		return true
	case "Request_ResourceNotFound":
		missing := missingPattern.FindStringSubmatch(answer.Message)
		return missing == nil || slices.ContainsFunc(r.about(object), func(id string) bool { return strings.EqualFold(id, missing[1]) })
	}
	return ofMissing(answer)
}

// missingPattern finds what Microsoft Graph does not find: "Resource '…' does not exist or one of its queried …".
var missingPattern = regexp.MustCompile(`(?i)'([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})'`)

// mistaken is a refusal of which the reason is known: time does not heal it.
type mistaken struct {
	err  error
	hint string
}

func (m *mistaken) Error() string { return m.err.Error() + "\n\n" + m.hint }

func (m *mistaken) Unwrap() error { return m.err }

// denied reports whether an answer says that the caller lacks a permission. A quota, a policy and a lock are answered with
// 403 too.
func denied(answer *graph.Error) bool {
	if answer.Status != http.StatusForbidden || strings.HasSuffix(answer.Code, "AsPerAppPolicy") || ofMissing(answer) {
		return false
	}
	switch answer.Code {
	case "Directory_QuotaExceeded", "QuotaExceeded", "RequestDisallowedByPolicy", "RequestDisallowedByAzure", "ReadOnlyDisabledSubscription", "DenyAssignmentAuthorizationFailed", "RoleAssignmentUpdateNotPermitted", "PrincipalNotFound":
		return false
	}
	return true
}

// alreadyExists is Graph's code for a key that another object has.
const alreadyExists = "Request_MultipleObjectsWithSameKeyValue"

// roleAssignmentExists is Azure's code for a role that the principal has at the scope already, by an assignment of another name
// (https://learn.microsoft.com/azure/role-based-access-control/troubleshooting).
const roleAssignmentExists = "RoleAssignmentExists"

func problem(ctx context.Context, api *Services, doing, noun string, object mapping.Value, needed Permissions, attributeOf func(property string) string, err error) diag.Diagnostics {
	summary := doing + " " + noun + name(object)
	if own, ok := errors.AsType[*AttributeError](err); ok && own.Path.Equal(path.Empty()) {
		return diag.Diagnostics{diag.NewErrorDiagnostic(summary+": "+own.Summary, own.Detail)}
	} else if ok {
		return diag.Diagnostics{diag.NewAttributeErrorDiagnostic(own.Path, summary+": "+own.Summary, own.Detail)}
	}
	detail := err.Error()
	answer, ok := graph.AsError(err)
	_, network := errors.AsType[*graph.NetworkError](err)
	switch {
	case errors.Is(err, context.DeadlineExceeded) && !network: // which has time limits of its own
		detail += "\n\n" + outOfTime[doing]
	case ok && denied(answer):
		detail += needed.missing(ctx, api, doing, noun, answer)
	}
	if ok {
		if at, found := elementIn(answer.Message, path.Empty(), object.Framework()); found {
			return diag.Diagnostics{diag.NewAttributeErrorDiagnostic(at, summary, detail)}
		}
		// Arguments that the service does not know have no property.
		if property := propertyIn(answer); property != "" && attributeOf(property) != "" {
			return diag.Diagnostics{diag.NewAttributeErrorDiagnostic(path.Root(attributeOf(property)), summary, detail)}
		}
	}
	return diag.Diagnostics{diag.NewErrorDiagnostic(summary, detail)}
}

// outOfTime says, of each operation, that its time limit passed, and how to have a longer one.
var outOfTime = map[string]string{
	"creating":   "The operation's time limit passed. If the service was only slow, raise create in the timeouts attribute.",
	"updating":   "The operation's time limit passed. If the service was only slow, raise update in the timeouts attribute.",
	"renewing":   "The operation's time limit passed. If the service was only slow, raise update in the timeouts attribute.",
	"deleting":   "The operation's time limit passed. If the service was only slow, run the command again. A destroy takes its time limit from the state: raise delete in the timeouts attribute and apply that before.",
	"reading":    "The operation's time limit passed. If the service was only slow, run the command again. A refresh takes its time limit from the state: raise read in the timeouts attribute and apply that once with -refresh=false.",
	"looking up": "The operation's time limit passed. If the service was only slow, raise read in the timeouts attribute.",
	"listing":    "The operation's time limit passed. Have it find fewer objects or, if the service was only slow, raise read in the timeouts attribute.",
	"importing":  "The operation's time limit passed. If the service was only slow, run the command again.",
	"opening":    "The operation's time limit passed. If the service was only slow, raise open in the timeouts attribute.",
	"closing":    "Closing was given up after eight seconds, which is as long as it may last.",
}

// elementIn finds the element of a collection that a message has in quotation marks.
func elementIn(message string, at path.Path, value attr.Value) (path.Path, bool) {
	element := func(at path.Path, value attr.Value) (path.Path, bool) {
		if text, ok := value.(types.String); ok {
			written := text.ValueString()
			return at, len(written) > 2 && (strings.Contains(message, "'"+written+"'") || strings.Contains(message, strconv.Quote(written)))
		}
		return elementIn(message, at, value)
	}
	switch value := value.(type) {
	case types.Object:
		for _, name := range slices.Sorted(maps.Keys(value.Attributes())) {
			if _, text := value.Attributes()[name].(types.String); text {
				continue // the property says which
			}
			if found, ok := elementIn(message, at.AtName(name), value.Attributes()[name]); ok {
				return found, true
			}
		}
	case types.Set:
		for _, member := range value.Elements() {
			if found, ok := element(at.AtSetValue(member), member); ok {
				return found, true
			}
		}
	case types.List:
		for i, member := range value.Elements() {
			if found, ok := element(at.AtListIndex(i), member); ok {
				return found, true
			}
		}
	case types.Map:
		for _, key := range slices.Sorted(maps.Keys(value.Elements())) {
			if found, ok := element(at.AtMapKey(key), value.Elements()[key]); ok {
				return found, true
			}
		}
	}
	return at, false
}

// Graph names the property at fault only in its text: "… property 'displayName' of resource 'Application'",
// "paramName: FederatedIdentityCredential.Subject". It serves to point at the attribute; nothing is decided by it.
var propertyPattern = regexp.MustCompile(`(?i)propert(?:y|ies):? '?([a-z0-9]+)'?|paramName: [A-Za-z]+\.([A-Za-z0-9]+)`)

func propertyIn(answer *graph.Error) string {
	if answer.Target != "" {
		return answer.Target
	}
	match := propertyPattern.FindStringSubmatch(answer.Message)
	if match == nil {
		return ""
	}
	property := match[1] + match[2]
	return strings.ToLower(property[:1]) + property[1:]
}
