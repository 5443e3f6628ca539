package entity

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/workloadid/terraform-provider-workloadid/internal/graph"
	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
)

func TestMemory_tellsOldAnswersFromChanges(t *testing.T) {
	text := func(value string) map[string]attr.Value {
		return map[string]attr.Value{"name": types.StringValue(value), "same": types.StringValue("x")}
	}
	written := recall(remember(text("before"), text("after")))
	for value, agrees := range map[string]bool{"before": false, "after": true, "half way": false} {
		if got := written.agrees(text(value), text("after")); got != agrees {
			t.Errorf("%s: agrees is %t, want %t", value, got, agrees)
		}
	}
	// What the write did not change is believed whatever it is.
	drifted := text("after")
	drifted["same"] = types.StringValue("somebody else's")
	if !written.agrees(drifted, text("after")) {
		t.Error("a change of another attribute is taken for an old answer")
	}
	if recall(nil).remaining(time.Minute) != 0 || recall([]byte("{")).remaining(time.Minute) != 0 {
		t.Error("what was never written is not young")
	}
}

func TestMemory_ageIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		written := recall(remember(nil, nil))
		if got := written.remaining(time.Minute); got != time.Minute {
			t.Errorf("just written: %s", got)
		}
		time.Sleep(40 * time.Second)
		if got := written.remaining(time.Minute); got != 20*time.Second {
			t.Errorf("after 40 s: %s", got)
		}
		written.At = time.Now().Add(time.Hour) // by a machine whose clock is ahead
		if got := written.remaining(time.Minute); got != time.Minute {
			t.Errorf("from the future: %s", got)
		}
	})
}

func TestPersist(t *testing.T) {
	missing := &graph.Error{Status: http.StatusNotFound, Code: "Request_ResourceNotFound"}
	cases := map[string]struct {
		err         error
		young       bool
		visible     time.Duration // when the write is accepted
		fails       bool
		least, most time.Duration
	}{
		"accepted at once":            {nil, false, 0, false, 0, 0},
		"visible soon":                {missing, false, 3 * time.Second, false, 3 * time.Second, 9 * time.Second},
		"visible later":               {missing, false, 8 * time.Second, false, 8 * time.Second, patience},
		"a wrong id":                  {missing, false, time.Hour, true, 8 * time.Second, patience},
		"young and late":              {missing, true, 90 * time.Second, false, 90 * time.Second, 100 * time.Second},
		"young and never":             {missing, true, time.Hour, true, 110 * time.Second, defaultWindow},
		"a proxy's 404":               {&graph.Error{Status: http.StatusNotFound}, true, time.Hour, true, 0, 0},
		"forbidden":                   {&graph.Error{Status: http.StatusForbidden, Code: "Authorization_RequestDenied", Message: "Insufficient privileges to complete the operation."}, true, time.Hour, true, 0, 0},
		"concurrent requests":         {&graph.Error{Status: http.StatusConflict, Code: "Directory_ConcurrencyViolation"}, false, 2 * time.Second, false, 2 * time.Second, 8 * time.Second},
		"another conflict":            {&graph.Error{Status: http.StatusConflict, Code: alreadyExists}, true, time.Hour, true, 0, 0},
		"the application isn't there": {&graph.Error{Status: http.StatusBadRequest, Code: "Request_BadRequest", Message: "The appId '1' of the service principal does not reference a valid application object."}, true, 20 * time.Second, false, 20 * time.Second, 30 * time.Second},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				api := &Services{}
				if test.young {
					api.young.add(time.Now(), "id")
				}
				started := time.Now()
				err := persist(t.Context(), api, []string{"other", "ID"}, func() error {
					if time.Since(started) >= test.visible {
						return nil
					}
					return test.err
				})
				if (err != nil) != test.fails {
					t.Errorf("got %v", err)
				}
				if took := time.Since(started); took < test.least || took > test.most {
					t.Errorf("took %s, want between %s and %s", took, test.least, test.most)
				}
			})
		})
	}
}

// TestPersist_whatIsReferredTo: what a young object refers to was there when it was written, and may be as young.
func TestPersist_whatIsReferredTo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &managed{Resource: Resource[any]{References: func(object mapping.Value) []string { return []string{object.String("principal_id")} }}, api: &Services{}}
		r.recall(remember(nil, nil), mapping.NewValue(types.ObjectValueMust(
			map[string]attr.Type{"id": types.StringType, "principal_id": types.StringType},
			map[string]attr.Value{"id": types.StringValue("assignment"), "principal_id": types.StringValue("Principal")},
		)))
		if r.api.Knows("principal") {
			t.Error("who refers to an object does not manage it")
		}
		time.Sleep(30 * time.Second)
		started := time.Now()
		if err := persist(t.Context(), r.api, []string{"principal"}, func() error {
			if time.Since(started) < 20*time.Second {
				return &graph.Error{Status: http.StatusNotFound, Code: "Request_ResourceNotFound"}
			}
			return nil
		}); err != nil {
			t.Error(err)
		}
	})
}

// TestCreateOnce_aGuessWaits: what was looked for and not found is no reason to give up before the replicas had their time,
// as what was found under another id is.
func TestCreateOnce_aGuessWaits(t *testing.T) {
	t.Parallel()
	says := func(text string) func(context.Context, *Services, mapping.Value) string {
		return func(context.Context, *Services, mapping.Value) string { return text }
	}
	for name, test := range map[string]struct {
		hint, guess string
		visible     time.Duration
		want        string
		most        time.Duration
	}{
		"seen in time":        {"", "It is a user.", 8 * time.Second, "", patience},
		"never seen":          {"", "It is a user.", time.Hour, "It is a user.", patience},
		"known to be another": {"It is a client id.", "It is a user.", time.Hour, "It is a client id.", 6 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				started := time.Now()
				r := &managed{api: &Services{}, Resource: Resource[any]{
					Hint: says(test.hint), Guess: says(test.guess),
					Create: func(context.Context, *Services, *Write[any]) (any, error) {
						if time.Since(started) >= test.visible {
							return "made", nil
						}
						return nil, &graph.Error{Status: http.StatusBadRequest, Code: "Request_BadRequest", Message: "Not a valid reference update."}
					},
				}}
				object := mapping.NewValue(types.ObjectValueMust(map[string]attr.Type{"id": types.StringType}, map[string]attr.Value{"id": types.StringUnknown()}))
				_, err := r.createOnce(t.Context(), &Write[any]{Plan: object})
				if err != nil {
					err = r.final(t.Context(), object, err)
				}
				if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
					t.Errorf("got %v", err)
				}
				if took := time.Since(started); took > test.most {
					t.Errorf("took %s", took)
				}
			})
		})
	}
}

func TestPersist_theDeadlineWins(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api := &Services{}
		api.young.add(time.Now(), "id")
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		started := time.Now()
		err := persist(ctx, api, []string{"id"}, func() error {
			return &graph.Error{Status: http.StatusNotFound, Code: "Request_ResourceNotFound", Message: "It does not exist."}
		})
		if !errors.Is(err, context.DeadlineExceeded) || !graph.IsNotFound(err) {
			t.Errorf("the error says neither what was refused nor that time ran out: %v", err)
		}
		if took := time.Since(started); took > 5*time.Second {
			t.Errorf("took %s", took)
		}
	})
}

func TestUpToDate(t *testing.T) {
	for name, test := range map[string]struct {
		last        time.Duration // ago
		agrees      time.Duration // when it does
		want        bool
		least, most time.Duration
	}{
		"at once":          {0, 0, true, 0, 0},
		"soon":             {0, 20 * time.Second, true, 20 * time.Second, 30 * time.Second},
		"never":            {0, time.Hour, false, 110 * time.Second, defaultWindow},
		"written long ago": {time.Hour, time.Hour, false, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				time.Sleep(2 * time.Hour)
				began := time.Now()
				got, err := UpToDate(t.Context(), &Services{}, began.Add(-test.last), func() (bool, error) { return time.Since(began) >= test.agrees, nil })
				if took := time.Since(began); err != nil || got != test.want || took < test.least || took > test.most {
					t.Errorf("got %t, %v after %s", got, err, took)
				}
			})
		})
	}
	failure := errors.New("no answer")
	if _, err := UpToDate(t.Context(), &Services{}, time.Now(), func() (bool, error) { return false, failure }); !errors.Is(err, failure) {
		t.Errorf("got %v", err)
	}
}
