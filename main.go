// Command terraform-provider-workloadid serves the workloadid Terraform provider.
package main

func main() {}
