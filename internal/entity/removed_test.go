package entity

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/workloadid/terraform-provider-workloadid/internal/graph"
	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
)

func TestRemoved(t *testing.T) {
	t.Parallel()
	missing := &graph.Error{Status: http.StatusNotFound, Code: "Request_ResourceNotFound"}
	denied := &graph.Error{Status: http.StatusForbidden, Code: "Authorization_RequestDenied"}
	const id = "5d6e7f80-1111-4222-8333-444455556666"
	object := mapping.NewValue(types.ObjectValueMust(map[string]attr.Type{"id": types.StringType}, map[string]attr.Value{"id": types.StringValue(id)}))
	concurrent := &graph.Error{Status: http.StatusConflict, Code: "Directory_ConcurrencyViolation"}
	for name, test := range map[string]struct {
		young       bool
		err         error
		until       time.Duration // when it succeeds
		fails       bool
		least, most time.Duration
	}{
		"at once":                {true, nil, 0, false, 0, 0},
		"gone already":           {false, missing, time.Hour, false, 0, 0},
		"not seen yet":           {true, missing, 20 * time.Second, false, 20 * time.Second, 30 * time.Second},
		"gone, as doubt is over": {true, missing, time.Hour, false, 50 * time.Second, time.Minute},
		"a proxy's 404":          {true, &graph.Error{Status: http.StatusNotFound}, time.Hour, true, 0, 0},
		"forbidden":              {true, denied, time.Hour, true, 0, 0},
		"concurrent requests":    {false, concurrent, 2 * time.Second, false, 2 * time.Second, patience},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				began := time.Now()
				r := managed{api: &Services{Window: time.Minute}}
				if test.young {
					r.api.young.add(began, id)
				}
				err := Removed(t.Context(), r.api, idOf(object), func() error {
					if time.Since(began) >= test.until {
						return nil
					}
					return test.err
				})
				if took := time.Since(began); (err != nil) != test.fails || took < test.least || took > test.most {
					t.Errorf("got %v after %s", err, took)
				}
			})
		})
	}
}

// A 404 that could not be doubted for as long as it should be, because time ran out, is no proof that an object is gone.
func TestConsistency_theDeadlineProvesNothing(t *testing.T) {
	t.Parallel()
	missing := &graph.Error{Status: http.StatusNotFound, Code: "Request_ResourceNotFound"}
	const id = "5d6e7f80-1111-4222-8333-444455556666"
	object := mapping.NewValue(types.ObjectValueMust(map[string]attr.Type{"id": types.StringType}, map[string]attr.Value{"id": types.StringValue(id)}))
	synctest.Test(t, func(t *testing.T) {
		r := managed{
			Resource: Resource[any]{Read: func(context.Context, *Services, Query) (any, error) { return nil, missing }},
			api:      &Services{Window: time.Minute},
		}
		r.api.young.add(time.Now(), id)
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		if err := Removed(ctx, r.api, idOf(object), func() error { return missing }); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("taken for removed: %v", err)
		}
		again, stop := context.WithTimeout(t.Context(), 5*time.Second)
		defer stop()
		if err := r.upToDate(again, Query{Value: object}, object, memory{At: time.Now()}).err; !cutShort(err) {
			t.Errorf("taken for gone: %v", err)
		}
	})
}

func TestAlreadyLinked(t *testing.T) {
	t.Parallel()
	const there = "One or more added object references already exist for the following modified properties: 'owners'."
	for err, want := range map[error]bool{
		&graph.Error{Status: http.StatusBadRequest, Code: "Request_BadRequest", Message: there}:                 true,
		&graph.Error{Status: http.StatusBadRequest, Code: "Request_BadRequest", Message: "Invalid URL format."}: false,
		&graph.NetworkError{Err: http.ErrHandlerTimeout}:                                                        false,
	} {
		if got := AlreadyLinked(err); got != want {
			t.Errorf("%v: got %t", err, got)
		}
	}
}
