package application

import (
	"slices"
	"strings"

	"github.com/microsoftgraph/msgraph-sdk-go/models"

	"github.com/workloadid/terraform-provider-workloadid/internal/entity"
	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
)

const preAuthorized = "pre_authorized_applications"

// scopesBeforeClients is the PATCH that makes the scopes for which the update pre-authorizes clients, nil where it makes none.
func scopesBeforeClients(write *entity.Write[entra]) entra {
	planned := write.Body.GetApi()
	if planned == nil || planned.GetOauth2PermissionScopes() == nil || planned.GetPreAuthorizedApplications() == nil {
		return nil
	}
	current := models.NewApplication()
	attributes.Encode(write.Prior, current)
	var there []models.PermissionScopeable
	if now := current.GetApi(); now != nil {
		there = now.GetOauth2PermissionScopes()
	}
	known := withoutScopes(planned.GetPreAuthorizedApplications(), there)
	if scopeCount(known) == scopeCount(planned.GetPreAuthorizedApplications()) {
		return nil
	}
	offered := models.NewApiApplication()
	offered.SetOauth2PermissionScopes(planned.GetOauth2PermissionScopes())
	body := models.NewApplication()
	body.SetApi(offered)
	return body
}

// followScopes has the update pre-authorize clients anew where a scope gets another id that they may use by its value: by their
// names nothing changes.
func followScopes(api *entity.Services, write *entity.Write[entra]) {
	planned := write.Body.GetApi()
	if planned == nil || planned.GetOauth2PermissionScopes() == nil || planned.GetPreAuthorizedApplications() != nil ||
		!declares(api, write.Prior.String("id"), "api."+preAuthorized) {
		return
	}
	before, after := models.NewApplication(), models.NewApplication()
	attributes.Encode(write.Prior, before)
	attributes.Encode(write.Plan, after)
	if before.GetApi() == nil || after.GetApi() == nil {
		return
	}
	clients := before.GetApi().GetPreAuthorizedApplications()
	if scopeCount(withoutScopes(clients, planned.GetOauth2PermissionScopes())) < scopeCount(clients) {
		planned.SetPreAuthorizedApplications(after.GetApi().GetPreAuthorizedApplications())
	}
}

// withoutScopes are clients without what they may use that is none of these scopes, and without those that are left with
// nothing.
func withoutScopes(clients []models.PreAuthorizedApplicationable, scopes []models.PermissionScopeable) []models.PreAuthorizedApplicationable {
	known := map[string]bool{}
	for _, scope := range scopes {
		known[idOf(scope)] = true
	}
	kept := []models.PreAuthorizedApplicationable{}
	for _, client := range mapping.Present(clients) {
		ids := slices.DeleteFunc(slices.Clone(client.GetDelegatedPermissionIds()), func(id string) bool { return !known[strings.ToLower(id)] })
		if len(ids) == 0 {
			continue
		}
		remaining := models.NewPreAuthorizedApplication()
		remaining.SetAppId(client.GetAppId())
		remaining.SetDelegatedPermissionIds(ids)
		kept = append(kept, remaining)
	}
	return kept
}

func scopeCount(clients []models.PreAuthorizedApplicationable) int {
	count := 0
	for _, client := range clients {
		count += len(client.GetDelegatedPermissionIds())
	}
	return count
}
