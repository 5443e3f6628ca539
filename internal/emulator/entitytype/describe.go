package entitytype

import (
	"sync"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/odata"
)

// OData describes the type, in that version, to the query options.
func (t *Type) OData(version Version) *odata.Type {
	key := description{t, version}
	if known, ok := descriptions.Load(key); ok {
		return known.(*odata.Type)
	}
	described := describing{version: version, done: map[*Type]*odata.Type{}}
	known, _ := descriptions.LoadOrStore(key, described.describe(t))
	return known.(*odata.Type)
}

type description struct {
	of      *Type
	version Version
}

var descriptions sync.Map // of description to *odata.Type

type describing struct {
	version Version
	done    map[*Type]*odata.Type // types refer to each other in circles
}

func (d *describing) describe(t *Type) *odata.Type {
	if described, ok := d.done[t]; ok {
		return described
	}
	described := &odata.Type{Name: "microsoft.graph." + t.Name, Open: t.Open, Unpaged: t.Unpaged}
	d.done[t] = described
	for i := range t.Properties {
		p := &t.Properties[i]
		if !p.In(d.version) {
			continue
		}
		row := odata.Property{
			Name: p.Name, Type: p.Kind.String(), Collection: p.Collection, SelectOnly: p.SelectOnly,
			Filter:  p.Filter,
			OrderBy: p.OrderBy, AdvancedOrderBy: p.AdvancedOrderBy, Search: p.Search,
		}
		if p.Complex != nil {
			row.Complex = d.describe(p.Complex)
			row.Type = row.Complex.Name
		}
		described.Properties = append(described.Properties, row)
	}
	for _, n := range t.Navigation {
		if n.BetaOnly && d.version != Beta {
			continue
		}
		described.Navigation = append(described.Navigation, odata.Navigation{
			Name: n.Name, Target: d.describe(n.Target), Collection: !n.Single, Expand: n.Expand, Filter: n.Filter, Count: n.Count,
		})
	}
	for _, derived := range t.Derived {
		described.Derived = append(described.Derived, d.describe(derived))
	}
	return described
}
