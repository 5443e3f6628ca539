// Package conformance holds exchanges over HTTP against OpenAPI documents of
// Microsoft Graph, a third party that neither the local tenant nor the provider
// had a part in: every path and verb must be documented, every property of a body
// must be one of its type's and hold a value of its type.
//
// The documents are graph-workload-openapi.v1.0.json and
// graph-workload-openapi.beta.json in one folder. They are a reconstruction from
// Microsoft's published metadata; what is known to be weak about them is in
// exceptions.go, with reasons.
package conformance

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
)

// Documents are the OpenAPI documents of Microsoft Graph's versions. They are safe
// for concurrent use.
type Documents struct {
	versions map[string]*version
}

type version struct {
	routes  routes
	schemas openapi3.Schemas
}

var (
	loading sync.Mutex
	loaded  = map[string]*Documents{}
)

// Load reads the documents in a folder; once for each folder, as they are large.
func Load(folder string) (*Documents, error) {
	loading.Lock()
	defer loading.Unlock()
	if d, ok := loaded[folder]; ok {
		return d, nil
	}
	d := &Documents{map[string]*version{}}
	for _, name := range []string{"v1.0", "beta"} {
		data, err := os.ReadFile(filepath.Join(folder, "graph-workload-openapi."+name+".json"))
		if err != nil {
			return nil, err
		}
		document, err := openapi3.NewLoader().LoadFromData(data)
		if err != nil {
			return nil, fmt.Errorf("reading the OpenAPI document of %s: %w", name, err)
		}
		d.versions[name] = &version{newRoutes(document.Paths), document.Components.Schemas}
	}
	loaded[folder] = d
	return d, nil
}

// An Exchange is a request and its answer.
type Exchange struct {
	Method         string
	Target         string // path, escaped, and query, as in /v1.0/applications?$top=1
	RequestHeader  http.Header
	RequestBody    []byte
	Status         int
	ResponseHeader http.Header
	ResponseBody   []byte // both bodies without content encoding
}

// A Violation is what of an exchange is not documented.
type Violation struct {
	Method  string
	Target  string
	Status  int
	Part    string // "request" or "answer"
	At      string // place in the body, as in value[0].web.redirectUris; empty: the whole
	Message string
}

func (v Violation) String() string {
	at := v.Part
	if v.At != "" {
		at += " at " + v.At
	}
	return fmt.Sprintf("%s %s → %d, %s: %s", v.Method, v.Target, v.Status, at, v.Message)
}

// Check holds an exchange with Microsoft Graph against the documents. Anything that
// is not under /v1.0 or /beta is not Microsoft Graph, and passes.
func (d *Documents) Check(e Exchange) []Violation {
	var found []Violation
	report := func(part, at, message string) {
		found = append(found, Violation{e.Method, e.Target, e.Status, part, at, message})
	}
	target, err := url.Parse(e.Target)
	if err != nil {
		report("request", "", err.Error())
		return found
	}
	name, path, _ := strings.Cut(strings.TrimPrefix(target.EscapedPath(), "/"), "/")
	if d.versions[name] == nil {
		return nil
	}
	documented, v := d.route(name, path)
	if documented == nil {
		for prefix := range elsewhere {
			if path == prefix || strings.HasPrefix(path, prefix+"/") {
				return nil
			}
		}
		if e.Status != http.StatusNotFound && e.Status != http.StatusBadRequest || !isError(e.ResponseBody) {
			report("request", "", "the path is not documented")
		}
		return found
	}
	operation := documented.Operations()[e.Method]
	if operation == nil {
		if e.Status < 400 {
			report("request", "", "the path is documented, but not with this method")
		}
		return found
	}
	c := &checker{version: v, report: report, method: e.Method, ownType: ownType(path)}
	// What the tenant has refused need not be valid as well.
	if e.Status != http.StatusBadRequest {
		c.query(operation, documented, target.Query())
		c.request(operation, e)
	}
	c.answer(operation, e)
	if path == "$batch" {
		found = append(found, d.checkBatch(name, e)...)
	}
	return found
}

// route finds a path in a version's document. The document of beta has only what
// differs from v1.0.
func (d *Documents) route(name, path string) (*openapi3.PathItem, *version) {
	for _, candidate := range []string{name, "v1.0"} {
		v := d.versions[candidate]
		if item := v.routes.find(path); item != nil {
			return item, v
		}
	}
	return nil, nil
}
