output "main" {
  value = provider::workloadid::circleci_subject({
    organization_id = "6b8b4567-327b-43c6-b3c9-869174b0dc51"
    project_id      = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"
    user_id         = "2a6f1c1e-6f0e-4a5e-9d5c-1f6f5b3f0c11"
    vcs_origin      = "github.com/contoso/shop"
    vcs_ref         = "refs/heads/main"
  })
}
