package emulator_test

import (
	"strings"
	"testing"
)

func TestExtensionProperties_lifecycle(t *testing.T) {
	t.Parallel()
	c := start(t)
	application := c.post("/v1.0/applications", `{"displayName":"a"}`).want(201).body
	path := "/v1.0/applications/" + application["id"].(string)
	made := c.post(path+"/extensionProperties", `{"name":"jobGroup","dataType":"String","targetObjects":["User"]}`).want(201).body
	name := "extension_" + strings.ReplaceAll(application["appId"].(string), "-", "") + "_jobGroup"
	if made["name"] != name || made["appDisplayName"] != "a" || made["isMultiValued"] != false {
		t.Errorf("made %v", made)
	}
	c.post(path+"/extensionProperties", `{"name":"jobGroup","dataType":"String","targetObjects":["User"]}`).fails(409, "Request_MultipleObjectsWithSameKeyValue", "An extension property exists with the name "+name+".")
	c.post(path+"/extensionProperties", `{"name":"x","dataType":"Picture","targetObjects":["User"]}`).want(400)
	c.post(path+"/extensionProperties", `{"name":"x","dataType":"String"}`).want(400)
	if ids := c.get(path + "/extensionProperties").want(200).values("id"); len(ids) != 1 || ids[0] != made["id"] {
		t.Errorf("listed %v", ids)
	}
	expanded := c.get(path + "?$select=id&$expand=extensionProperties").want(200).body
	if extensions := expanded["extensionProperties"].([]any); len(extensions) != 1 {
		t.Errorf("expanded %v", expanded)
	}
	one := path + "/extensionProperties/" + made["id"].(string)
	c.get(one).want(200)
	c.delete(one).want(204)
	c.get(one).want(404)
}

// Verifying a publisher takes a person: no application permission is enough.
func TestVerifiedPublisher_needsAPerson(t *testing.T) {
	t.Parallel()
	c := start(t)
	id := c.post("/v1.0/applications", `{"displayName":"a"}`).want(201).body["id"].(string)
	for _, action := range []string{"setVerifiedPublisher", "unsetVerifiedPublisher"} {
		c.post("/v1.0/applications/"+id+"/"+action, `{"verifiedPublisherId":"1234567"}`).fails(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
	}
}
