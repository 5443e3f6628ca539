terraform {
  required_providers {
    workloadid = { source = "workloadid/workloadid" }
  }
}

resource "workloadid_application" "named" {
  for_each        = toset(["billing", "orders", "shipping"])
  display_name    = title(each.key)
  unique_name     = each.key
  identifier_uris = each.key == "orders" ? ["api://{client_id}"] : []
}

resource "workloadid_service_principal" "named" {
  for_each  = workloadid_application.named
  client_id = each.value.client_id
}

resource "workloadid_federated_identity_credential" "named" {
  for_each       = workloadid_application.named
  application_id = each.value.id
  name           = "main"
  issuer         = "https://token.actions.githubusercontent.com"
  subject        = "repo:contoso/${each.key}:ref:refs/heads/main"
}

# These have nothing by which they could be told from another one of the same display name. They are made one after the
# other, so that no more than one of them can be on its way when something is killed.
resource "workloadid_application" "nameless" {
  display_name = "Nameless"
}

resource "workloadid_application" "second" {
  display_name = "Nameless, too"
  depends_on   = [workloadid_application.nameless]
}
