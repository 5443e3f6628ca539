package functions

import (
	"cmp"
	"errors"

	"github.com/hashicorp/terraform-plugin-framework/function"
)

// NewTerraformCloudSubject is terraform_cloud_subject.
func NewTerraformCloudSubject() function.Function {
	return writer{
		name:     "terraform_cloud_subject",
		issuer:   "hcp_terraform",
		summary:  "The subject of a run in HCP Terraform or Terraform Enterprise.",
		details:  "A plan and an apply have a subject each, and need a credential each, or one with an expression. The issuer of Terraform Enterprise is the installation's own URL.",
		patterns: "terraform_cloud_expression",
		parts:    terraformParts(false),
		write: func(w workload) (string, error) {
			if !w.has("run_phase") {
				return "", errors.New("run_phase is missing: plan or apply. terraform_cloud_expression writes an expression for both")
			}
			return terraformSubject(w), nil
		},
	}
}

// NewTerraformCloudExpression is terraform_cloud_expression.
func NewTerraformCloudExpression() function.Function {
	return writer{
		name:       "terraform_cloud_expression",
		expression: true,
		issuer:     "hcp_terraform",
		summary:    "A claims matching expression for runs in HCP Terraform.",
		details:    "In patterns, `*` stands for any characters and `?` for one. Microsoft Entra has expressions for HCP Terraform, and none for Terraform Enterprise.",
		parts:      terraformParts(true),
		write: func(w workload) (string, error) {
			return expression([2]string{"sub", terraformSubject(w)}), nil
		},
	}
}

func terraformParts(patterns bool) []part {
	const id, project = `[A-Za-z0-9_-]+`, `[A-Za-z0-9_ -]+`
	idForm, projectForm, or, phase := form(id, "letters, digits, - and _"), form(project, "letters, digits, spaces, - and _"), "", "`plan` or `apply`; needed."
	if patterns {
		idForm, projectForm = form(`[A-Za-z0-9_*?-]+`, "letters, digits, - and _, or a pattern"), form(`[A-Za-z0-9_ *?-]+`, "letters, digits, spaces, - and _, or a pattern")
		or, phase = ", or a pattern", "`plan` or `apply`; without it, both."
	}
	return []part{
		{name: "organization", required: true, check: form(id, "letters, digits, - and _"), description: "the organization's name."},
		{name: "project", pattern: patterns, check: projectForm, description: "the project's name" + or + ". Default `Default Project`."},
		{name: "workspace", required: true, pattern: patterns, check: idForm, description: "the workspace's name" + or + "."},
		{name: "run_phase", check: oneOf("plan", "apply"), description: phase},
	}
}

// terraformSubject has the form of
// https://developer.hashicorp.com/terraform/cloud-docs/dynamic-provider-credentials/workload-identity-tokens.
func terraformSubject(w workload) string {
	return "organization:" + w["organization"] + ":project:" + cmp.Or(w["project"], "Default Project") + ":workspace:" + w["workspace"] + ":run_phase:" + cmp.Or(w["run_phase"], "*")
}
