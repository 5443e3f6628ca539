variable "repository" {
  description = "Repository that deploys the shop, as OWNER/NAME."
  type        = string
  default     = "contoso/shop"
}

variable "repository_id" {
  description = "Id of that repository, which stays the same when it is renamed and can't be taken over by another one: gh api repos/OWNER/NAME --jq .id"
  type        = string
  default     = "472919120"
}

variable "cluster_issuer" {
  description = "OpenID Connect issuer of the Kubernetes cluster: kubectl get --raw /.well-known/openid-configuration"
  type        = string
}

variable "checkout_permissions" {
  description = "What the shop may do with Microsoft Graph: application permissions, such as Application.Read.All."
  type        = set(string)
  default     = []
}
