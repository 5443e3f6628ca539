package entity

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/microsoftgraph/msgraph-sdk-go/models"

	"github.com/workloadid/terraform-provider-workloadid/internal/graph"
	"github.com/workloadid/terraform-provider-workloadid/internal/mapping"
)

var sampleTable = mapping.Table[models.Applicationable]{
	mapping.String("display_name", schema.StringAttribute{Required: true}, models.Applicationable.GetDisplayName, models.Applicationable.SetDisplayName),
	mapping.String("description", schema.StringAttribute{Optional: true}, models.Applicationable.GetDescription, models.Applicationable.SetDescription),
	mapping.Strings("tags", schema.SetAttribute{Optional: true, Computed: true, ElementType: types.StringType}, models.Applicationable.GetTags, models.Applicationable.SetTags),
	mapping.String("alias", schema.StringAttribute{Optional: true}, models.Applicationable.GetUniqueName, models.Applicationable.SetUniqueName).Alike(strings.EqualFold),
}

// sample is an application of a name, and what a table reads of it.
func sample(name string, tags ...string) models.Applicationable {
	app := models.NewApplication()
	app.SetDisplayName(&name)
	app.SetTags(tags)
	return app
}

func state(app models.Applicationable) mapping.Value { return sampleTable.Value(app) }

// TestUpToDate_doubts has a read follow a write that changed a name from "before" to "after", and tells when its answer is
// believed. Answers are those of the moment; replicas have the write at different times.
func TestUpToDate_doubts(t *testing.T) {
	t.Parallel()
	missing := &graph.Error{Status: http.StatusNotFound, Code: "Request_ResourceNotFound"}
	always := func(name string) func(time.Duration, int) (models.Applicationable, error) {
		return func(time.Duration, int) (models.Applicationable, error) { return sample(name), nil }
	}
	lagging := func(lags ...time.Duration) func(time.Duration, int) (models.Applicationable, error) {
		return func(age time.Duration, read int) (models.Applicationable, error) {
			if age < lags[read%len(lags)] {
				return sample("before"), nil
			}
			return sample("after"), nil
		}
	}
	for name, test := range map[string]struct {
		age         time.Duration // of the write, at the first read
		answers     func(age time.Duration, read int) (models.Applicationable, error)
		want        string
		least, most time.Duration
	}{
		"as written":                   {0, always("after"), "after", 0, 0},
		"somebody else's":              {0, always("theirs"), "theirs", 0, time.Second},
		"reverted just now":            {0, always("before"), "before", settling, settling + 10*time.Second},
		"reverted, the write settled":  {40 * time.Second, always("before"), "before", unanimously, unanimously + 5*time.Second},
		"a replica 29 s behind":        {0, lagging(29 * time.Second), "after", 25 * time.Second, 35 * time.Second},
		"four replicas, one that lags": {0, lagging(0, 29*time.Second, 0, 0), "after", 0, 0},
		"four replicas that lag":       {0, lagging(20*time.Second, 29*time.Second, 10*time.Second, 25*time.Second), "after", 5 * time.Second, 35 * time.Second},
		"gone just now":                {0, func(time.Duration, int) (models.Applicationable, error) { return nil, missing }, "", settling, settling + 10*time.Second},
		"gone, the write settled": {
			40 * time.Second, func(time.Duration, int) (models.Applicationable, error) { return nil, missing }, "", unanimously, unanimously + 5*time.Second,
		},
		"not there yet": {0, func(age time.Duration, _ int) (models.Applicationable, error) {
			if age < 29*time.Second {
				return nil, missing
			}
			return sample("after"), nil
		}, "after", 25 * time.Second, 35 * time.Second},
		"answers that do not agree": {0, func(_ time.Duration, read int) (models.Applicationable, error) {
			if read%3 == 0 {
				return nil, missing
			}
			return sample("before"), nil
		}, "either", 100 * time.Second, defaultWindow},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				began, reads := time.Now(), 0
				r := Resource[models.Applicationable]{
					Noun: "application", Table: sampleTable,
					Read: func(context.Context, *Services, Query) (models.Applicationable, error) {
						reads++
						return test.answers(time.Since(began), reads-1)
					},
				}.managed(&Services{})
				written := r.recall(r.remember(memory{}, state(sample("before")).Attributes(), state(sample("after")).Attributes()), state(sample("after")))
				time.Sleep(test.age)
				from := time.Now()
				before := state(sample("after"))
				found := r.upToDate(t.Context(), Query{Value: before}, before, written)
				took := time.Since(from)
				if took < test.least || took > test.most {
					t.Errorf("took %s", took)
				}
				switch test.want {
				case "either":
					return
				case "":
					if !graph.IsNotFound(found.err) {
						t.Errorf("got %v", found)
					}
				default:
					if got, ok := found.attributes["display_name"].(types.String); found.err != nil || !ok || got.ValueString() != test.want {
						t.Errorf("got %v, %v", found.attributes, found.err)
					}
				}
				if (found.waited >= silence) != (took >= silence) {
					t.Errorf("took %s, and says %s", took, found.waited)
				}
			})
		})
	}
}

// TestRemember_whatNoOldAnswerHas: a value is news only where all that the attribute was is known.
func TestRemember_whatNoOldAnswerHas(t *testing.T) {
	t.Parallel()
	r := Resource[models.Applicationable]{Noun: "application", Table: sampleTable}.managed(&Services{})
	with := func(name, description, alias string, tags ...string) map[string]attr.Value {
		app := sample(name, tags...)
		if description != "" {
			app.SetDescription(&description)
		}
		app.SetUniqueName(&alias)
		return state(app).Attributes()
	}
	first := r.remember(memory{}, with("one", "", "A", "x"), with("two", "text", "b", "y", "z"))
	second := r.recall(r.remember(recall(first), with("two", "text", "b", "y", "z"), with("three", "more", "c", "w")), mapping.NewValue(types.ObjectNull(nil)))
	written := with("three", "more", "c", "w")
	for name, test := range map[string]struct {
		read map[string]attr.Value
		want bool
	}{
		"as written":                      {written, true},
		"before":                          {with("two", "more", "c", "w"), false},
		"before that":                     {with("one", "more", "c", "w"), false},
		"somebody's name":                 {with("theirs", "more", "c", "w"), true},
		"a text that there was not":       {with("three", "", "c", "w"), false},
		"a set as it was, in another row": {with("three", "more", "c", "z", "y"), false},
		"somebody's set":                  {with("three", "more", "c", "y", "z", "q"), true},
		"what may be spelled otherwise":   {with("three", "more", "a", "w"), false},
	} {
		if got := second.agrees(test.read, written); got != test.want {
			t.Errorf("%s: %t", name, got)
		}
	}
	for _, secret := range []string{"one", "text"} {
		if strings.Contains(string(first), secret) {
			t.Errorf("the memory has a value in clear: %s", first)
		}
	}
	// One that is not known to be all is none.
	third := r.recall(r.remember(memory{At: time.Now(), Changed: []string{"display_name"}}, with("one", "", "A"), with("two", "", "A")), mapping.NewValue(types.ObjectNull(nil)))
	if third.agrees(with("older", "", "A"), with("two", "", "A")) {
		t.Error("a value of before an earlier write, which is as young, is taken for somebody's")
	}
}
