package acctest

import (
	"errors"
	"net/http"
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
