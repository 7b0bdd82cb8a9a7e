"""Manifests that many tests begin with: a namespace, and what runs in it."""

from __future__ import annotations


def namespace(name: str = "shop") -> str:
    return f"---\napiVersion: v1\nkind: Namespace\nmetadata: {{name: {name}}}\n"


def workload(name: str, port: int = 0, *, kind: str = "Deployment", inside: str = "shop", spec: str = "") -> str:
    """A workload of one container whose pods carry the label `app: NAME`; `spec` begins its pods' spec."""
    ports = f", ports: [{{containerPort: {port}}}]" if port else ""
    return f"""---
apiVersion: apps/v1
kind: {kind}
metadata: {{name: {name}, namespace: {inside}}}
spec:
  selector: {{matchLabels: {{app: {name}}}}}
  template:
    metadata: {{labels: {{app: {name}}}}}
    spec: {{{spec}containers: [{{name: {name}, image: "example.org/{name}:1.0"{ports}}}]}}
"""
