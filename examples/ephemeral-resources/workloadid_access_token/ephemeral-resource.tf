# Of whoever Terraform runs as.
ephemeral "workloadid_access_token" "graph" {
  scope = "https://graph.microsoft.com/.default"
}

# What a token says can be checked while Terraform runs.
locals {
  roles = try(jsondecode(ephemeral.workloadid_access_token.graph.claims["roles"]), [])
}
