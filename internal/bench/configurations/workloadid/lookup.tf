data "workloadid_service_principal" "lookup_NUMBER" {
  display_name = "Microsoft Graph"
}
