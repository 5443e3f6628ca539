package functions

import "github.com/hashicorp/terraform-plugin-framework/function"

const dnsLabel = `[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?`

// NewKubernetesSubject is kubernetes_subject.
func NewKubernetesSubject() function.Function {
	return writer{
		name:    "kubernetes_subject",
		issuer:  "kubernetes",
		summary: "The subject of pods with a Kubernetes service account.",
		details: "It is the same in every cluster, which the issuer tells apart: `az aks show --query oidcIssuerProfile.issuerUrl`, `aws eks describe-cluster --query cluster.identity.oidc.issuer`, " +
			"or `kubectl get --raw /.well-known/openid-configuration`.",
		parts: []part{
			{name: "namespace", required: true, check: form(dnsLabel, "a name in Kubernetes: lower case letters, digits and -, at most 63"), description: "the namespace of the service account."},
			{name: "service_account", required: true, check: form(dnsLabel+`(?:\.`+dnsLabel+`)*`, "a name in Kubernetes: lower case letters, digits, - and ."), description: "the service account."},
		},
		write: func(w workload) (string, error) {
			return "system:serviceaccount:" + w["namespace"] + ":" + w["service_account"], nil
		},
	}
}
