package provider_test

import (
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/workloadid/terraform-provider-workloadid/internal/acctest"
	"github.com/workloadid/terraform-provider-workloadid/internal/acctest/protocol"
	"github.com/workloadid/terraform-provider-workloadid/internal/acctest/samples"
)

var guid = regexp.MustCompile(`(?i)\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b`)

// inCapitals writes every UUID in capitals, those in the keys of maps too.
func inCapitals[V any](value V) V { return capitals(value).(V) }

func capitals(value any) any {
	switch value := value.(type) {
	case string:
		return guid.ReplaceAllStringFunc(value, strings.ToUpper)
	case []any:
		list := make([]any, len(value))
		for i, element := range value {
			list[i] = capitals(element)
		}
		return list
	case map[string]any:
		object := map[string]any{}
		for key, element := range value {
			object[capitals(key).(string)] = capitals(element)
		}
		return object
	}
	return value
}

const (
	oneID, anotherID = "3f2504e0-4f89-41d3-9a0c-0305e82c3301", "0aa1c1c0-9d3c-4a3b-8a54-6f3c6f1b7a11"
	graphID          = "00000003-0000-0000-c000-000000000000"
	readAll, mailID  = "9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30", "e1fe6dd8-ba31-4d61-89e7-88639da4683d"
)

// withIDs has ids wherever an application may have some.
var withIDs = samples.Sample{
	Name: "with ids",
	// An import has the scopes of authorized clients by their values.
	Arguments: []any{"api"},
	Config: samples.Object{
		"display_name": "Orders", "owners": []any{samples.User(0), samples.User(1)},
		"app_roles": samples.Object{"Process": samples.Object{"id": oneID, "allowed_member_types": []any{"Application"}, "display_name": "Process", "description": "Processes orders."}},
		"api": samples.Object{
			"known_client_applications":   []any{oneID, anotherID},
			"oauth2_permission_scopes":    samples.Object{"Read": samples.Object{"id": anotherID, "admin_consent_display_name": "Read", "admin_consent_description": "Reads."}},
			"pre_authorized_applications": samples.Object{oneID: []any{"Read"}, anotherID: []any{anotherID}},
		},
		"required_resource_access": samples.Object{graphID: samples.Object{"app_role_ids": []any{readAll}, "scope_ids": []any{mailID}}},
		"add_ins":                  samples.Object{oneID: samples.Object{"type": "FileHandler", "properties": samples.Object{"version": "2"}}},
	},
	Changed: samples.Object{
		"display_name": "Orders", "owners": []any{samples.User(1)},
		"app_roles": samples.Object{"Process": samples.Object{"id": oneID, "allowed_member_types": []any{"Application"}, "display_name": "Process", "description": "Processes all orders."}},
		"api": samples.Object{
			"known_client_applications":   []any{oneID},
			"oauth2_permission_scopes":    samples.Object{"Read": samples.Object{"id": anotherID, "admin_consent_display_name": "Read", "admin_consent_description": "Reads."}},
			"pre_authorized_applications": samples.Object{anotherID: []any{anotherID}},
		},
		"required_resource_access": samples.Object{graphID: samples.Object{"app_role_ids": []any{readAll}, "scope_ids": []any{}}},
		"add_ins":                  samples.Object{oneID: samples.Object{"type": "FileHandler", "properties": samples.Object{"version": "3"}}},
	},
}

// life makes what a sample needs, and gives its configurations.
func life(t *testing.T, h *acctest.Harness, sample samples.Sample) (config, changed map[string]any) {
	t.Helper()
	made := map[string]*acctest.Resource{}
	resolve := func(config samples.Object) map[string]any {
		resolved, err := samples.Resolve(config, h.Tenant, samples.SeededCaller(h.Tenant), func(name string) (map[string]any, bool) {
			r, ok := made[name]
			if !ok {
				return nil, false
			}
			return r.State(), true
		})
		if err != nil {
			t.Fatal(err)
		}
		return resolved
	}
	for _, need := range sample.Needs {
		made[need.Name] = h.Resource(need.Type)
		made[need.Name].Apply(t, resolve(need.Config))
	}
	if config = resolve(sample.Config); sample.Changed != nil {
		changed = resolve(sample.Changed)
	}
	return config, changed
}

// forEachSample runs a test for each sample of each resource, on a tenant of its own.
func forEachSample(t *testing.T, run func(t *testing.T, h *acctest.Harness, typeName string, sample samples.Sample)) {
	t.Helper()
	for _, typeName := range slices.Sorted(maps.Keys(samples.Resources)) {
		all := samples.Resources[typeName]
		if typeName == "workloadid_application" {
			all = append(slices.Clone(all), withIDs)
		}
		for _, sample := range all {
			t.Run(strings.TrimSuffix(typeName+"/"+sample.Name, "/"), func(t *testing.T) {
				t.Parallel()
				h := acctest.New(t)
				for _, name := range sample.Secrets {
					h.SecretsOf("addPassword", typeName+"."+name)
				}
				run(t, h, typeName, sample)
			})
		}
	}
}

// apply makes the resource of a sample.
func apply(t *testing.T, h *acctest.Harness, typeName string, sample samples.Sample, config map[string]any) *acctest.Resource {
	t.Helper()
	r := h.Resource(typeName)
	r.Apply(t, config)
	for _, name := range sample.Secrets {
		h.Secret(r.String(name), typeName+"."+name)
	}
	return r
}

var (
	importForm = regexp.MustCompile(`import id of an? [A-Za-z ]+ is (\S.*?)\.?$|import id is (\S.*?)\.?$`)
	attributes = regexp.MustCompile("<([a-z_]+)>")
)

// importIDs are the import ids of a resource, in all forms that the provider says there are.
func importIDs(t *testing.T, h *acctest.Harness, typeName string, r *acctest.Resource) []string {
	t.Helper()
	forms := "<id>" // of what takes any text for an id
	if match := importForm.FindStringSubmatch(strings.Join(strings.Fields(h.Resource(typeName).ImportFails(t, "none").String()), " ")); match != nil {
		forms = match[1] + match[2]
	}
	var ids []string
	for form := range strings.SplitSeq(forms, " or ") {
		complete := true
		id := attributes.ReplaceAllStringFunc(form, func(name string) string {
			value := r.String(strings.Trim(name, "<>"))
			complete = complete && value != ""
			return value
		})
		if complete {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		t.Fatalf("no import id of the forms %s", forms)
	}
	return ids
}

// TestSpelling_idsHaveNoLetterCase: a configuration, or an import, with every UUID in capitals means what it means in small
// letters. Nothing is planned, nothing is replaced, and no id is taken away and given back.
func TestSpelling_idsHaveNoLetterCase(t *testing.T) {
	t.Parallel()
	forEachSample(t, func(t *testing.T, h *acctest.Harness, typeName string, sample samples.Sample) {
		config, changed := life(t, h, sample)
		small := apply(t, h, typeName, sample, config)
		small.Refresh(t)
		before := small.State()
		small.ExpectNoChanges(t, inCapitals(config))
		if after := small.State(); !reflect.DeepEqual(before, after) {
			t.Errorf("the state is another one:\n%v\n%v", before, after)
		}

		h.Restart(t)
		small = small.In(h)
		small.ExpectNoChanges(t, inCapitals(config))
		for _, id := range importIDs(t, h, typeName, small) {
			imported, again := h.Resource(typeName), h.Resource(typeName)
			imported.Import(t, id)
			again.Import(t, inCapitals(id))
			if !reflect.DeepEqual(imported.State(), again.State()) {
				t.Errorf("imported in small letters and in capitals:\n%v\n%v", imported.State(), again.State())
			}
			if !reflect.DeepEqual(imported.Identity(), again.Identity()) || !reflect.DeepEqual(imported.Identity(), small.Identity()) {
				t.Errorf("identities:\n%v\n%v\n%v", small.Identity(), imported.Identity(), again.Identity())
			}
			want := imported.Plan(t, config)
			for _, config := range []map[string]any{config, inCapitals(config)} {
				again.Refresh(t)
				if got := again.Plan(t, config); got.Action != want.Action || len(sample.Arguments) == 0 && got.Action != protocol.NoOp || got.Action == protocol.Replace {
					t.Errorf("after an import in capitals: %s because of %v, and %s after one in small letters", got.Action, got.Changes, want.Action)
				}
			}
		}
		byIdentity := h.Resource(typeName)
		byIdentity.ImportIdentity(t, inCapitals(small.Identity()))
		if !reflect.DeepEqual(byIdentity.Identity(), small.Identity()) {
			t.Errorf("imported by an identity in capitals: %v, not %v", byIdentity.Identity(), small.Identity())
		}

		if changed != nil {
			small.Apply(t, inCapitals(changed))
			small.ExpectNoChanges(t, inCapitals(changed))
			small.ExpectNoChanges(t, changed)
		}
	})
}

// TestSpelling_fromTheStart: what is made by a configuration with ids in capitals.
func TestSpelling_fromTheStart(t *testing.T) {
	t.Parallel()
	forEachSample(t, func(t *testing.T, h *acctest.Harness, typeName string, sample samples.Sample) {
		config, changed := life(t, h, sample)
		r := apply(t, h, typeName, sample, inCapitals(config))
		for range 2 {
			r.ExpectNoChanges(t, inCapitals(config))
			r.ExpectNoChanges(t, config)
			h.Restart(t)
			r = r.In(h)
		}
		if changed != nil {
			r.Apply(t, changed)
			r.ExpectNoChanges(t, changed)
			r.ExpectNoChanges(t, inCapitals(changed))
		}
		if !sample.Abandoned {
			r.Destroy(t)
		}
	})
}
