"""Which versions of Kubernetes no longer have an API. Source: the Deprecated API Migration Guide of Kubernetes
(kubernetes.io/docs/reference/using-api/deprecation-guide), read on 2026-11-22."""

from __future__ import annotations

# API version -> (its kinds, or none for all of them; minor version of Kubernetes that no longer has them).
_REMOVED: dict[str, tuple[tuple[tuple[str, ...], int], ...]] = {
    "admissionregistration.k8s.io/v1beta1": (
        (("MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"), 22),
    ),
    "apps/v1beta1": (((), 16),),
    "apps/v1beta2": (((), 16),),
    "batch/v1beta1": ((("CronJob",), 25),),
    "extensions/v1beta1": (
        (("DaemonSet", "Deployment", "NetworkPolicy", "PodSecurityPolicy", "ReplicaSet"), 16),
        (("Ingress",), 22),
    ),
    "networking.k8s.io/v1beta1": ((("Ingress", "IngressClass"), 22),),
    "rbac.authorization.k8s.io/v1beta1": (((), 22),),
    "storage.k8s.io/v1beta1": ((("CSIDriver", "CSINode", "StorageClass", "VolumeAttachment"), 22),),
}


def removed_in(api_version: str, kind: str, version: str) -> str | None:
    """The version ("1.25") that removed a kind of an API, where `version` ("1.34") is that one or later."""
    minor = int(version.split(".")[1])
    for kinds, removed in _REMOVED.get(api_version, ()):
        if minor >= removed and (not kinds or kind in kinds):
            return f"1.{removed}"
    return None
