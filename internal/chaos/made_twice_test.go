package chaos

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/workloadid/terraform-provider-workloadid/internal/acctest/samples"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/entitytype"
	"github.com/workloadid/terraform-provider-workloadid/internal/terraformcli"
)

// TestMadeTwice has a CLI make everything once more that there is already: before it destroys the old one, since something that
// depends on it has create_before_destroy; in another state; and at another address. It is refused before anything is changed, or
// makes a second one, and nothing that is managed is lost.
func TestMadeTwice(t *testing.T) {
	t.Parallel()
	cli := findCLI(t)
	number := 0
	for _, typeName := range catalogue() {
		for _, sample := range samples.Resources[typeName] {
			if number++; !*whole && number%sparse != 0 {
				continue
			}
			name := strings.Join(strings.Fields(strings.TrimPrefix(typeName, "workloadid_")+" "+sample.Name), " ")
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				came, err := another(t.Context(), cli, typeName, sample)
				if err != nil {
					t.Error(err)
				}
				results.enter(cli.Name+": everything is made while it is there, and in another state", name, err == nil, "%s", came)
			})
		}
	}
}

// destroyWindow is the provider's consistency window where a create waits for a destroy: on a machine with much to do that may
// come late.
const destroyWindow = 5 * time.Second

// another reports how it came out with the old one and in another state.
func another(ctx context.Context, cli terraformcli.CLI, typeName string, sample samples.Sample) (came string, err error) {
	s, err := newSite(ctx, cli, "provider_only.tf", destroyWindow)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	if err := s.declare(typeName, sample, "this", true); err != nil {
		return "", err
	}
	address := typeName + ".this"
	if _, err := s.run(ctx, "apply"); err != nil {
		return "", fmt.Errorf("the first apply: %w", err)
	}
	first, err := os.ReadFile(s.stateFile())
	if err != nil {
		return "", err
	}
	before, old := s.fingerprint(), s.idsAt(typeName)

	// The trigger changes, and with it everything is replaced.
	untriggered := s.workspace.Env
	s.workspace.Env = append(slices.Clone(untriggered), "TF_VAR_trigger=2")
	made, _, err := s.makesAnother(ctx, before)
	if err != nil {
		return "", fmt.Errorf("create_before_destroy: %w", err)
	}
	switch {
	case !made:
		came = "refused"
	case !sample.Abandoned && slices.Equal(s.idsAt(typeName), old):
		return "", fmt.Errorf("create_before_destroy: it was replaced by itself: %s", old)
	default:
		came = secondOf(sample)
		if err := s.planEmpty(ctx); err != nil {
			return "", err
		}
	}

	// Another state has what the resource needs, and not the resource.
	if !made {
		s.workspace.Env = untriggered
		err = os.WriteFile(s.stateFile(), first, 0o600)
	} else {
		first, err = os.ReadFile(s.stateFile())
	}
	if err != nil {
		return "", err
	}
	before, old = s.fingerprint(), s.idsAt(typeName)
	if _, err := s.workspace.Run(ctx, "state", "rm", address); err != nil {
		return "", err
	}
	made, _, err = s.makesAnother(ctx, before)
	if err != nil {
		return "", fmt.Errorf("in another state: %w", err)
	}
	if !made {
		came += ", refused in another state"
	} else {
		if !sample.Abandoned && slices.Equal(s.idsAt(typeName), old) {
			return "", fmt.Errorf("two states have one object: %s", old)
		}
		if _, err := s.workspace.Run(ctx, append(arguments("destroy"), "-target="+address)...); err != nil {
			return "", s.explained(err)
		}
		if after := s.fingerprint(); !slices.Equal(after, before) {
			return "", fmt.Errorf("in another state it was made and destroyed:\n%s\nbefore:\n%s", strings.Join(after, "\n"), strings.Join(before, "\n"))
		}
		came += ", " + secondOf(sample) + " in another state"
	}

	// The address changes, and no moved block says so.
	if err := os.WriteFile(s.stateFile(), first, 0o600); err != nil {
		return "", err
	}
	for _, dependent := range []bool{true, false} {
		if err := s.declare(typeName, sample, "this", dependent); err != nil {
			return "", err
		}
		if _, err := s.run(ctx, "apply"); err != nil {
			return "", err
		}
		before = s.fingerprint()
		if err := s.declare(typeName, sample, "renamed", dependent); err != nil {
			return "", err
		}
		made, refused, err := s.makesAnother(ctx, before)
		if err == nil && !made && !dependent {
			err = fmt.Errorf("the create did not wait for the destroy: %w", refused)
		}
		if err == nil && isPart(typeName) && !slices.Equal(s.fingerprint(), before) {
			err = fmt.Errorf("the tenant has\n%s\nbefore:\n%s", strings.Join(s.fingerprint(), "\n"), strings.Join(before, "\n"))
		}
		if err != nil {
			return "", fmt.Errorf("another address, create_before_destroy %t: %w", dependent, err)
		}
		if made {
			if _, err := s.workspace.Run(ctx, "state", "mv", typeName+".renamed", address); err != nil {
				return "", err
			}
		}
	}
	return came, nil
}

// secondOf is what becomes of a create that is not refused.
func secondOf(sample samples.Sample) string {
	if sample.Abandoned {
		return "adopted, as declared,"
	}
	return "another one"
}

// makesAnother applies, and reports whether another one was made, or the refusal that it was not. That must have changed nothing.
func (s *site) makesAnother(ctx context.Context, before []string) (made bool, refused, err error) {
	output, err := s.run(ctx, "apply")
	if err != nil {
		refusal := strings.Join(strings.Fields(err.Error()), " ") // the CLI breaks lines
		if !slices.ContainsFunc(refusals, func(part string) bool { return strings.Contains(refusal, part) }) {
			return false, nil, err
		}
		if after := s.fingerprint(); !slices.Equal(after, before) {
			return false, nil, fmt.Errorf("it was refused, and something has changed:\n%s\nbefore:\n%s\n%w", strings.Join(after, "\n"), strings.Join(before, "\n"), err)
		}
		return false, err, nil
	}
	_, gone, err := s.compare()
	gone = slices.DeleteFunc(gone, func(entry string) bool { typeName, _, _ := strings.Cut(entry, "."); return isPart(typeName) })
	if err == nil && len(gone) > 0 {
		err = fmt.Errorf("it succeeded, and the state has what the tenant does not: %q\n%s", gone, output)
	}
	return true, nil, err
}

// fingerprint is all that the tenant holds, by what tells it from others.
func (s *site) fingerprint() []string {
	objects := s.live()
	all := slices.Collect(maps.Keys(objects))
	for _, object := range objects {
		switch object.Type {
		case entitytype.Application.Name:
			all = append(all, heldParts(object)...)
		case grantType:
			all = append(all, object.ID+" "+object.String("scope"))
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// idsAt are the ids that the state has of the resource.
func (s *site) idsAt(typeName string) []string {
	instances, err := s.instances()
	if err != nil {
		return []string{err.Error()}
	}
	var ids []string
	for _, i := range instances {
		if i.of == typeName+".this" {
			ids = append(ids, idsOf(i.attributes)...)
		}
	}
	slices.Sort(ids)
	return ids
}

// declare writes a configuration of a sample, by a name, and what it needs. A trigger has it be replaced, and something may
// depend on it that has create_before_destroy.
func (s *site) declare(typeName string, sample samples.Sample, name string, dependent bool) error {
	types := map[string]string{}
	resources := map[string]map[string]any{}
	for _, need := range append(slices.Clone(sample.Needs), samples.Need{Name: name, Type: typeName, Config: sample.Config}) {
		resolved, err := samples.Resolve(expressions(need.Config, types).(samples.Object), s.tenant, samples.SeededCaller(s.tenant), nil)
		if err != nil {
			return err
		}
		if resources[need.Type] == nil {
			resources[need.Type] = map[string]any{}
		}
		types[need.Name], resources[need.Type][need.Name] = need.Type, resolved
	}
	resources[typeName][name].(samples.Object)["lifecycle"] = map[string]any{"replace_triggered_by": []string{"terraform_data.trigger"}}
	resources["terraform_data"] = map[string]any{"trigger": map[string]any{"input": "${var.trigger}"}}
	if dependent {
		resources["terraform_data"]["dependent"] = map[string]any{"depends_on": []string{typeName + "." + name}, "lifecycle": map[string]any{"create_before_destroy": true}}
	}
	content, err := json.Marshal(map[string]any{
		"variable": map[string]any{"trigger": map[string]any{"default": "1"}}, "resource": resources,
	})
	return errors.Join(err, os.WriteFile(filepath.Join(s.workspace.Dir, "main.tf.json"), content, 0o600))
}

// expressions puts what Terraform has for references in the place of those.
func expressions(value any, types map[string]string) any {
	switch value := value.(type) {
	case samples.Reference:
		return fmt.Sprintf("${%s.%s.%s}", types[value.Name], value.Name, value.Attribute)
	case string:
		return strings.NewReplacer("${", "$${", "%{", "%%{").Replace(value)
	case samples.Object:
		written := make(samples.Object, len(value))
		for key, element := range value {
			written[key] = expressions(element, types)
		}
		return written
	case []any:
		written := make([]any, len(value))
		for i, element := range value {
			written[i] = expressions(element, types)
		}
		return written
	}
	return value
}
