package issuer

import "strings"

// shape returns the claims that the issuer of a subject of this form puts beside it: GitHub Actions
// (docs.github.com, "OpenID Connect reference"), GitLab CI/CD (docs.gitlab.com, "OpenID Connect (OIDC) authentication
// using ID tokens") and Kubernetes service accounts. Other subjects have none.
func shape(subject string) map[string]any {
	head, rest, _ := strings.Cut(subject, ":")
	switch head {
	case "repo":
		return githubShape(rest)
	case "project_path":
		return gitlabShape(rest)
	case "system":
		return kubernetesShape(rest)
	}
	return nil
}

// githubShape reads owner/repo:ref:refs/heads/main, …:environment:name and …:pull_request; in an immutable subject
// owner and repository carry their ids, owner@1/repo@2.
func githubShape(rest string) map[string]any {
	repository, context, _ := strings.Cut(rest, ":")
	owner, name, ok := strings.Cut(repository, "/")
	if !ok {
		return nil
	}
	claims := map[string]any{}
	owner, ownerID, hasOwnerID := strings.Cut(owner, "@")
	name, repositoryID, hasRepositoryID := strings.Cut(name, "@")
	if hasOwnerID {
		claims["repository_owner_id"] = ownerID
	}
	if hasRepositoryID {
		claims["repository_id"] = repositoryID
	}
	claims["repository_owner"] = owner
	claims["repository"] = owner + "/" + name
	kind, value, _ := strings.Cut(context, ":")
	switch kind {
	case "ref":
		claims["ref"] = value
		claims["event_name"] = "push"
		if strings.HasPrefix(value, "refs/heads/") {
			claims["ref_type"] = "branch"
		} else if strings.HasPrefix(value, "refs/tags/") {
			claims["ref_type"] = "tag"
		}
	case "environment":
		claims["environment"] = value
	case "pull_request":
		claims["event_name"] = "pull_request"
	}
	return claims
}

// gitlabShape reads group/project:ref_type:branch:ref:main.
func gitlabShape(rest string) map[string]any {
	project, context, _ := strings.Cut(rest, ":")
	claims := map[string]any{"project_path": project}
	if slash := strings.LastIndex(project, "/"); slash >= 0 {
		claims["namespace_path"] = project[:slash]
	}
	if parts := strings.SplitN(context, ":", 4); len(parts) == 4 && parts[0] == "ref_type" && parts[2] == "ref" {
		claims["ref_type"] = parts[1]
		claims["ref"] = parts[3]
	}
	return claims
}

// kubernetesShape reads serviceaccount:namespace:name. A cluster gives the audience as a list.
func kubernetesShape(rest string) map[string]any {
	parts := strings.Split(rest, ":")
	if len(parts) != 3 || parts[0] != "serviceaccount" {
		return nil
	}
	return map[string]any{
		"aud": []string{DefaultAudience},
		"kubernetes.io": map[string]any{
			"namespace":      parts[1],
			"serviceaccount": map[string]any{"name": parts[2]},
		},
	}
}
