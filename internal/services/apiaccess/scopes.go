package apiaccess

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/microsoftgraph/msgraph-sdk-go/models"
	"github.com/microsoftgraph/msgraph-sdk-go/oauth2permissiongrants"

	"github.com/workloadid/terraform-provider-workloadid/internal/entity"
	"github.com/workloadid/terraform-provider-workloadid/internal/graph"
)

// allPrincipals is the consent for all users. There is one such grant of a client and an API, and it has the scopes of all
// who granted some.
const allPrincipals = "AllPrincipals"

func grants(services *entity.Services) *oauth2permissiongrants.Oauth2PermissionGrantsRequestBuilder {
	return oauth2permissiongrants.NewOauth2PermissionGrantsRequestBuilderInternal(nil, services.Graph.V1())
}

// granted is the grant for all users that a principal has at an API; nil where it has none.
func granted(ctx context.Context, services *entity.Services, principalID, apiID string) (models.OAuth2PermissionGrantable, error) {
	filter := fmt.Sprintf("clientId eq '%s' and resourceId eq '%s' and consentType eq '%s'", principalID, apiID, allPrincipals)
	for grant, err := range graph.Pages[models.OAuth2PermissionGrantable](ctx, grants(services).Get,
		&oauth2permissiongrants.Oauth2PermissionGrantsRequestBuilderGetRequestConfiguration{
			QueryParameters: &oauth2permissiongrants.Oauth2PermissionGrantsRequestBuilderGetQueryParameters{
				Filter: &filter, Select: selected,
			},
		}) {
		return grant, err
	}
	return nil, nil
}

func scopesOf(grant models.OAuth2PermissionGrantable) []string {
	if grant == nil || grant.GetScope() == nil {
		return nil
	}
	return strings.Fields(*grant.GetScope())
}

// changeScopes grants the scopes that are wanted and no others of ours; sole, no others at all.
func changeScopes(ctx context.Context, services *entity.Services, done *access, wanted *wanted, sole bool) error {
	if !sole && sameTexts(done.scopes, wanted.scopes) {
		return nil
	}
	var current models.OAuth2PermissionGrantable
	if done.grantID == nil && !sole {
		err := grant(ctx, services, done, wanted.scopes)
		if !entity.IsAlreadyThere(err) {
			return err
		}
		if current, err = upToDate(ctx, services, done); err == nil && services.AdoptLeftovers {
			current, err = settled(ctx, services, done, wanted, current)
		}
		if err == nil && current == nil {
			err = &entity.Unseen{Err: errors.New("the delegated permission grant that exists already is not found")}
		}
		if err != nil {
			return err
		}
	} else {
		var err error
		current, err = upToDate(ctx, services, done)
		switch {
		case err != nil:
			return err
		case current == nil && len(wanted.scopes) == 0: // gone
			done.grantID, done.scopes = nil, nil
			return nil
		case current == nil:
			if err = grant(ctx, services, done, wanted.scopes); entity.IsAlreadyThere(err) {
				err = &entity.Unseen{Err: err}
			}
			return err
		}
	}
	if taken := slices.DeleteFunc(slices.Clone(wanted.scopes), func(scope string) bool {
		return slices.Contains(done.scopes, scope) || !slices.Contains(scopesOf(current), scope)
	}); len(taken) > 0 && !done.unanswered[""] {
		if !services.AdoptLeftovers {
			return done.given(wanted, "delegated_scopes", taken)
		}
		done.adopted = true
	}
	done.grantID = current.GetId()
	scopes := merged(scopesOf(current), done.scopes, wanted.scopes, sole)
	switch {
	case len(scopes) == 0:
		err := entity.Removed(ctx, services, done.id(), func() error {
			return grants(services).ByOAuth2PermissionGrantId(*done.grantID).Delete(ctx, nil)
		})
		if err != nil {
			return err
		}
	case !sameTexts(scopes, scopesOf(current)):
		body := models.NewOAuth2PermissionGrant()
		body.SetScope(new(strings.Join(scopes, " ")))
		if _, err := grants(services).ByOAuth2PermissionGrantId(*done.grantID).Patch(ctx, body, nil); err != nil {
			done.leftUnanswered("", graph.IsAmbiguous(err))
			return err
		}
	}
	wrote(services, done, scopes)
	done.scopes = wanted.scopes
	if len(wanted.scopes) == 0 {
		done.grantID = nil // what is left of it is others'
	}
	return nil
}

// settled reads a grant that an interrupted run may have left again, where it has more than is wanted. A grant that is made anew has
// the id of the one before, and a lagging replica may still show that: what it had would be given once more.
func settled(ctx context.Context, services *entity.Services, done *access, wanted *wanted, current models.OAuth2PermissionGrantable) (models.OAuth2PermissionGrantable, error) {
	exceeds := func() bool {
		return slices.ContainsFunc(scopesOf(current), func(scope string) bool { return !slices.Contains(wanted.scopes, scope) })
	}
	if !exceeds() {
		return current, nil
	}
	_, err := entity.Patiently(ctx, services, func() (bool, error) {
		var err error
		current, err = known(ctx, services, done)
		return !exceeds(), err
	})
	return current, err
}

// merged are the scopes of a grant in their order, without those of ours that are not wanted any more, and then those that
// are new.
func merged(current, ours, wanted []string, sole bool) []string {
	scopes := slices.DeleteFunc(slices.Clone(current), func(scope string) bool {
		return !slices.Contains(wanted, scope) && (sole || slices.Contains(ours, scope))
	})
	for _, scope := range wanted {
		if !slices.Contains(scopes, scope) {
			scopes = append(scopes, scope)
		}
	}
	return scopes
}

// grant makes the grant. The request may reach the service twice: the second one is told that there is one.
func grant(ctx context.Context, services *entity.Services, done *access, scopes []string) error {
	body := models.NewOAuth2PermissionGrant()
	body.SetClientId(&done.principalID)
	body.SetResourceId(&done.apiID)
	body.SetConsentType(new(allPrincipals))
	body.SetScope(new(strings.Join(scopes, " ")))
	var made models.OAuth2PermissionGrantable
	unanswered, err := graph.Persistent(ctx, func(ctx context.Context) (err error) {
		made, err = grants(services).Post(ctx, body, nil)
		return err
	})
	done.leftUnanswered("", unanswered || graph.IsAmbiguous(err))
	if err != nil {
		return atPrincipal(err)
	}
	done.grantID, done.scopes = made.GetId(), scopes
	wrote(services, done, scopes)
	return nil
}

// writes are the scopes that this process wrote last into the grant of each access, which several resources may share.
type writes struct {
	mutex sync.Mutex
	last  map[string]lastWrite
}

type lastWrite struct {
	at     time.Time
	scopes []string
}

func written(services *entity.Services) *writes {
	all, _ := services.Plans.LoadOrStore("delegated permission grants", &writes{last: map[string]lastWrite{}})
	return all.(*writes)
}

func wrote(services *entity.Services, done *access, scopes []string) {
	all := written(services)
	all.mutex.Lock()
	defer all.mutex.Unlock()
	all.last[strings.ToLower(done.id())] = lastWrite{time.Now(), scopes}
}

// upToDate is the grant as it is to be changed: with what was written into it last, for Microsoft Graph replaces all scopes,
// and a lagging replica's would take away what others have been given since. It is nil where there is none.
func upToDate(ctx context.Context, services *entity.Services, done *access) (current models.OAuth2PermissionGrantable, err error) {
	all := written(services)
	all.mutex.Lock()
	last, ours := all.last[strings.ToLower(done.id())]
	all.mutex.Unlock()
	if !ours {
		last = lastWrite{services.Written(done.id()), done.scopes}
	}
	_, err = entity.UpToDate(ctx, services, last.at, func() (bool, error) {
		current, err = known(ctx, services, done)
		scopes := scopesOf(current)
		if ours {
			return sameTexts(scopes, last.scopes), err
		}
		return !slices.ContainsFunc(last.scopes, func(scope string) bool { return !slices.Contains(scopes, scope) }), err
	})
	return current, err
}

// known is the grant by its id, where that is known: that there is none is believed as it is of what is removed.
func known(ctx context.Context, services *entity.Services, done *access) (current models.OAuth2PermissionGrantable, err error) {
	if done.grantID == nil {
		return granted(ctx, services, done.principalID, done.apiID)
	}
	err = entity.Removed(ctx, services, done.id(), func() (err error) {
		current, err = grants(services).ByOAuth2PermissionGrantId(*done.grantID).Get(ctx, &oauth2permissiongrants.OAuth2PermissionGrantItemRequestBuilderGetRequestConfiguration{
			QueryParameters: &oauth2permissiongrants.OAuth2PermissionGrantItemRequestBuilderGetQueryParameters{Select: selected},
		})
		return err
	})
	return current, err
}

var selected = []string{"id", "clientId", "consentType", "resourceId", "scope"}

func sameTexts(a, b []string) bool {
	return len(a) == len(b) && !slices.ContainsFunc(a, func(text string) bool { return !slices.Contains(b, text) })
}
