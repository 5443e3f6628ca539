resource "terraform_data" "value_NUMBER" {
  input = "benchmark NUMBER"
}
