// Package entitytype holds Microsoft Graph's entity and complex types as tables: what each property is, what may be
// written to it and what may be asked of it. One piece of code, knowing no type, reads the tables: it judges request
// bodies ([Type.Decode]), applies them ([Type.New], [Type.Merge]) and tells the query options what there is
// ([Type.OData]).
//
// The tables follow Microsoft's metadata document (graph.microsoft.com/v1.0/$metadata) and the resource pages of
// learn.microsoft.com/graph/api/resources.
package entitytype

import (
	"regexp"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/odata"
)

// Version is a version of Microsoft Graph.
type Version int

// The versions of Microsoft Graph.
const (
	V1 Version = iota
	Beta
)

// String is the version as it stands in a URL.
func (v Version) String() string {
	if v == Beta {
		return "beta"
	}
	return "v1.0"
}

// Kind is the kind of value a property takes.
type Kind int

// The kinds of values.
const (
	KindString Kind = iota
	KindBoolean
	KindInt32
	KindGUID
	KindDateTimeOffset
	KindBinary
	KindDuration
	KindComplex
)

var kinds = [...]string{"Edm.String", "Edm.Boolean", "Edm.Int32", "Edm.Guid", "Edm.DateTimeOffset", "Edm.Binary", "Edm.Duration", "complex"}

// String is the name in the Entity Data Model.
func (k Kind) String() string { return kinds[k] }

// Type is an entity type or a complex type.
type Type struct {
	Name       string // "application"
	Resource   string // as the directory's error messages name it: "Application"
	Set        string // entity set: "applications"; empty for complex and contained types
	Properties []Property
	Navigation []Navigation
	Derived    []*Type // of an abstract base type
	Open       bool    // takes directory extension properties
	Unpaged    bool    // collections come on one page
}

// Property is a row of a type's table. Constructors and methods build it; the zero values are the common case:
// nullable, writable, optional, in both versions.
type Property struct {
	Name       string
	Kind       Kind
	Complex    *Type
	Collection bool
	NotNull    bool
	ReadOnly   bool // refused in a body
	Immutable  bool // refused in an update
	Required   bool // must be in the body of a create
	Only       *Version
	SelectOnly bool
	Of         string // in beta: the name in v1.0, by which the value is kept

	Default       any // of a new object; nil is null, or an empty collection
	MinimumLength int
	MaximumLength int // characters; of each item of a collection
	Pattern       *regexp.Regexp
	Values        []string // of an enumeration, or of a string that takes only these

	Filter          odata.Operators // in every query
	AdvancedOrderBy bool
	OrderBy         bool
	Search          bool
}

// Navigation is a navigation property.
type Navigation struct {
	Name     string
	Target   *Type
	Single   bool // leads to one object rather than to a collection
	Expand   bool
	Filter   bool
	Count    bool // /$count eq 0 in $filter
	BetaOnly bool
}

// In reports whether the version has the property.
func (p *Property) In(version Version) bool { return p.Only == nil || *p.Only == version }

// stored is the name by which the value is kept.
func (p *Property) stored() string {
	if p.Of != "" {
		return p.Of
	}
	return p.Name
}

// Property finds a property that the version has.
func (t *Type) Property(name string, version Version) (*Property, bool) {
	for i := range t.Properties {
		if p := &t.Properties[i]; p.Name == name && p.In(version) {
			return p, true
		}
	}
	return nil, false
}

// FindNavigation finds a navigation property.
func (t *Type) FindNavigation(name string) (*Navigation, bool) {
	for i := range t.Navigation {
		if t.Navigation[i].Name == name {
			return &t.Navigation[i], true
		}
	}
	return nil, false
}
