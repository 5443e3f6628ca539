package fault

import (
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator/requestpath"
)

func TestParse(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Rule{
		"* /** 503":                             {Path: "/**", Effect: Status, Status: 503},
		"post /applications reset after":        {Methods: []string{"POST"}, Path: "/applications", Effect: Reset, After: true},
		"GET,PATCH /v1.0/applications/* reset":  {Methods: []string{"GET", "PATCH"}, Path: "/v1.0/applications/*", Effect: Reset},
		"* /** lost":                            {Path: "/**", Effect: Lost},
		"* /** lost=30s count=1":                {Path: "/**", Effect: Lost, Delay: Delay{30 * time.Second, 30 * time.Second}, Count: 1},
		"* /** delayed=1m..2m":                  {Path: "/**", Effect: Delayed, Delay: Delay{time.Minute, 2 * time.Minute}},
		"* /** latency=100ms skip=3":            {Path: "/**", Effect: Latency, Delay: Delay{100 * time.Millisecond, 100 * time.Millisecond}, Skip: 3},
		"* /** truncated p=0.05 seed=7 # often": {Path: "/**", Effect: Truncated, Probability: 0.05, Seed: 7},
		"* /** empty":                           {Path: "/**", Effect: Empty},
		"* /** garbled seed=7":                  {Path: "/**", Effect: Garbled, Seed: 7},
		"* /** expired":                         {Path: "/**", Effect: Expired},
		`POST /applications 429 retry-after=2.128 code=Request_ThrottledTemporarily message="Slow \"down\", # 5"`: {
			Methods: []string{"POST"}, Path: "/applications", Effect: Status, Status: 429,
			RetryAfter: "2.128", Code: "Request_ThrottledTemporarily", Message: `Slow "down", # 5`,
		},
		`GET "/a b" 504 after`: {Methods: []string{"GET"}, Path: "/a b", Effect: Status, Status: 504, After: true},
	} {
		rules, err := Parse(text)
		if err != nil || len(rules) != 1 || !reflect.DeepEqual(rules[0], want) {
			t.Errorf("%s: %+v %v", text, rules, err)
			continue
		}
		if again, err := Parse(rules[0].String()); err != nil || !reflect.DeepEqual(again, rules) {
			t.Errorf("%s is written as %s, which is %+v %v", text, rules[0], again, err)
		}
	}
}

func TestParse_lines(t *testing.T) {
	t.Parallel()
	rules, err := Parse("# first the writes\n\nPOST /** 503 count=1\n   * /** latency=1ms # all\n")
	if err != nil || len(rules) != 2 || rules[0].Status != 503 || rules[1].Effect != Latency {
		t.Errorf("%+v %v", rules, err)
	}
	if rules, err := Parse("\n# nothing\n"); err != nil || len(rules) != 0 {
		t.Errorf("%+v %v", rules, err)
	}
}

func TestParse_wrong(t *testing.T) {
	t.Parallel()
	for text, says := range map[string]string{
		"GET /applications":                "METHOD PATH EFFECT",
		"GET applications 503":             "begin with /",
		"GET / 200":                        "is no effect",
		"GET / explode":                    "is no effect",
		"GET / reset=5s":                   "has no value",
		"GET / delayed":                    "needs a duration",
		"GET / latency=soon":               "not a duration",
		"GET / latency=2s..1s":             "the shorter one first",
		"GET / 503 p=0":                    "no probability",
		"GET / 503 p=1.5":                  "no probability",
		"GET / 503 p=NaN":                  "no probability",
		"GET / 503 count=0":                "no number above 0",
		"GET / 503 skip=x":                 "no number above 0",
		"GET / 503 seed=-1":                "is no number",
		"GET / 503 times=2":                `no option "times"`,
		"GET / 503 after=1":                "is no option",
		"GET / 503 count":                  "is no option",
		"GET / lost after":                 "has no option after",
		"GET / reset code=x":               "has no option code",
		"GET / 429 message=\"no end":       "quotation mark",
		"# fine\nGET / 503\nGET / nothing": "line 3",
	} {
		if rules, err := Parse(text); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %+v %v, not %q", text, rules, err, says)
		}
	}
	defer func() {
		if recover() == nil {
			t.Error("MustParse takes what is wrong")
		}
	}()
	MustParse("GET / nothing")
}

func TestRule_matches(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		rule, method, path string
		want               bool
	}{
		{"* /** 503", "GET", "/v1.0/applications", true},
		{"* /** 503", "POST", "/tenant/oauth2/v2.0/token", true},
		{"POST /** 503", "GET", "/v1.0/applications", false},
		{"GET,POST /** 503", "POST", "/v1.0/applications", true},
		{"* /applications 503", "GET", "/v1.0/applications", true},
		{"* /applications 503", "GET", "/beta/applications/?$top=1", true},
		{"* /v1.0/applications 503", "GET", "/beta/applications", false},
		{"* /applications 503", "GET", "/v1.0/applications/x", false},
		{"* /applications/* 503", "GET", "/v1.0/applications/x", true},
		{"* /applications/* 503", "GET", "/v1.0/applications(appId='x')", true},
		{"* /applications/* 503", "GET", "/v1.0/applications/x/owners", false},
		{"* /applications/** 503", "GET", "/v1.0/applications/x/owners", true},
		{"* /applications/** 503", "GET", "/v1.0/applications", true},
		{"* /**/addPassword 503", "POST", "/v1.0/applications/x/addPassword", true},
		{"* /**/owners/* 503", "GET", "/v1.0/applications/x/owners", false},
		{"* /*/oauth2/v2.0/token 503", "POST", "/tenant/oauth2/v2.0/token", true},
		{"* /applications 503", "GET", "/other/applications", false},
		{"* /$batch 503", "POST", "/v1.0/$batch", true},
	} {
		request := httptest.NewRequest(test.method, test.path, nil)
		if got := MustParse(test.rule)[0].matches(request.Method, requestpath.Segments(request.URL)); got != test.want {
			t.Errorf("%s on %s %s: %t", test.rule, test.method, test.path, got)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(`POST /applications/* 429 retry-after=2.5 message="a \"b\"" count=1 p=0.5 seed=9`)
	f.Add("* /** latency=1s..2s # c")
	f.Fuzz(func(t *testing.T, text string) {
		rules, err := Parse(text)
		if err != nil {
			return
		}
		for _, rule := range rules {
			again, err := Parse(rule.String())
			if err != nil || len(again) != 1 || again[0].String() != rule.String() {
				t.Errorf("%q becomes %q: %v %v", text, rule, again, err)
			}
		}
	})
}
