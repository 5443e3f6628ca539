// Package entity is the envelope of every resource and data source: what they all do alike is done here, once.
//
// A resource is a table of attributes and a handful of one-line calls to Microsoft Graph. The envelope configures it,
// applies its timeouts, decodes what Terraform sends, lets one write at a time reach a parent object, sends only what
// changed, saves the new object's id and identity before anything else can fail, takes the state from the service's
// answer, imports, and turns errors into diagnostics.
package entity

import (
	"context"
	"fmt"
	"iter"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"

	"github.com/workloadid/terraform-provider-workloadid/internal/graph"
	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
)

// Resource describes a resource. Noun, Table, Identity, New, Read, Create and Delete are required; hooks that a resource
// does not need stay nil.
type Resource[E any] struct {
	// Noun is the type's name without the provider's prefix.
	Noun string
	// Description is the first paragraph of the docs page, in Markdown.
	Description string
	// Table holds the attributes.
	Table mapping.Table[E]
	// Identity names the attributes that tell one object from all others, in the order in which an import id has them,
	// separated by slashes.
	Identity []string
	// ImportIDs are the forms of an import id where that is not it, with the attributes in angle brackets. An object has the
	// attributes of one of them. An attribute that is not among those of the identity is a set, of which the elements are
	// separated by commas.
	ImportIDs []string
	// Permissions state what a caller must have been granted, for the docs and the diagnostic of a 403.
	Permissions Permissions

	// Existing says what else can be done, besides importing it, where the object exists already.
	Existing string

	// New makes an empty request body.
	New func() E
	// Create sends one request and returns the service's answer.
	Create func(ctx context.Context, api *Services, write *Write[E]) (E, error)
	// Read gets the single object.
	Read func(ctx context.Context, api *Services, query Query) (E, error)
	// Listings are those that Read may be served from when many objects are read.
	Listings []*graph.Listing
	// Update sends write.Body, which holds what changed and nothing else.
	Update func(ctx context.Context, api *Services, write *Write[E]) error
	// Prepare does what must come before an update in a request of its own, and reports whether anything had to.
	Prepare func(ctx context.Context, api *Services, write *Write[E]) (bool, error)
	// Delete sends one request. An object that is gone already is no error.
	Delete func(ctx context.Context, api *Services, state mapping.Value) error

	// Find lists what a create that got no answer may have made, and what stands in its way: by its keys, or else by content
	// and time. Where the plan has an id, chosen before the request, it is found by that first.
	Find func(ctx context.Context, api *Services, plan mapping.Value, since time.Time) iter.Seq2[E, error]
	// Keys are what the service keeps unique of the object, each by itself.
	Keys []UniqueKey
	// Leftover reports whether an object that exists already, and is as planned, may be what an interrupted run of this caller
	// left behind, as far as the service tells. It is asked only where the provider block has adopt_leftovers, without which
	// what exists already is an error.
	Leftover func(ctx context.Context, api *Services, plan mapping.Value, found E) (bool, error)
	// References names the ids of other objects that a write refers to, besides links.
	References func(object mapping.Value) []string
	// Targets are what the attributes refer to that a create alone takes.
	Targets []Target
	// Hint explains a refusal that a wrong reference causes, such as a client id where an object id belongs.
	Hint func(ctx context.Context, api *Services, object mapping.Value) string
	// Guess explains what is refused in the end and has no hint. What it has looked for and not found may be young, so it
	// is asked once nothing is waited for any more.
	Guess func(ctx context.Context, api *Services, object mapping.Value) string

	// Discard removes what a create without an answer may have made, for objects of which only the answer tells all, as it
	// does of a password. It takes the place of Find: the object is made anew then. It reports whether there was anything,
	// leaves write.Object alone, and is called again while replicas may not show what was made.
	Discard func(ctx context.Context, api *Services, write *Write[E]) (bool, error)
	// Renewed reports that a planned update makes a new object in the place of the one that there is: by Create, with the
	// prior state in its Write. The identity changes with it.
	Renewed func(prior, plan mapping.Value) bool
	// Unreadable says what an import cannot read, where that is more than arguments.
	Unreadable string

	// Parent names the object to which writes must come one at a time.
	Parent func(object mapping.Value) string
	// Contest is about values that the service keeps unique among objects, such as names; those that a configuration can
	// swap.
	Contest *Contest[E]
	// Parts are attributes of which each value is an object of its own: a replica may have some of them and lack others.
	Parts []string
	// Identify completes the attributes that were given to import an object, where one of them may be given in another way.
	Identify func(ctx context.Context, api *Services, values map[string]string) error
	// Links are navigation properties that are managed as attributes.
	Links []Link
	// Validate checks what one attribute's validators can't: the configuration as a whole. Values may be unknown.
	Validate func(config mapping.Value) diag.Diagnostics
	// Plan adjusts or refuses a plan. api is nil while the provider is not configured.
	Plan func(ctx context.Context, api *Services, change *Change) diag.Diagnostics
	// Finish does what a create or an update can't carry in its body. The object's id is saved by then, and what it makes of
	// write.Plan is saved too, even if it fails.
	Finish func(ctx context.Context, api *Services, write *Write[E]) error
	// Abandon reports that a destroy leaves the object where it is, and why; an empty reason deletes it.
	Abandon func(state mapping.Value, created bool) (reason string, warn bool)
}

// Write is one create or update.
type Write[E any] struct {
	// Prior is what was before, a null object for a create; Plan is what shall be.
	Prior, Plan mapping.Value
	// Body is what is sent: everything that is set for a create, what changed for an update.
	Body E
	// Object is the service's answer to a create; and what an update of several requests has made of the object so far, if it
	// says so.
	Object E
	// Adopted tells the envelope that Create found an existing object and took it over.
	Adopted bool
	// Leftover says that what exists already was taken over, for what an interrupted run left behind.
	Leftover bool

	// passed is what the object was for a moment.
	passed []map[string]attr.Value
}

// Query says what is to be read.
type Query struct {
	// State holds at least the identity attributes.
	mapping.Value
	// Links asks for the linked objects' ids too.
	Links bool
}

// Change is a planned change that a Plan hook may alter through Planned.
type Change struct {
	Config, State mapping.Value
	Planned       mapping.Value
	// replacing says that this is a create in the place of something that there is.
	replacing bool
}

// Link is a navigation property whose targets are added and removed one by one.
type Link struct {
	Attribute string
	Add       func(ctx context.Context, api *Services, object mapping.Value, target string) error
	Remove    func(ctx context.Context, api *Services, object mapping.Value, target string) error
	List      func(ctx context.Context, api *Services, object mapping.Value) iter.Seq2[string, error]
}

// Resource makes the framework's resource of the description.
func (r Resource[E]) Resource() resource.Resource { return r.managed(nil) }

func (r Resource[E]) managed(api *Services) *managed {
	return &managed{Resource: r.anything(), Table: r.Table.Rows(), api: api}
}

// The operations' default time limits. They bound retries; nothing waits for them to pass.
const (
	defaultWriteTimeout = 10 * time.Minute
	defaultReadTimeout  = 5 * time.Minute
)

// managed is the framework's side of a Resource.
type managed struct {
	Resource[any]
	Table mapping.Rows
	api   *Services
}

var (
	_ resource.ResourceWithConfigure      = &managed{}
	_ resource.ResourceWithIdentity       = &managed{}
	_ resource.ResourceWithImportState    = &managed{}
	_ resource.ResourceWithModifyPlan     = &managed{}
	_ resource.ResourceWithValidateConfig = &managed{}
)

func (r *managed) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_" + r.Noun
	resp.ResourceBehavior.MutableIdentity = r.Renewed != nil
}

func (r *managed) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	attributes := r.Table.Attributes()
	attributes["timeouts"] = timeouts.Attributes(ctx, timeouts.Opts{Create: true, Read: true, Update: r.Resource.Update != nil, Delete: true})
	operations := lifecycle
	if r.Resource.Update == nil {
		operations = unchanging
	}
	resp.Schema = schema.Schema{MarkdownDescription: r.Description + r.Permissions.markdown(operations), Attributes: attributes}
}

func (r *managed) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	table := r.Table.Attributes()
	attributes := make(map[string]identityschema.Attribute, len(r.Identity))
	for _, name := range r.Identity {
		always := r.inAllImportIDs(name)
		attributes[name] = identityschema.StringAttribute{RequiredForImport: always, OptionalForImport: !always, Description: table[name].GetMarkdownDescription()}
	}
	resp.IdentitySchema = identityschema.Schema{Attributes: attributes}
}

func (r *managed) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	r.api = configured(req.ProviderData, &resp.Diagnostics)
}

// configured takes the provider's services; there are none yet while Terraform only validates.
func configured(data any, diagnostics *diag.Diagnostics) *Services {
	if data == nil {
		return nil
	}
	api, ok := data.(*Services)
	if !ok {
		diagnostics.AddError("Unexpected provider data", fmt.Sprintf("The provider passed %T; this is a defect of the provider.", data))
	}
	return api
}
