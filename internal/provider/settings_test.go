package provider

import (
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// blockOf is a provider block that sets some arguments.
func blockOf(t *testing.T, set map[*argument]any) tfsdk.Config {
	t.Helper()
	schema := providerSchema()
	object := schema.Type().TerraformType(t.Context()).(tftypes.Object)
	endpointTypes := object.AttributeTypes["endpoints"].(tftypes.Object)
	values, endpoints := map[string]tftypes.Value{}, map[string]tftypes.Value{}
	nested := false
	for _, a := range arguments {
		kind := tftypes.Type(tftypes.String)
		if a.flag {
			kind = tftypes.Bool
		}
		value := tftypes.NewValue(kind, set[a])
		if child, inEndpoints := strings.CutPrefix(a.name, "endpoints."); inEndpoints {
			endpoints[child] = value
			nested = nested || set[a] != nil
		} else {
			values[a.name] = value
		}
	}
	values["endpoints"] = tftypes.NewValue(endpointTypes, nil)
	if nested {
		values["endpoints"] = tftypes.NewValue(endpointTypes, endpoints)
	}
	return tfsdk.Config{Schema: schema, Raw: tftypes.NewValue(object, values)}
}

// valuesOf are two values of an argument that its check takes.
func valuesOf(a *argument) (one, other string) {
	switch {
	case a.flag:
		return "true", "false"
	case a == environment:
		return "usgovernment", "china"
	case a.check == nil:
		return "one", "other"
	}
	for _, pair := range [][2]string{{aTenant, aClient}, {"https://one.example", "https://other.example"}, {"one.example", "other.example"}} {
		if a.check(pair[0]) == nil && a.check(pair[1]) == nil {
			return pair[0], pair[1]
		}
	}
	panic("no value for " + a.name)
}

// TestSettings_block: each argument of the provider block beats its variables.
func TestSettings_block(t *testing.T) {
	t.Parallel()
	for _, a := range arguments {
		written, _ := valuesOf(a)
		var value any = written
		if a.flag {
			value = written == "true"
		}
		environment := func(name string) (string, bool) {
			for _, other := range arguments {
				for _, known := range append(other.environment, other.workloadIdentity) {
					if known == name && known != "" {
						_, v := valuesOf(other)
						return v, true
					}
				}
			}
			return "", false
		}
		read, diags := readSettings(t.Context(), blockOf(t, map[*argument]any{a: value}), environment)
		if diags.HasError() {
			t.Fatal(diags)
		}
		if got := read[a]; got.value != written || !got.inBlock || got.origin != a.name {
			t.Errorf("%s: got %+v, and not %q of the block", a.name, got, written)
		}
	}
}

// TestSettings_where: what the block says of where the services are beats what the environment says in another way.
func TestSettings_where(t *testing.T) {
	t.Parallel()
	everywhere := map[string]string{}
	for _, a := range located {
		_, everywhere[a.environment[0]] = valuesOf(a)
	}
	lookup := func(name string) (string, bool) {
		value, ok := everywhere[name]
		return value, ok
	}
	for _, test := range []struct {
		inBlock *argument
		left    []*argument
	}{
		{nil, located},
		{environment, []*argument{environment}},
		{metadataHost, []*argument{environment, metadataHost}},
		{graphEndpoint, located},
		{resourceManagerEndpoint, located},
		{authority, located},
	} {
		set := map[*argument]any{}
		if test.inBlock != nil {
			set[test.inBlock], _ = valuesOf(test.inBlock)
		}
		read, _ := readSettings(t.Context(), blockOf(t, set), lookup)
		for _, a := range located {
			left := false
			for _, other := range test.left {
				left = left || other == a
			}
			if read.isSet(a) != left {
				t.Errorf("with %v in the block, whether %s counts is %v", test.inBlock, a.name, read.isSet(a))
			}
		}
	}
}

// TestSettings_byteOrderMark: what some editors put at the beginning of a file is no part of what is in it.
func TestSettings_byteOrderMark(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte("\ufeffhush\r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, pair := range alternatives {
		if pair[0] == clientCertificate {
			continue // TestCertificateOf_byteOrderMark
		}
		for name, set := range map[string]map[*argument]any{"file": {pair[1]: file}, "value": {pair[0]: "\ufeffhush"}} {
			read, _ := readSettings(t.Context(), blockOf(t, set), func(string) (string, bool) { return "", false })
			if got, err := read.content(pair[0], pair[1]); err != nil || got != "hush" {
				t.Errorf("%s of %s: got %q, %v", name, pair[0].name, got, err)
			}
		}
	}
	if got, err := readAssertion(file); err != nil || got != "hush" {
		t.Errorf("an assertion's file: got %q, %v", got, err)
	}
}

func TestCertificateOf_byteOrderMark(t *testing.T) {
	t.Parallel()
	text, bundle := aCertificate(t)
	if _, key, err := certificateOf(settings{clientCertificate: {value: "\ufeff" + text, origin: "client_certificate"}}); err != nil || key == nil {
		t.Errorf("got %v", err)
	}
	file := filepath.Join(t.TempDir(), "client.pem")
	if err := os.WriteFile(file, []byte("\ufeff"+text), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, key, err := certificateOf(settings{clientCertificateFile: {value: file, origin: "client_certificate_file"}}); err != nil || key == nil {
		t.Errorf("got %v", err)
	}
	_, _, err := certificateOf(settings{clientCertificate: {value: hex.EncodeToString(bundle), origin: "client_certificate"}})
	if err == nil || !strings.Contains(err.Error(), "client_certificate is in hexadecimal: it takes PEM or base64") {
		t.Errorf("got %v", err)
	}
}
