"""Kubernetes manifests as resources: YAML and JSON with positions, lists unfolded, templates recognised."""
