package acctest

import (
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
)

func TestRunCLI_appliesOnTheTenant(t *testing.T) {
	RunCLI(t, func(t *testing.T, h *Harness) resource.TestCase {
		const address = "workloadid_application.test"
		return resource.TestCase{
			Steps: []resource.TestStep{
				{
					Config: `resource "workloadid_application" "test" { display_name = "Deployer" }`,
					Check: func(s *terraform.State) error {
						if h.Tenant == nil {
							return nil
						}
						id := s.RootModule().Resources[address].Primary.ID
						for _, application := range h.Tenant.Objects("applications") {
							if application["id"] == id && application["displayName"] == "Deployer" {
								return nil
							}
						}
						return errors.New("the tenant does not hold the application")
					},
				},
				{ResourceName: address, ImportState: true, ImportStateVerify: true},
				{
					// With a terraform block of its own, as the examples have it.
					Config: `
						terraform {
						  required_providers {
						    workloadid = { source = "workloadid/workloadid" }
						  }
						}
						resource "workloadid_application" "test" { display_name = "Deployer 2" }`,
					ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
						plancheck.ExpectResourceAction(address, plancheck.ResourceActionUpdate),
					}},
				},
			},
			CheckDestroy: func(s *terraform.State) error {
				if h.Tenant == nil {
					return nil
				}
				id := s.RootModule().Resources[address].Primary.ID
				if status := h.GraphStatus(t, "/applications/"+id); status != http.StatusNotFound {
					return errors.New("the tenant still holds the application")
				}
				return nil
			},
		}
	})
}

func TestListCLIs(t *testing.T) {
	t.Parallel()
	join := func(entries ...string) string { return strings.Join(entries, string(os.PathListSeparator)) }
	tools := filepath.Join("repo", ".tools", "tofu")
	for name, test := range map[string]struct {
		environment map[string]string
		present     []string
		want        []cli
		failure     string
	}{
		"none":        {},
		"both":        {nil, []string{"terraform", "tofu"}, []cli{{name: "terraform", path: "/bin/terraform"}, {name: "tofu", path: "/bin/tofu"}}, ""},
		"built":       {nil, []string{tools}, []cli{{name: "tofu", path: "/bin/" + tools}}, ""},
		"path first":  {nil, []string{tools, "tofu"}, []cli{{name: "tofu", path: "/bin/tofu"}}, ""},
		"chosen":      {map[string]string{"TF_ACC_TERRAFORM_PATH": "/opt/tofu"}, []string{"terraform"}, []cli{{name: "tofu", path: "/opt/tofu"}}, ""},
		"listed":      {map[string]string{"WORKLOADID_TEST_CLIS": join("a=/a", "b=/b"), "TF_ACC_TERRAFORM_PATH": "/c"}, nil, []cli{{name: "a", path: "/a"}, {name: "b", path: "/b"}}, ""},
		"listed ill":  {map[string]string{"WORKLOADID_TEST_CLIS": "/a"}, nil, nil, "not name=path"},
		"listed half": {map[string]string{"WORKLOADID_TEST_CLIS": "a="}, nil, nil, "not name=path"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := listCLIs(func(name string) string { return test.environment[name] }, func(name string) (string, error) {
				if slices.Contains(test.present, name) {
					return "/bin/" + name, nil
				}
				return "", os.ErrNotExist
			}, "repo")
			if test.failure != "" {
				if err == nil || !strings.Contains(err.Error(), test.failure) {
					t.Errorf("got %v, want %s", err, test.failure)
				}
				return
			}
			if err != nil || !reflect.DeepEqual(got, test.want) {
				t.Errorf("got %v, %v, want %v", got, err, test.want)
			}
		})
	}
}
