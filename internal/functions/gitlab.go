package functions

import "github.com/hashicorp/terraform-plugin-framework/function"

const gitLabIDs = "GitLab puts the project's path into subjects, which another project may get one day. It puts the id there instead where " +
	"[`ci_id_token_sub_claim_components`](https://docs.gitlab.com/ci/cloud_services/#use-the-project-id-as-the-subject) of the project is `[\"project_id\", \"ref_type\", \"ref\"]`."

var gitLabPath = form(`[A-Za-z0-9_][A-Za-z0-9_.-]*(?:/[A-Za-z0-9_][A-Za-z0-9_.-]*)+`, "the path of a project with its groups, as in contoso/web/shop")

// NewGitLabSubject is gitlab_subject.
func NewGitLabSubject() function.Function {
	return writer{
		name:     "gitlab_subject",
		issuer:   "gitlab",
		summary:  "The subject of a GitLab CI/CD job.",
		details:  gitLabIDs + " Where the project has other components in its subjects, write the subject out.",
		patterns: "gitlab_expression",
		parts: []part{
			{name: "project_path", check: gitLabPath, description: "groups and project, as in `contoso/web/shop`. Either `project_path` or `project_id` is needed."},
			{name: "project_id", check: number, description: "the project's id, where subjects have it."},
			{name: "branch", check: exactGitName("branch"), description: "the branch, as in `main`. Either `branch` or `tag` is needed."},
			{name: "tag", check: exactGitName("tag"), description: "the tag, as in `v1.2.3`."},
		},
		write: func(w workload) (string, error) {
			lead, err := w.only(true, "project_path", "project_id")
			if err != nil {
				return "", err
			}
			ref, err := w.only(true, "branch", "tag")
			if err != nil {
				return "", err
			}
			return gitLabSubject(lead, w[lead], ref, w[ref]), nil
		},
	}
}

// NewGitLabExpression is gitlab_expression.
func NewGitLabExpression() function.Function {
	return writer{
		name:       "gitlab_expression",
		expression: true,
		issuer:     "gitlab",
		summary:    "A claims matching expression for GitLab CI/CD jobs.",
		details:    gitLabIDs + " Microsoft Entra wants the project's id in an expression on its path. In patterns, `*` stands for any characters and `?` for one.",
		parts: []part{
			{name: "project_id", required: true, check: number, description: "the project's id."},
			{name: "project_path", check: gitLabPath, description: "groups and project, as in `contoso/web/shop`, where subjects have the path. Without it, they have the id."},
			{name: "branch", pattern: true, check: gitName("branch"), description: "the branch, or a pattern. At most one of `branch` and `tag`; without one, all jobs of the project match."},
			{name: "tag", pattern: true, check: gitName("tag"), description: "the tag, or a pattern, as in `v*`."},
		},
		write: func(w workload) (string, error) {
			ref, err := w.only(false, "branch", "tag")
			if err != nil {
				return "", err
			}
			lead := "project_id"
			if w.has("project_path") {
				lead = "project_path"
			}
			return expression([2]string{"sub", gitLabSubject(lead, w[lead], ref, w[ref])}, [2]string{"project_id", w["project_id"]}), nil
		},
	}
}

// gitLabSubject is the default form of subjects, see https://docs.gitlab.com/ci/secrets/id_token_authentication/.
func gitLabSubject(lead, project, kind, ref string) string {
	if kind == "" {
		return lead + ":" + project + ":*"
	}
	return lead + ":" + project + ":ref_type:" + kind + ":ref:" + ref
}
