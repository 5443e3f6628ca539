package functions

import (
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/function"
)

const findGitHubIDs = "`gh api repos/<owner>/<name> --jq '.id, .owner.id'` prints both ids."

// NewGitHubSubject is github_subject.
func NewGitHubSubject() function.Function {
	return writer{
		name:    "github_subject",
		issuer:  "github_actions",
		summary: "The subject of a GitHub Actions workflow.",
		details: "Repositories that were made, renamed or transferred since July 15, 2026 have subjects with the ids of the repository and its owner, " +
			"as do those that opted in; a credential with names alone does not match them. Give `owner_id` and `repository_id` for these. " +
			"See [Immutable subject claims](https://docs.github.com/actions/reference/security/oidc#immutable-subject-claims) and " +
			"[how to migrate](https://learn.microsoft.com/entra/workload-id/workload-identities-github-immutable-subjects). " +
			"GitHub puts the environment into the subject wherever the job names one, `pull_request` where a pull request started the workflow, and the branch or tag otherwise.\n\n" +
			"With `job_workflow_ref` it is the subject of a repository or organization whose [subject claim is customised](https://docs.github.com/actions/reference/security/oidc#customizing-the-subject-claims-for-an-organization-or-repository) " +
			"to have the reusable workflow: `include_claim_keys` is `[\"job_workflow_ref\"]` where nothing else is given, `[\"repo\", \"job_workflow_ref\"]` with `repository`, and " +
			"`[\"repo\", \"context\", \"job_workflow_ref\"]` with `repository` and one of `environment`, `branch`, `tag` and `pull_request`. Tokens of repositories without it never match.",
		patterns: "github_expression",
		parts: []part{
			{name: "repository", check: gitHubRepository, description: "owner and name, as in `contoso/shop`. Only `job_workflow_ref` can do without it."},
			{name: "owner_id", check: number, description: "the owner's id; together with `repository_id`. " + findGitHubIDs},
			{name: "repository_id", check: number, description: "the repository's id; together with `owner_id`."},
			{name: "environment", description: "the environment of the job. One of `environment`, `branch`, `tag` and `pull_request` is needed without `job_workflow_ref`."},
			{name: "branch", check: exactGitName("branch"), description: "the branch, as in `main`."},
			{name: "tag", check: exactGitName("tag"), description: "the tag, as in `v1.2.3`."},
			{name: "pull_request", check: oneOf("true", "false"), description: "`true` for workflows that a pull request started."},
			{name: "job_workflow_ref", check: exactGitHubWorkflow, description: "the reusable workflow that the job uses, as in `contoso/workflows/.github/workflows/deploy.yml@refs/heads/main`, where the subject claim is customised to have it."},
		},
		write: func(w workload) (string, error) {
			workflow := w.has("job_workflow_ref")
			if !workflow && !w.has("repository") {
				return "", errors.New("repository is missing: github_subject needs it, unless job_workflow_ref is all that the subject has")
			}
			immutable, err := w.all("owner_id", "repository_id")
			if err != nil {
				return "", err
			}
			context, err := gitHubContext(w, !workflow)
			if err != nil {
				return "", err
			}
			var claims []string
			switch {
			case w.has("repository"):
				owner, name, _ := strings.Cut(w["repository"], "/")
				if immutable {
					owner, name = owner+"@"+w["owner_id"], name+"@"+w["repository_id"]
				}
				claims = append(claims, "repo:"+owner+"/"+name+context)
			case immutable || context != "":
				return "", errors.New("repository is missing: the subject has it before its ids and before the environment, branch, tag or pull request")
			}
			if workflow {
				claims = append(claims, "job_workflow_ref:"+w["job_workflow_ref"])
			}
			return strings.Join(claims, ":"), nil
		},
	}
}

// NewGitHubExpression is github_expression.
func NewGitHubExpression() function.Function {
	return writer{
		name:       "github_expression",
		expression: true,
		issuer:     "github_actions",
		summary:    "A claims matching expression for GitHub Actions workflows.",
		details: "In patterns, `*` stands for any characters and `?` for one. Microsoft Entra wants the id of the repository or of its owner in " +
			"[each new expression](https://learn.microsoft.com/entra/workload-id/workload-identities-flexible-federated-identity-credentials), for names can pass to others.",
		parts: []part{
			{name: "repository", required: true, pattern: true, check: gitHubRepositories, description: "owner and name, as in `contoso/shop`; the name may be a pattern, as in `contoso/*`."},
			{name: "owner_id", check: number, description: "the owner's id. `owner_id`, `repository_id` or both are needed. " + findGitHubIDs},
			{name: "repository_id", check: number, description: "the repository's id."},
			{name: "immutable", check: oneOf("true", "false"), description: "`true` where subjects have ids, as they have by default in repositories made, renamed or transferred since July 15, 2026, `false` where they have names alone. " +
				"Without it the expression matches both, which needs `repository_id`, or a name that ends in `*`."},
			{name: "environment", pattern: true, description: "the environment of the job, or a pattern. At most one of `environment`, `branch`, `tag` and `pull_request`; without one, all workflows of the repository match."},
			{name: "branch", pattern: true, check: gitName("branch"), description: "the branch, or a pattern."},
			{name: "tag", pattern: true, check: gitName("tag"), description: "the tag, or a pattern, as in `v*`."},
			{name: "pull_request", check: oneOf("true", "false"), description: "`true` for workflows that a pull request started."},
			{
				name: "workflow", pattern: true, check: gitHubWorkflow,
				description: "the reusable workflow that the job has to use, or a pattern, as in `contoso/workflows/.github/workflows/deploy.yml@refs/heads/main`: the claim `job_workflow_ref`, which tokens have whether or not the subject claim is customised.",
			},
		},
		write: func(w workload) (string, error) {
			if !w.has("owner_id") && !w.has("repository_id") {
				return "", errors.New("one of owner_id and repository_id is needed, or both: Microsoft Entra refuses expressions on names alone. gh api repos/<owner>/<name> --jq '.id, .owner.id' prints both ids")
			}
			repository, err := gitHubRepositoryPattern(w)
			if err != nil {
				return "", err
			}
			context, err := gitHubContext(w, false)
			if err != nil {
				return "", err
			}
			if context == "" {
				context = ":*"
			}
			conditions := [][2]string{{"sub", "repo:" + repository + context}}
			for _, claim := range [][2]string{{"repository_id", "repository_id"}, {"repository_owner_id", "owner_id"}, {"job_workflow_ref", "workflow"}} {
				if w.has(claim[1]) {
					conditions = append(conditions, [2]string{claim[0], w[claim[1]]})
				}
			}
			return expression(conditions...), nil
		},
	}
}

// gitHubContext is what follows the repository in a subject, see
// https://docs.github.com/actions/reference/security/oidc#example-subject-claims.
func gitHubContext(w workload, needed bool) (string, error) {
	if w["pull_request"] == "false" {
		delete(w, "pull_request")
	}
	kind, err := w.only(needed, "environment", "branch", "tag", "pull_request")
	switch kind {
	case "environment":
		return ":environment:" + strings.ReplaceAll(w[kind], ":", "%3A"), err
	case "branch":
		return ":ref:refs/heads/" + w[kind], err
	case "tag":
		return ":ref:refs/tags/" + w[kind], err
	case "pull_request":
		return ":pull_request", err
	}
	return "", err
}

// gitHubRepositoryPattern matches subjects with ids, without, or both. It matches no more than was asked for: what follows
// a name in it is an id, or what the ids in other conditions hold in place.
func gitHubRepositoryPattern(w workload) (string, error) {
	owner, name, _ := strings.Cut(w["repository"], "/")
	open := strings.HasSuffix(name, "*")
	switch {
	case w["immutable"] == "false":
		return owner + "/" + name, nil
	case w["immutable"] == "true":
		switch {
		case w.has("repository_id"):
			name += "@" + w["repository_id"]
		case !open:
			name += "@*"
		}
		if w.has("owner_id") {
			return owner + "@" + w["owner_id"] + "/" + name, nil
		}
		return owner + "@*/" + name, nil
	case open:
		return owner + "*/" + name, nil
	case w.has("repository_id"):
		return owner + "*/" + name + "*", nil
	}
	return "", fmt.Errorf("repository_id or immutable is needed: subjects of %s may have ids or names alone, and a pattern for both would match repositories whose names begin alike", w["repository"])
}

var (
	gitHubName    = form(`[A-Za-z0-9](?:[A-Za-z0-9_-]*[A-Za-z0-9])?/[A-Za-z0-9._-]+`, "owner and name, as in contoso/shop")
	gitHubPattern = form(`[A-Za-z0-9](?:[A-Za-z0-9_-]*[A-Za-z0-9])?/[A-Za-z0-9._*?-]+`, "an owner, written out, and a name or pattern, as in contoso/shop or contoso/*")
)

var gitHubWorkflow = form(`[^/@]+/[^/@]+/.+@.+`, "a workflow with its repository, path and ref, as in contoso/workflows/.github/workflows/deploy.yml@refs/heads/main")

// exactGitHubWorkflow is a workflow as the claim has it: a file of the folder for workflows, at a branch, a tag or a commit. See
// https://docs.github.com/actions/reference/security/oidc#oidc-token-claims.
var exactGitHubWorkflow = form(`[^/@?\s]+/[^/@?\s]+/\.github/workflows/[^/@?\s]+\.ya?ml@(?:refs/(?:heads|tags|pull)/[^?\s]+|[0-9a-f]{40})`,
	"a workflow with its repository, path and full ref, as in contoso/workflows/.github/workflows/deploy.yml@refs/heads/main")

func gitHubRepository(value string) error { return withoutExtras(value, gitHubName) }

func gitHubRepositories(value string) error { return withoutExtras(value, gitHubPattern) }

func withoutExtras(value string, check func(string) error) error {
	switch {
	case strings.Contains(value, "@"):
		return errors.New("must be owner and name without their ids, which belong into owner_id and repository_id")
	case strings.Contains(value, "://"), strings.HasPrefix(value, "repo:"):
		return errors.New("must be owner and name alone, as in contoso/shop")
	}
	return check(value)
}
