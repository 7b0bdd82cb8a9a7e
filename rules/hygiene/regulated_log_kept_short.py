"""Regulated log kept for less than a year."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, rule, text

YEAR = 365  # days; PCI DSS 4.0.1, 10.5.1, asks for twelve months of audit log history
# Words of tags that name what a log falls under, and values by which they say that it does not.
WORDS = frozenset(("compliance", "gdpr", "hipaa", "pci", "pcidss", "regulated", "regulation", "sox"))
NOT = frozenset(("", "false", "no", "none", "n/a", "na", "0", "public", "out", "outofscope", "unregulated"))


@rule(
    severity=Severity.LOW,
    selects="log_group",
    message="{node} is tagged {tag} and keeps its records for {days} days",
    controls={
        "reference-model": ["security/logging", "introduction/regulatory"],
        "nist-800-53": ["AU-11", "SI-12"],
        "nist-800-207": ["tenet-7"],
        "catalogue": ["MON-001"],
    },
)
def check(node: Node) -> Iterator[Match]:
    """Its own tag says that the log falls under rules of others, which ask for a year and more: what an inquiry
    asks for is gone.

    ## Remedy
    Keep it for as long as the regulation says, the older part in cheap storage.
    """
    days = node["keep_days"]
    if days is None or days >= YEAR or is_audit(node):
        return  # an audit log has a rule of its own
    for key, value in (node["tags"] or {}).items():
        words = "".join(each if each.isalnum() else " " for each in text(key).lower()).split()
        if not WORDS.isdisjoint(words) and text(value).lower().replace("-", "").replace(" ", "") not in NOT:
            yield Match(node, "keep_days", values={"tag": f"{text(key)}: {text(value)}", "days": days})
            return


def is_audit(node: Node) -> bool:
    sources = node.graph.sources("logs_to", node.index)
    return any(node.graph.kind(each).name in ("trail", "cluster") for each in sources)
