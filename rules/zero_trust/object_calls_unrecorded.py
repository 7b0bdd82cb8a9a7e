"""Audit trail that does not see who reads and writes objects."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, rule

_WORDS = {
    "none": "no calls",
    "reads": "reads alone",
    "writes": "writes alone",
    "some": "calls of some buckets alone",
}


@rule(
    severity=Severity.INFO,
    selects="trail",
    message="{node} records {share} on objects",
    controls={
        "reference-model": ["security/logging"],
        "nist-800-53": ["AU-2", "AU-12"],
        "nist-800-207": ["tenet-7"],
        "catalogue": ["ZT7-001"],
        "prowler": ["cloudtrail_s3_dataevents_write_enabled", "cloudtrail_s3_dataevents_read_enabled"],
    },
)
def check(trail: Node) -> Iterator[Match]:
    """Who copied or deleted which object stands in data events only, which are off unless they are asked for. They
    are paid for by number: choose the buckets that matter where all of them are too many.

    ## Remedy
    Record data events of objects, reads and writes, at least of the buckets with classified data.
    """
    share = trail["objects_recorded"]
    if share in (None, "all") or not trail["active"] or _another(trail):
        return
    yield Match(trail, "objects_recorded", values={"share": _WORDS[share]})


def _another(trail: Node) -> bool:
    """Whether another trail of the same code or account records them all."""
    graph = trail.graph
    for index in graph.nodes("trail"):
        beside = graph.addresses[index].root == graph.addresses[trail.index].root
        if index != trail.index and beside and Node(graph, index, trail.watch)["objects_recorded"] == "all":
            return True
    return False
