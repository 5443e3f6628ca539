package certificate_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha1" //nolint:gosec // what the tenant is to have
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/workloadid/terraform-provider-workloadid/internal/acctest"
	"github.com/workloadid/terraform-provider-workloadid/internal/acctest/protocol"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/fault"
)

type object = map[string]any

const (
	get       = "GET /v1.0/applications/{id}"
	patch     = "PATCH /v1.0/applications/{id}"
	ofApp     = "workloadid_application_certificate"
	ofService = "workloadid_service_principal_certificate"
)

// pair is a certificate with its private key.
type pair struct {
	der, key []byte
	pem      string
	keyPEM   string
}

func (p pair) thumbprint() string {
	sum := sha1.Sum(p.der) //nolint:gosec // see the import
	return strings.ToUpper(hex.EncodeToString(sum[:]))
}

// newPair makes a certificate that is valid from a day ago for so long.
func newPair(t testing.TB, name string, lifetime time.Duration) pair {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now().Add(-24 * time.Hour).Truncate(time.Second)
	template := &x509.Certificate{SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name}, NotBefore: start, NotAfter: start.Add(lifetime)}
	p := pair{}
	if p.der, err = x509.CreateCertificate(rand.Reader, template, template, key.Public(), key); err != nil {
		t.Fatal(err)
	}
	if p.key, err = x509.MarshalPKCS8PrivateKey(key); err != nil {
		t.Fatal(err)
	}
	p.pem = string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: p.der}))
	p.keyPEM = string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: p.key}))
	return p
}

const year = 365 * 24 * time.Hour

// application makes one behind Terraform's back that somebody else has given a certificate and a password.
func application(t testing.TB, h *acctest.Harness) (id string, foreign pair) {
	t.Helper()
	id = h.Graph(t, "POST", "/applications", object{"displayName": "Shop"})["id"].(string)
	foreign = newPair(t, "foreign", year)
	h.Graph(t, "PATCH", "/applications/"+id, object{"keyCredentials": []any{object{"type": "AsymmetricX509Cert", "usage": "Verify", "key": foreign.der, "displayName": "somebody else's"}}})
	h.Graph(t, "POST", "/applications/"+id+"/addPassword", object{"passwordCredential": object{"displayName": "somebody else's"}})
	return id, foreign
}

// keys are what the tenant holds, by thumbprint.
func keys(t testing.TB, h *acctest.Harness, set, id string) map[string]object {
	t.Helper()
	held := map[string]object{}
	for _, o := range h.Tenant.Objects(set) {
		if o["id"] != id {
			continue
		}
		all, _ := o["keyCredentials"].([]any)
		for _, key := range all {
			held[key.(object)["customKeyIdentifier"].(string)] = key.(object)
		}
		if len(held) != len(all) {
			t.Errorf("the tenant holds a certificate twice: %v", all)
		}
		if passwords, _ := o["passwordCredentials"].([]any); set == "applications" && len(passwords) != 1 {
			t.Errorf("the tenant holds %d passwords, want the one that somebody else made", len(passwords))
		}
	}
	return held
}

func expectKeys(t testing.TB, h *acctest.Harness, id string, want ...pair) {
	t.Helper()
	held := keys(t, h, "applications", id)
	for _, p := range want {
		if key := held[p.thumbprint()]; key == nil || key["key"] != base64.StdEncoding.EncodeToString(p.der) {
			t.Errorf("%s: the tenant holds %v", p.thumbprint(), key)
		}
	}
	if len(held) != len(want) {
		t.Errorf("the tenant holds %d certificates, want %d", len(held), len(want))
	}
}

func TestApplicationCertificate_lifecycle(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	id, foreign := application(t, h)
	before := keys(t, h, "applications", id)[foreign.thumbprint()]
	own := newPair(t, "shop", year)
	certificate := h.Resource(ofApp)
	config := object{"application_id": id, "certificate": own.pem}
	plan := certificate.Plan(t, config)
	if plan.After["thumbprint"] != own.thumbprint() || plan.After["display_name"] != "CN=shop" || plan.After["key_id"] != acctest.Unknown || plan.After["end"] == acctest.Unknown {
		t.Errorf("planned %v", plan.After)
	}
	h.ResetRequests()
	certificate.Apply(t, config)
	h.ExpectRequests(t, get, patch)
	expectKeys(t, h, id, foreign, own)
	held := keys(t, h, "applications", id)
	if key := held[own.thumbprint()]; key["type"] != "AsymmetricX509Cert" || key["usage"] != "Verify" || key["displayName"] != "CN=shop" || key["keyId"] != certificate.String("key_id") || key["endDateTime"] != certificate.String("end") || key["startDateTime"] != certificate.String("start") {
		t.Errorf("the tenant holds %v, the state %v", key, certificate.State())
	}
	if after := held[foreign.thumbprint()]; fmt.Sprint(after) != fmt.Sprint(before) {
		t.Errorf("somebody else's certificate was %v and is %v", before, after)
	}
	h.ResetRequests()
	certificate.ExpectNoChanges(t, config)
	h.ExpectRequests(t, get)
	// The same certificate in another form is no change.
	for _, form := range []string{base64.StdEncoding.EncodeToString(own.der), base64.StdEncoding.EncodeToString([]byte(own.pem)), "Subject: CN=shop\n" + own.pem} {
		if plan := certificate.Plan(t, object{"application_id": id, "certificate": form}); plan.Action != protocol.NoOp {
			t.Errorf("got %s of %v", plan.Action, plan.Changes)
		}
	}
	certificate.Apply(t, object{"application_id": id, "certificate": base64.StdEncoding.EncodeToString(own.der), "timeouts": object{"create": "1m"}})

	keyID := certificate.String("key_id")
	h.ResetRequests()
	certificate.Destroy(t)
	h.ExpectRequests(t, get, patch)
	expectKeys(t, h, id, foreign)
	certificate.Apply(t, config) // again
	certificate.ExpectNoChanges(t, config)
	if certificate.String("key_id") == keyID {
		t.Errorf("the key id %s follows from the certificate: two owners would take one key for their own", keyID)
	}
	expectKeys(t, h, id, foreign, own)
}

func TestServicePrincipalCertificate_lifecycle(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	app := h.Resource("workloadid_application")
	app.Apply(t, object{"display_name": "Shop"})
	principal := h.Resource("workloadid_service_principal")
	principal.Apply(t, object{"client_id": app.String("client_id")})
	id, one, two := principal.String("id"), newPair(t, "one", year), newPair(t, "two", year)
	end := time.Now().Add(time.Hour).UTC().Truncate(time.Second).Format(time.RFC3339)
	first, second := h.Resource(ofService), h.Resource(ofService)
	config := object{"service_principal_id": id, "certificate": one.pem, "display_name": "Main", "end": end}
	first.Apply(t, config)
	second.Apply(t, object{"service_principal_id": id, "certificate": two.pem})
	first.ExpectNoChanges(t, config)
	held := keys(t, h, "servicePrincipals", id)
	if len(held) != 2 || held[one.thumbprint()]["displayName"] != "Main" || held[one.thumbprint()]["endDateTime"] != end {
		t.Errorf("the tenant holds %v", held)
	}
	first.Destroy(t)
	second.Destroy(t)
	if held := keys(t, h, "servicePrincipals", id); len(held) != 0 {
		t.Errorf("the tenant holds %v", held)
	}
	principal.ExpectNoChanges(t, object{"client_id": app.String("client_id")})
}

func TestApplicationCertificate_import(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	id, foreign := application(t, h)
	keyID := keys(t, h, "applications", id)[foreign.thumbprint()]["keyId"].(string)
	config := object{"application_id": id, "certificate": foreign.pem}
	refused := h.Resource(ofApp).ApplyFails(t, config)
	if !strings.Contains(refused.String(), "the import id is "+id+"/"+keyID) {
		t.Errorf("got %s", refused)
	}
	expectKeys(t, h, id, foreign)

	h.ResetRequests()
	imported := h.Resource(ofApp)
	imported.Import(t, id+"/"+keyID)
	h.ExpectRequests(t, get)
	if imported.String("display_name") != "somebody else's" || imported.String("thumbprint") != foreign.thumbprint() || len(imported.String("thumbprint_sha256")) != 64 {
		t.Errorf("imported %v", imported.State())
	}
	imported.ExpectNoChanges(t, config)
	imported.ExpectNoChanges(t, object{"application_id": id, "certificate": base64.StdEncoding.EncodeToString(foreign.der), "display_name": "somebody else's"})
	byIdentity := h.Resource(ofApp)
	byIdentity.ImportIdentity(t, object{"application_id": id, "key_id": keyID})
	byIdentity.ExpectNoChanges(t, config)
	for _, wrong := range []string{"", id, keyID, id + "/" + id, keyID + "/" + id, id + "/x", id + "/" + keyID + "/x"} {
		h.Resource(ofApp).ImportFails(t, wrong)
	}
	imported.Destroy(t)
	expectKeys(t, h, id)
}

func TestApplicationCertificate_drift(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	id, foreign := application(t, h)
	own := newPair(t, "shop", year)
	certificate := h.Resource(ofApp)
	config := object{"application_id": id, "certificate": own.pem}
	certificate.Apply(t, config)
	time.Sleep(acctest.ConsistencyWindow)
	// Somebody puts another one in the place of ours.
	kept := keys(t, h, "applications", id)[foreign.thumbprint()]
	h.Graph(t, "PATCH", "/applications/"+id, object{"keyCredentials": []any{object{"keyId": kept["keyId"], "type": kept["type"], "usage": kept["usage"]}}})
	certificate.Refresh(t)
	if certificate.State() != nil {
		t.Errorf("state %v", certificate.State())
	}
	certificate.Apply(t, config)
	certificate.ExpectNoChanges(t, config)
	expectKeys(t, h, id, foreign, own)
	time.Sleep(acctest.ConsistencyWindow)
	h.Graph(t, "DELETE", "/applications/"+id, nil)
	certificate.Refresh(t)
	if certificate.State() != nil {
		t.Errorf("state %v", certificate.State())
	}
}

// TestApplicationCertificate_replace replaces a certificate so that there is always one.
func TestApplicationCertificate_replace(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	id, foreign := application(t, h)
	other := h.Graph(t, "POST", "/applications", object{"displayName": "Other"})["id"]
	one, two := newPair(t, "one", year), newPair(t, "two", 2*year)
	certificate := h.Resource(ofApp)
	config := object{"application_id": id, "certificate": one.pem}
	certificate.Apply(t, config)
	keyID := certificate.String("key_id")
	for name, change := range map[string]object{
		"certificate": {"certificate": two.pem}, "unknown": {"certificate": acctest.Unknown}, "parent": {"application_id": other},
	} {
		changed := maps.Clone(config)
		maps.Copy(changed, change)
		plan := certificate.Plan(t, changed)
		if plan.Action != protocol.Replace || plan.After["key_id"] == keyID {
			t.Errorf("%s: got %s, key id %v", name, plan.Action, plan.After["key_id"])
		}
		if name == "certificate" && (plan.After["thumbprint"] != two.thumbprint() || plan.After["display_name"] != "CN=two") {
			t.Errorf("planned %v", plan.After)
		}
		if name == "unknown" && (plan.After["thumbprint"] != acctest.Unknown || plan.After["end"] != acctest.Unknown) {
			t.Errorf("planned %v", plan.After)
		}
	}
	// As create_before_destroy has it.
	next := h.Resource(ofApp)
	next.Apply(t, object{"application_id": id, "certificate": two.pem})
	expectKeys(t, h, id, foreign, one, two)
	certificate.Destroy(t)
	expectKeys(t, h, id, foreign, two)
}

// TestApplicationCertificate_renamed changes what is said of a certificate in one request, during which it is always there.
func TestApplicationCertificate_renamed(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	id, foreign := application(t, h)
	own, other := newPair(t, "own", year), newPair(t, "other", year)
	h.Resource(ofApp).Apply(t, object{"application_id": id, "certificate": other.pem})
	certificate := h.Resource(ofApp)
	config := object{"application_id": id, "certificate": own.pem}
	certificate.Apply(t, config)
	ids := map[string]bool{certificate.String("key_id"): true}
	for _, change := range []object{
		{"display_name": "Main"},
		{"end": time.Now().Add(time.Hour).UTC().Format(time.RFC3339)},
		{"display_name": "CN=own", "end": time.Now().Add(2 * time.Hour).UTC().Format(time.RFC3339)},
	} {
		maps.Copy(config, change)
		if plan := certificate.Plan(t, config); plan.Action != protocol.Update || plan.After["key_id"] == certificate.String("key_id") {
			t.Errorf("%v: got %s, key id %v", change, plan.Action, plan.After["key_id"])
		}
		h.ResetRequests()
		certificate.Apply(t, config)
		h.ExpectRequests(t, get, patch)
		certificate.ExpectNoChanges(t, config)
		expectKeys(t, h, id, foreign, own, other)
		held := keys(t, h, "applications", id)[own.thumbprint()]
		for attribute, property := range map[string]string{"display_name": "displayName", "end": "endDateTime", "key_id": "keyId"} {
			if held[property] != certificate.String(attribute) {
				t.Errorf("%v: the tenant holds %s %v", change, property, held[property])
			}
		}
		if ids[certificate.String("key_id")] {
			t.Errorf("%v: the key id was there before", change)
		}
		ids[certificate.String("key_id")] = true
	}
	if got := certificate.Identity()["key_id"]; got != certificate.String("key_id") {
		t.Errorf("the identity has the key id %v", got)
	}
	// Known at apply only.
	unknown := maps.Clone(config)
	unknown["display_name"] = acctest.Unknown
	if plan := certificate.Plan(t, unknown); plan.Action != protocol.Update || plan.After["key_id"] != acctest.Unknown {
		t.Errorf("a name that is not known yet: %s, key id %v", plan.Action, plan.After["key_id"])
	}
	certificate.Destroy(t)
	expectKeys(t, h, id, foreign, other)
}

func TestApplicationCertificate_again(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	id, foreign := application(t, h)
	own := newPair(t, "shop", year)
	config := object{"application_id": id, "certificate": own.pem}
	killed := h.Resource(ofApp)
	killed.Apply(t, config)
	// Declared twice.
	if refused := h.Resource(ofApp).ApplyFails(t, config); !strings.Contains(refused.String(), "exists already") {
		t.Errorf("got %s", refused)
	}
	h.Restart(t)
	if refused := h.Resource(ofApp).ApplyFails(t, config); !strings.Contains(refused.String(), "adopt_leftovers") {
		t.Errorf("got %s", refused)
	}
	h.AdoptLeftovers(t)
	// Something else is declared of it than what an interrupted run would have left.
	h.Resource(ofApp).ApplyFails(t, object{"application_id": id, "certificate": own.pem, "display_name": "Main"})
	again := h.Resource(ofApp)
	if warnings := again.Apply(t, config); !strings.Contains(warnings.String(), "existed already") {
		t.Errorf("got %s", warnings)
	}
	again.ExpectNoChanges(t, config)
	expectKeys(t, h, id, foreign, own)
}

// TestApplicationCertificate_lag adds and removes certificates at once while reads and writes meet replicas that lag behind:
// no other one is ever lost.
func TestApplicationCertificate_lag(t *testing.T) {
	t.Parallel()
	h := acctest.New(t, acctest.WithConsistencyWindow(20*time.Second))
	id, foreign := application(t, h)
	if err := h.Tenant.SetReplication(emulator.Replication{Replicas: 5, Lag: emulator.Lag{Min: 50 * time.Millisecond, Max: 600 * time.Millisecond}, Seed: 7}); err != nil {
		t.Fatal(err)
	}
	var pairs []pair
	var certificates []*acctest.Resource
	var all sync.WaitGroup
	for i := range 4 {
		p, certificate := newPair(t, fmt.Sprint(i), year), h.Resource(ofApp)
		pairs, certificates = append(pairs, p), append(certificates, certificate)
		all.Go(func() { certificate.Apply(t, object{"application_id": id, "certificate": p.pem}) })
	}
	all.Wait()
	expectKeys(t, h, id, append(pairs, foreign)...)
	for i, certificate := range certificates[:2] {
		all.Go(func() {
			certificate.Destroy(t)
			certificate.Apply(t, object{"application_id": id, "certificate": pairs[i].pem, "display_name": "again"})
			if i == 0 {
				certificate.Destroy(t)
			}
		})
	}
	all.Go(func() { certificates[2].Destroy(t) })
	all.Wait()
	expectKeys(t, h, id, pairs[1], pairs[3], foreign)
}

// TestApplicationCertificate_lagTooLong refuses to write what it reads when replicas do not catch up.
func TestApplicationCertificate_lagTooLong(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	id, foreign := application(t, h)
	if err := h.Tenant.SetReplication(emulator.Replication{Replicas: 2, Lag: emulator.Lag{Min: time.Hour, Max: time.Hour}}); err != nil {
		t.Fatal(err)
	}
	one, two := newPair(t, "one", year), newPair(t, "two", year)
	first := h.Resource(ofApp)
	first.Apply(t, object{"application_id": id, "certificate": one.pem})
	refused := h.Resource(ofApp).ApplyFails(t, object{"application_id": id, "certificate": two.pem})
	if !strings.Contains(refused.String(), "nothing was written") {
		t.Errorf("got %s", refused)
	}
	expectKeys(t, h, id, foreign, one)
}

// TestApplicationCertificate_faults has somebody else add a certificate while a write of ours fails: it is made again of what
// is there then.
func TestApplicationCertificate_faults(t *testing.T) {
	t.Parallel()
	for name, rule := range map[string]string{
		"concurrency": "PATCH /v1.0/applications/* 409 code=Directory_ConcurrencyViolation count=1",
		"throttled":   "PATCH /v1.0/applications/* 429 retry-after=1 count=1",
		"unavailable": "PATCH /v1.0/applications/* 503 count=1",
		"reset":       "PATCH /v1.0/applications/* reset count=1",
		"answer lost": "PATCH /v1.0/applications/* reset after count=1",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := acctest.New(t)
			id, foreign := application(t, h)
			own, late := newPair(t, "own", year), newPair(t, "late", year)
			config := object{"application_id": id, "certificate": own.pem}
			certificate := h.Resource(ofApp)
			h.Tenant.Faults().Set(fault.MustParse(rule)...)
			h.ResetRequests()
			done := make(chan struct{})
			go func() {
				defer close(done)
				for name == "answer lost" && keys(t, h, "applications", id)[own.thumbprint()] == nil {
					time.Sleep(time.Millisecond)
				}
				for !slices.ContainsFunc(h.Requests(), func(r emulator.Request) bool { return r.Method == "PATCH" }) { // which is over
					time.Sleep(time.Millisecond)
				}
				body := []any{object{"type": "AsymmetricX509Cert", "usage": "Verify", "key": late.der}}
				for _, key := range keys(t, h, "applications", id) {
					body = append(body, object{"keyId": key["keyId"], "type": key["type"], "usage": key["usage"]})
				}
				h.Graph(t, "PATCH", "/applications/"+id, object{"keyCredentials": body})
			}()
			certificate.Apply(t, config)
			<-done
			expectKeys(t, h, id, foreign, own, late)
			h.Restart(t)
			certificate = certificate.In(h)
			h.Tenant.Faults().Set(fault.MustParse(rule)...)
			certificate.Destroy(t)
			expectKeys(t, h, id, foreign, late)
		})
	}
}

// TestApplicationCertificate_manyAreListed refreshes many certificates with few requests.
func TestApplicationCertificate_manyAreListed(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	p := newPair(t, "shop", year)
	var certificates []*acctest.Resource
	var configs []object
	for i := range 60 {
		id := h.Graph(t, "POST", "/applications", object{"displayName": fmt.Sprint("Shop ", i)})["id"]
		config, certificate := object{"application_id": id, "certificate": p.pem}, h.Resource(ofApp)
		certificate.Apply(t, config)
		certificates, configs = append(certificates, certificate), append(configs, config)
	}
	time.Sleep(acctest.ConsistencyWindow)
	h.Restart(t)
	h.ResetRequests()
	for i, certificate := range certificates {
		certificate = certificate.In(h)
		certificate.ExpectNoChanges(t, configs[i])
		certificates[i] = certificate
	}
	if n := len(h.Requests()); n > 14 { // a token, ten single reads, the number of applications, a page
		t.Errorf("%d requests: %v", n, h.Requests())
	}
	// One that the listing lacks is not gone for that.
	h.ResetRequests()
	id := configs[59]["application_id"].(string)
	h.Graph(t, "PATCH", "/applications/"+id, object{"keyCredentials": []any{}})
	certificates[59].ExpectNoChanges(t, configs[59]) // as it was listed
}

func TestApplicationCertificate_expiry(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	id, _ := application(t, h)
	own := newPair(t, "shop", 3*24*time.Hour)
	config := object{"application_id": id, "certificate": own.pem}
	certificate := h.Resource(ofApp)
	certificate.Apply(t, config)
	if warnings := certificate.Apply(t, config); len(warnings) != 0 {
		t.Errorf("got %s", warnings)
	}
	h.Tenant.Clock().Advance(48 * time.Hour)
	if plan := certificate.Plan(t, config); plan.Action != protocol.NoOp {
		t.Errorf("got %s of %v", plan.Action, plan.Changes)
	}
	if warnings := certificate.Apply(t, config); !strings.Contains(warnings.String(), "has expired") {
		t.Errorf("got %s", warnings)
	}
	for _, change := range []object{{"display_name": "Main"}, {"end": time.Now().UTC().Format(time.RFC3339)}} {
		changed := maps.Clone(config)
		maps.Copy(changed, change)
		if diags := h.Resource(ofApp).PlanFails(t, changed); !strings.Contains(diags.String(), "has expired") {
			t.Errorf("got %s", diags)
		}
	}
	certificate.Destroy(t)
}

func TestApplicationCertificate_wrongParent(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	app := h.Graph(t, "POST", "/applications", object{"displayName": "Shop"})
	principal := h.Graph(t, "POST", "/servicePrincipals", object{"appId": app["appId"]})
	own := newPair(t, "shop", year)
	if refused := h.Resource(ofApp).ApplyFails(t, object{"application_id": app["appId"], "certificate": own.pem}); !strings.Contains(refused.String(), "takes its object id: "+app["id"].(string)) {
		t.Errorf("got %s", refused)
	}
	if refused := h.Resource(ofService).ApplyFails(t, object{"service_principal_id": app["id"], "certificate": own.pem}); !strings.Contains(refused.String(), principal["id"].(string)) {
		t.Errorf("got %s", refused)
	}
}

func TestMain(m *testing.M) { acctest.Main(m) }

func TestApplicationCertificate_invalid(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	id, _ := application(t, h)
	own := newPair(t, "shop", year)
	h.Secret(own.keyPEM)
	h.Secret(base64.StdEncoding.EncodeToString(own.key))
	valid := object{"application_id": id, "certificate": own.pem}
	certificate := h.Resource(ofApp)
	certificate.Validate(t, valid)
	for name, test := range map[string]struct {
		change object
		want   string
	}{
		"no application":   {object{"application_id": nil}, "application_id"},
		"name for an id":   {object{"application_id": "shop"}, "must be a UUID"},
		"no certificate":   {object{"certificate": nil}, "certificate"},
		"path":             {object{"certificate": "shop.pem"}, "neither PEM nor base64"},
		"key":              {object{"certificate": own.keyPEM}, "Certificate has a private key in it"},
		"pair":             {object{"certificate": own.pem + own.keyPEM}, "openssl x509 -in FILE"},
		"key's DER":        {object{"certificate": base64.StdEncoding.EncodeToString(own.key)}, "private key"},
		"empty name":       {object{"display_name": ""}, "display_name"},
		"long name":        {object{"display_name": strings.Repeat("x", 91)}, "90"},
		"end in words":     {object{"end": "next year"}, "RFC 3339"},
		"end too late":     {object{"end": "2199-01-01T00:00:00Z"}, "must not be after"},
		"end before start": {object{"end": "1999-01-01T00:00:00Z"}, "must be after"},
	} {
		config := maps.Clone(valid)
		maps.Copy(config, test.change)
		if diagnostics := certificate.ValidateFails(t, config); !strings.Contains(diagnostics.String(), test.want) {
			t.Errorf("%s: got %s", name, diagnostics)
		}
		if diagnostics := certificate.PlanFails(t, config); !strings.Contains(diagnostics.String(), test.want) {
			t.Errorf("%s: planned, %s", name, diagnostics)
		}
	}
	h.ExpectRequestCount(t, 0)
}

// TestApplicationCertificate_unknown does not know the certificate before the apply.
func TestApplicationCertificate_unknown(t *testing.T) {
	t.Parallel()
	h := acctest.New(t, acctest.WithProvider(object{"tenant_id": acctest.Unknown}))
	plan := h.Resource(ofApp).Plan(t, object{"application_id": acctest.Unknown, "certificate": acctest.Unknown, "display_name": "Main"})
	for _, name := range []string{"key_id", "start", "end", "thumbprint", "thumbprint_sha256"} {
		if plan.After[name] != acctest.Unknown {
			t.Errorf("%s is planned as %v", name, plan.After[name])
		}
	}
	own := newPair(t, "shop", year)
	plan = h.Resource(ofApp).Plan(t, object{"application_id": acctest.Unknown, "certificate": own.pem})
	if plan.After["key_id"] != acctest.Unknown || plan.After["thumbprint"] != own.thumbprint() {
		t.Errorf("planned %v", plan.After)
	}
	h.ExpectRequestCount(t, 0)
}

// TestApplicationCertificate_policy is refused by a policy of the tenant, in words that say what to do, and no other
// certificate is the worse for it.
func TestApplicationCertificate_policy(t *testing.T) {
	t.Parallel()
	h := acctest.New(t)
	id, foreign := application(t, h)
	h.Graph(t, "PATCH", "/policies/defaultAppManagementPolicy", object{"isEnabled": true, "applicationRestrictions": object{"keyCredentials": []any{
		object{"restrictionType": "asymmetricKeyLifetime", "maxLifetime": "P90D", "restrictForAppsCreatedAfterDateTime": "2020-01-01T00:00:00Z"},
	}}})
	own := newPair(t, "shop", year)
	refused := h.Resource(ofApp).ApplyFails(t, object{"application_id": id, "certificate": own.pem})
	if text := refused.String(); !strings.Contains(text, "CredentialInvalidLifetimeAsPerAppPolicy") || !strings.Contains(text, "valid for less time") || !strings.Contains(text, `"end"`) {
		t.Errorf("got %s", text)
	}
	expectKeys(t, h, id, foreign)
	// A credential that ends before its certificate does is one that is valid for less time.
	config := object{"application_id": id, "certificate": own.pem, "end": time.Now().Add(30 * 24 * time.Hour).UTC().Truncate(time.Second).Format(time.RFC3339)}
	certificate := h.Resource(ofApp)
	certificate.Apply(t, config)
	certificate.ExpectNoChanges(t, config)
	expectKeys(t, h, id, foreign, own)
}
