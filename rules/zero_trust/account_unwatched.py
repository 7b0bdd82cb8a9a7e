"""Region of an account that nobody watches for threats."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, Undetermined, Unknown, is_live, rule, some, text, unlisted

# What runs and can be taken over, and what looks for it: (what it looks for, its listing, what it is called).
RUNS = ("cluster", "container_service", "database", "function", "instance")
WATCHERS = (
    ("threats", "threat detectors", "no detector looks for threats", Severity.MEDIUM),
    ("holes", "hole scanners", "no scanner looks for known holes", Severity.LOW),
)


@rule(
    severity=Severity.MEDIUM,
    selects="root_user",
    message="the account of {node} runs things in {regions}, where {told}",
    controls={
        "reference-model": ["security/verification", "security/patching"],
        "nist-800-53": ["SI-4", "RA-5", "CA-7"],
        "nist-800-207": ["tenet-5", "tenet-7"],
        "catalogue": ["ZT6-001", "ZT5-001"],
        "prowler": ["guardduty_is_enabled", "inspector2_is_enabled"],
    },
)
def check(root: Node) -> Iterator[Match]:
    """What an intruder does there, and the hole that lets the next one in, is seen by nobody until the bill comes.
    It is told of accounts that were read live, for Regions with machines, functions, clusters or databases.

    ## Remedy
    Switch GuardDuty and Inspector on for the whole organization from their administrator, in every Region.
    """
    used = _regions(root)
    pending: Unknown | None = None
    for what, listing, told, severity in WATCHERS:
        bare: list[str] = []
        for region in used:
            if _watched(root, what, region):
                continue
            why = unlisted(root, listing, region=region)
            pending = pending or why
            if why is None:
                bare.append(region)
        if bare:
            values = {"regions": ", ".join(bare), "told": told}
            yield Match(root, "account", values=values, severity=severity)
    if pending is not None:
        raise Undetermined(pending)


def _regions(root: Node) -> list[str]:
    """The Regions in which the account runs something."""
    account = root["account"]
    runs = (each for kind in RUNS for each in _all(root, kind) if is_live(each))
    return sorted({text(each["region"]) for each in runs if each["account"] == account})


def _watched(root: Node, what: str, region: str) -> bool:
    """Whether something that looks for it is there; if it is switched off it has a finding of its own."""
    account = root["account"]
    return some(
        (each for each in _all(root, "detector") if is_live(each)),
        lambda each: each["looks_for"] == what and each["account"] == account and each["region"] == region,
    )


def _all(root: Node, kind: str) -> Iterator[Node]:
    return (Node(root.graph, each, root.watch) for each in root.graph.nodes(kind))
