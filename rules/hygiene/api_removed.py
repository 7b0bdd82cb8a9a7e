"""Object of an API that the cluster no longer has."""

from collections.abc import Iterator

from scanner.rule import NEWEST, Match, Node, Severity, rule, text

# API version -> [(kinds, or none for all of them, minor version of Kubernetes that no longer has it)]. Source: the
# Deprecated API Migration Guide of Kubernetes, read on 2026-11-22.
REMOVED: dict[str, tuple[tuple[tuple[str, ...], int], ...]] = {
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


@rule(
    severity=Severity.MEDIUM,
    selects=("binding", "cluster_role", "config", "ingress", "network_policy", "storage_class", "workload"),
    message="{node} is written for {version}, which Kubernetes {removed} removed",
    controls={
        "reference-model": ["lifecycle/out-of-date"],
        "nist-800-53": ["CM-2", "SA-22"],
        "nist-800-207": ["tenet-5"],
        "catalogue": ["LIF-001"],
        "trivy": ["KSV-0107"],
        "kube-linter": ["no-extensions-v1beta"],
    },
)
def check(node: Node) -> Iterator[Match]:
    """The API server refuses it, so after the next restore or move to a new cluster it is missing, be it a network
    policy or a binding. Judged for the version of the scan.

    ## Remedy
    Write it for the version that replaces it; fields may have moved.
    """
    written = node["api_version"]
    minor = int(text(node.graph.facts.get("kubernetes_version") or NEWEST).split(".")[1])
    for kinds, removed in REMOVED.get(written, ()):
        if minor >= removed and (not kinds or text(node["type"]).rpartition("/")[2] in kinds):
            yield Match(node, "api_version", values={"version": written, "removed": f"1.{removed}"})
