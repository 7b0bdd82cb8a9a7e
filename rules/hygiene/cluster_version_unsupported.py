"""Cluster on a version of Kubernetes past its end."""

import re
from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, rule, text

# Oldest minor version in standard support on 2026-11-22. Source: the release calendar of Amazon EKS, which keeps
# versions for 14 months (1.33 ended on 2026-07-29, 1.34 ends on 2026-12-02), longer than the community does.
OLDEST = 34


@rule(
    severity=Severity.MEDIUM,
    selects="cluster",
    message="{node} asks for Kubernetes {version}, whose standard support has ended",
    controls={
        "reference-model": ["lifecycle/out-of-date"],
        "nist-800-53": ["SI-2", "SA-22"],
        "nist-800-207": ["tenet-5"],
        "catalogue": ["LIF-001", "CMP-003"],
        "checkov": ["CKV_AWS_339"],
    },
)
def check(node: Node) -> Iterator[Match]:
    """Holes found since are not closed in it, or only for extra money, and the provider moves the cluster to
    another version when it suits the provider.

    ## Remedy
    Move to a version in standard support, one minor version at a time.
    """
    if node["flavour"] != "kubernetes" or node["version"] is None:
        return
    found = re.match(r"v?1\.(\d+)", text(node["version"]))
    if found and int(found[1]) < OLDEST:
        yield Match(node, at=("version", "flavour"), values={"version": f"1.{found[1]}"})
