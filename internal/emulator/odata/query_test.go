package odata

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
)

func TestParse_refused(t *testing.T) {
	t.Parallel()
	const sel = "BadRequest: Parsing OData Select and Expand failed: "
	for query, want := range map[string]string{
		"$select=foo":                                 sel + "Could not find a property named 'foo' on type 'microsoft.graph.application'.",
		"$select=id,":                                 sel + "Term '' is not valid in a $select or $expand expression.",
		"$select=info/logoUrl":                        sel + "Term 'info/logoUrl' is not valid in a $select or $expand expression.",
		"$select=extension_1_x":                       sel + "Could not find a property named 'extension_1_x' on type 'microsoft.graph.application'.",
		"$expand=foo":                                 sel + "Could not find a property named 'foo' on type 'microsoft.graph.application'.",
		"$expand=displayName":                         sel + "Property 'displayName' on type 'microsoft.graph.application' is not a navigation property or complex property. Only navigation properties can be expanded.",
		"$expand=*":                                   sel + "Term '*' is not valid in a $select or $expand expression.",
		"$expand=owners($select=foo)":                 sel + "Could not find a property named 'foo' on type 'microsoft.graph.directoryObject'.",
		"$expand=owners($top=5)":                      sel + "Term '$top=5' is not valid in a $select or $expand expression.",
		"$expand=owners($select=id":                   sel + "Found an unbalanced bracket expression in 'owners($select=id'.",
		"$expand=owners)":                             sel + "Found an unbalanced bracket expression in 'owners)'.",
		"$expand=owners,federatedIdentityCredentials": "BadRequest: The result of parsing $expand contained at least 2 items, but the maximum allowed is 1.",
		"$expand=owners($select=id,displayName),federatedIdentityCredentials": "BadRequest: The result of parsing $expand contained at least 2 items, but the maximum allowed is 1.",
		"$expand=tokenLifetimePolicies":                                       "Request_UnsupportedQuery: Expanding the property 'tokenLifetimePolicies' of resource 'Application' is not supported.",
		"$top=1000":                                                           "Request_UnsupportedQuery: Invalid page size specified: '1000'. Must be between 1 and 999 inclusive.",
		"$top=0":                                                              "Request_UnsupportedQuery: Invalid page size specified: '0'. Must be between 1 and 999 inclusive.",
		"$top=-1":                                                             "BadRequest: Invalid value '-1' for $top query option found. The $top query option requires a non-negative integer value.",
		"$top=many":                                                           "BadRequest: Invalid value 'many' for $top query option found. The $top query option requires a non-negative integer value.",
		"$count=yes":                                                          "BadRequest: Invalid value 'yes' for $count query option found. The $count query option requires a Boolean value.",
		"$skip=10":                                                            "Request_BadRequest: $skip is not currently supported.",
		"$apply=x":                                                            "BadRequest: The query parameter '$apply' is not supported.",
		"$top=1&$top=2":                                                       "BadRequest: Query option '$top' was specified more than once, but it must be specified at most once.",
		"$top=1&top=2":                                                        "BadRequest: Query option '$top' was specified more than once, but it must be specified at most once.",
		"$skiptoken=rubbish":                                                  "Request_BadRequest: The specified page token value is invalid.",
		"$orderby=displayName":                                                "Request_UnsupportedQuery: Sorting not supported for current query.",
		"$orderby=displayName&$count=true":                                    "Request_UnsupportedQuery: Sorting not supported for current query.",
		"$orderby=foo":                                                        "BadRequest: Could not find a property named 'foo' on type 'microsoft.graph.application'.",
		"$orderby=displayName up":                                             "BadRequest: Syntax error at position 12 in 'displayName up'.",
		"$orderby=displayName,":                                               "BadRequest: Expression expected at position 12 in 'displayName,'.",
		`$search="displayName:Browser"`:                                       "Request_UnsupportedQuery: Request with $search query parameter only works through MSGraph with a special request header: 'ConsistencyLevel: eventual'",
	} {
		t.Run(query, func(t *testing.T) {
			t.Parallel()
			_, err := Parse(application, values(t, query), nil)
			if got := refusal(t, err); got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		})
	}
}

func TestParse_refusedWithHeader(t *testing.T) {
	t.Parallel()
	for query, want := range map[string]string{
		"$orderby=displayName":                                  "Request_UnsupportedQuery: Sorting not supported for current query.",
		"$orderby=appId&$count=true":                            "Request_UnsupportedQuery: Sorting not supported for current query.",
		"$filter=displayName ne 'x'&$count=false":               "Request_UnsupportedQuery: Operator 'ne' is not supported because the required parameters might be missing. Try adding $count=true query parameter and ConsistencyLevel:eventual header. Refer to https://aka.ms/graph-docs/advanced-queries for more information",
		"$expand=owners&$filter=displayName ne 'x'&$count=true": "Request_UnsupportedQuery: $expand is not supported with advanced queries.",
		"$expand=owners&$orderby=displayName&$count=true":       "Request_UnsupportedQuery: $expand is not supported with advanced queries.",
		`$expand=owners&$search="displayName:x"`:                "Request_UnsupportedQuery: $expand is not supported with advanced queries.",
		`$search=displayName:x`:                                 "BadRequest: Syntax error at position 0 in 'displayName:x'.",
		`$search="displayName"`:                                 `BadRequest: Syntax error at position 13 in '"displayName"'.`,
		`$search="displayName:x`:                                `BadRequest: Syntax error at position 14 in '"displayName:x'.`,
		`$search="displayName:x" "displayName:y"`:               `BadRequest: Syntax error at position 16 in '"displayName:x" "displayName:y"'.`,
		`$search="displayName:x" AND`:                           `BadRequest: Syntax error at position 19 in '"displayName:x" AND'.`,
		`$search=("displayName:x"`:                              `BadRequest: Syntax error at position 16 in '("displayName:x"'.`,
		`$search="foo:x"`:                                       "BadRequest: Could not find a property named 'foo' on type 'microsoft.graph.application'.",
		`$search="notes:x"`:                                     "Request_UnsupportedQuery: Unsupported or invalid search clause specified for property 'notes' of resource 'Application'.",
		`$search=` + strings.Repeat("(", 150):                   "BadRequest: Recursion depth exceeded allowed limit.",
	} {
		t.Run(query, func(t *testing.T) {
			t.Parallel()
			_, err := Parse(application, values(t, query), eventual)
			if got := refusal(t, err); got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		})
	}
}

// What clients are seen to send, and Graph to accept.
func TestParse_accepted(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		query  string
		header http.Header
	}{
		{"", nil},
		{"$count=true", nil},
		{"filter=displayName eq 'x'&top=5&select=id", nil},
		{"$format=json&api-version=1.0&ConsistencyLevel=eventual", nil},
		{"$select=ID,DisplayName&$expand=Owners($select=Id)", nil},
		{"$select=id, displayName , *", nil},
		{"$select=id,owners", nil},
		{"$count=true&$expand=federatedIdentityCredentials&$filter=federatedIdentityCredentials/any(f:startsWith(f/subject,'repo:'))", eventual},
		{"$count=true&$expand=federatedIdentityCredentials&$filter=displayName eq 'x'", eventual},
		{`$search="displayName:x"&$filter=isDisabled eq true`, eventual},
	} {
		if _, err := Parse(application, values(t, test.query), test.header); err != nil {
			t.Errorf("%s: %v", test.query, err)
		}
	}
}

func TestParse_orderByDefault(t *testing.T) {
	t.Parallel()
	if _, err := Parse(person, values(t, "$orderby=displayName desc"), nil); err != nil {
		t.Errorf("users by displayName: %v", err)
	}
	_, err := Parse(person, values(t, "$orderby=displayName&$filter=startsWith(displayName,'a')"), nil)
	if got := refusal(t, err); got != "Request_UnsupportedQuery: Sorting not supported for current query." {
		t.Error(got)
	}
	if _, err := Parse(person, values(t, "$orderby=displayName&$filter=startsWith(displayName,'a')&$count=true"), eventual); err != nil {
		t.Error(err)
	}
	if _, err := Parse(person, values(t, "$filter=endsWith(mail,'@example.com')&$count=true"), eventual); err != nil {
		t.Error(err)
	}
}

func TestParseEntity_collectionOptions(t *testing.T) {
	t.Parallel()
	for _, query := range []string{"$filter=id eq 'x'", "$top=1", "$count=true", "$orderby=id", "$search=x"} {
		_, err := ParseEntity(application, values(t, query), eventual)
		if got := refusal(t, err); got != "BadRequest: The requested resource is not a collection. Query options $filter, $orderby, $count, $skip, and $top can be applied only on collections." {
			t.Errorf("%s: %s", query, got)
		}
	}
}

func TestParseCount(t *testing.T) {
	t.Parallel()
	_, err := ParseCount(application, nil, nil)
	if got := refusal(t, err); got != "Request_BadRequest: $count is not currently supported." {
		t.Error(got)
	}
	for query, want := range map[string]int{
		"":                                3,
		"$filter=isDisabled eq true":      1,
		"$filter=displayName ne 'x'":      3,
		`$search="description:world"`:     1,
		"$filter=displayName eq 'nobody'": 0,
	} {
		parsed, err := ParseCount(application, values(t, query), eventual)
		if err != nil {
			t.Fatal(err)
		}
		if got := parsed.Count(slices.Values(applications), relatives); got != want {
			t.Errorf("%s: %d, want %d", query, got, want)
		}
	}
}

func TestParseDelta(t *testing.T) {
	t.Parallel()
	for _, query := range []string{"", "$select=id,displayName", "$deltatoken=latest", "$skiptoken=whatever", "$filter=id eq 'x'", "$filter=id eq 'x' or id eq 'y'"} {
		if _, err := ParseDelta(application, values(t, query), nil); err != nil {
			t.Errorf("%s: %v", query, err)
		}
	}
	for query, want := range map[string]string{
		"$top=5":                     "The query option '$top' is not supported in a delta query.",
		"$expand=owners":             "The query option '$expand' is not supported in a delta query.",
		"$orderby=displayName":       "The query option '$orderby' is not supported in a delta query.",
		"$filter=displayName eq 'x'": "Only filters on the id of objects are supported in a delta query.",
		"$filter=id eq 'x' and displayName eq 'x'": "Only filters on the id of objects are supported in a delta query.",
		"$filter=id eq 'x' or displayName eq 'x'":  "Only filters on the id of objects are supported in a delta query.",
	} {
		_, err := ParseDelta(application, values(t, query), nil)
		if got := refusal(t, err); got != "Request_UnsupportedQuery: "+want {
			t.Errorf("%s: %s", query, got)
		}
	}
}

func TestSearch_matches(t *testing.T) {
	t.Parallel()
	for search, want := range map[string]string{
		`"description:hello"`:                        "a",
		`"description:world hello"`:                  "a",
		`"description:helloworld"`:                   "a",
		`"description:HelloWorld"`:                   "a",
		`"description:ello"`:                         "",
		`"description:李四"`:                           "c",
		`"description:Li 李"`:                         "c",
		`"description:David)"`:                       "c",
		`"displayName:depl"`:                         "a",
		`"displayName:alpha" OR "displayName:beta"`:  "ab",
		`"displayName:alpha" AND "displayName:beta"`: "",
		`"displayName:it\'s"`:                        "b",
		`"displayName:alpha" AND ("description:deploys" OR "description:reads")`: "a",
		`"displayName:alpha" OR "displayName:beta" AND "description:x"`:          "a",
		`"appId:AAAAAAAA"`: "a",
		`"appId:0001"`:     "",
	} {
		t.Run(search, func(t *testing.T) {
			t.Parallel()
			query, err := Parse(application, url.Values{"$search": {search}}, eventual)
			if err != nil {
				t.Fatal(err)
			}
			if got := ids(query.Page(applications, relatives).Value); got != want {
				t.Errorf("matched %q, want %q", got, want)
			}
		})
	}
}

func TestQuery_Eventual(t *testing.T) {
	t.Parallel()
	for level, want := range map[string]bool{"eventual": true, "Eventual": true, "": false, "session": false} {
		query, err := Parse(application, nil, http.Header{"Consistencylevel": {level}})
		if err != nil {
			t.Fatal(err)
		}
		if query.Eventual() != want {
			t.Errorf("%q: %v", level, query.Eventual())
		}
	}
}
