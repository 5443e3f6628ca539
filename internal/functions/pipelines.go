package functions

import "github.com/hashicorp/terraform-plugin-framework/function"

// NewCircleCISubject is circleci_subject.
func NewCircleCISubject() function.Function {
	return writer{
		name:    "circleci_subject",
		issuer:  "circleci",
		summary: "The subject of a CircleCI job.",
		details: "It has the id of the user who started the job: a user needs a credential each. With `vcs_origin` and `vcs_ref` it is the subject of `CIRCLE_OIDC_TOKEN_V2`, without them that of `CIRCLE_OIDC_TOKEN`.",
		parts: []part{
			{name: "organization_id", required: true, check: uuid, description: "the organization's id."},
			{name: "project_id", required: true, check: uuid, description: "the project's id."},
			{name: "user_id", required: true, check: uuid, description: "the id of the user who starts the job."},
			{name: "vcs_origin", check: form(`[^/:]+(?:/[^/:]+)+`, "the repository without https://, as in github.com/contoso/shop"), description: "the repository, as in `github.com/contoso/shop`; together with `vcs_ref`."},
			{name: "vcs_ref", check: form(`refs/.+`, "a full ref, as in refs/heads/main"), description: "the ref, as in `refs/heads/main`; together with `vcs_origin`."},
		},
		write: func(w workload) (string, error) {
			subject := "org/" + w["organization_id"] + "/project/" + w["project_id"] + "/user/" + w["user_id"]
			withSource, err := w.all("vcs_origin", "vcs_ref")
			if withSource {
				subject += "/vcs-origin/" + w["vcs_origin"] + "/vcs-ref/" + w["vcs_ref"]
			}
			return subject, err
		},
	}
}

// NewBuildkiteSubject is buildkite_subject.
func NewBuildkiteSubject() function.Function {
	return writer{
		name:    "buildkite_subject",
		issuer:  "buildkite",
		summary: "The subject of a Buildkite job that asks for a token with the id of its pipeline, queue or cluster.",
		details: "The default subject has the commit, so that no credential can trust it beforehand. Ask for the token with `buildkite-agent oidc request-token --audience api://AzureADTokenExchange --subject-claim pipeline_id`; " +
			"the subject is then the id, and the same for every branch.",
		parts: []part{
			{name: "pipeline_id", check: uuid, description: "the pipeline's id, for `--subject-claim pipeline_id`. One of `pipeline_id`, `queue_id` and `cluster_id` is needed."},
			{name: "queue_id", check: uuid, description: "the queue's id, for `--subject-claim queue_id`: every pipeline that runs there."},
			{name: "cluster_id", check: uuid, description: "the cluster's id, for `--subject-claim cluster_id`: every pipeline that runs there."},
		},
		write: func(w workload) (string, error) {
			kind, err := w.only(true, "pipeline_id", "queue_id", "cluster_id")
			return w[kind], err
		},
	}
}
