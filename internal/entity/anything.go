package entity

import (
	"context"
	"iter"

	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
)

// Descriptions have types, so that the compiler compares a resource's hooks with its table. What is done with them is
// compiled once for all resources, of descriptions of anything: a copy of the envelope for each would make the program larger
// by a hundred kilobytes, and its compilation slower.

// anything makes it a description of anything.
func (r Resource[E]) anything() Resource[any] {
	return Resource[any]{
		Noun: r.Noun, Description: r.Description, Identity: r.Identity, ImportIDs: r.ImportIDs, Permissions: r.Permissions, Existing: r.Existing,
		New:        func() any { return r.New() },
		Create:     creating(r.Create),
		Read:       func(ctx context.Context, api *Services, query Query) (any, error) { return r.Read(ctx, api, query) },
		Listings:   r.Listings,
		Update:     writing(r.Update),
		Prepare:    reporting(r.Prepare),
		Delete:     r.Delete,
		Find:       finding(r.Find),
		Keys:       r.Keys,
		Leftover:   judging(r.Leftover),
		References: r.References, Targets: r.Targets, Hint: r.Hint, Guess: r.Guess,
		Discard: reporting(r.Discard),
		Renewed: r.Renewed, Unreadable: r.Unreadable, Parent: r.Parent, Parts: r.Parts, Identify: r.Identify, Links: r.Links, Validate: r.Validate, Plan: r.Plan,
		Finish:  writing(r.Finish),
		Abandon: r.Abandon,
		Contest: contesting(r.Contest),
	}
}

func contesting[E any](of *Contest[E]) *Contest[any] {
	if of == nil {
		return nil
	}
	return &Contest[any]{Values: of.Values, Refused: of.Refused, Vacate: creating(of.Vacate)}
}

// of names the type of what is of it, or of nothing.
func of[E any](object any) E {
	if object == nil {
		var none E
		return none
	}
	return object.(E)
}

// during does something with a write of one type, and keeps what that makes of it.
func during[E, R any](write *Write[any], do func(*Write[E]) (R, error)) (R, error) {
	typed := Write[E]{
		Prior: write.Prior, Plan: write.Plan, Body: of[E](write.Body), Object: of[E](write.Object), Adopted: write.Adopted, Leftover: write.Leftover,
		passed: write.passed,
	}
	result, err := do(&typed)
	*write = Write[any]{
		Prior: typed.Prior, Plan: typed.Plan, Body: typed.Body, Object: typed.Object, Adopted: typed.Adopted, Leftover: typed.Leftover,
		passed: typed.passed,
	}
	return result, err
}

func creating[E any](hook func(context.Context, *Services, *Write[E]) (E, error)) func(context.Context, *Services, *Write[any]) (any, error) {
	return func(ctx context.Context, api *Services, write *Write[any]) (any, error) {
		return during(write, func(write *Write[E]) (E, error) { return hook(ctx, api, write) })
	}
}

func writing[E any](hook func(context.Context, *Services, *Write[E]) error) func(context.Context, *Services, *Write[any]) error {
	if hook == nil {
		return nil
	}
	return func(ctx context.Context, api *Services, write *Write[any]) error {
		_, err := during(write, func(write *Write[E]) (bool, error) { return true, hook(ctx, api, write) })
		return err
	}
}

func reporting[E any](hook func(context.Context, *Services, *Write[E]) (bool, error)) func(context.Context, *Services, *Write[any]) (bool, error) {
	if hook == nil {
		return nil
	}
	return func(ctx context.Context, api *Services, write *Write[any]) (bool, error) {
		return during(write, func(write *Write[E]) (bool, error) { return hook(ctx, api, write) })
	}
}

func finding[E, S any](hook func(context.Context, *Services, mapping.Value, S) iter.Seq2[E, error]) func(context.Context, *Services, mapping.Value, S) iter.Seq2[any, error] {
	if hook == nil {
		return nil
	}
	return func(ctx context.Context, api *Services, plan mapping.Value, since S) iter.Seq2[any, error] {
		return each(hook(ctx, api, plan, since))
	}
}

// each are the same objects, as anything.
func each[E any](objects iter.Seq2[E, error]) iter.Seq2[any, error] {
	return func(yield func(any, error) bool) {
		for object, err := range objects {
			if !yield(object, err) {
				return
			}
		}
	}
}

func judging[E any](hook func(context.Context, *Services, mapping.Value, E) (bool, error)) func(context.Context, *Services, mapping.Value, any) (bool, error) {
	if hook == nil {
		return nil
	}
	return func(ctx context.Context, api *Services, plan mapping.Value, found any) (bool, error) {
		return hook(ctx, api, plan, of[E](found))
	}
}

func (d DataSource[E]) anything() DataSource[any] {
	return DataSource[any]{
		Noun: d.Noun, Description: d.Description, Permissions: d.Permissions, Required: d.Required, Optional: d.Optional, Keys: d.Keys, Links: d.Links,
		Read: func(ctx context.Context, api *Services, query Query) (any, error) { return d.Read(ctx, api, query) },
	}
}

func (c Collection[E]) anything() Collection[any] {
	return Collection[any]{
		Noun: c.Noun, Description: c.Description, Permissions: c.Permissions, Arguments: c.Arguments, Carry: c.Carry,
		List: func(ctx context.Context, api *Services, query mapping.Value) iter.Seq2[any, error] {
			return each(c.List(ctx, api, query))
		},
	}
}

func (e Ephemeral[E]) anything() Ephemeral[any] {
	return Ephemeral[any]{
		Noun: e.Noun, Description: e.Description, Permissions: e.Permissions, Parent: e.Parent, Validate: e.Validate, Held: e.Held, Close: e.Close, Left: e.Left,
		Open: func(ctx context.Context, api *Services, config mapping.Value) (any, error) {
			return e.Open(ctx, api, config)
		},
	}
}
