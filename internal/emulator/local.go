package emulator

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/access"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/directory"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/entitytype"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/httpjson"
	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/resourcemanager"
)

// localPrefix is where the tenant itself is controlled. Only clients on this machine may.
const localPrefix = "/_local/"

func (t *Tenant) serveLocal(w http.ResponseWriter, r *http.Request) {
	if why := t.uncontrolled(r); why != "" {
		http.Error(w, why, http.StatusForbidden)
		return
	}
	operation := r.Method + " " + strings.TrimPrefix(r.URL.Path, localPrefix)
	if known, answer, err := t.control(r, operation); known {
		writeControl(w, answer, err)
		return
	}
	var err error
	switch operation {
	case "POST reset":
		t.log.clear()
		err = t.Reset()
	case "POST seed":
		var given Seed
		if given, err = decodeSeed(r.Body); err == nil {
			err = t.AddSeed(given)
		}
	case "GET snapshot":
		httpjson.Write(w, http.StatusOK, t.Snapshot())
		return
	case "PUT snapshot":
		var snapshot Snapshot
		if err = json.NewDecoder(r.Body).Decode(&snapshot); err == nil {
			err = t.Restore(snapshot)
		}
	case "GET log":
		httpjson.Write(w, http.StatusOK, t.Requests())
		return
	case "DELETE log":
		t.ResetRequests()
	case "GET counters":
		httpjson.Write(w, http.StatusOK, count(t.Requests()))
		return
	case "GET replication":
		httpjson.Write(w, http.StatusOK, t.Replication())
		return
	case "PUT replication":
		var given Replication
		if err = strictly(r.Body, &given); err == nil {
			err = t.SetReplication(given)
		}
	case "DELETE replication":
		err = t.SetReplication(Replication{})
	case "GET token", "POST token": // GET is how a GitHub Actions job asks, at ACTIONS_ID_TOKEN_REQUEST_URL
		at, failure := t.at(t.origin(r))
		if failure == nil {
			at.issuer.TokenHandler().ServeHTTP(w, r)
			return
		}
		err = failure
	default:
		http.NotFound(w, r)
		return
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// uncontrolled says why a client may not control the tenant; empty where it may. A web page can have a browser on this machine
// send requests, under a name that its author has point here: the name has to be the tenant's, and the page too.
func (t *Tenant) uncontrolled(r *http.Request) string {
	client, err := netip.ParseAddrPort(r.RemoteAddr)
	address := client.Addr().Unmap()
	if err != nil || !address.IsLoopback() && !slices.ContainsFunc(t.options.ControlFrom, func(network netip.Prefix) bool { return network.Contains(address) }) {
		return "only clients on this machine may control the tenant, and those that --control-from names"
	}
	if !t.isHost(hostname(r.Host)) {
		return fmt.Sprintf("the tenant is controlled under its own name, and not as %q: see --host", r.Host)
	}
	if page := r.Header.Get("Origin"); page != "" {
		if parsed, err := url.Parse(page); err != nil || parsed.Host != r.Host {
			return fmt.Sprintf("pages of %q may not control the tenant", page)
		}
	}
	return ""
}

// isHost reports whether a host is an address, which no name server can have point elsewhere, or a name of the tenant.
func (t *Tenant) isHost(host string) bool {
	if net.ParseIP(host) != nil || host == "localhost" || strings.HasSuffix(host, ".localhost") || slices.Contains(t.options.Hosts, host) {
		return true
	}
	origin, err := url.Parse(t.options.Origin)
	return err == nil && host != "" && host == origin.Hostname()
}

// hostname is a host without its port.
func hostname(host string) string {
	parsed, err := url.Parse("https://" + host)
	if err != nil {
		return ""
	}
	return parsed.Hostname()
}

// Snapshot is everything in the directory, deleted objects and secrets included.
type Snapshot struct {
	Objects []*directory.Object `json:"objects"`
}

// Snapshot returns the directory as it is now.
func (t *Tenant) Snapshot() Snapshot {
	return Snapshot{Objects: slices.Collect(t.store.View().Objects())}
}

// Restore replaces the directory with that of a snapshot.
func (t *Tenant) Restore(snapshot Snapshot) error {
	for _, object := range snapshot.Objects {
		if object == nil || object.ID == "" || typeOf(object) == nil || object.Properties == nil {
			return errors.New("the snapshot has an object without id, type or properties")
		}
		if err := typeOf(object).Shape(object.Properties); err != nil {
			return fmt.Errorf("restoring %s: %w", object.ID, err)
		}
	}
	return t.change(func(txn *directory.Txn) error {
		txn.Clear()
		for _, object := range snapshot.Objects {
			txn.Put(object.Clone())
		}
		return nil
	})
}

// typeOf is the type of an object; nil for one that there is not.
func typeOf(object *directory.Object) *entitytype.Type {
	if kind, ok := resourcemanager.Types[object.Type]; ok {
		return kind
	}
	return entitytype.All[object.Type]
}

// Objects returns the live objects of a collection ("applications", "servicePrincipals", "users", …), with all their
// properties, ordered by id; "federatedIdentityCredentials" are those of all applications and managed identities, each with
// the id of its application in "applicationId", or of its service principal in "servicePrincipalId", and "deletedItems"
// the deleted objects that can be restored. "appRoleAssignments" are those of all principals. Those of Azure are
// "userAssignedIdentities", "resourceGroups" and the like.
func (t *Tenant) Objects(collection string) []map[string]any {
	view := t.store.View()
	objects := []map[string]any{}
	for object := range view.Objects() {
		kind := typeOf(object)
		switch {
		case kind == nil:
		case collection == "deletedItems" && object.State == directory.Deleted && access.Ends[object.Type] == nil,
			collection == kind.Set && object.State == directory.Live,
			collection == "appRoleAssignments" && kind == entitytype.AppRoleAssignment && object.State == directory.Live:
			objects = append(objects, maps.Clone(object.Properties))
		case collection == "federatedIdentityCredentials" && kind == entitytype.FederatedIdentityCredential:
			if parent, live := view.Get(object.Parent); live {
				credential := maps.Clone(object.Properties)
				credential[parent.Type+"Id"] = object.Parent
				objects = append(objects, credential)
			}
		}
	}
	return objects
}
