output "role" {
  value = provider::workloadid::aws_subject({
    principal_arn = "arn:aws:iam::123456789012:role/shop"
  })
}
