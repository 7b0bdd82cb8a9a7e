"""Regulated log kept for less than a year."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, Value, both, certain, rule, some, text

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
    if is_audit(node):
        return  # it has a rule of its own

    def regulated() -> bool:
        return some((node["tags"] or {}).items(), _regulates)

    if both(regulated, lambda: node["keep_days"] is not None and node["keep_days"] < YEAR):
        key, value = next(filter(_surely_regulates, node["tags"].items()))
        values = {"tag": f"{text(key)}: {text(value)}", "days": node["keep_days"]}
        yield Match(node, "keep_days", values=values)


def _surely_regulates(tag: tuple[str, Value]) -> bool:
    return certain(lambda: _regulates(tag))


def _regulates(tag: tuple[str, Value]) -> bool:
    """Whether a tag names what the log falls under; the value of any other tag matters not."""
    words = "".join(each if each.isalnum() else " " for each in text(tag[0]).lower()).split()
    return not WORDS.isdisjoint(words) and text(tag[1]).lower().replace("-", "").replace(" ", "") not in NOT


def is_audit(node: Node) -> bool:
    sources = node.graph.sources("logs_to", node.index)
    return any(node.graph.kind(each).name in ("trail", "cluster") for each in sources)
