package application

import (
	"testing"

	jsonserialization "github.com/microsoft/kiota-serialization-json-go"
	"github.com/microsoftgraph/msgraph-sdk-go/models"
)

// FuzzApplication_decode feeds answers to the table that the service never promised not to give: nulls in collections,
// missing ids, values of another type.
func FuzzApplication_decode(f *testing.F) {
	f.Add([]byte(`{"id":"1","appId":"2","displayName":"a","api":{"oauth2PermissionScopes":[{"id":"3f2504e0-4f89-41d3-9a0c-0305e82c3301","value":"s"}],"preAuthorizedApplications":[{"appId":"3","delegatedPermissionIds":["3f2504e0-4f89-41d3-9a0c-0305e82c3301"]}]}}`))
	f.Add([]byte(`{"appRoles":[{"id":null,"value":null,"allowedMemberTypes":null}],"owners":[{"id":null}],"web":{"redirectUris":[null]}}`))
	f.Add([]byte(`{"appRoles":[null],"addIns":[null],"optionalClaims":{"idToken":[null]},"requiredResourceAccess":[{"resourceAccess":[null]}]}`))
	f.Add([]byte(`{"tags":["a","a"],"groupMembershipClaims":",,","createdDateTime":"2026-01-01T00:00:00Z","nativeAuthenticationApisEnabled":"all"}`))
	f.Fuzz(func(t *testing.T, answer []byte) {
		node, err := jsonserialization.NewJsonParseNode(answer)
		if err != nil {
			return
		}
		parsed, err := node.GetObjectValue(models.CreateApplicationFromDiscriminatorValue)
		if err != nil || parsed == nil {
			return
		}
		state := attributes.Value(parsed.(entra))
		again := attributes.Decode(parsed.(entra), state)
		for name, value := range again {
			if before := state.Get(name); !value.Equal(before) {
				t.Errorf("%s: decoded as %s, and %s when that was known", name, before, value)
			}
		}
		attributes.Encode(state, models.NewApplication())
	})
}
