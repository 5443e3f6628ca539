package issuer

import (
	"regexp"
	"slices"
)

// All are the issuers that the provider knows, see each one's Page. The claims of expressions are those of
// https://learn.microsoft.com/entra/workload-id/workload-identities-flexible-federated-identity-credentials and, where it
// is more generous,
// https://learn.microsoft.com/entra/workload-id/workload-identities-federated-credential-mutable-subjects.
var All = []*Issuer{
	{
		Key: "github_actions", Name: "GitHub Actions",
		URLs: []URL{
			{Template: "https://token.actions.githubusercontent.com", Expressions: true},
			{Template: "https://token.actions.githubusercontent.com/{enterprise}"},
			{Template: "https://token.actions.{subdomain}.ghe.com"},
		},
		Audience: "`azure/login` asks for `api://AzureADTokenExchange`.",
		Claims:   map[string]Matching{"sub": ByPattern, "job_workflow_ref": ByPattern, "repository_id": Exactly, "repository_owner_id": Exactly},
		Page:     "https://docs.github.com/actions/reference/security/oidc",
		mistaken: []string{"github.com", "www.github.com", "api.github.com", "actions.githubusercontent.com", "token.actions.github.com", "actions.github.com", "vstoken.actions.githubusercontent.com"},
		owner:    regexp.MustCompile(`^repo:[^/*?]+/`), heads: []string{"repo:"},
		subjects: subjects(`repo:[\w.-]+(?:@\d+)?/[\w.-]+(?:@\d+)?:(?:ref:refs/(?:heads|tags)/.+|environment:.+|pull_request)`),
		slips: slips(
			`^(?i)https://github\.com/`, `repo:`,
			`^(?i)repo[:/=]`, `repo:`,
			`^([\w.-]+/[\w.-]+):`, `repo:$1:`,
			`^(repo:[^/:]+/[^/:]+)/`, `$1:`,
			`^(repo:[^:]+):(?i:environments?|env)[:/=]`, `$1:environment:`,
			`^(repo:[^:]+):(?i:branch|branches)[:/=]`, `$1:ref:refs/heads/`,
			`^(repo:[^:]+):(?i:tags?)[:/=]`, `$1:ref:refs/tags/`,
			`^(repo:[^:]+):(?i:pull[-_ ]?requests?|pr)$`, `$1:pull_request`,
			`^(repo:[^:]+):(?i:refs?)[:/](?:refs/)?(heads?|tags?)/`, `$1:ref:refs/$2/`,
			`^(repo:[^:]+:ref:refs/)(head|tag)/`, `${1}${2}s/`,
			`^(repo:[^:]+):(?i:ref)[:/]([^/:]+(?:/[^/:]+)*)$`, `$1:ref:refs/heads/$2`,
			`:ref:refs/heads/refs/(heads|tags)/`, `:ref:refs/$1/`,
		),
	},
	{
		Key: "gitlab", Name: "GitLab",
		URLs: []URL{
			{Template: "https://gitlab.com", Expressions: true},
			{Template: "https://gitlab.{name}.com", Expressions: true},
			{Template: "https://gitlab.{name}.ca", Expressions: true},
		},
		Audience: "The job asks for it with `aud` under `id_tokens`.",
		Claims:   map[string]Matching{"sub": ByPattern, "project_id": Exactly, "namespace_id": Exactly, "user_id": Exactly},
		Page:     "https://docs.gitlab.com/ci/secrets/id_token_authentication/",
		mistaken: []string{"www.gitlab.com", "about.gitlab.com", "docs.gitlab.com"},
		owner:    regexp.MustCompile(`^(?:project_path:[^/*?]+/|project_id:[^:*?]+:)`), heads: []string{"project_path:", "project_id:"},
		subjects: subjects(`project_path:[^:/]+(?:/[^:/]+)+:ref_type:(?:branch|tag):ref:`+gitLabRef, `project_id:\d+:ref_type:(?:branch|tag):ref:`+gitLabRef),
		slips: slips(
			`^(?i)https://gitlab\.com/`, `project_path:`,
			`^(?i)(?:project|repo|path|project[-_]?path)[:=]`, `project_path:`,
			`^([^:/]+(?:/[^:/]+)+):`, `project_path:$1:`,
			`^(project_(?:path|id):[^:]+):(?i:ref[-_]?type)[:/=](?i:branch(?:es)?|heads?)[:/]`, `$1:ref_type:branch:`,
			`^(project_(?:path|id):[^:]+):(?i:branch)[:/]`, `$1:ref_type:branch:ref:`,
			`^(project_(?:path|id):[^:]+):(?i:tag)[:/]`, `$1:ref_type:tag:ref:`,
			`^(project_(?:path|id):[^:]+):ref[:/]refs/tags/`, `$1:ref_type:tag:ref:`,
			`^(project_(?:path|id):[^:]+):ref[:/]`, `$1:ref_type:branch:ref:`,
			`:ref:refs/(?:heads|tags)/`, `:ref:`,
		),
	},
	{
		Key: "hcp_terraform", Name: "HCP Terraform",
		URLs: []URL{
			{Template: "https://app.terraform.io", Expressions: true},
			{Template: "https://app.eu.terraform.io", Expressions: true},
		},
		Audience: "`api://AzureADTokenExchange`, unless the workspace sets `TFC_AZURE_WORKLOAD_IDENTITY_AUDIENCE`.",
		Claims:   map[string]Matching{"sub": ByPattern},
		Page:     "https://developer.hashicorp.com/terraform/cloud-docs/dynamic-provider-credentials/workload-identity-tokens",
		mistaken: []string{"terraform.io", "www.terraform.io", "registry.terraform.io", "cloud.hashicorp.com", "portal.cloud.hashicorp.com"},
		owner:    regexp.MustCompile(`^organization:[^:*?]+:`), heads: []string{"organization:"},
		subjects: subjects(`organization:[^:]+:project:[^:]+:workspace:[^:]+:run_phase:(?:plan|apply)`, `organization:[^:]+:project:[^:]+:stack:[^:]+:deployment:[^:]+:operation:(?:plan|apply)`),
		slips: slips(
			`^(?i)org(?:ani[sz]ation)?[:/=]`, `organization:`,
			`[:/](?i:project)[:/=]`, `:project:`,
			`[:/](?i:workspace|ws)[:/=]`, `:workspace:`,
			`[:/](?i:(?:run[-_]?)?phase)[:/=]`, `:run_phase:`,
			`:run_phase:(?i)(plan|apply)\w*$`, `:run_phase:$1`,
			`^(organization:[^:]+):workspace:`, `$1:project:Default Project:workspace:`,
			`^(organization:[^:]+:project:[^:]+:workspace:[^:]+)$`, `$1:run_phase:{plan or apply}`,
		),
	},
	{
		Key: "microsoft_entra", Name: "Microsoft Entra ID",
		URLs: []URL{
			{Template: "https://login.microsoftonline.com/{tenant_id}/v2.0"},
			{Template: "https://login.microsoftonline.us/{tenant_id}/v2.0"},
			{Template: "https://login.partner.microsoftonline.cn/{tenant_id}/v2.0"},
		},
		Audience: "A managed identity asks for a token for `api://AzureADTokenExchange`.",
		Page:     "https://learn.microsoft.com/entra/workload-id/workload-identity-federation-config-app-trust-managed-identity",
		mistaken: []string{"login.microsoft.com", "login.windows.net", "microsoftonline.com"},
	},
	{
		Key: "azure_devops", Name: "Azure DevOps",
		URLs: []URL{
			{Template: "https://login.microsoftonline.com/{tenant_id}/v2.0"},
			{Template: "https://vstoken.dev.azure.com/{organization_id}"},
		},
		Audience: "Always `api://AzureADTokenExchange`.",
		Page:     "https://learn.microsoft.com/azure/devops/pipelines/release/troubleshoot-workload-identity",
		mistaken: []string{"dev.azure.com", "vstoken.visualstudio.com", "app.vssps.visualstudio.com"},
		subjects: subjects(`sc://[^/]+/[^/]+/[^/]+`, `/eid1/.+`),
		slips: slips(
			`^(?i)(?:https://dev\.azure\.com/|sc:/{0,3}|sc/)`, `sc://`,
			`^([^/:]+/[^/]+/[^/]+)$`, `sc://$1`,
		),
	},
	{
		Key: "aks", Name: "Azure Kubernetes Service",
		URLs:     []URL{{Template: "https://{region}.oic.prod-aks.azure.com/{tenant_id}/{cluster_id}/"}},
		Audience: "The workload identity webhook asks for `api://AzureADTokenExchange`.",
		Page:     "https://learn.microsoft.com/azure/aks/use-oidc-issuer",
		subjects: serviceAccount, slips: serviceAccountSlips,
	},
	{
		Key: "eks", Name: "Amazon Elastic Kubernetes Service",
		URLs:     []URL{{Template: "https://oidc.eks.{region}.amazonaws.com/id/{eks_id}"}, {Template: "https://oidc.eks.{region}.amazonaws.com.cn/id/{eks_id}"}},
		Audience: "The workload identity webhook asks for `api://AzureADTokenExchange`.",
		Page:     "https://docs.aws.amazon.com/eks/latest/userguide/enable-iam-roles-for-service-accounts.html",
		subjects: serviceAccount, slips: serviceAccountSlips,
	},
	{
		Key: "gke", Name: "Google Kubernetes Engine",
		URLs:     []URL{{Template: "https://container.googleapis.com/v1/projects/{project}/locations/{location}/clusters/{cluster}"}},
		Audience: "The workload identity webhook asks for `api://AzureADTokenExchange`.",
		Page:     "https://azure.github.io/azure-workload-identity/docs/installation/managed-clusters.html",
		subjects: serviceAccount, slips: serviceAccountSlips,
	},
	{
		Key: "kubernetes", Name: "Kubernetes",
		Audience: "The workload identity webhook asks for `api://AzureADTokenExchange`.",
		Page:     "https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/",
		subjects: serviceAccount, slips: serviceAccountSlips,
	},
	{
		Key: "google_cloud", Name: "Google Cloud",
		URLs:     []URL{{Template: "https://accounts.google.com"}},
		Audience: "Whoever asks for the identity token chooses it: `api://AzureADTokenExchange`.",
		Page:     "https://docs.cloud.google.com/docs/authentication/get-id-token",
		mistaken: []string{"google.com", "www.google.com", "account.google.com", "www.googleapis.com", "iam.googleapis.com", "sts.googleapis.com", "cloud.google.com", "console.cloud.google.com"},
		subjects: subjects(`\d{15,30}`),
		slips:    slips(`^[^@\s:]+@[^@\s]+\.gserviceaccount\.com$`, `{unique id of the service account, a number}`),
	},
	{
		Key: "aws", Name: "AWS IAM",
		URLs:     []URL{{Template: "https://{issuer_id}.tokens.sts.global.api.aws"}},
		Audience: "Whoever calls `sts:GetWebIdentityToken` chooses it: `api://AzureADTokenExchange`, with the signing algorithm RS256.",
		Page:     "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_outbound.html",
		mistaken: []string{"sts.amazonaws.com", "iam.amazonaws.com", "aws.amazon.com"},
		subjects: subjects(`arn:aws[a-z-]*:iam::\d{12}:(?:role|user)/.+`),
		slips: slips(
			`^arn:(aws[a-z-]*):sts::(\d{12}):assumed-role/([^/]+)(?:/.*)?$`, `arn:$1:iam::$2:role/$3`,
			`^(\d{12}):(role|user)/`, `arn:aws:iam::$1:$2/`,
		),
	},
	{
		Key: "spiffe", Name: "SPIFFE",
		Audience: "The workload asks for it when it fetches the JWT-SVID: `api://AzureADTokenExchange`.",
		Page:     "https://github.com/spiffe/spiffe/blob/main/standards/SPIFFE-ID.md",
	},
	{
		Key: "circleci", Name: "CircleCI",
		URLs:     []URL{{Template: "https://oidc.circleci.com/org/{organization_id}"}},
		Audience: "The organization's id, unless the job makes a token with `circleci run oidc get --claims '{\"aud\": \"api://AzureADTokenExchange\"}'`.",
		Page:     "https://circleci.com/docs/guides/permissions-authentication/openid-connect-tokens/",
		mistaken: []string{"circleci.com", "app.circleci.com", "www.circleci.com"},
	},
	{
		Key: "buildkite", Name: "Buildkite",
		URLs:     []URL{{Template: "https://agent.buildkite.com"}},
		Audience: "The job asks for it with `buildkite-agent oidc request-token --audience`.",
		Page:     "https://buildkite.com/docs/agent/cli/reference/oidc",
		mistaken: []string{"buildkite.com", "api.buildkite.com", "oidc.buildkite.com"},
	},
	{
		// Its subjects end in the id of the running step, so that no subject can be trusted beforehand.
		Key: "bitbucket", Name: "Bitbucket Pipelines",
		URLs:     []URL{{Template: "https://api.bitbucket.org/2.0/workspaces/{workspace}/pipelines-config/identity/oidc"}},
		Audience: "That of the workspace, unless the step sets one.",
		Page:     "https://support.atlassian.com/bitbucket-cloud/docs/integrate-pipelines-with-resource-servers-using-oidc/",
		mistaken: []string{"bitbucket.org"},
	},
}

// Keys are those of the issuers whose URLs are known.
func Keys() []string {
	var keys []string
	for _, known := range All {
		if len(known.URLs) > 0 {
			keys = append(keys, known.Key)
		}
	}
	slices.Sort(keys)
	return keys
}
