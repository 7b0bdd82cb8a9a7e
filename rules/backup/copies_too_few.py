"""Fewer than three copies of a data store."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, known, rule


@rule(
    severity=Severity.MEDIUM,
    selects=("cache", "database", "file_system", "object_store", "table", "volume"),
    message="{node} has {copies} of three copies: {change}",
    controls={
        "reference-model": ["storage/3-2-1"],
        "nist-800-53": ["CP-9"],
        "catalogue": ["STO-010"],
        "checkov": ["CKV2_AWS_8"],
    },
)
def check(store: Node) -> Iterator[Match]:
    """Three copies are the data itself and two more in places of their own. Replicas, standbys, versions in the
    same bucket and a second vault for the same snapshots are none: they share the fate of what they are made
    of. The path of the finding lists every copy that was counted or rejected, and why. Log destinations,
    replicas, state buckets, caches and origins of sites are not asked for copies, unless
    [[backup.authoritative]] declares them.

    ## Remedy
    Select the store in a backup plan, and let the plan copy to another Region.
    """
    if store["asset"] not in ("declared", "inferred") or (store["asset"] == "inferred" and _told_elsewhere(store)):
        return
    if not store["copied_enough"]:
        heavier = Severity.HIGH if store["asset"] == "declared" else None
        seen = store.trail(store["observations"])
        values = {"copies": store["copies"], "change": store["change"]}
        yield Match(store, "copied_enough", seen, store["change"] or "", values, severity=heavier)


def _told_elsewhere(store: Node) -> bool:
    """Whether another rule names the cause: switched off, no plan, a plan that is at fault, none off site."""
    if store.kind == "volume" or (store.kind == "file_system" and store["copies"] == 1):
        return True
    if store.peek("plan_at_fault") is True or store["missed_by"] is not None:
        return True
    if store["copies"] == 1 and store.peek("planned") is not True and _switched_off(store):
        return True
    return bool(store["copies"] > 1 and store.peek("copied_offsite") is False)


_SETTINGS = {"database": ("backup_days", 0), "table": ("recoverable", False), "object_store": ("versioned", False)}


def _switched_off(store: Node) -> bool:
    """Whether a setting is off that keeps copies, or that copies build on: a rule of its own judges it."""
    name, off = _SETTINGS.get(store.kind, ("", None))
    value = store.peek(name) if name else None
    return known(value) and value is not None and bool(value == off)
