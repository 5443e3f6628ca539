data "inert_lookup" "lookup_NUMBER" {
  text = "benchmark"
}
