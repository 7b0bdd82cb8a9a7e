"""Where resources come from: Terraform configuration, Kubernetes manifests, live accounts."""
