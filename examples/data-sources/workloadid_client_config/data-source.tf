data "workloadid_client_config" "current" {}

# Whoever applies this owns the application.
resource "workloadid_application" "orders" {
  display_name = "orders"
  owners       = [data.workloadid_client_config.current.object_id]
}
