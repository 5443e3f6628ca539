package emulator_test

import (
	"bufio"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/workloadid/terraform-provider-workloadid/internal/emulator"
)

func TestData_restart(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "tenant.db")
	withFile := func(o *emulator.Options) { o.DataFile = file }
	run := func(name string, test func(c *client)) {
		t.Run(name, func(t *testing.T) { test(start(t, withFile)) })
	}
	var path, principalPath, secret, before string
	run("first", func(c *client) {
		app, principal := c.principal(`{"displayName":"a","uniqueName":"u","identifierUris":["api://a"]}`)
		path, principalPath = "/v1.0/applications/"+app["id"].(string), "/v1.0/servicePrincipals/"+principal["id"].(string)
		c.post(path+"/federatedIdentityCredentials", credential("main", "s")).want(201)
		c.post(path+"/owners/$ref", reference(principal["id"].(string))).want(204)
		secret = c.post(path+"/addPassword", `{}`).want(200).at("keyId").(string)
		deleted := c.application(`{"displayName":"deleted"}`)["id"].(string)
		c.delete("/v1.0/applications/" + deleted).want(204)
		before = string(c.get("/_local/snapshot").raw)
		// A second process must not write to the same file.
		if second, err := emulator.New(emulator.Options{DataFile: file}); err == nil {
			_ = second.Close()
			c.t.Error("the file could be opened twice")
		}
	})
	run("second", func(c *client) {
		if after := string(c.get("/_local/snapshot").raw); after != before {
			c.t.Errorf("the directory changed:\nbefore %s\nafter %s", before, after)
		}
		c.get("/v1.0/applications(uniqueName='u')/federatedIdentityCredentials/main").want(200)
		if owners := c.get(path + "/owners").values("id"); len(owners) != 1 {
			c.t.Errorf("owners %v", owners)
		}
		c.get(principalPath).want(200)
		c.post(path+"/removePassword", `{"keyId":"`+secret+`"}`).want(204)
		c.post("/v1.0/applications", `{"displayName":"b","identifierUris":["api://a"]}`).want(400)
		c.delete(path + "/federatedIdentityCredentials/main").want(204)
	})
	run("third", func(c *client) {
		c.get(path + "/federatedIdentityCredentials/main").want(404)
		same(c.t, "passwords", c.get(path).at("passwordCredentials"), `[]`)
	})
	if _, err := emulator.New(emulator.Options{DataFile: file, TenantID: "99999999-9999-4999-8999-999999999999"}); err == nil || !strings.Contains(err.Error(), "holds the tenant "+emulator.DefaultTenantID) {
		t.Errorf("opened as another tenant: %v", err)
	}
}

// A tenant that is killed while it is being written to has everything it has acknowledged.
func TestData_killed(t *testing.T) {
	if file := os.Getenv("EMULATOR_TEST_DATA_FILE"); file != "" {
		writeUntilKilled(t, file)
		return
	}
	t.Parallel()
	file := filepath.Join(t.TempDir(), "tenant.db")
	var acknowledged []string
	for round := range 3 {
		command := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestData_killed$")
		command.Env = append(os.Environ(), "EMULATOR_TEST_DATA_FILE="+file)
		output, err := command.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := command.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(output)
		for count := 0; count < 20+7*round && lines.Scan(); count++ {
			acknowledged = append(acknowledged, strings.TrimPrefix(lines.Text(), "created "))
		}
		_ = command.Process.Kill()
		for lines.Scan() { // what was written between the last line we read and the kill
			if id, ok := strings.CutPrefix(lines.Text(), "created "); ok {
				acknowledged = append(acknowledged, id)
			}
		}
		_ = command.Wait() // killed: an error
	}
	if len(acknowledged) < 60 {
		t.Fatalf("only %d applications were made", len(acknowledged))
	}
	tenant, err := emulator.New(emulator.Options{DataFile: file})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tenant.Close() }()
	found := map[any]bool{}
	for _, application := range tenant.Objects("applications") {
		found[application["id"]] = true
	}
	for _, id := range acknowledged {
		if !found[id] {
			t.Errorf("%s is lost", id)
		}
	}
}

func writeUntilKilled(t *testing.T, file string) {
	tenant, err := emulator.New(emulator.Options{DataFile: file})
	if err != nil {
		t.Fatal(err)
	}
	token := tenant.Token("Application.ReadWrite.All")
	for {
		r := httptest.NewRequest(http.MethodPost, "/v1.0/applications", strings.NewReader(`{"displayName":"a"}`))
		r.Header.Set("Authorization", "Bearer "+token)
		r.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		tenant.ServeHTTP(w, r)
		_, location, _ := strings.Cut(w.Header().Get("Location"), "/applications/")
		fmt.Println("created " + location)
	}
}
