"""Audit log kept for less than a year."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, rule

YEAR = 365  # days


@rule(
    severity=Severity.LOW,
    selects="log_group",
    message="{node} keeps what {source} records for {days} days",
    controls={
        "reference-model": ["security/logging"],
        "nist-800-53": ["AU-11", "SI-12"],
        "nist-800-207": ["tenet-7"],
        "catalogue": ["MON-001"],
        "checkov": ["CKV_AWS_338"],
    },
)
def check(node: Node) -> Iterator[Match]:
    """Break-ins are often found months later. What an audit trail or a control plane recorded then is gone, and
    with it who came in and what they took.

    ## Remedy
    Keep audit records for a year, the older ones in cheap storage. Logs of applications may be kept for less.
    """
    days = node["keep_days"]
    if days is None or days >= YEAR:
        return
    for source in node.into("logs_to"):
        if source.kind in ("trail", "cluster"):
            yield Match(node, "keep_days", [source.at("", "records here", "logs_to")],
                        values={"source": source.id.partition("#")[2] or source.id, "days": days})  # fmt: skip
            return
