"""Limit ranges and autoscalers of Kubernetes as Terraform's provider writes them."""

from __future__ import annotations

from scanner.mapping.limit_ranges import attributes
from scanner.mapping.table import Row, Table

_NAMES = ("metadata.name", "metadata.uid", "id")
_SCALER = Row(
    "autoscaler",
    {
        # one, as the API has it (API reference, HorizontalPodAutoscalerSpec)
        "minimum": lambda reader: reader.get("spec.min_replicas", 1),
        "maximum": "spec.max_replicas",
    },
    identity=_NAMES,
    name="metadata.name",
    tags="metadata.labels",
)
_RANGE = Row(
    "limit_range", attributes("spec.limit"), identity=_NAMES, name="metadata.name", tags="metadata.labels"
)

TABLE: Table = {
    **{f"kubernetes_limit_range{end}": _RANGE for end in ("", "_v1")},
    **{f"kubernetes_horizontal_pod_autoscaler{end}": _SCALER for end in ("", "_v1", "_v2", "_v2beta2")},
}
