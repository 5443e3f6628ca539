package shortcut

import (
	"bytes"
	"encoding/json"
	"io"
	"math/big"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// Upgrade gives a stored state of the present version in the form that the protocol has elsewhere.
func (s *Shortcuts) Upgrade(request *tfprotov6.UpgradeResourceStateRequest) (*tfprotov6.UpgradeResourceStateResponse, bool) {
	d := s.resources()[request.TypeName]
	if d == nil || request.RawState == nil || request.RawState.JSON == nil || request.Version != d.schema.Version {
		return nil, false
	}
	decoder := json.NewDecoder(bytes.NewReader(request.RawState.JSON))
	decoder.UseNumber()
	var stored any
	if decoder.Decode(&stored) != nil {
		return nil, false
	}
	if _, err := decoder.Token(); err != io.EOF {
		return nil, false
	}
	value, ok := fromJSON(stored, d.terraform)
	if !ok {
		return nil, false
	}
	state, err := tfprotov6.NewDynamicValue(d.terraform, value)
	if err != nil {
		return nil, false
	}
	return &tfprotov6.UpgradeResourceStateResponse{UpgradedState: &state}, true
}

// fromJSON does at once what tftypes.ValueFromJSON does with a decoder for each value. It is not ok for what has not the
// form in which a state is written, which that function may still be able to convert.
func fromJSON(stored any, as tftypes.Type) (tftypes.Value, bool) {
	if stored == nil {
		return tftypes.NewValue(as, nil), true
	}
	switch as := as.(type) {
	case tftypes.Object:
		return objectFromJSON(stored, as)
	case tftypes.Map:
		entries, ok := stored.(map[string]any)
		values := make(map[string]tftypes.Value, len(entries))
		for key, entry := range entries {
			value, valid := fromJSON(entry, as.ElementType)
			values[key], ok = value, ok && valid
		}
		return valueIf(ok, as, values)
	case tftypes.Set:
		values, ok := elementsFromJSON(stored, as.ElementType)
		return valueIf(ok, as, values)
	case tftypes.List:
		values, ok := elementsFromJSON(stored, as.ElementType)
		return valueIf(ok, as, values)
	}
	switch stored := stored.(type) {
	case string:
		return valueIf(as.Is(tftypes.String), as, stored)
	case bool:
		return valueIf(as.Is(tftypes.Bool), as, stored)
	case json.Number:
		if as.Is(tftypes.Number) {
			number, _, err := big.ParseFloat(stored.String(), 10, 512, big.ToNearestEven) // as precise as Terraform's own
			return valueIf(err == nil, as, number)
		}
	}
	return tftypes.Value{}, false
}

func valueIf(ok bool, as tftypes.Type, value any) (tftypes.Value, bool) {
	if !ok {
		return tftypes.Value{}, false
	}
	return tftypes.NewValue(as, value), true
}

// objectFromJSON leaves out what the schema does not know any more, and has nulls for what it did not know yet.
func objectFromJSON(stored any, as tftypes.Object) (tftypes.Value, bool) {
	entries, ok := stored.(map[string]any)
	values := make(map[string]tftypes.Value, len(as.AttributeTypes))
	for name, attributeType := range as.AttributeTypes {
		value, valid := fromJSON(entries[name], attributeType)
		values[name], ok = value, ok && valid
	}
	return valueIf(ok, as, values)
}

func elementsFromJSON(stored any, as tftypes.Type) ([]tftypes.Value, bool) {
	entries, ok := stored.([]any)
	values := make([]tftypes.Value, len(entries))
	for i, entry := range entries {
		value, valid := fromJSON(entry, as)
		values[i], ok = value, ok && valid
	}
	return values, ok
}
