package entitytype

import (
	"regexp"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/odata"
)

// Constructors of rows.

func text(name string) Property      { return Property{Name: name, Kind: KindString} }
func boolean(name string) Property   { return Property{Name: name, Kind: KindBoolean} }
func int32s(name string) Property    { return Property{Name: name, Kind: KindInt32} }
func guid(name string) Property      { return Property{Name: name, Kind: KindGUID} }
func timestamp(name string) Property { return Property{Name: name, Kind: KindDateTimeOffset} }
func binary(name string) Property    { return Property{Name: name, Kind: KindBinary} }
func duration(name string) Property  { return Property{Name: name, Kind: KindDuration} }

func texts(name string) Property { return text(name).collection() }
func guids(name string) Property { return guid(name).collection() }

func complexValue(name string, t *Type) Property {
	return Property{Name: name, Kind: KindComplex, Complex: t}
}

func complexValues(name string, t *Type) Property { return complexValue(name, t).collection() }

// Modifiers of rows.

func (p Property) collection() Property { p.Collection, p.NotNull = true, true; return p }
func (p Property) nullable() Property   { p.NotNull = false; return p }
func (p Property) notNull() Property    { p.NotNull = true; return p }
func (p Property) readOnly() Property   { p.ReadOnly = true; return p }
func (p Property) immutable() Property  { p.Immutable = true; return p }
func (p Property) required() Property   { p.Required = true; return p }
func (p Property) selectOnly() Property { p.SelectOnly = true; return p }

func (p Property) length(minimum, maximum int) Property {
	p.MinimumLength, p.MaximumLength = minimum, maximum
	return p
}

func (p Property) matching(pattern *regexp.Regexp) Property  { p.Pattern = pattern; return p }
func (p Property) oneOf(values ...string) Property           { p.Values = values; return p }
func (p Property) startsAs(value any) Property               { p.Default = value; return p }
func (p Property) filter(operators odata.Operators) Property { p.Filter = operators; return p }
func (p Property) orderBy() Property                         { p.OrderBy = true; return p }
func (p Property) advancedOrderBy() Property                 { p.AdvancedOrderBy = true; return p }
func (p Property) search() Property                          { p.Search = true; return p }

func (p Property) only(version Version) Property { p.Only = &version; return p }
func (p Property) beta() Property                { return p.only(Beta) }

// betaNameOf makes a row the name in beta of what v1.0 calls otherwise.
func (p Property) betaNameOf(name string) Property { p.Of = name; return p.beta() }
