package entity

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/workloadid/terraform-provider-workloadid/internal/graph"
)

func TestRemoved(t *testing.T) {
	t.Parallel()
	missing := &graph.Error{Status: http.StatusNotFound, Code: "Request_ResourceNotFound"}
	denied := &graph.Error{Status: http.StatusForbidden, Code: "Authorization_RequestDenied"}
	concurrent := &graph.Error{Status: http.StatusConflict, Code: "Directory_ConcurrencyViolation"}
	for name, test := range map[string]struct {
		doubt       time.Duration
		err         error
		until       time.Duration // when it succeeds
		fails       bool
		least, most time.Duration
	}{
		"at once":                {time.Minute, nil, 0, false, 0, 0},
		"gone already":           {0, missing, time.Hour, false, 0, 0},
		"not seen yet":           {time.Minute, missing, 20 * time.Second, false, 20 * time.Second, 30 * time.Second},
		"gone, as doubt is over": {time.Minute, missing, time.Hour, false, 50 * time.Second, time.Minute},
		"a proxy's 404":          {time.Minute, &graph.Error{Status: http.StatusNotFound}, time.Hour, true, 0, 0},
		"forbidden":              {time.Minute, denied, time.Hour, true, 0, 0},
		"concurrent requests":    {0, concurrent, 2 * time.Second, false, 2 * time.Second, patience},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				began := time.Now()
				err := new(managed[any]).removed(t.Context(), test.doubt, func() error {
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

func TestAlreadyLinked(t *testing.T) {
	t.Parallel()
	const there = "One or more added object references already exist for the following modified properties: 'owners'."
	for err, want := range map[error]bool{
		&graph.Error{Status: http.StatusBadRequest, Code: "Request_BadRequest", Message: there}:                 true,
		&graph.Error{Status: http.StatusBadRequest, Code: "Request_BadRequest", Message: "Invalid URL format."}: false,
		&graph.NetworkError{Err: http.ErrHandlerTimeout}:                                                        false,
	} {
		if got := alreadyLinked(err); got != want {
			t.Errorf("%v: got %t", err, got)
		}
	}
}
