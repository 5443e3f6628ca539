package application

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/microsoftgraph/msgraph-sdk-go/applications"
	"github.com/microsoftgraph/msgraph-sdk-go/models"

	"github.com/workloadid/terraform-provider-workloadid/internal/entity"
	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
	offering "github.com/workloadid/terraform-provider-workloadid/internal/services/api"
	"github.com/workloadid/terraform-provider-workloadid/internal/validate"
)

// What resources for parts of an application (package applicationpart) have in common with the application's own attributes.

// The listings that parts are read from, as applications are.
var (
	Listing           = listing
	ListingWithOwners = listingWithOwners
)

// Owners are the links to who owns an application.
var Owners = owners

// The rows of an application's elements.
var (
	RoleAttributes  = roleAttributes.Without("id")
	ScopeAttributes = scopeAttributes.Without("id")
	ClaimAttributes = claimAttributes
	ClaimKey        = claimKey
)

// PartPermissions are those for a part that names permissions of APIs, which are looked up.
func PartPermissions() entity.Permissions {
	permissions := withRequiredAPIAccess(Permissions).OfParts()
	lookup := entity.Needs{Application: []string{"Application.Read.All", "Application.ReadWrite.All"}, Delegated: []string{"Application.Read.All", "Application.ReadWrite.All"}}
	permissions.Features = []entity.Feature{{Name: "`api`", Read: lookup, Create: lookup, Update: lookup}}
	return permissions
}

// Item addresses an application by its object id.
func Item(api *entity.Services, id string) *applications.ApplicationItemRequestBuilder {
	return collection(api).ByApplicationId(id)
}

// RedirectURIs is the attribute for those of a platform.
func RedirectURIs(platform validate.Platform) schema.SetAttribute { return redirectURIs(platform, "") }

// AppRoleID and ScopeID are the ids of those without one of their own, by their value.
func AppRoleID(value string) string { return generatedID(roleKind, value) }

// ScopeID is that of a scope.
func ScopeID(value string) string { return generatedID(scopeKind, value) }

// DisableRemoved gives a collection of roles or scopes as it is, with what the planned one removes disabled; nil where nothing
// needs to be.
func DisableRemoved[P permission](current, planned []P) []P {
	going := map[string]bool{}
	removed(current, planned, going)
	if len(going) == 0 || !disable(current, going) {
		return nil
	}
	return current
}

// HasClientIDPlaceholder reports whether a URI has what stands for the application's own client id.
func HasClientIDPlaceholder(uri string) bool { return containsOwnClientID([]string{uri}) }

// AccessNames finds the names of what is asked of an API. before is what is known of it by names.
func AccessNames(ctx context.Context, services *entity.Services, access models.RequiredResourceAccessable, before mapping.Value) (name string, names mapping.Value, err error) {
	clientID := text(access.GetResourceAppId())
	of, err := offering.Find(ctx, services, clientID)
	switch {
	case err != nil && !isNowhere(err):
		return "", mapping.Value{}, err
	case err != nil:
		of, name = &offering.API{}, clientID
	default:
		name = of.String()
	}
	return name, mapping.NewValue(accessNames(of, access, before)), nil
}

// AccessIDs finds the ids of what is asked of an API by names, which are at a path. They are open while the API may still get
// what it lacks.
func AccessIDs(ctx context.Context, services *entity.Services, api string, names mapping.Value, at path.Path) (clientID string, ids mapping.Value, open bool, err error) {
	found, open, err := findAccess(ctx, services, api, names, at)
	return found.clientID, mapping.NewValue(found.ids()), open, err
}

// MistakenID says what else an id is that is given as an application's object id; "" where nobody knows.
func MistakenID(ctx context.Context, api *entity.Services, id string) string {
	found, err := ByClientID(ctx, api, id, nil)
	if err != nil || found.GetId() == nil {
		return ""
	}
	return fmt.Sprintf("%s is the client id of an application, and application_id takes its object id: %s.", id, *found.GetId())
}

// declared are the attributes of which parts are resources of their own, with how to say in a configuration that they are set.
var declared = []string{
	"identifier_uris", "app_roles", "api.oauth2_permission_scopes", "api.known_client_applications", "api.pre_authorized_applications",
	byName, byID, "optional_claims.access_token", "optional_claims.id_token", "optional_claims.saml2_token",
	"web.redirect_uris", "spa.redirect_uris", "public_client.redirect_uris", "owners", "fallback_public_client_enabled",
}

// declarations remember who declares what of the applications of one configuration: the application itself, or parts of it.
// They belong to one configured provider, that is, to one operation of Terraform.
type declarations struct {
	mutex sync.Mutex
	// whole are the attributes that applications set, parts the parts of them, by application and attribute.
	whole map[string]bool
	parts map[string]map[string]bool
}

func declarationsOf(api *entity.Services) *declarations {
	known, _ := api.Plans.LoadOrStore("parts of applications", &declarations{whole: map[string]bool{}, parts: map[string]map[string]bool{}})
	return known.(*declarations)
}

func declarationKey(id, attribute string) string {
	if attribute == byID {
		attribute = byName // the same by ids
	}
	return strings.ToLower(id) + " " + attribute
}

// DeclarePart remembers that a part of an attribute is declared, and refuses it where the application sets the attribute.
func DeclarePart(api *entity.Services, id, attribute, part, noun string) diag.Diagnostics {
	all := declarationsOf(api)
	all.mutex.Lock()
	defer all.mutex.Unlock()
	key := declarationKey(id, attribute)
	if all.whole[key] {
		return diag.Diagnostics{diag.NewAttributeErrorDiagnostic(path.Root("application_id"), "The application declares it too", fmt.Sprintf(
			"The workloadid_application with the id %s sets %s, which makes that be all that there is: each of the two would undo what the other does. Leave %[2]s of the application unset, or set it there and remove this %s.", id, attribute, noun))}
	}
	if all.parts[key] == nil {
		all.parts[key] = map[string]bool{}
	}
	all.parts[key][part] = true
	return nil
}

// RemovePart forgets a part that is destroyed.
func RemovePart(api *entity.Services, id, attribute, part string) {
	all := declarationsOf(api)
	all.mutex.Lock()
	defer all.mutex.Unlock()
	delete(all.parts[declarationKey(id, attribute)], part)
}

// declares reports whether the configuration of an application sets an attribute, as far as this process knows.
func declares(api *entity.Services, id, attribute string) bool {
	all := declarationsOf(api)
	all.mutex.Lock()
	defer all.mutex.Unlock()
	return all.whole[declarationKey(id, attribute)]
}

// declare remembers what an application sets, and refuses what parts of it are declared of.
func declare(api *entity.Services, id string, config mapping.Value, sets func(object mapping.Value, attribute string) bool) (diagnostics diag.Diagnostics) {
	if api == nil || id == "" {
		return nil
	}
	all := declarationsOf(api)
	all.mutex.Lock()
	defer all.mutex.Unlock()
	set := map[string]bool{}
	for _, attribute := range declared {
		key := declarationKey(id, attribute)
		at := path.Root(attribute)
		object, name := config, attribute
		if parent, child, nested := strings.Cut(attribute, "."); nested {
			object, name, at = config.Object(parent), child, path.Root(parent).AtName(child)
		}
		given := sets(object, name)
		set[key] = set[key] || given
		if parts := slices.Sorted(maps.Keys(all.parts[key])); given && len(parts) > 0 {
			diagnostics.AddAttributeError(at, "A part of it is declared by itself", fmt.Sprintf(
				"%s of the application %s is set, which makes that be all that there is, and it has parts that are resources of their own (%s): each of the two would undo what the other does. Leave %[1]s unset, or set it and remove those resources.", attribute, id, strings.Join(parts, ", ")))
		}
	}
	maps.Copy(all.whole, set)
	return diagnostics
}

// generatedID is the id that the provider gives a role or a scope.
func generatedID(kind, value string) string {
	return uuid.NewSHA1(permissionNamespace, []byte(kind+"/"+value)).String()
}

// The kinds of permissions.
const (
	roleKind  = "appRole"
	scopeKind = "oauth2PermissionScope"
)

// ScopeNames are the values of the scopes of an API by which a client is pre-authorized, as decodePreAuthorized has them.
func ScopeNames(from models.ApiApplicationable, clientID string, prior attr.Value) attr.Value {
	known := map[string]attr.Value{}
	if prior != nil && !prior.IsUnknown() {
		known[clientID] = prior
	}
	clients, _ := decodePreAuthorized(from, types.MapValueMust(texts, known)).(types.Map)
	return clients.Elements()[clientID]
}
