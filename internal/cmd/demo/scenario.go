package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"

	tfjson "github.com/hashicorp/terraform-json"

	"github.com/workloadid/terraform-provider-workloadid/internal/terraformcli"
)

// demonstration is the main job, step by step. Each step shows something and checks that it is so.
type demonstration struct {
	*narrator
	tenant    *tenant
	workspace *terraformcli.Workspace
	program   string // terraform or tofu, as one types it
	seeded    []string
	outputs   struct {
		DeployerClientID   string `json:"deployer_client_id"`
		CheckoutClientID   string `json:"checkout_client_id"`
		CheckoutCredential string `json:"checkout_credential"`
	}
}

const (
	github          = "https://token.actions.githubusercontent.com"
	releaseBranch   = "repo:contoso/shop:ref:refs/heads/release/2.4"
	repositoryID    = "472919120"
	cluster         = "shop-cluster" // a test issuer of the local tenant
	serviceAccount  = "system:serviceaccount:shop:checkout"
	stranger        = "system:serviceaccount:default:stranger"
	objectsInConfig = 7

	permission      = "Application.Read.All"
	permissionsFile = "permissions.auto.tfvars"
)

func (d *demonstration) apply(ctx context.Context) (err error) {
	if d.seeded, err = d.tenant.Applications(ctx); err != nil {
		return err
	}

	d.Step("Install the provider and plan", "examples/demo: two applications with their service principals, and three federated credentials.\n"+
		"The provider comes from this build, through a mirror on disk; nothing is downloaded.")
	d.Command(d.program, "init")
	if _, err := d.run(ctx, []string{`^- Install(ing|ed) `}, "init", "-input=false"); err != nil {
		return err
	}
	d.Command(d.program, "plan")
	plan, err := d.plan(ctx, []string{`^\s+# .* will be `, `^Plan: `}, "create.tfplan")
	if err != nil {
		return err
	}
	if changed := changes(plan); len(changed) != objectsInConfig || slices.ContainsFunc(changed, func(c *tfjson.ResourceChange) bool { return !c.Change.Actions.Create() }) {
		return fmt.Errorf("the plan has %d changes, want %d objects to create and nothing else", len(changed), objectsInConfig)
	}

	d.Step("Apply", "")
	d.Command(d.program, "apply")
	if err := d.tenant.ForgetRequests(ctx); err != nil {
		return err
	}
	if _, err := d.run(ctx, []string{`: Creation complete`, `^Apply complete!`}, "apply", "-input=false", "create.tfplan"); err != nil {
		return err
	}
	writes, err := d.tenant.Writes(ctx)
	if err != nil {
		return err
	}
	if writes != objectsInConfig {
		return fmt.Errorf("the tenant's log has %d writing requests for %d objects, want one for each", writes, objectsInConfig)
	}
	d.Checked("%d objects, %d writing requests to Microsoft Graph", objectsInConfig, writes)
	return d.workspace.Outputs(ctx, &d.outputs)
}

func (d *demonstration) use(ctx context.Context) error {
	d.Step("Be the pod in Kubernetes", "The cluster gives each pod a token that says which service account it runs as. It is traded for a token of Microsoft Graph.")
	pod, err := d.tenant.PlatformToken(ctx, cluster, "", serviceAccount)
	if err != nil {
		return err
	}
	if err := d.exchange(ctx, workload{d.tenant, d.outputs.CheckoutClientID, pod}, "shop-checkout"); err != nil {
		return err
	}

	d.Step("Be GitHub Actions, on a release branch", "No credential names this branch: the expression matches it.")
	job, err := d.tenant.PlatformToken(ctx, "github", github, releaseBranch, "repository_id="+repositoryID)
	if err != nil {
		return err
	}
	if err := d.exchange(ctx, workload{d.tenant, d.outputs.DeployerClientID, job}, "shop-deployer"); err != nil {
		return err
	}

	d.Step("Be somebody else", "Another service account of the same cluster, with a token as genuine as the first.")
	other, err := d.tenant.PlatformToken(ctx, cluster, "", stranger)
	if err != nil {
		return err
	}
	return d.refused(ctx, workload{d.tenant, d.outputs.CheckoutClientID, other}, "AADSTS700213")
}

// exchange gets a token and checks, with Microsoft Graph, that it is of the application it was asked for.
func (d *demonstration) exchange(ctx context.Context, w workload, name string) error {
	if err := d.present(w.platformToken); err != nil {
		return err
	}
	token, err := w.Exchange(ctx)
	if err != nil {
		return fmt.Errorf("exchanging the token: %s", refusal(err))
	}
	var who identity
	if err := claims(token, &who); err != nil {
		return err
	}
	d.Say("gets     appid %s", who.ApplicationID)
	d.Say("         oid   %s, idtyp %s", who.ObjectID, who.Kind)
	if who.ApplicationID != w.clientID || who.TenantID != d.tenant.ID || who.Kind != "app" {
		return fmt.Errorf("the token is of application %s in tenant %s, want %s in %s", who.ApplicationID, who.TenantID, w.clientID, d.tenant.ID)
	}
	d.Command("GET", "/v1.0/servicePrincipals/"+who.ObjectID)
	self, err := w.Self(ctx, token, who.ObjectID)
	if err != nil {
		return fmt.Errorf("asking Microsoft Graph who I am: %w", err)
	}
	if self["displayName"] != name || self["appId"] != w.clientID {
		return fmt.Errorf("Microsoft Graph says that I am %v, want %s", self["displayName"], name) //nolint:staticcheck // a name begins the message
	}
	d.Checked("Microsoft Graph says: I am %s", self["displayName"])
	return nil
}

// refused checks that the exchange fails, and why.
func (d *demonstration) refused(ctx context.Context, w workload, code string) error {
	if err := d.present(w.platformToken); err != nil {
		return err
	}
	_, err := w.Exchange(ctx)
	if err == nil {
		return errors.New("a token was issued to a subject that no credential names")
	}
	text := refusal(err)
	if !strings.HasPrefix(text, code+":") {
		return fmt.Errorf("the exchange was refused with %q, want %s", text, code)
	}
	d.Say("gets     %s", d.paint(yellow, text))
	d.Checked("refused with %s", code)
	return nil
}

func (d *demonstration) present(platformToken string) error {
	var shown presented
	if err := claims(platformToken, &shown); err != nil {
		return err
	}
	d.Say("presents iss   %s", shown.Issuer)
	d.Say("         sub   %s", shown.Subject)
	return nil
}

func (d *demonstration) grant(ctx context.Context) error {
	d.Step("Call an API", "The pod has signed in, and may do nothing yet: nobody has given it an app role of any API.")
	if err := d.call(ctx, http.StatusForbidden); err != nil {
		return err
	}

	d.Step("Give it the permission", "By its name: the provider knows the API and the role of that name, and refuses in the plan what does not exist.")
	content := fmt.Sprintf("checkout_permissions = [%q]", permission)
	d.Command("echo '"+content+"' >", permissionsFile)
	if err := os.WriteFile(filepath.Join(d.workspace.Dir, permissionsFile), []byte(content+"\n"), 0o600); err != nil {
		return err
	}
	d.Command(d.program, "plan")
	plan, err := d.plan(ctx, []string{` will be `, `^\s+\+ (api|app_role) +=`, `^Plan: `}, "grant.tfplan")
	if err != nil {
		return err
	}
	changed := changes(plan)
	if len(changed) != 1 || changed[0].Type != "workloadid_app_role_assignment" || !changed[0].Change.Actions.Create() {
		return fmt.Errorf("the plan has %d changes, want one app role assignment to create", len(changed))
	}
	d.Command(d.program, "apply")
	if err := d.tenant.ForgetRequests(ctx); err != nil {
		return err
	}
	if _, err := d.run(ctx, []string{`: Creation complete`, `^Apply complete!`}, "apply", "-input=false", "grant.tfplan"); err != nil {
		return err
	}
	writes, err := d.tenant.Writes(ctx)
	if err != nil {
		return err
	}
	if writes != 1 {
		return fmt.Errorf("the tenant's log has %d writing requests for one assignment", writes)
	}
	d.Say("The pod's next token carries the role.")
	return d.call(ctx, http.StatusOK)
}

// call has the pod ask Microsoft Graph for all applications, and checks what becomes of that.
func (d *demonstration) call(ctx context.Context, want int) error {
	pod, err := d.tenant.PlatformToken(ctx, cluster, "", serviceAccount)
	if err != nil {
		return err
	}
	token, err := workload{d.tenant, d.outputs.CheckoutClientID, pod}.Exchange(ctx)
	if err != nil {
		return fmt.Errorf("exchanging the token: %s", refusal(err))
	}
	var may struct {
		Roles []string `json:"roles"`
	}
	if err := claims(token, &may); err != nil {
		return err
	}
	d.Say("roles    %s", cmp.Or(strings.Join(may.Roles, ", "), "none"))
	d.Command("GET", "/v1.0/applications")
	answer, err := d.tenant.request(ctx, http.MethodGet, "/v1.0/applications?$select=displayName", token, nil)
	if want == http.StatusOK {
		if err != nil {
			return fmt.Errorf("asking with the permission: %w", err)
		}
		d.Checked("answered: there are %d applications", len(answer["value"].([]any)))
		return nil
	}
	if err == nil {
		return errors.New("a workload without a permission was answered")
	}
	refused, ok := errors.AsType[*problem](err)
	if !ok || refused.status != want {
		return fmt.Errorf("asking without a permission: %w, want status %d", err, want)
	}
	d.Say("gets     %s", d.paint(yellow, refused.Error()))
	d.Checked("refused")
	return nil
}

func (d *demonstration) drift(ctx context.Context) error {
	d.Step("Plan again", "What was applied is what was asked for.")
	d.Command(d.program, "plan")
	plan, err := d.plan(ctx, []string{`^No changes`}, "again.tfplan")
	if err != nil {
		return err
	}
	if changed := changes(plan); len(changed) > 0 {
		return fmt.Errorf("the second plan would change %s", changed[0].Address)
	}

	d.Step("Change something behind Terraform's back", "Somebody lets another service account in, through Microsoft Graph.")
	d.Command("PATCH", "/v1.0/"+d.outputs.CheckoutCredential, fmt.Sprintf(`{"subject": %q}`, stranger))
	if _, err := d.tenant.Graph(ctx, http.MethodPatch, d.outputs.CheckoutCredential, map[string]string{"subject": stranger}); err != nil {
		return err
	}
	d.Command(d.program, "plan")
	if plan, err = d.plan(ctx, []string{` will be `, `^\s+~ resource `, `^\s+~ \w+ +=`, `^Plan: `}, "drift.tfplan"); err != nil {
		return err
	}
	changed := changes(plan)
	if len(changed) != 1 || changed[0].Address != "workloadid_federated_identity_credential.checkout" || !changed[0].Change.Actions.Update() {
		return fmt.Errorf("the plan has %d changes, want an update of the credential", len(changed))
	}
	d.Command(d.program, "apply")
	if _, err := d.run(ctx, []string{`: Modifications complete`, `^Apply complete!`}, "apply", "-input=false", "drift.tfplan"); err != nil {
		return err
	}
	credential, err := d.tenant.Graph(ctx, http.MethodGet, d.outputs.CheckoutCredential, nil)
	if err != nil {
		return err
	}
	if credential["subject"] != serviceAccount {
		return fmt.Errorf("the credential's subject is %v after the repair, want %s", credential["subject"], serviceAccount)
	}
	d.Checked("the trust is what the configuration says again")
	return nil
}

func (d *demonstration) destroy(ctx context.Context) error {
	d.Step("Destroy", "")
	d.Command(d.program, "destroy")
	if _, err := d.run(ctx, []string{`: Destruction complete`, `^Destroy complete!`}, "destroy", "-input=false", "-auto-approve"); err != nil {
		return err
	}
	left, err := d.tenant.Applications(ctx)
	if err != nil {
		return err
	}
	if !slices.Equal(left, d.seeded) {
		return fmt.Errorf("the tenant has the applications %q, want those it began with: %q", left, d.seeded)
	}
	d.Checked("the tenant holds what it began with and no other application: %s", strings.Join(left, ", "))
	return nil
}

// run runs a command of the CLI and shows the lines that match; all of its output when it fails.
func (d *demonstration) run(ctx context.Context, show []string, args ...string) ([]byte, error) {
	out := d.Lines(show...)
	d.workspace.Output = out
	text, err := d.workspace.Run(ctx, d.arguments(args)...)
	return text, withOutput(err, out)
}

func (d *demonstration) plan(ctx context.Context, show []string, file string) (*tfjson.Plan, error) {
	out := d.Lines(show...)
	d.workspace.Output = out
	plan, err := d.workspace.Plan(ctx, file, d.arguments(nil)...)
	return plan, withOutput(err, out)
}

func (d *demonstration) arguments(args []string) []string {
	if d.colour {
		return args
	}
	if len(args) == 0 {
		return []string{"-no-color"}
	}
	return slices.Insert(slices.Clone(args), 1, "-no-color")
}

func withOutput(err error, out *lines) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%w\n%s", err, out.Everything())
}

// changes are the resources a plan would do something to.
func changes(plan *tfjson.Plan) []*tfjson.ResourceChange {
	return slices.DeleteFunc(slices.Clone(plan.ResourceChanges), func(c *tfjson.ResourceChange) bool {
		return c.Mode != tfjson.ManagedResourceMode || c.Change.Actions.NoOp()
	})
}
