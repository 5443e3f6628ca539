// Package credential is workloadid_credentials: the passwords and certificates of applications and service principals, with
// the time that each has left. See https://learn.microsoft.com/graph/api/resources/passwordcredential and keycredential.
package credential

import (
	"context"
	"fmt"
	"iter"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/microsoftgraph/msgraph-sdk-go/applications"
	"github.com/microsoftgraph/msgraph-sdk-go/models"
	"github.com/microsoftgraph/msgraph-sdk-go/serviceprincipals"

	"github.com/workloadid/terraform-provider-workloadid/internal/entity"
	"github.com/workloadid/terraform-provider-workloadid/internal/graph"
	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
	"github.com/workloadid/terraform-provider-workloadid/internal/services/application"
	"github.com/workloadid/terraform-provider-workloadid/internal/services/certificate"
	"github.com/workloadid/terraform-provider-workloadid/internal/validate"
)

// The kinds of credentials, and of what has them.
const (
	password        = "password"
	certificateKind = "certificate"
	ofApplication   = "application"
	ofPrincipal     = "service_principal"
	applicationIDs  = "application_ids"
	principalIDs    = "service_principal_ids"
	expiringWithin  = "expiring_within"
)

// NewDataSource is workloadid_credentials.
func NewDataSource() datasource.DataSource {
	return entity.Collection[credential]{
		Noun: "credentials",
		Description: "The passwords and certificates of applications and service principals, of all in the tenant or of some, with the time that each has left. " +
			"With `expiring_within`, a `check` block warns in time. The passwords themselves nobody can read.\n\n" +
			"The whole tenant is listed with one request for each 999 applications and one for each 999 service principals.",
		Table:       attributes,
		Permissions: entity.Permissions{Read: application.Permissions.Read},
		Arguments: map[string]schema.Attribute{
			applicationIDs: ids("Object ids of the applications whose credentials are listed."),
			principalIDs:   ids("Object ids of the service principals whose credentials are listed."),
			"owner_types":  choice("Whose credentials are listed: those of an `application`, of a `service_principal`, or both. Default: both, unless ids are given.", ofApplication, ofPrincipal),
			"kinds":        choice("Which are listed: `password`, `certificate`, or both. Default: both.", password, certificateKind),
			expiringWithin: schema.StringAttribute{
				Optional: true, Validators: []validator.String{validate.Duration(0)},
				MarkdownDescription: "Lists only what ends within this time, such as `30d` or `12h`.",
			},
			"include_expired": schema.BoolAttribute{Optional: true, MarkdownDescription: "Whether those are listed too that have ended already. Default `false`."},
		},
		List: list,
	}.DataSource()
}

func ids(description string) schema.SetAttribute {
	return schema.SetAttribute{
		Optional: true, ElementType: types.StringType, Validators: []validator.Set{setvalidator.SizeAtLeast(1), setvalidator.ValueStringsAre(validate.UUID())},
		MarkdownDescription: description + " Where ids are given, of either, nothing else is listed.",
	}
}

func choice(description string, values ...string) schema.SetAttribute {
	return schema.SetAttribute{
		Optional: true, ElementType: types.StringType, Validators: []validator.Set{setvalidator.SizeAtLeast(1), setvalidator.ValueStringsAre(stringvalidator.OneOf(values...))},
		MarkdownDescription: description,
	}
}

// credential is a password or a certificate, and whose it is.
type credential struct {
	kind                       string
	keyID                      *uuid.UUID
	name, usage                *string
	thumbprint                 string
	start, end                 *time.Time
	now                        time.Time
	ownerType                  string
	ownerID, ownerName, client *string
}

// owner is what applications and service principals have in common.
type owner interface {
	GetId() *string
	GetAppId() *string
	GetDisplayName() *string
	GetKeyCredentials() []models.KeyCredentialable
	GetPasswordCredentials() []models.PasswordCredentialable
}

// query is what the arguments come to.
type query struct {
	kinds   []string
	within  time.Duration // negative: any time
	expired bool
	now     time.Time
}

func list(ctx context.Context, api *entity.Services, arguments mapping.Value) iter.Seq2[credential, error] {
	q := query{kinds: arguments.Strings("kinds"), within: -1, expired: arguments.Bool("include_expired"), now: api.Now()}
	if len(q.kinds) == 0 {
		q.kinds = []string{password, certificateKind}
	}
	if arguments.Has(expiringWithin) {
		within, err := validate.ParseDuration(arguments.String(expiringWithin))
		if err != nil {
			return entity.One(credential{}, err)
		}
		q.within = within
	}
	named := arguments.Has(applicationIDs) || arguments.Has(principalIDs)
	types := arguments.Strings("owner_types")
	return func(yield func(credential, error) bool) {
		for _, source := range []struct {
			ownerType, argument string
			list                func(ctx context.Context, api *entity.Services, properties []string, filter *string) iter.Seq2[owner, error]
		}{{ofApplication, applicationIDs, listApplications}, {ofPrincipal, principalIDs, listPrincipals}} {
			if named && !arguments.Has(source.argument) || len(types) > 0 && !slices.Contains(types, source.ownerType) {
				continue
			}
			missing := map[string]bool{}
			for _, id := range arguments.Strings(source.argument) {
				missing[strings.ToLower(id)] = !api.Knows(id) // what this run made a moment ago, a replica may not have yet
			}
			filters := []*string{nil}
			if named {
				filters = entity.In("id", arguments.Strings(source.argument))
			}
			for _, filter := range filters {
				for object, err := range source.list(ctx, api, q.properties(), filter) {
					if err != nil {
						yield(credential{}, err)
						return
					}
					delete(missing, strings.ToLower(*object.GetId()))
					for _, found := range q.of(object, source.ownerType) {
						if !yield(found, nil) {
							return
						}
					}
				}
			}
			for id, unknown := range missing {
				if unknown {
					yield(credential{}, &entity.AttributeError{
						Path: path.Root(source.argument), Summary: "no such object",
						Detail: fmt.Sprintf("There is no %s with the object id %s in tenant %s.", entity.Title(source.ownerType), id, api.TenantID),
					})
					return
				}
			}
		}
	}
}

// properties are those that are asked for. Keys are left out where nobody wants them, for requests that list them are few:
// https://learn.microsoft.com/graph/api/application-list.
func (q query) properties() []string {
	properties := []string{"id", "appId", "displayName"}
	if slices.Contains(q.kinds, password) {
		properties = append(properties, "passwordCredentials")
	}
	if slices.Contains(q.kinds, certificateKind) {
		properties = append(properties, "keyCredentials")
	}
	return properties
}

// of are the credentials of an object that are wanted, in their order of ending.
func (q query) of(object owner, ownerType string) []credential {
	blank := credential{now: q.now, ownerType: ownerType, ownerID: object.GetId(), ownerName: object.GetDisplayName(), client: object.GetAppId()}
	var found []credential
	if slices.Contains(q.kinds, password) {
		for _, held := range mapping.Present(object.GetPasswordCredentials()) {
			c := blank
			c.kind, c.keyID, c.name, c.start, c.end = password, held.GetKeyId(), held.GetDisplayName(), held.GetStartDateTime(), held.GetEndDateTime()
			found = append(found, c)
		}
	}
	if slices.Contains(q.kinds, certificateKind) {
		for _, held := range mapping.Present(object.GetKeyCredentials()) {
			c := blank
			c.kind, c.keyID, c.name, c.start, c.end = certificateKind, held.GetKeyId(), held.GetDisplayName(), held.GetStartDateTime(), held.GetEndDateTime()
			c.usage, c.thumbprint = held.GetUsage(), certificate.Thumbprint(held)
			found = append(found, c)
		}
	}
	found = slices.DeleteFunc(found, func(c credential) bool { return !q.wants(c) })
	slices.SortStableFunc(found, func(a, b credential) int { return a.ending().Compare(b.ending()) })
	return found
}

func (q query) wants(c credential) bool {
	if c.expired() && !q.expired {
		return false
	}
	return q.within < 0 || !c.ending().After(q.now.Add(q.within))
}

// never is when what has no end ends.
var never = time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)

func (c credential) ending() time.Time {
	if c.end == nil {
		return never
	}
	return *c.end
}

func (c credential) expired() bool { return !c.ending().After(c.now) }

// daysToExpiry are whole days, rounded down: 0 on the last day, negative after the end.
func (c credential) daysToExpiry() *int32 {
	if c.end == nil {
		return nil
	}
	days := math.Floor(c.end.Sub(c.now).Hours() / 24)
	return new(int32(max(math.MinInt32, min(math.MaxInt32, days))))
}

func listApplications(ctx context.Context, api *entity.Services, properties []string, filter *string) iter.Seq2[owner, error] {
	all := graph.Pages[models.Applicationable](ctx, applications.NewApplicationsRequestBuilderInternal(nil, api.Graph.V1()).Get, &applications.ApplicationsRequestBuilderGetRequestConfiguration{
		QueryParameters: &applications.ApplicationsRequestBuilderGetQueryParameters{Select: properties, Filter: filter, Top: new(int32(entity.PageSize))},
	})
	return func(yield func(owner, error) bool) {
		for object, err := range all {
			if !yield(object, err) {
				return
			}
		}
	}
}

func listPrincipals(ctx context.Context, api *entity.Services, properties []string, filter *string) iter.Seq2[owner, error] {
	all := graph.Pages[models.ServicePrincipalable](ctx, serviceprincipals.NewServicePrincipalsRequestBuilderInternal(nil, api.Graph.V1()).Get, &serviceprincipals.ServicePrincipalsRequestBuilderGetRequestConfiguration{
		QueryParameters: &serviceprincipals.ServicePrincipalsRequestBuilderGetQueryParameters{Select: properties, Filter: filter, Top: new(int32(entity.PageSize))},
	})
	return func(yield func(owner, error) bool) {
		for object, err := range all {
			if !yield(object, err) {
				return
			}
		}
	}
}
