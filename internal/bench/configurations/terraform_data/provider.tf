# terraform_data is built into the CLI.
