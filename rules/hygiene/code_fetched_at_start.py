"""Container or machine that runs what it downloads."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, rule


@rule(
    severity=Severity.MEDIUM,
    selects=("container", "instance"),
    message="{node} runs code that it downloads when it starts",
    controls={
        "reference-model": ["application/static-configuration"],
        "nist-800-53": ["CM-2", "SI-7", "SR-4"],
        "nist-800-207": ["tenet-5"],
        "catalogue": ["APP-001"],
    },
)
def check(node: Node) -> Iterator[Match]:
    """What runs is decided by a server at the moment of the start, not by the image and the configuration that
    were reviewed: a change there, or someone between, runs code here, and two replicas may differ. A machine does
    it once, when it is made.

    ## Remedy
    Build what is downloaded into the image, or download it by version, check its digest and only then run it.
    """
    if node["fetches_code"] is True:
        yield Match(node, "fetches_code", severity=Severity.LOW if node.kind == "instance" else None)
