package protocol

import (
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/zclconf/go-cty/cty"
	ctyjson "github.com/zclconf/go-cty/cty/json"
	"github.com/zclconf/go-cty/cty/msgpack"
)

// A schema has its blocks turned into nested attributes: the rules of the protocol
// are the same for both, except that a list or set of blocks is never null.
type schema struct {
	version   int64
	valueType tftypes.Type
	root      *object
}

type object struct {
	valueType  tftypes.Object
	attributes map[string]*attribute
}

type attribute struct {
	valueType tftypes.Type
	optional  bool
	computed  bool
	writeOnly bool
	neverNull bool    // a list or set of blocks
	nested    *object // nil for an attribute without nested attributes
	nesting   nesting
}

type nesting int

const (
	single nesting = iota
	list
	set
	mapping
)

func newSchema(s *tfprotov6.Schema) *schema {
	if s == nil || s.Block == nil {
		s = &tfprotov6.Schema{Block: &tfprotov6.SchemaBlock{}}
	}
	return &schema{s.Version, s.ValueType(), fromBlock(s.Block)}
}

func fromBlock(block *tfprotov6.SchemaBlock) *object {
	attributes := fromAttributes(block.Attributes)
	for _, b := range block.BlockTypes {
		a := &attribute{valueType: b.ValueType(), optional: true, nested: fromBlock(b.Block)}
		switch b.Nesting {
		case tfprotov6.SchemaNestedBlockNestingModeList:
			a.nesting, a.neverNull = list, true
		case tfprotov6.SchemaNestedBlockNestingModeSet:
			a.nesting, a.neverNull = set, true
		case tfprotov6.SchemaNestedBlockNestingModeMap:
			a.nesting = mapping
		case tfprotov6.SchemaNestedBlockNestingModeSingle:
			a.nesting = single
		default:
			panic(fmt.Sprintf("block %s has the nesting mode %s, which no framework makes", b.TypeName, b.Nesting))
		}
		attributes[b.TypeName] = a
	}
	return newObject(attributes)
}

func fromAttributes(declared []*tfprotov6.SchemaAttribute) map[string]*attribute {
	attributes := make(map[string]*attribute, len(declared))
	for _, a := range declared {
		attributes[a.Name] = &attribute{
			valueType: a.ValueType(), optional: a.Optional, computed: a.Computed, writeOnly: a.WriteOnly,
		}
		if a.NestedType != nil {
			attributes[a.Name].nested = newObject(fromAttributes(a.NestedType.Attributes))
			attributes[a.Name].nesting = map[tfprotov6.SchemaObjectNestingMode]nesting{
				tfprotov6.SchemaObjectNestingModeSingle: single,
				tfprotov6.SchemaObjectNestingModeList:   list,
				tfprotov6.SchemaObjectNestingModeSet:    set,
				tfprotov6.SchemaObjectNestingModeMap:    mapping,
			}[a.NestedType.Nesting]
		}
	}
	return attributes
}

func newObject(attributes map[string]*attribute) *object {
	types := make(map[string]tftypes.Type, len(attributes))
	for name, a := range attributes {
		types[name] = a.valueType
	}
	return &object{tftypes.Object{AttributeTypes: types}, attributes}
}

// names has the attributes in an order that does not change.
func (o *object) names() []string { return slices.Sorted(maps.Keys(o.attributes)) }

// decode reads a value off the wire; none at all is null.
func (s *schema) decode(value *tfprotov6.DynamicValue) (tftypes.Value, error) {
	return undynamic(s.valueType, value)
}

func undynamic(t tftypes.Type, value *tfprotov6.DynamicValue) (tftypes.Value, error) {
	if value == nil {
		return tftypes.NewValue(t, nil), nil
	}
	decoded, err := value.Unmarshal(t)
	if err != nil {
		return tftypes.Value{}, err
	}
	return canonical(decoded), nil
}

// dynamic encodes a value as Terraform does, always in the same way: terraform-plugin-go leaves the order of a map to
// chance.
func dynamic(value tftypes.Value) *tfprotov6.DynamicValue {
	encoded, err := tfprotov6.NewDynamicValue(value.Type(), value)
	if err != nil {
		panic(err) // the value was made for its type
	}
	ordered, err := inOrder(encoded.MsgPack, value.Type())
	if err != nil {
		panic(err) // both libraries have the same types
	}
	return &tfprotov6.DynamicValue{MsgPack: ordered}
}

func inOrder(encoded []byte, as tftypes.Type) ([]byte, error) {
	described, err := as.MarshalJSON() //nolint:staticcheck // the only way to tell one library of the other's type
	if err != nil {
		return nil, err
	}
	valueType, err := ctyType(string(described))
	if err != nil {
		return nil, err
	}
	value, err := msgpack.Unmarshal(encoded, valueType)
	if err != nil {
		return nil, err
	}
	return msgpack.Marshal(value, valueType)
}

// ctyTypes are types by their JSON, which takes long to read.
var ctyTypes sync.Map

func ctyType(described string) (cty.Type, error) {
	if known, ok := ctyTypes.Load(described); ok {
		return known.(cty.Type), nil
	}
	read, err := ctyjson.UnmarshalType([]byte(described))
	if err == nil {
		ctyTypes.Store(described, read)
	}
	return read, err
}
