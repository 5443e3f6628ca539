package functions

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/workloadid/terraform-provider-workloadid/internal/issuer"
	"github.com/workloadid/terraform-provider-workloadid/internal/validate/claimsexpression"
)

type object = map[string]string

const (
	tenantID = "72f988bf-86f1-41af-91ab-2d7cd011db47"
	id       = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"
	other    = "6b8b4567-327b-43c6-b3c9-869174b0dc51"
)

// call runs a function as the framework does. The error is the text that the CLI shows, "" if there is none.
func call(t *testing.T, f function.Function, arguments ...attr.Value) (attr.Value, string) {
	t.Helper()
	var definition function.DefinitionResponse
	f.Definition(t.Context(), function.DefinitionRequest{}, &definition)
	result, err := definition.Definition.Return.NewResultData(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	response := function.RunResponse{Result: result}
	f.Run(t.Context(), function.RunRequest{Arguments: function.NewArgumentsData(arguments)}, &response)
	if response.Error != nil {
		return nil, response.Error.Error()
	}
	return response.Result.Value(), ""
}

func mapOf(values object) types.Map {
	elements := map[string]attr.Value{}
	for name, value := range values {
		elements[name] = types.StringValue(value)
	}
	return types.MapValueMust(types.StringType, elements)
}

func text(value attr.Value) string {
	text, _ := value.(types.String)
	return text.ValueString()
}

func TestWriters(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		function func() function.Function
		workload object
		want     string
	}{
		// https://docs.github.com/actions/reference/security/oidc#example-subject-claims
		{NewGitHubSubject, object{"repository": "octo-org/octo-repo", "environment": "Production"}, "repo:octo-org/octo-repo:environment:Production"},
		{NewGitHubSubject, object{"repository": "octo-org/octo-repo", "environment": "Production:V1"}, "repo:octo-org/octo-repo:environment:Production%3AV1"},
		{NewGitHubSubject, object{"repository": "octo-org/octo-repo", "pull_request": "true"}, "repo:octo-org/octo-repo:pull_request"},
		{NewGitHubSubject, object{"repository": "octo-org/octo-repo", "branch": "demo-branch", "pull_request": "false"}, "repo:octo-org/octo-repo:ref:refs/heads/demo-branch"},
		{NewGitHubSubject, object{"repository": "octo-org/octo-repo", "tag": "demo-tag"}, "repo:octo-org/octo-repo:ref:refs/tags/demo-tag"},
		{NewGitHubSubject, object{"repository": "octo-org/octo-repo", "owner_id": "123456", "repository_id": "456789", "branch": "main"}, "repo:octo-org@123456/octo-repo@456789:ref:refs/heads/main"},
		{NewGitHubSubject, object{"repository": "contoso_emu/.github", "branch": "feature/a"}, "repo:contoso_emu/.github:ref:refs/heads/feature/a"},
		// https://docs.github.com/actions/reference/security/oidc#customizing-the-subject-claims-for-an-organization-or-repository
		{NewGitHubSubject, object{"job_workflow_ref": "octo-org/octo-automation/.github/workflows/oidc.yml@refs/heads/main"}, "job_workflow_ref:octo-org/octo-automation/.github/workflows/oidc.yml@refs/heads/main"},
		{NewGitHubSubject, object{"repository": "octo-org/octo-repo", "environment": "prod", "job_workflow_ref": "octo-org/octo-automation/.github/workflows/oidc.yml@refs/heads/main"}, "repo:octo-org/octo-repo:environment:prod:job_workflow_ref:octo-org/octo-automation/.github/workflows/oidc.yml@refs/heads/main"},
		{NewGitHubSubject, object{"repository": "octo-org/octo-repo", "job_workflow_ref": "octo-org/octo-automation/.github/workflows/oidc.yaml@refs/tags/v1"}, "repo:octo-org/octo-repo:job_workflow_ref:octo-org/octo-automation/.github/workflows/oidc.yaml@refs/tags/v1"},
		{NewGitHubSubject, object{"repository": "octo-org/octo-repo", "owner_id": "1", "repository_id": "2", "branch": "main", "job_workflow_ref": "octo-org/octo-automation/.github/workflows/oidc.yml@0123456789abcdef0123456789abcdef01234567"}, "repo:octo-org@1/octo-repo@2:ref:refs/heads/main:job_workflow_ref:octo-org/octo-automation/.github/workflows/oidc.yml@0123456789abcdef0123456789abcdef01234567"},

		{NewGitHubExpression, object{"repository": "contoso/shop", "repository_id": "456", "immutable": "false", "environment": "prod"}, "claims['sub'] eq 'repo:contoso/shop:environment:prod' and claims['repository_id'] eq '456'"},
		{NewGitHubExpression, object{"repository": "contoso/shop", "repository_id": "456"}, "claims['sub'] matches 'repo:contoso*/shop*:*' and claims['repository_id'] eq '456'"},
		{NewGitHubExpression, object{"repository": "contoso/*", "owner_id": "123", "environment": "prod"}, "claims['sub'] matches 'repo:contoso*/*:environment:prod' and claims['repository_owner_id'] eq '123'"},
		{NewGitHubExpression, object{"repository": "contoso/shop-*", "owner_id": "123", "immutable": "true", "branch": "release/*"}, "claims['sub'] matches 'repo:contoso@123/shop-*:ref:refs/heads/release/*' and claims['repository_owner_id'] eq '123'"},
		{NewGitHubExpression, object{"repository": "contoso/shop", "owner_id": "123", "repository_id": "456", "immutable": "true", "tag": "v?.*"}, "claims['sub'] matches 'repo:contoso@123/shop@456:ref:refs/tags/v?.*' and claims['repository_id'] eq '456' and claims['repository_owner_id'] eq '123'"},
		{NewGitHubExpression, object{"repository": "contoso/shop", "owner_id": "123", "immutable": "true", "pull_request": "true"}, "claims['sub'] matches 'repo:contoso@123/shop@*:pull_request' and claims['repository_owner_id'] eq '123'"},
		{NewGitHubExpression, object{"repository": "contoso/shop", "repository_id": "456", "immutable": "true", "branch": "main"}, "claims['sub'] matches 'repo:contoso@*/shop@456:ref:refs/heads/main' and claims['repository_id'] eq '456'"},
		{NewGitHubExpression, object{"repository": "contoso/*", "owner_id": "123", "environment": "it's", "workflow": "contoso/flows/.github/workflows/*@refs/heads/main"}, "claims['sub'] matches 'repo:contoso*/*:environment:it''s' and claims['repository_owner_id'] eq '123' and claims['job_workflow_ref'] matches 'contoso/flows/.github/workflows/*@refs/heads/main'"},

		// https://docs.gitlab.com/ci/secrets/id_token_authentication/ and
		// https://learn.microsoft.com/entra/workload-id/workload-identities-federated-credential-mutable-subjects
		{NewGitLabSubject, object{"project_path": "my-group/my-project", "branch": "feature-branch-1"}, "project_path:my-group/my-project:ref_type:branch:ref:feature-branch-1"},
		{NewGitLabSubject, object{"project_path": "a/b/c", "tag": "v4.2.0"}, "project_path:a/b/c:ref_type:tag:ref:v4.2.0"},
		{NewGitLabSubject, object{"project_id": "57382910", "branch": "main"}, "project_id:57382910:ref_type:branch:ref:main"},
		{NewGitLabExpression, object{"project_id": "57382910"}, "claims['sub'] matches 'project_id:57382910:*' and claims['project_id'] eq '57382910'"},
		{NewGitLabExpression, object{"project_id": "57382910", "project_path": "acme/billing", "tag": "v*"}, "claims['sub'] matches 'project_path:acme/billing:ref_type:tag:ref:v*' and claims['project_id'] eq '57382910'"},

		// https://developer.hashicorp.com/terraform/cloud-docs/dynamic-provider-credentials/workload-identity-tokens
		{NewTerraformCloudSubject, object{"organization": "my-org", "workspace": "prod", "run_phase": "apply"}, "organization:my-org:project:Default Project:workspace:prod:run_phase:apply"},
		{NewTerraformCloudSubject, object{"organization": "my-org", "project": "Web shop", "workspace": "prod", "run_phase": "plan"}, "organization:my-org:project:Web shop:workspace:prod:run_phase:plan"},
		{NewTerraformCloudExpression, object{"organization": "my-org", "project": "shop", "workspace": "prod"}, "claims['sub'] matches 'organization:my-org:project:shop:workspace:prod:run_phase:*'"},
		{NewTerraformCloudExpression, object{"organization": "my-org", "project": "*", "workspace": "prod-?", "run_phase": "plan"}, "claims['sub'] matches 'organization:my-org:project:*:workspace:prod-?:run_phase:plan'"},

		// https://kubernetes.io/docs/reference/access-authn-authz/authentication/#service-account-tokens
		{NewKubernetesSubject, object{"namespace": "kube-system", "service_account": "shop.api"}, "system:serviceaccount:kube-system:shop.api"},

		// https://learn.microsoft.com/azure/devops/pipelines/release/troubleshoot-workload-identity
		{NewAzureDevOpsSubject, object{"organization": "contoso", "project": "Web shop", "service_connection": "azure-prod"}, "sc://contoso/Web shop/azure-prod"},
		{NewAzureDevOpsSubject, object{"tenant_id": tenantID, "organization_id": id, "service_connection_id": other}, "/eid1/c/pub/t/v4j5cvGGr0GRqy180BHbRw/a/rISbSSETf0KqFyZ8ppdXmA/sc/" + id + "/" + other},

		{NewGoogleCloudSubject, object{"unique_id": "107517467455664443766"}, "107517467455664443766"},
		// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_outbound_token_claims.html
		{NewAWSSubject, object{"principal_arn": "arn:aws:iam::123456789012:role/DataProcessingRole"}, "arn:aws:iam::123456789012:role/DataProcessingRole"},
		{NewAWSSubject, object{"principal_arn": "arn:aws-us-gov:iam::123456789012:user/team/ci"}, "arn:aws-us-gov:iam::123456789012:user/team/ci"},
		{NewSPIFFESubject, object{"trust_domain": "contoso.com", "path": "/ns/shop/sa/api"}, "spiffe://contoso.com/ns/shop/sa/api"},
		// https://circleci.com/docs/guides/permissions-authentication/openid-connect-tokens/
		{NewCircleCISubject, object{"organization_id": id, "project_id": other, "user_id": tenantID}, "org/" + id + "/project/" + other + "/user/" + tenantID},
		{NewCircleCISubject, object{"organization_id": id, "project_id": other, "user_id": tenantID, "vcs_origin": "github.com/contoso/shop", "vcs_ref": "refs/heads/main"}, "org/" + id + "/project/" + other + "/user/" + tenantID + "/vcs-origin/github.com/contoso/shop/vcs-ref/refs/heads/main"},
		{NewBuildkiteSubject, object{"pipeline_id": id}, id},
	} {
		f := test.function()
		name := f.(writer).name
		got, err := call(t, f, mapOf(test.workload))
		if err != "" || text(got) != test.want {
			t.Errorf("%s(%v):\ngot  %v %s\nwant %s", name, test.workload, got, err, test.want)
			continue
		}
		if f.(writer).expression {
			acceptable(t, f.(writer), text(got))
		}
	}
}

// acceptable checks that Microsoft Entra takes the expression for the issuer.
func acceptable(t *testing.T, f writer, expression string) {
	t.Helper()
	url := issuer.Find(f.issuer).URLs[0].Template
	if err := claimsexpression.Check(url, expression); err != nil {
		t.Errorf("%s: %v", expression, err)
	}
	if err, doubt := claimsexpression.CheckRequired(url, expression); err != nil || doubt != nil {
		t.Errorf("%s: %v %v", expression, err, doubt)
	}
}

func TestWriters_invalid(t *testing.T) {
	t.Parallel()
	github := func(more object) object {
		all := object{"repository": "contoso/shop", "branch": "main"}
		maps.Copy(all, more)
		maps.DeleteFunc(all, func(_, value string) bool { return value == "-" })
		return all
	}
	devops := object{"tenant_id": tenantID, "organization_id": id, "service_connection_id": other, "project": "shop"}
	for _, test := range []struct {
		function func() function.Function
		workload object
		want     string
	}{
		{NewGitHubSubject, object{}, "repository is missing"},
		{NewGitHubSubject, object{"branch": "main"}, "repository is missing: github_subject needs it, unless job_workflow_ref"},
		{NewGitHubSubject, object{"branch": "main", "job_workflow_ref": "o/r/.github/workflows/a.yml@refs/heads/main"}, "repository is missing: the subject has it before"},
		{NewGitHubSubject, object{"owner_id": "1", "repository_id": "2", "job_workflow_ref": "o/r/.github/workflows/a.yml@refs/heads/main"}, "repository is missing: the subject has it before"},
		{NewGitHubSubject, github(object{"job_workflow_ref": "deploy.yml"}), "job_workflow_ref must be a workflow with its repository, path and full ref"},
		{NewGitHubSubject, github(object{"job_workflow_ref": "o/r/.github/workflows/a.yml@main"}), "full ref"},
		{NewGitHubSubject, github(object{"job_workflow_ref": "o/r/.github/workflows/a.yml"}), "full ref"},
		{NewGitHubSubject, github(object{"job_workflow_ref": "o/r/.github/workflows/*@refs/heads/main"}), "job_workflow_ref must not have the wildcard *: a subject is compared letter by letter. Use github_expression"},
		{NewGitHubSubject, github(object{"branch": "-", "environment": "a", "tag": "b", "job_workflow_ref": "o/r/.github/workflows/a.yml@refs/heads/main"}), "environment and tag exclude each other"},
		{NewGitHubSubject, github(object{"envionment": "x"}), "github_subject takes no envionment: it takes repository, owner_id"},
		{NewGitHubSubject, github(object{"repository": "shop"}), "repository must be owner and name, as in contoso/shop. Got: \"shop\"."},
		{NewGitHubSubject, github(object{"repository": "https://github.com/contoso/shop"}), "owner and name alone"},
		{NewGitHubSubject, github(object{"repository": "repo:contoso/shop"}), "owner and name alone"},
		{NewGitHubSubject, github(object{"repository": "contoso@1/shop@2"}), "belong into owner_id and repository_id"},
		{NewGitHubSubject, github(object{"repository": "contoso/*"}), "repository must not have the wildcard *: a subject is compared letter by letter. Use github_expression"},
		{NewGitHubSubject, github(object{"owner_id": "1"}), "repository_id is missing: owner_id and repository_id go together"},
		{NewGitHubSubject, github(object{"owner_id": "contoso", "repository_id": "1"}), "owner_id must be a number"},
		{NewGitHubSubject, github(object{"environment": "prod"}), "environment and branch exclude each other"},
		{NewGitHubSubject, github(object{"branch": "-"}), "one of environment, branch, tag and pull_request is needed"},
		{NewGitHubSubject, github(object{"branch": ""}), "branch must not be empty"},
		{NewGitHubSubject, github(object{"branch": "refs/heads/main"}), "without refs/heads/"},
		{NewGitHubSubject, github(object{"branch": "a b"}), "the name of a branch"},
		{NewGitHubSubject, github(object{"branch": "release-?"}), "no question mark"},
		{NewGitHubSubject, github(object{"branch": "main\n"}), "white space"},
		{NewGitHubSubject, github(object{"branch": "-", "pull_request": "yes"}), "pull_request must be true or false"},
		{NewGitHubSubject, github(object{"branch": strings.Repeat("x", 600)}), "at most 600"},
		{NewGitHubExpression, github(nil), "one of owner_id and repository_id is needed"},
		{NewGitHubExpression, github(object{"owner_id": "1"}), "repository_id or immutable is needed"},
		{NewGitHubExpression, github(object{"repository": "*/shop", "repository_id": "1"}), "an owner, written out"},
		{NewGitHubExpression, github(object{"repository_id": "1*"}), "repository_id must not have the wildcard *: it has to be written out"},
		{NewGitHubExpression, github(object{"repository_id": "1", "tag": "v*"}), "branch and tag exclude each other"},
		{NewGitHubExpression, github(object{"repository_id": "1", "workflow": "deploy.yml"}), "a workflow with its repository"},
		{NewGitLabSubject, object{"branch": "main"}, "one of project_path and project_id is needed"},
		{NewGitLabSubject, object{"project_path": "a/b", "project_id": "1", "branch": "main"}, "exclude each other"},
		{NewGitLabSubject, object{"project_path": "shop", "branch": "main"}, "the path of a project with its groups"},
		{NewGitLabSubject, object{"project_id": "1"}, "one of branch and tag is needed"},
		{NewGitLabSubject, object{"project_id": "1", "branch": "*"}, "Use gitlab_expression"},
		{NewGitLabExpression, object{"project_path": "a/b"}, "project_id is missing"},
		{NewTerraformCloudSubject, object{"organization": "o", "workspace": "w"}, "run_phase is missing"},
		{NewTerraformCloudSubject, object{"organization": "o", "workspace": "w", "run_phase": "destroy"}, "plan or apply"},
		{NewTerraformCloudSubject, object{"organization": "o", "workspace": "w", "run_phase": "*"}, "Use terraform_cloud_expression"},
		{NewTerraformCloudExpression, object{"organization": "*", "workspace": "w"}, "organization must not have the wildcard *"},
		{NewKubernetesSubject, object{"namespace": "shop", "service_account": "API"}, "lower case"},
		{NewKubernetesSubject, object{"namespace": "*", "service_account": "api"}, "Microsoft Entra has no expressions for this issuer"},
		{NewAzureDevOpsSubject, object{"tenant_id": tenantID}, "one of service_connection_id and service_connection is needed"},
		{NewAzureDevOpsSubject, object{"tenant_id": tenantID, "service_connection_id": id}, "organization_id is missing"},
		{NewAzureDevOpsSubject, devops, "service_connection_id and project exclude each other"},
		{NewAzureDevOpsSubject, object{"tenant_id": strings.ToUpper(tenantID), "organization_id": id, "service_connection_id": other}, "lower case"},
		{NewGoogleCloudSubject, object{"unique_id": "ci@shop.iam.gserviceaccount.com"}, "not the email address"},
		{NewGoogleCloudSubject, object{"unique_id": "12"}, "about 21 digits"},
		{NewAWSSubject, object{"principal_arn": "arn:aws:sts::123456789012:assumed-role/shop/session"}, "not of a session"},
		{NewAWSSubject, object{"principal_arn": "arn:aws:iam::123:role/shop"}, "the ARN of a role or user"},
		{NewSPIFFESubject, object{"trust_domain": "spiffe://contoso.com", "path": "/a"}, "without spiffe://"},
		{NewSPIFFESubject, object{"trust_domain": "contoso.com", "path": "a"}, "begin with a slash"},
		{NewSPIFFESubject, object{"trust_domain": "contoso.com", "path": "/a/../b"}, "are . or .. alone"},
		{NewCircleCISubject, object{"organization_id": "contoso", "project_id": id, "user_id": id}, "organization_id must be a UUID"},
		{NewCircleCISubject, object{"organization_id": id, "project_id": id, "user_id": id, "vcs_ref": "refs/heads/main"}, "vcs_origin is missing"},
		{NewBuildkiteSubject, object{"pipeline_id": id, "queue_id": id}, "exclude each other"},
	} {
		got, err := call(t, test.function(), mapOf(test.workload))
		if !strings.Contains(err, test.want) {
			t.Errorf("%s(%v): got %v %q, want %q", test.function().(writer).name, test.workload, got, err, test.want)
		}
	}
}

// An expression that a function wrote matches what it was asked to, and not its neighbours.
func TestGitHubExpression_matches(t *testing.T) {
	t.Parallel()
	claims := func(subject, repository, owner string) types.Map {
		return mapOf(object{"sub": subject, "repository_id": repository, "repository_owner_id": owner})
	}
	names, ids := claims("repo:contoso/shop:environment:prod", "456", "123"), claims("repo:contoso@123/shop@456:environment:prod", "456", "123")
	for _, test := range []struct {
		workload object
		claims   types.Map
		want     bool
	}{
		{object{"repository": "contoso/shop", "repository_id": "456", "environment": "prod"}, names, true},
		{object{"repository": "contoso/shop", "repository_id": "456", "environment": "prod"}, ids, true},
		{object{"repository": "contoso/*", "owner_id": "123", "environment": "prod"}, names, true},
		{object{"repository": "contoso/*", "owner_id": "123", "environment": "prod"}, ids, true},
		{object{"repository": "contoso/*", "owner_id": "123", "environment": "prod"}, claims("repo:contoso2@9/shop@7:environment:prod", "7", "9"), false},
		{object{"repository": "contoso/shop", "owner_id": "123", "immutable": "true", "environment": "prod"}, ids, true},
		{object{"repository": "contoso/shop", "owner_id": "123", "immutable": "true", "environment": "prod"}, names, false},
		{object{"repository": "contoso/shop", "owner_id": "123", "immutable": "true", "environment": "prod"}, claims("repo:contoso@123/shop-2@7:environment:prod", "7", "123"), false},
		{object{"repository": "contoso/shop", "repository_id": "456", "environment": "prod"}, claims("repo:contoso/shop:environment:prod-2", "456", "123"), false},
		{object{"repository": "contoso/shop", "repository_id": "456"}, claims("repo:contoso/shop:pull_request", "456", "123"), true},
	} {
		expression, err := call(t, NewGitHubExpression(), mapOf(test.workload))
		if err != "" {
			t.Fatal(err)
		}
		got, err := call(t, NewMatchesClaims(), expression, test.claims)
		if err != "" || got.(types.Bool).ValueBool() != test.want {
			t.Errorf("%s of %v: got %v %s", expression, test.claims, got, err)
		}
	}
}

func TestWriters_nullAndUnknown(t *testing.T) {
	t.Parallel()
	parts := map[string]attr.Value{"repository": types.StringValue("contoso/shop"), "branch": types.StringNull(), "tag": types.StringValue("v1")}
	if got, err := call(t, NewGitHubSubject(), types.MapValueMust(types.StringType, parts)); err != "" || text(got) != "repo:contoso/shop:ref:refs/tags/v1" {
		t.Errorf("with a null: got %v %s", got, err)
	}
	parts["owner_id"] = types.StringUnknown()
	if got, err := call(t, NewGitHubSubject(), types.MapValueMust(types.StringType, parts)); err != "" || !got.IsUnknown() {
		t.Errorf("with an unknown: got %v %s", got, err)
	}
}

// Documentation is part of a function: everything it takes is described, and its name says what it returns.
func TestDefinitions(t *testing.T) {
	t.Parallel()
	for _, construct := range []func() function.Function{
		NewAWSSubject, NewAzureDevOpsSubject, NewBuildkiteSubject, NewCircleCISubject, NewGitHubExpression, NewGitHubSubject, NewGitLabExpression,
		NewGitLabSubject, NewGoogleCloudSubject, NewKubernetesSubject, NewSPIFFESubject, NewTerraformCloudExpression, NewTerraformCloudSubject,
	} {
		f := construct().(writer)
		var got function.DefinitionResponse
		f.Definition(t.Context(), function.DefinitionRequest{}, &got)
		var problems function.DefinitionValidateResponse
		got.Definition.ValidateImplementation(t.Context(), function.DefinitionValidateRequest{FuncName: f.name}, &problems)
		if problems.Diagnostics.HasError() {
			t.Errorf("%s: %v", f.name, problems.Diagnostics)
		}
		for _, p := range f.parts {
			if p.description == "" || !strings.Contains(got.Definition.MarkdownDescription, "`"+p.name+"`") {
				t.Errorf("%s: %s is not described", f.name, p.name)
			}
		}
		if !strings.Contains(got.Definition.MarkdownDescription, "https://") {
			t.Errorf("%s cites no page", f.name)
		}
		if f.patterns != "" && !slices.Contains([]string{"github_expression", "gitlab_expression", "terraform_cloud_expression"}, f.patterns) {
			t.Errorf("%s names the function %s, which there is not", f.name, f.patterns)
		}
	}
}
