output "shop_api" {
  value = provider::workloadid::spiffe_subject({
    trust_domain = "contoso.com"
    path         = "/ns/shop/sa/api"
  })
}
