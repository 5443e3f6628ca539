package federatedidentitycredential

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/workloadid/terraform-provider-workloadid/internal/entity"
	"github.com/workloadid/terraform-provider-workloadid/internal/issuer"
	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
)

// See https://learn.microsoft.com/graph/api/application-post-federatedidentitycredentials.
const credentialsPerParent = 20

// planned remembers the credentials of one plan, so that what the service would refuse at apply because of their number
// or because two of them trust the same is said in the plan already. It belongs to one configured provider, that is, to
// one operation of Terraform.
type planned struct {
	mutex   sync.Mutex
	parents map[string]map[string]trust // by application or identity, and credential name
}

type trust struct{ issuer, subject string }

func plan(_ context.Context, api *entity.Services, change *entity.Change) diag.Diagnostics {
	parent, name := parentID(change.Planned), change.Planned.String("name")
	if api == nil || parent == "" || name == "" {
		return nil
	}
	entry, _ := api.Plans.LoadOrStore(noun, &planned{parents: map[string]map[string]trust{}})
	all := entry.(*planned)
	all.mutex.Lock()
	defer all.mutex.Unlock()
	credentials := all.parents[parent]
	if credentials == nil {
		credentials = map[string]trust{}
		all.parents[parent] = credentials
	}
	this := trust{change.Planned.String("issuer"), change.Planned.String("subject")}
	credentials[name] = this

	var diagnostics diag.Diagnostics
	for other, that := range credentials {
		if other != name && this == that && this.issuer != "" && this.subject != "" {
			diagnostics.AddAttributeError(path.Root("subject"), "Two credentials trust the same",
				fmt.Sprintf("The credentials %q and %q of %s have the same issuer and subject, which Microsoft Entra refuses. Remove one of them, or give them different subjects.", other, name, parent))
		}
	}
	if len(credentials) == credentialsPerParent+1 {
		attribute, instead := "application_id", "claims_matching_expression to trust many subjects at once, or another application"
		if inAzure(change.Planned) {
			attribute, instead = "user_assigned_identity_id", "another identity, or an application, which takes claims_matching_expression to trust many subjects at once"
		}
		diagnostics.AddAttributeError(path.Root(attribute), "Too many credentials",
			fmt.Sprintf("%s would have more than %d federated identity credentials, which is the most that Microsoft Entra allows. Use %s.", parent, credentialsPerParent, instead))
	}
	return diagnostics
}

// adviseSubject warns of a subject that is stored without complaint and that no token of the issuer has.
func adviseSubject(url, subject string) (diagnostics diag.Diagnostics) {
	switch known, meant := issuer.MeantSubject(url, subject); {
	case known != nil:
		diagnostics.AddAttributeWarning(path.Root("subject"), "Questionable value",
			fmt.Sprintf("subject looks like a slip, and no token of %s will match it: %q is what a token may have in the claim sub. Got: %q. See %s.", known.Name, meant, subject, known.Page))
	case strings.TrimSpace(subject) != subject:
		diagnostics.AddAttributeWarning(path.Root("subject"), "Questionable value", fmt.Sprintf("subject starts or ends with white space: no token will match it. Got: %q.", subject))
	}
	return diagnostics
}

// validateParent checks that one of the two is named that can trust, and that an identity is given only what it takes
// (https://learn.microsoft.com/entra/workload-id/workload-identities-flexible-federated-identity-credentials, and the
// properties of https://learn.microsoft.com/rest/api/managedidentity/federated-identity-credentials/create-or-update).
func validateParent(config mapping.Value) (diagnostics diag.Diagnostics) {
	const application, identity = "application_id", "user_assigned_identity_id"
	both := config.Has(application) && config.Has(identity)
	if neither := !config.Has(application) && !config.Has(identity) && !config.Unknown(application) && !config.Unknown(identity); both || neither {
		diagnostics.AddAttributeError(path.Root(application), "An application or an identity is needed",
			"Set exactly one of application_id and user_assigned_identity_id to say what trusts the issuer.")
	}
	diagnostics.Append(adviseSubject(config.String("issuer"), config.String("subject"))...)
	if !config.Has(identity) {
		return diagnostics
	}
	for attribute, reason := range map[string]string{
		"claims_matching_expression": "Managed identities do not take expressions. Set subject instead, or have an application trust the issuer.",
		"description":                "Azure keeps no descriptions of the credentials of managed identities.",
	} {
		if config.Has(attribute) {
			diagnostics.AddAttributeError(path.Root(attribute), "Not for managed identities", reason)
		}
	}
	return diagnostics
}
