package odata

import (
	"strings"
	"testing"
)

func TestFilter_matches(t *testing.T) {
	t.Parallel()
	for filter, want := range map[string]string{
		// comparison
		"appId eq 'aaaaaaaa-0000-4000-8000-000000000001'":              "a",
		"appId eq 'AAAAAAAA-0000-4000-8000-000000000001'":              "a",
		"APPID EQ 'aaaaaaaa-0000-4000-8000-000000000001'":              "a",
		"'aaaaaaaa-0000-4000-8000-000000000001' eq appId":              "a",
		"displayName eq 'alpha deployer'":                              "a",
		"displayName eq 'Beta it''s Reader'":                           "b",
		"displayName eq null":                                          "c",
		"displayName ge 'b'":                                           "b",
		"displayName le 'b'":                                           "a",
		"'b' ge displayName":                                           "a",
		"isDisabled eq true":                                           "b",
		"isDisabled":                                                   "b",
		"requestedVersion eq 2":                                        "a",
		"requestedVersion ge 1.5":                                      "a",
		"requestedVersion lt 2":                                        "b",
		"requestedVersion gt -1":                                       "ab",
		"tokenEncryptionKeyId eq 22222222-2222-4222-8222-222222222222": "b",
		"tokenEncryptionKeyId eq null":                                 "ac",
		"createdDateTime ge 2026-02-01T10:00:00Z":                      "b",
		"createdDateTime ge 2026-02-01T11:00+01:00":                    "b",
		"createdDateTime ge 2026-02-01T10:00:00.001Z":                  "",
		"createdDateTime le 2026-01-31":                                "a",
		"createdDateTime eq null":                                      "c",
		"info/logoUrl eq 'https://alpha.example/logo'":                 "a",
		"info/logoUrl eq null":                                         "bc",
		// in
		"appId in ('aaaaaaaa-0000-4000-8000-000000000001', 'cccccccc-0000-4000-8000-000000000003')": "ac",
		"displayName in ('x',null)": "c",
		// functions
		"startsWith(displayName,'alpha')":         "a",
		"startswith(displayName, 'BETA') eq true": "b",
		// logic
		"displayName eq 'x' or isDisabled eq true":                                    "b",
		"startsWith(displayName,'a') and isDisabled eq false":                         "a",
		"isDisabled eq true or startsWith(displayName,'a') and isDisabled eq true":    "b",
		"(isDisabled eq true or startsWith(displayName,'a')) and isDisabled eq false": "a",
		// lambdas
		"identifierUris/any(x:x eq 'API://ALPHA')":       "a",
		"identifierUris/any(u:startsWith(u,'https://'))": "a",
		"tags/any(t:t eq 'prod')":                        "ac",
		"tags/any()":                                     "ac",
		"keyCredentials/any(k:k/keyId eq 11111111-1111-4111-8111-111111111111)": "a",
		"keyCredentials/any(k:k/usage eq 'Sign')":                               "",
		"requiredResourceAccess/any(r:r/resourceAppId eq '00000003-0000-0000-c000-000000000000' and r/resourceAccess/any(a:a/id eq e1fe6dd8-ba31-4d61-89e7-88639da4683d))": "a",
		"federatedIdentityCredentials/any(f:startsWith(f/subject,'repo:octo/'))":                                                                                           "a",
		"federatedIdentityCredentials/any(f:f/name eq 'cluster')":                                                                                                          "b",
		"federatedIdentityCredentials/any(f:f/name eq 'main' and f/subject eq 'system:serviceaccount:ns:sa')":                                                              "",
		"federatedIdentityCredentials/any(f:f/name eq 'main') and tags/any(f:f eq 'linux')":                                                                                "a",
	} {
		t.Run(filter, func(t *testing.T) {
			t.Parallel()
			query, err := Parse(application, values(t, "$filter="+filter), nil)
			if err != nil {
				t.Fatal(err)
			}
			if got := ids(query.Page(applications, relatives).Value); got != want {
				t.Errorf("matched %q, want %q", got, want)
			}
		})
	}
}

func TestFilter_advanced(t *testing.T) {
	t.Parallel()
	for filter, want := range map[string]string{
		"displayName ne 'Alpha Deployer'":          "bc",
		"displayName ne null":                      "ab",
		"null ne displayName":                      "ab",
		"not(displayName eq 'Alpha Deployer')":     "bc",
		"NOT startsWith(displayName,'alpha')":      "bc",
		"not tags/any(t:t eq 'prod')":              "b",
		"description eq 'x' or description ne 'y'": "abc",
		"startsWith(description,'reads')":          "c",
		"description in ('reads 李四(david li)')":    "c",
		"federatedIdentityCredentials/$count eq 0": "c",
		"federatedIdentityCredentials/$count ne 0": "ab",
		"federatedIdentityCredentials/$count eq 1": "b",
		"owners/$count eq 0":                       "bc",
		"tags/$count ne 0":                         "ac",
		"displayName ne 'x' and federatedIdentityCredentials/any(f:startsWith(f/subject,'repo:'))": "a",
	} {
		t.Run(filter, func(t *testing.T) {
			t.Parallel()
			query, err := Parse(application, values(t, "$count=true&$filter="+filter), eventual)
			if err != nil {
				t.Fatal(err)
			}
			if got := ids(query.Page(applications, relatives).Value); got != want {
				t.Errorf("matched %q, want %q", got, want)
			}
			for _, incomplete := range []string{"$count=true&$filter=", "$filter="} {
				header := eventual
				if strings.HasPrefix(incomplete, "$count") {
					header = nil
				}
				_, err := Parse(application, values(t, incomplete+filter), header)
				if got := refusal(t, err); !strings.Contains(got, "Request_UnsupportedQuery: Operator '") || !strings.Contains(got, "Try adding $count=true query parameter and ConsistencyLevel:eventual header") {
					t.Errorf("without all of what makes it advanced: %s", got)
				}
			}
		})
	}
}

func TestFilter_refused(t *testing.T) {
	t.Parallel()
	const clause = "BadRequest: Invalid filter clause: "
	for filter, want := range map[string]string{
		"foo eq 'x'":               clause + "Could not find a property named 'foo' on type 'microsoft.graph.application'.",
		"displayName eq foo":       clause + "Could not find a property named 'foo' on type 'microsoft.graph.application'.",
		"info/foo eq 'x'":          clause + "Could not find a property named 'foo' on type 'microsoft.graph.informationalUrl'.",
		"appId/foo eq 'x'":         clause + "Could not find a property named 'foo' on type 'Edm.String'.",
		"displayName eq 'x":        clause + "There is an unterminated string literal at position 17 in 'displayName eq 'x'.",
		"displayName eq":           clause + "Expression expected at position 14 in 'displayName eq'.",
		"displayName equals 'x'":   clause + "Syntax error at position 12 in 'displayName equals 'x''.",
		"displayName eq 'x' 'y'":   clause + "Syntax error at position 19 in 'displayName eq 'x' 'y''.",
		"(displayName eq 'x'":      clause + "')' or operator expected at position 19 in '(displayName eq 'x''.",
		"displayName in 'x'":       clause + "'(' expected at position 15 in 'displayName in 'x''.",
		"displayName in ('x' 'y')": clause + "')' or ',' expected at position 20 in 'displayName in ('x' 'y')'.",
		"displayName eq \"x\"":     clause + "Syntax error: character '\"' is not valid at position 15 in 'displayName eq \"x\"'.",
		"displayName":              clause + "The $filter expression must evaluate to a single boolean value.",
		"":                         clause + "Expression expected at position 0 in ''.",
		"displayName eq 12abc":     clause + "Syntax error: character '1' is not valid at position 15 in 'displayName eq 12abc'.",
		"'x' eq":                   clause + "Syntax error at position 6 in ''x' eq'.",
		"'x' eq null":              clause + "Syntax error at position 7 in ''x' eq null'.",
		"'x' in displayName":       clause + "Syntax error at position 4 in ''x' in displayName'.",
		"'x' eq foo":               clause + "Could not find a property named 'foo' on type 'microsoft.graph.application'.",
		"'x' eq tags/any()":        clause + "Syntax error at position 15 in ''x' eq tags/any()'.",
		"displayName eq 'x' or":    clause + "Expression expected at position 21 in 'displayName eq 'x' or'.",
		"displayName eq 'x' and":   clause + "Expression expected at position 22 in 'displayName eq 'x' and'.",
		"not":                      "Request_UnsupportedQuery: Operator 'not' is not supported because the required parameters might be missing. Try adding $count=true query parameter and ConsistencyLevel:eventual header. Refer to https://aka.ms/graph-docs/advanced-queries for more information",
		"displayName in (1)":       clause + "A binary operator with incompatible types was detected. Found operand types 'Edm.String' and 'Edm.Int32' for operator kind 'Equal'.",
		"displayName in ()":        clause + "Expression expected at position 16 in 'displayName in ()'.",
		"createdDateTime in (2026-01-01,2026-13-01)":    clause + "Unrecognized 'Edm.Date' literal '2026-13-01' at '31' in 'createdDateTime in (2026-01-01,2026-13-01)'.",
		"startsWith(displayName)":                       clause + "')' or ',' expected at position 22 in 'startsWith(displayName)'.",
		"startsWith(displayName,)":                      clause + "Expression expected at position 23 in 'startsWith(displayName,)'.",
		"startsWith(displayName,'x'":                    clause + "')' or operator expected at position 26 in 'startsWith(displayName,'x''.",
		"startsWith(displayName,'x') eq false":          clause + "Syntax error at position 31 in 'startsWith(displayName,'x') eq false'.",
		"startsWith(foo,'x')":                           clause + "Could not find a property named 'foo' on type 'microsoft.graph.application'.",
		"tags/any":                                      clause + "'(' expected at position 8 in 'tags/any'.",
		"tags/any(t)":                                   clause + "Expected a range variable at position 9 in 'tags/any(t)'.",
		"tags/any(t:t eq 'x'":                           clause + "')' or operator expected at position 19 in 'tags/any(t:t eq 'x''.",
		"tags/any(t:)":                                  clause + "Expression expected at position 11 in 'tags/any(t:)'.",
		"tags/'x'":                                      clause + "Syntax error at position 5 in 'tags/'x''.",
		"tags/any/x":                                    clause + "The path after 'any' can't be followed in 'tags/any/x'.",
		"tags/$count eq":                                clause + "Expression expected at position 14 in 'tags/$count eq'.",
		"foo(displayName)":                              clause + "An unknown function with name 'foo' was found. This may also be a function import or a key lookup on a navigation property, which is not allowed.",
		"startsWith(displayName,1)":                     clause + "No function signature for the function with name 'startsWith' matches the specified arguments.",
		"appId eq aaaaaaaa-0000-4000-8000-000000000001": clause + "A binary operator with incompatible types was detected. Found operand types 'Edm.String' and 'Edm.Guid' for operator kind 'Equal'.",
		"tokenEncryptionKeyId eq '22222222-2222-4222-8222-222222222222'":           clause + "A binary operator with incompatible types was detected. Found operand types 'Edm.Guid' and 'Edm.String' for operator kind 'Equal'.",
		"createdDateTime ge '2026-01-01'":                                          clause + "A binary operator with incompatible types was detected. Found operand types 'Edm.DateTimeOffset' and 'Edm.String' for operator kind 'GreaterThanOrEqual'.",
		"createdDateTime ge 2026-13-01":                                            clause + "Unrecognized 'Edm.Date' literal '2026-13-01' at '19' in 'createdDateTime ge 2026-13-01'.",
		"isDisabled eq 'true'":                                                     clause + "A binary operator with incompatible types was detected. Found operand types 'Edm.Boolean' and 'Edm.String' for operator kind 'Equal'.",
		"requestedVersion eq 1e999":                                                clause + "Unrecognized 'Edm.Double' literal '1e999' at '20' in 'requestedVersion eq 1e999'.",
		"tags/any(t:tags/any(t:t eq 'x'))":                                         clause + "The range variable 't' has already been declared.",
		strings.Repeat("(", 200) + "displayName eq 'x'" + strings.Repeat(")", 200): clause + "Recursion depth exceeded allowed limit.",

		"notes eq 'x'":                      "Request_UnsupportedQuery: Unsupported or invalid query filter clause specified for property 'notes' of resource 'Application'.",
		"displayName eq notes":              "Request_UnsupportedQuery: Unsupported or invalid query filter clause specified for property 'notes' of resource 'Application'.",
		"appId ge 'x'":                      "Request_UnsupportedQuery: Unsupported or invalid query filter clause specified for property 'appId' of resource 'Application'.",
		"appId eq null":                     "Request_UnsupportedQuery: Unsupported or invalid query filter clause specified for property 'appId' of resource 'Application'.",
		"isFallbackPublicClient":            "Request_UnsupportedQuery: Unsupported or invalid query filter clause specified for property 'isFallbackPublicClient' of resource 'Application'.",
		"tags eq 'x'":                       "Request_UnsupportedQuery: Unsupported or invalid query filter clause specified for property 'tags' of resource 'Application'.",
		"endsWith(displayName,'x')":         "Request_UnsupportedQuery: Unsupported or invalid query filter clause specified for property 'displayName' of resource 'Application'.",
		"contains(displayName,'x')":         "Request_UnsupportedQuery: Unsupported property filter clause operator 'Contains'.",
		"contains('x',displayName)":         "Request_UnsupportedQuery: Unsupported property filter clause operator 'Contains'.",
		"appId in (null)":                   "Request_UnsupportedQuery: Unsupported or invalid query filter clause specified for property 'appId' of resource 'Application'.",
		"notes in ('x')":                    "Request_UnsupportedQuery: Unsupported or invalid query filter clause specified for property 'notes' of resource 'Application'.",
		"managerApplications/any()":         "Request_UnsupportedQuery: Complex query on property managerApplications is not supported.",
		"tags/length eq 3":                  "Request_UnsupportedQuery: Complex query on property tags is not supported.",
		"owners/any(o:o/id eq 'x')":         "Request_UnsupportedQuery: Complex query on property owners is not supported.",
		"createdOnBehalfOf/id eq 'x'":       "Request_UnsupportedQuery: Complex query on property createdOnBehalfOf is not supported.",
		"tokenLifetimePolicies/$count eq 0": "Request_UnsupportedQuery: Complex query on property tokenLifetimePolicies is not supported.",
		"tags/$count eq 3":                  "Request_UnsupportedQuery: Unsupported or invalid query filter clause specified for property 'tags' of resource 'Application'.",
		"appId eq 'x'" + strings.Repeat(" or appId eq 'x'", 15):                                                                      "Request_UnsupportedQuery: Too many child clauses specified in search filter expression containing 'OR' operators: 16. Max allowed: 15.",
		"appId in ('x'" + strings.Repeat(",'x'", 17) + ")":                                                                           "Request_UnsupportedQuery: Too many child clauses specified in search filter expression containing 'OR' operators: 18. Max allowed: 15.",
		"(appId eq 'x'" + strings.Repeat(" or appId eq 'x'", 9) + ") or (appId eq 'x'" + strings.Repeat(" or appId eq 'x'", 9) + ")": "Request_UnsupportedQuery: Too many child clauses specified in search filter expression containing 'OR' operators: 20. Max allowed: 15.",
	} {
		t.Run(filter, func(t *testing.T) {
			t.Parallel()
			_, err := Parse(application, values(t, "$filter="+filter), nil)
			if got := refusal(t, err); got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		})
	}
}

// Advanced queries need the header and $count=true, but neither makes a property filterable that is not.
func TestFilter_refusedEvenIfAdvanced(t *testing.T) {
	t.Parallel()
	for _, filter := range []string{"notes eq 'x'", "notes ne 'x'", "appId ge 'x'", "appId ne null", "endsWith(displayName,'x')", "contains(description,'x')", "owners/any(o:o/id eq 'x')"} {
		_, err := Parse(application, values(t, "$count=true&$filter="+filter), eventual)
		if got := refusal(t, err); !strings.HasPrefix(got, "Request_UnsupportedQuery: ") || strings.Contains(got, "Try adding") {
			t.Errorf("%s: %s", filter, got)
		}
	}
	if _, err := Parse(application, values(t, "$count=true&$filter=appId in ('x'"+strings.Repeat(",'x'", 20)+")"), eventual); err != nil {
		t.Errorf("many values in an advanced query: %v", err)
	}
}

// Default queries compare no more than 120 characters; what a directory object contains is not bound by that.
func TestFilter_longText(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("ä", 120)
	for _, filter := range []string{"displayName eq '%'", "'%' le displayName", "startsWith(displayName,'%')", "displayName in ('x','%')"} {
		if _, err := Parse(application, values(t, "$filter="+strings.ReplaceAll(filter, "%", text)), nil); err != nil {
			t.Errorf("%s: %v", filter, err)
		}
		longer := values(t, "$count=true&$filter="+strings.ReplaceAll(filter, "%", text+"x"))
		_, err := Parse(application, longer, nil)
		if got := refusal(t, err); got != "Request_UnsupportedQuery: Unsupported or invalid query filter clause specified for property 'displayName' of resource 'Application'." {
			t.Errorf("%s: %s", filter, got)
		}
		if _, err := Parse(application, longer, eventual); err != nil {
			t.Errorf("%s in an advanced query: %v", filter, err)
		}
	}
	for of, filter := range map[*Type]string{application: "federatedIdentityCredentials/any(f:f/subject eq '%')", federated: "subject eq '%'"} {
		if _, err := Parse(of, values(t, "$filter="+strings.ReplaceAll(filter, "%", text+"x")), nil); err != nil {
			t.Errorf("%s: %v", filter, err)
		}
	}
}

func TestQuery_Equality(t *testing.T) {
	t.Parallel()
	for filter, want := range map[string]string{
		"appId eq 'x'":                                      "x",
		"'x' eq APPID":                                      "x",
		"isDisabled eq true and appId eq 'x'":               "x",
		"(isDisabled eq true and (appId eq 'x'))":           "x",
		"appId eq 'x' or isDisabled eq true":                "",
		"appId in ('x')":                                    "",
		"displayName eq 'x'":                                "",
		"federatedIdentityCredentials/any(f:f/name eq 'x')": "",
	} {
		query, err := Parse(application, values(t, "$filter="+filter), nil)
		if err != nil {
			t.Fatal(err)
		}
		if got, ok := query.Equality("appId"); got != want || ok != (want != "") {
			t.Errorf("%s: %q %v, want %q", filter, got, ok, want)
		}
	}
	for filter, want := range map[string]string{
		"identifierUris/any(u:u eq 'x')":                        "x",
		"identifierUris/any(u:'x' eq u) and isDisabled eq true": "x",
		"identifierUris/any(u:startsWith(u,'x'))":               "",
		"identifierUris/any(u:u eq 'x' or u eq 'y')":            "",
	} {
		query, err := Parse(application, values(t, "$filter="+filter), nil)
		if err != nil {
			t.Fatal(err)
		}
		if got, ok := query.Equality("identifierUris"); got != want || ok != (want != "") {
			t.Errorf("%s: %q %v, want %q", filter, got, ok, want)
		}
	}
	query, err := Parse(application, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := query.Equality("appId"); ok {
		t.Error("equality without a filter")
	}
}
