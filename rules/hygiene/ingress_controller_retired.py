"""Ingress controller that nobody mends any more."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, rule, text

# Images of Ingress NGINX. Its maintainers announced on 2025-11-11 that there are no releases, fixes or answers to
# holes after March 2026 (Kubernetes blog, "Ingress NGINX Retirement: What You Need to Know").
_RETIRED = ("ingress-nginx/controller", "kubernetes-ingress-controller/nginx-ingress-controller")


@rule(
    severity=Severity.MEDIUM,
    selects="container",
    message="{node} runs Ingress NGINX, which has had no fixes since March 2026",
    controls={
        "reference-model": ["application-network/ingress", "lifecycle/out-of-date"],
        "nist-800-53": ["SA-22", "SI-2"],
        "nist-800-207": ["tenet-5"],
        "catalogue": ["APN-004", "LIF-001"],
        "kubescape": ["C-0292"],
    },
)
def check(container: Node) -> Iterator[Match]:
    """It stands at the edge of the cluster, reads every secret that an ingress names, and holes found since stay.

    ## Remedy
    Move to a Gateway API implementation or to an ingress controller that is maintained.
    """
    image = container["image"]
    if image is not None and any(f"{each}" in text(image) for each in _RETIRED):
        yield Match(container, at="image")
