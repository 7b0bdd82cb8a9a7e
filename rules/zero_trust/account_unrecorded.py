"""Account whose calls no trail records."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, Undetermined, Unknown, rule, undecided, unlisted


@rule(
    severity=Severity.HIGH,
    selects="root_user",
    message="no audit trail records the account of {node}: none is at home in the {count} Regions that were read",
    controls={
        "reference-model": ["security/logging"],
        "nist-800-53": ["AU-2", "AU-3", "AU-12"],
        "nist-800-207": ["tenet-7"],
        "catalogue": ["ZT7-001"],
        "prowler": ["cloudtrail_multi_region_enabled"],
    },
)
def check(root: Node) -> Iterator[Match]:
    """Who signed in, took on a role and changed what is kept for 90 days in the event history of each Region, of
    which nobody is told, and which ends before a slow intrusion is found. It is told of accounts that were read
    live. A member of an organization may be recorded by a trail that only the managing account shows.

    ## Remedy
    Make one trail of the organization for every Region, to a bucket in an account of its own.
    """
    account = root["account"]
    if any(_records(each, account) for each in _all(root, "trail")):
        return
    regions = sorted({region for each, region, _ in root.graph.read_whole if each == account and region})
    for region in regions:
        why = unlisted(root, "trails", region=region)
        if why is not None:
            raise Undetermined(why)
    why = unlisted(root, "organizations")
    if why is not None or not regions:
        raise Undetermined(why) if why is not None else undecided("no Region of the account was read")
    for each in _all(root, "organization"):
        manager = each.peek("management_account")
        if not isinstance(manager, Unknown) and manager not in (None, account):
            raise undecided(f"a trail of the organization would show in account {manager} only")
    yield Match(root, "account", values={"count": len(regions)})


def _all(root: Node, kind: str) -> Iterator[Node]:
    return (Node(root.graph, each, root.watch) for each in root.graph.nodes(kind))


def _records(trail: Node, account: object) -> bool:
    """Whether it may: one of the account, one of a whole organization, or one of which neither is told."""
    held = trail.peek("account")
    if isinstance(held, Unknown) or held == account:
        return True
    wide = trail.peek("organization_wide")
    return isinstance(wide, Unknown) or wide is True
