output "shop_api" {
  value = provider::workloadid::kubernetes_subject({
    namespace       = "shop"
    service_account = "api"
  })
}
