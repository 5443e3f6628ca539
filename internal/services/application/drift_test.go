package application_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/workloadid/terraform-provider-workloadid/internal/acctest"
	"github.com/workloadid/terraform-provider-workloadid/internal/acctest/protocol"
)

// TestApplication_driftRightAfterAnApply: what can't be an old answer is not waited for.
func TestApplication_driftRightAfterAnApply(t *testing.T) {
	t.Parallel()
	h := acctest.New(t, acctest.WithConsistencyWindow(2*time.Minute))
	app := h.Resource("workloadid_application")
	config := object{"display_name": "Orders", "description": "one", "tags": list("a"), "web": object{"redirect_uris": list("https://orders.example/a")}}
	app.Apply(t, config)
	config["description"], config["tags"] = "two", list("b")
	app.Apply(t, config)
	h.Graph(t, "PATCH", "/applications/"+app.String("id"), object{"description": "theirs", "tags": list("c")})
	h.ResetRequests()
	began := time.Now()
	app.Refresh(t)
	if took := time.Since(began); took > time.Second {
		t.Errorf("it took %s", took)
	}
	h.ExpectRequestCount(t, 1)
	if app.String("description") != "theirs" || fmt.Sprint(app.State()["tags"]) != "[c]" {
		t.Errorf("the state has %v, %v", app.State()["description"], app.State()["tags"])
	}
	if plan := app.Plan(t, config); plan.Action != protocol.Update {
		t.Errorf("got %s", plan.Action)
	}
}
