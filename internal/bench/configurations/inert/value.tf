resource "inert_value" "value_NUMBER" {
  text = "benchmark NUMBER"
}
