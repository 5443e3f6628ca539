package issuer

import "slices"

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
	},
	{
		Key: "aks", Name: "Azure Kubernetes Service",
		URLs:     []URL{{Template: "https://{region}.oic.prod-aks.azure.com/{tenant_id}/{cluster_id}/"}},
		Audience: "The workload identity webhook asks for `api://AzureADTokenExchange`.",
		Page:     "https://learn.microsoft.com/azure/aks/use-oidc-issuer",
	},
	{
		Key: "eks", Name: "Amazon Elastic Kubernetes Service",
		URLs:     []URL{{Template: "https://oidc.eks.{region}.amazonaws.com/id/{eks_id}"}, {Template: "https://oidc.eks.{region}.amazonaws.com.cn/id/{eks_id}"}},
		Audience: "The workload identity webhook asks for `api://AzureADTokenExchange`.",
		Page:     "https://docs.aws.amazon.com/eks/latest/userguide/enable-iam-roles-for-service-accounts.html",
	},
	{
		Key: "gke", Name: "Google Kubernetes Engine",
		URLs:     []URL{{Template: "https://container.googleapis.com/v1/projects/{project}/locations/{location}/clusters/{cluster}"}},
		Audience: "The workload identity webhook asks for `api://AzureADTokenExchange`.",
		Page:     "https://azure.github.io/azure-workload-identity/docs/installation/managed-clusters.html",
	},
	{
		Key: "kubernetes", Name: "Kubernetes",
		Audience: "The workload identity webhook asks for `api://AzureADTokenExchange`.",
		Page:     "https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/",
	},
	{
		Key: "google_cloud", Name: "Google Cloud",
		URLs:     []URL{{Template: "https://accounts.google.com"}},
		Audience: "Whoever asks for the identity token chooses it: `api://AzureADTokenExchange`.",
		Page:     "https://docs.cloud.google.com/docs/authentication/get-id-token",
		mistaken: []string{"google.com", "www.google.com", "account.google.com", "www.googleapis.com", "iam.googleapis.com", "sts.googleapis.com", "cloud.google.com", "console.cloud.google.com"},
	},
	{
		Key: "aws", Name: "AWS IAM",
		URLs:     []URL{{Template: "https://{issuer_id}.tokens.sts.global.api.aws"}},
		Audience: "Whoever calls `sts:GetWebIdentityToken` chooses it: `api://AzureADTokenExchange`, with the signing algorithm RS256.",
		Page:     "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_outbound.html",
		mistaken: []string{"sts.amazonaws.com", "iam.amazonaws.com", "aws.amazon.com"},
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
