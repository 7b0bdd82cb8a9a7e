"""Image from a place that is no longer kept."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, rule, text

# Places and what their owners announced. Sources: kubernetes.io/blog, "k8s.gcr.io Image Registry Will Be Frozen
# From the 3rd of April 2023"; github.com/bitnami/containers, issue 83267 (free images moved to bitnamilegacy from
# 28 August 2025); helm.sh, "Helm stable and incubator repositories" (gcr.io/kubernetes-helm, November 2020).
RETIRED = {
    "k8s.gcr.io/": "which has been frozen since 3 April 2023",
    "bitnamilegacy/": "where Bitnami keeps what it no longer mends",
    "gcr.io/kubernetes-helm/": "which has not been kept since November 2020",
}


@rule(
    severity=Severity.MEDIUM,
    selects="container",
    message="{node} takes its image from {place}, {what}",
    controls={
        "reference-model": ["lifecycle/out-of-date"],
        "nist-800-53": ["SA-22", "SI-2", "SR-4"],
        "nist-800-207": ["tenet-5"],
        "catalogue": ["LIF-001"],
        "kubescape": ["C-0253"],
    },
)
def check(container: Node) -> Iterator[Match]:
    """Nothing new is published there: what is found in the image later is not mended, and one day it cannot be
    pulled any more.

    ## Remedy
    Take the image from the place that has followed it, by version or digest.
    """
    image = container["image"]
    found = retired(text(image)) if image is not None else None
    if found is not None:
        place, what = found
        yield Match(container, "image", values={"place": place, "what": what})


def retired(image: str) -> tuple[str, str] | None:
    """The place of an image and what became of it, where it is no longer kept."""
    full = image.removeprefix("index.").removeprefix("docker.io/")
    for place, what in RETIRED.items():
        if full.startswith(place) or image.startswith(place):
            return place.rstrip("/"), what
    return None
