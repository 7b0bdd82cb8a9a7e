"""Data store in the external tier."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, Tier, rule, text


@rule(
    severity=Severity.HIGH,
    selects=("cache", "database", "file_system"),
    message="{node} stands in the external tier",
    controls={
        "reference-model": ["cluster-network/structure", "storage/persistence"],
        "nist-800-53": ["AC-4", "SC-7", "SC-7(21)"],
        "nist-800-207": ["tenet-1", "tenet-2"],
        "catalogue": ["TIER-006"],
    },
)
def check(store: Node) -> Iterator[Match]:
    """The external tier faces the internet and is expected to fall first; data is what it must not hold.

    ## Remedy
    Place the store in subnets of the core or internal tier and let the application's group reach it.
    """
    if store.tier is Tier.EXTERNAL:
        yield Match(store, at="tier")
        return
    for key, value in (store["tags"] or {}).items():
        if "tier" in key.lower():
            text(value)  # what is not known may say external
