package mapping

import "github.com/hashicorp/terraform-plugin-framework/attr"

// Part gives the rows of what is a part of an entity, such as the only element of a collection, as rows of the entity.
func Part[E, N any](table Table[N], of func(E) N) Table[E] {
	rows := make(Table[E], len(table))
	for i, row := range table {
		rows[i] = Row[E]{row.row.within(func(whole any) any { return of(whole.(E)) })}
	}
	return rows
}

//go:noinline
func (r row) within(of func(whole any) any) *row {
	part := r
	r.decode = func(from any, prior attr.Value) attr.Value { return part.decode(of(from), prior) }
	if part.encode != nil {
		r.encode = func(value attr.Value, to any) { part.encode(value, of(to)) }
		r.transfer = func(from, to any) { part.transfer(of(from), of(to)) }
	}
	if part.patch != nil {
		r.patch = func(prior, plan attr.Value, from, to any) bool { return part.patch(prior, plan, of(from), of(to)) }
	}
	return &r
}
