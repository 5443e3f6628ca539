package chaos

import (
	"context"
	"crypto/sha1"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/workloadid/terraform-provider-workloadid/internal/acctest/samples"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/directory"
	"github.com/workloadid/terraform-provider-workloadid/internal/terraformcli"
)

// scene is where commands are killed or interrupted: a configuration, and the steps that lead round in it. The first one
// is made in peace, so that there is a state from then on: only then can it be seen whether a kill has torn it.
type scene struct {
	name, configuration string
	window              time.Duration // the provider's
	lag                 time.Duration // of what is changed after the first step
	variables           []string
	steps               []step
	// others do after the first step what must stay as it is.
	others func(ctx context.Context, s *site) error
	// mayStay reports whether nobody can know something again that a killed step has made.
	mayStay func(made step, t thing) bool
	// unseen reports whether replicas may have kept something that a killed step has made from the command that came after
	// it: the next one takes it away, once nothing is young any more.
	unseen func(made step, t thing) bool
}

// enter makes a site in which the first step is made.
func (s scene) enter(ctx context.Context, cli terraformcli.CLI) (*site, error) {
	entered, err := newSite(ctx, cli, s.configuration, s.window)
	if err != nil {
		return nil, err
	}
	entered.workspace.Env = append(entered.workspace.Env, s.variables...)
	entered.take(s.steps[0])
	if _, err = entered.run(ctx, s.steps[0].command); err == nil && s.others != nil {
		err = errors.Join(s.others(ctx, entered), entered.remember())
	}
	if err == nil && s.lag > 0 {
		err = entered.tenant.SetReplication(emulator.Replication{Replicas: 4, Lag: emulator.Lag{Min: s.lag, Max: s.lag}})
	}
	return entered, err
}

// take has what a step has for variables be that of every command from now on.
func (s *site) take(next step) {
	s.workspace.Env = append(slices.DeleteFunc(s.workspace.Env, func(variable string) bool { return slices.Contains(s.taken, variable) }), next.variables...)
	s.taken = next.variables
}

// step is a command, with what it has for variables.
type step struct {
	name, command string
	variables     []string
	removes       bool     // something that there was
	writes        int      // how many requests it sends that change something
	chosen        []moment // in which it is killed, before chance has its turn
}

// moment is when something is killed: a while after so many writes to these paths have arrived, of which each takes its time.
type moment struct {
	paths          []string
	latency, delay string // before it is carried out, and before it is answered
	odds           float64
	write          int
	pause          time.Duration
}

// byChance is a moment between the answer to one write and that to another.
func byChance(write int, pause time.Duration) moment {
	return moment{writePaths, "5ms..40ms", "10ms..60ms", 0.7, write, pause}
}

// writePaths leave out the token endpoint.
var writePaths = []string{"/applications/**", "/servicePrincipals/**", "/oauth2PermissionGrants/**"}

// unanswered is when so many writes have been carried out and none of them has been answered.
func unanswered(writes int, paths ...string) moment {
	return moment{paths, "0s..1ms", "20s..20s", 1, writes, 200 * time.Millisecond}
}

// unserved is when so many writes have arrived and none of them has been carried out.
func unserved(writes int, paths ...string) moment {
	return moment{paths, "20s..20s", "0s..1ms", 1, writes, 50 * time.Millisecond}
}

// keys is a scene of what has a natural key, and of two applications that have none.
var keys = scene{
	name: "applications", configuration: "keys.tf", window: killWindow,
	steps: []step{{name: "apply", command: "apply", writes: 12}, {name: "destroy", command: "destroy", removes: true, writes: 11}},
	mayStay: func(_ step, t thing) bool {
		return t.object.Type == "application" && t.id == t.object.ID && strings.HasPrefix(t.object.String("displayName"), "Nameless")
	},
}

// access is a scene of passwords, certificates and grants, among others that somebody else has made. Six of them are made,
// changed and removed at the same time.
func access(lag time.Duration, first, second, none []moment) scene {
	stage := func(name string, writes int, chosen []moment) step {
		return step{name: name, command: "apply", variables: []string{"TF_VAR_stage=" + name}, removes: name != "first", writes: writes, chosen: chosen}
	}
	s := scene{
		name: "access", configuration: "access.tf", window: killWindow, lag: lag,
		variables: []string{"TF_VAR_certificate=" + certificate("Config")},
		steps:     []step{stage("none", 10, none), stage("first", 10, first), stage("second", 12, second)},
		others:    giveToOthers,
		// Only the answer has a password, and nothing tells a first one from that of somebody else.
		mayStay: func(made step, t thing) bool { return made.name == "first" && isPassword(t) },
		unseen:  func(made step, t thing) bool { return lag > 0 && made.name == "second" && isPassword(t) },
	}
	if lag > 0 {
		s.name += fmt.Sprintf(" with replicas %s behind", lag)
		s.window += lag
	}
	return s
}

func isPassword(t thing) bool {
	return slices.ContainsFunc(t.object.Items("passwordCredentials"), func(password map[string]any) bool { return password["keyId"] == t.id })
}

// certificate is that of the sample, as it is made or changed.
func certificate(which string) string {
	sample := samples.Resources["workloadid_application_certificate"][0]
	return map[string]samples.Object{"Config": sample.Config, "Changed": sample.Changed}[which]["certificate"].(string)
}

// giveToOthers makes what is like the scene's own in everything but the id, or in the same object.
func giveToOthers(ctx context.Context, s *site) error {
	ids := map[string]string{}
	for id, object := range s.live() {
		ids[object.Type+" "+object.String("displayName")] = id
	}
	application := func(name string) string { return "/applications/" + ids["application "+name] }
	principal := func(name string) string { return ids["servicePrincipal "+name] }
	var graph string
	for _, object := range s.tenant.Objects("servicePrincipals") {
		if object["displayName"] == "Microsoft Graph" {
			graph = object["id"].(string)
		}
	}
	der, _ := pem.Decode([]byte(certificate("Changed")))
	thumbprint := sha1.Sum(der.Bytes) //nolint:gosec // what Microsoft Entra calls it by
	const directoryReadAll = "7ab1d382-f21e-4acd-a863-ba3e13f7da61"
	assignment := func(name string) map[string]any {
		return map[string]any{"principalId": principal(name), "resourceId": graph, "appRoleId": directoryReadAll}
	}
	password := map[string]any{"passwordCredential": map[string]any{"displayName": "CI"}}
	var err error
	for _, made := range []struct {
		method, path string
		body         map[string]any
	}{
		{http.MethodPost, application("Orders") + "/addPassword", password},
		{http.MethodPost, application("Shipping") + "/addPassword", password},
		{http.MethodPatch, application("Billing"), map[string]any{"keyCredentials": []any{map[string]any{
			"type": "AsymmetricX509Cert", "usage": "Verify", "displayName": "CN=theirs",
			"key": base64.StdEncoding.EncodeToString(der.Bytes), "customKeyIdentifier": base64.StdEncoding.EncodeToString(thumbprint[:]),
		}}}},
		{http.MethodPost, "/servicePrincipals/" + graph + "/appRoleAssignedTo", assignment("Orders")},
		{http.MethodPost, "/servicePrincipals/" + graph + "/appRoleAssignedTo", assignment("Shipping")},
		{http.MethodPost, "/oauth2PermissionGrants", map[string]any{"clientId": principal("Orders"), "resourceId": graph, "consentType": "AllPrincipals", "scope": "openid"}},
		{http.MethodPost, "/oauth2PermissionGrants", map[string]any{
			"clientId": principal("Shipping"), "resourceId": graph, "consentType": "Principal", "scope": "User.Read",
			"principalId": s.tenant.Objects("users")[0]["id"],
		}},
	} {
		status, failed := request(ctx, s.tenant, made.method, made.path, made.body)
		if failed == nil && status >= http.StatusBadRequest {
			failed = fmt.Errorf("%s %s answered %d", made.method, made.path, status)
		}
		err = errors.Join(err, failed)
	}
	return err
}

// thing is what a tenant holds, by its id: an object, or a credential that is part of it.
type thing struct {
	id     string
	object *directory.Object
}

func (t thing) String() string {
	name := t.object.String("displayName")
	if name == "" {
		name = t.object.String("name")
	}
	text := fmt.Sprintf("%s %q %s", t.object.Type, name, t.object.ID)
	if t.id != t.object.ID {
		text = fmt.Sprintf("a credential %s of %s", t.id, text)
	}
	return text
}

// content is what there is to know of a thing, but for the scopes of a grant, which several may share.
func (t thing) content() string {
	for _, property := range []string{"keyCredentials", "passwordCredentials"} {
		for _, credential := range t.object.Items(property) {
			if credential["keyId"] == t.id {
				return fmt.Sprint(credential)
			}
		}
	}
	properties := maps.Clone(t.object.Properties)
	if t.object.Type == grantType {
		delete(properties, "scope")
	}
	return fmt.Sprint(properties)
}

const grantType = "oAuth2PermissionGrant"

// scopes are those of the grants that a tenant holds, by the grants' ids.
func (s *site) scopes() map[string][]string {
	scopes := map[string][]string{}
	for id, object := range live(s.tenant, nil) {
		if object.Type == grantType {
			scopes[id] = slices.Sorted(strings.FieldsSeq(object.String("scope")))
		}
	}
	return scopes
}

// remember has what the state does not know be that of others, from now on.
func (s *site) remember() error {
	s.theirScopes = s.scopes()
	unknown, _, err := s.compare()
	for _, t := range unknown {
		s.theirs[t.id] = t.content()
		s.seeded[t.id] = true
	}
	return err
}

// untouched reports an error where others do not have what they had, or somebody has a scope that nobody gave.
func (s *site) untouched() error {
	there := live(s.tenant, nil)
	for id, before := range s.theirs {
		if there[id] == nil {
			return fmt.Errorf("what others had is gone: %s", before)
		}
		if now := (thing{id, there[id]}).content(); now != before {
			return fmt.Errorf("what others had is changed:\nbefore: %s\nnow:    %s", before, now)
		}
	}
	instances, err := s.instances()
	if err != nil {
		return err
	}
	want := maps.Clone(s.theirScopes)
	for _, i := range instances {
		grant, _ := i.attributes["delegated_permission_grant_id"].(string)
		scopes, _ := i.attributes["delegated_scopes"].([]any)
		if all, ok := i.attributes["scopes"].([]any); ok {
			grant, scopes = i.attributes["id"].(string), all
		}
		for _, scope := range scopes {
			want[grant] = slices.Compact(slices.Sorted(slices.Values(append(slices.Clip(want[grant]), scope.(string)))))
		}
	}
	if got := s.scopes(); !maps.EqualFunc(got, want, slices.Equal) {
		return fmt.Errorf("the tenant has the scopes %v, and others and the state have %v", got, want)
	}
	return nil
}
