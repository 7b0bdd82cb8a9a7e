"""Claims as Terraform writes them: what the schedules of a cluster look at."""

from __future__ import annotations

from scanner.mapping.reader import Reader
from scanner.model.value import Value, unwrap


def selectable(reader: Reader) -> Value:
    """As mapping/kubernetes/storage.py tells it of a manifest, with the namespace that the claim names."""
    name = str(reader.get("metadata.name", ""))
    return {
        "type": "claim",
        "namespace": str(reader.get("metadata.namespace", "default")),
        "name": name,
        "volume": name,
        "class": str(reader.get("spec.storage_class_name", "")),
        "modes": ",".join(str(each) for each in reader.items("spec.access_modes")),
        "k8up": _marked(reader, "metadata.annotations", "k8up.io/backup"),
        "velero": _marked(reader, "metadata.labels", "velero.io/exclude-from-backup"),
    }


def _marked(reader: Reader, path: str, key: str) -> str:
    """A label or annotation as text; its key holds dots, so that it is no path."""
    held = reader.get(path)
    return str(unwrap(held.get(key)) or "") if isinstance(held, dict) else ""
