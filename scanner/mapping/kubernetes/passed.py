"""Kinds that are understood and have no place of their own in the graph, and what scales a workload."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.mapping.defaults import written_or_default
from scanner.mapping.kubernetes.reading import beside, row
from scanner.mapping.kubernetes.workloads import SCALERS
from scanner.mapping.reader import Reader
from scanner.mapping.table import Entry, Fold, Skip, Table
from scanner.model.value import Value

_SCALED = ("apps/Deployment", "apps/StatefulSet", "apps/ReplicaSet", "argoproj.io/Rollout")


def _scaled(reader: Reader) -> Iterator[Value]:
    name = reader.get("spec.scaleTargetRef.name")
    kind = str(reader.get("spec.scaleTargetRef.kind", "Deployment"))
    for type in _SCALED:
        if isinstance(name, str) and type.endswith(f"/{kind}"):
            yield beside(reader.resource, type, name)


def _at_limit(reader: Reader) -> Value:
    """What the controller said of its last decision (API reference, HorizontalPodAutoscalerCondition)."""
    for each in reader.blocks("status.conditions"):
        if each.get("type") == "ScalingLimited" and each.get("status") != "Unknown":
            return each.get("status") == "True" and each.get("reason") == "TooManyReplicas"
    return None


_REASONS = {
    "limits what a namespace may use, grants nothing": ("/ResourceQuota",),
    "bounds how many pods may be away at once": ("policy/PodDisruptionBudget",),
    "extends the API, says nothing of what uses it": (
        "apiextensions.k8s.io/CustomResourceDefinition",
        "apiregistration.k8s.io/APIService",
    ),
    "orders or places pods": (
        "scheduling.k8s.io/PriorityClass",
        "node.k8s.io/RuntimeClass",
        "autoscaling.k8s.io/VerticalPodAutoscaler",
    ),
    "names a driver or controller": (
        "networking.k8s.io/IngressClass",
        "gateway.networking.k8s.io/GatewayClass",
        "storage.k8s.io/CSIDriver",
    ),
    "watches and measures": (
        "monitoring.coreos.com/ServiceMonitor",
        "monitoring.coreos.com/PodMonitor",
        "monitoring.coreos.com/Probe",
        "monitoring.coreos.com/PrometheusRule",
        "monitoring.coreos.com/Prometheus",
        "monitoring.coreos.com/Alertmanager",
        "monitoring.coreos.com/AlertmanagerConfig",
        "monitoring.googleapis.com/PodMonitoring",
    ),
    "how the mesh routes or observes, asks nothing of callers": (
        "networking.istio.io/ServiceEntry",
        "networking.istio.io/Sidecar",
        "networking.istio.io/WorkloadEntry",
        "networking.istio.io/WorkloadGroup",
        "telemetry.istio.io/Telemetry",
        "policy.linkerd.io/MeshTLSAuthentication",
        "policy.linkerd.io/NetworkAuthentication",
        "policy.linkerd.io/HTTPRoute",
        "linkerd.io/ServiceProfile",
    ),
    "says who signs certificates": ("cert-manager.io/Issuer", "cert-manager.io/ClusterIssuer"),
    "names a store of secrets": (
        "external-secrets.io/SecretStore",
        "external-secrets.io/ClusterSecretStore",
        "secrets-store.csi.x-k8s.io/SecretProviderClass",
    ),
    "applies what other objects hold": (
        "kustomize.toolkit.fluxcd.io/Kustomization",
        "source.toolkit.fluxcd.io/HelmRepository",
        "source.toolkit.fluxcd.io/Bucket",
        "argoproj.io/AppProject",
    ),
    "is made by the cluster itself": (
        "/Endpoints",
        "/Event",
        "discovery.k8s.io/EndpointSlice",
        "coordination.k8s.io/Lease",
        "events.k8s.io/Event",
        "apps/ControllerRevision",
        "snapshot.storage.k8s.io/VolumeSnapshotContent",
    ),
    "binds an admission policy that mutates": (
        "admissionregistration.k8s.io/MutatingAdmissionPolicy",
        "admissionregistration.k8s.io/MutatingAdmissionPolicyBinding",
    ),
    "names a range of addresses for policies": ("crd.projectcalico.org/IPPool",),
}
_SCALING: Entry = Fold(_SCALED, "spec.scaleTargetRef.name", values=_scaled)

TABLE: Table = {
    **{type: Skip(reason) for reason, types in _REASONS.items() for type in types},
    **dict.fromkeys(SCALERS, _SCALING),
    "autoscaling/HorizontalPodAutoscaler": (
        _SCALING,
        row(
            "autoscaler",
            {
                "minimum": written_or_default("autoscaling/HorizontalPodAutoscaler", "spec.minReplicas"),
                "maximum": "spec.maxReplicas",
                "at_limit": _at_limit,
            },
        ),
    ),
    "/Node": row(
        "machine",
        {"agent_version": "status.nodeInfo.kubeletVersion", "system": "status.nodeInfo.osImage"},
    ),
}
