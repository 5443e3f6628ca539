package main

import (
	"context"
	"slices"
)

// row is a part of the table that can be measured alone.
type row struct {
	key     string
	own     bool     // only of our provider
	needs   []string // files of the configuration
	estate  []string // those of them that must be there, and have settled
	measure func(context.Context, *bench) ([]result, error)
}

var (
	workload = []string{applicationFile, servicePrincipalFile, credentialFile}
	alone    = []string{applicationFile}
	present  = []string{applicationFile, servicePrincipalFile}
	accesses = []string{applicationFile, servicePrincipalFile, accessFile}
)

// rows in the order in which they are measured: what asks nobody how old its objects are goes before the plans.
var rows = []row{
	{key: "size", own: true, measure: measureSize},
	{key: "start", own: true, measure: measureStart},
	{key: "validate", own: true, measure: measureValidate},
	{key: "create", needs: workload, measure: measureCreate},
	{key: "credentials", needs: []string{applicationFile, furtherCredentialFile}, measure: measureCredentials},
	{key: "lookups", needs: []string{lookupFile}, measure: measureLookups},
	{key: "plan", needs: workload, estate: workload, measure: measurePlan},
	{key: "echo", own: true, needs: workload, estate: workload, measure: measureEcho},
	{key: "drift", needs: workload, estate: workload, measure: measureDrift},
	{key: "access", needs: accesses, estate: accesses, measure: measureAccess},
	{key: "grants", needs: append([]string{grantFile}, present...), estate: present, measure: measureGrants},
	{key: "terraform_data", measure: measureTerraformData},
	{key: "destroy", needs: workload, estate: workload, measure: measureDestroy},
	{key: "others", needs: alone, estate: alone, measure: measureOthers},
	{key: "curve", needs: alone, estate: alone, measure: measureCurve},
}

func (r row) applies(b *bench) bool {
	return (!r.own || b.providerConfig == "") && b.subject.has(r.needs...)
}

func keys() []string {
	var all []string
	for _, r := range rows {
		all = append(all, r.key)
	}
	return all
}

func rowOf(key string) (row, bool) {
	i := slices.IndexFunc(rows, func(r row) bool { return r.key == key })
	if i < 0 {
		return row{}, false
	}
	return rows[i], true
}
