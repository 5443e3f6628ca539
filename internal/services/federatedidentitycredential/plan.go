package federatedidentitycredential

import (
	"context"
	"fmt"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/workloadid/terraform-provider-workloadid/internal/entity"
)

// See https://learn.microsoft.com/graph/api/application-post-federatedidentitycredentials.
const credentialsPerApplication = 20

// planned remembers the credentials of one plan, so that what the service would refuse at apply because of their number
// or because two of them trust the same is said in the plan already. It belongs to one configured provider, that is, to
// one operation of Terraform.
type planned struct {
	mutex        sync.Mutex
	applications map[string]map[string]trust // by application and credential name
}

type trust struct{ issuer, subject string }

func plan(_ context.Context, api *entity.Services, change *entity.Change) diag.Diagnostics {
	application, name := change.Planned.String("application_id"), change.Planned.String("name")
	if api == nil || application == "" || name == "" {
		return nil
	}
	entry, _ := api.Plans.LoadOrStore(noun, &planned{applications: map[string]map[string]trust{}})
	all := entry.(*planned)
	all.mutex.Lock()
	defer all.mutex.Unlock()
	credentials := all.applications[application]
	if credentials == nil {
		credentials = map[string]trust{}
		all.applications[application] = credentials
	}
	this := trust{change.Planned.String("issuer"), change.Planned.String("subject")}
	credentials[name] = this

	var diagnostics diag.Diagnostics
	for other, that := range credentials {
		if other != name && this == that && this.issuer != "" && this.subject != "" {
			diagnostics.AddAttributeError(path.Root("subject"), "Two credentials trust the same",
				fmt.Sprintf("The credentials %q and %q of application %s have the same issuer and subject, which Microsoft Entra refuses. Remove one of them, or give them different subjects.", other, name, application))
		}
	}
	if len(credentials) == credentialsPerApplication+1 {
		diagnostics.AddAttributeError(path.Root("application_id"), "Too many credentials",
			fmt.Sprintf("Application %s would have more than %d federated identity credentials, which is the most that Microsoft Entra allows. Use claims_matching_expression to trust many subjects at once, or another application.", application, credentialsPerApplication))
	}
	return diagnostics
}
