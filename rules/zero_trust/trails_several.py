"""Audit trails of one account that go to different stores."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, both, certain, every, rule, some

_STORES = ("object_store",)


@rule(
    severity=Severity.INFO,
    selects="trail",
    message="{node} records what {other} records already, and keeps it elsewhere",
    controls={
        "reference-model": ["permissions/centralize", "security/logging"],
        "nist-800-53": ["AU-6(4)", "AU-12(1)"],
        "nist-800-207": ["tenet-7"],
        "catalogue": ["PRM-004"],
    },
)
def check(trail: Node) -> Iterator[Match]:
    """Two stores hold the same events: both must be locked and watched, an investigation looks into one of them,
    and the second copy of management events is paid for. A trail of the organization beside one of the account is
    often meant: then say so in an ignore.

    ## Remedy
    Keep one trail for all Regions and accounts, and give those who need it a way to read its store.
    """
    if not _whole(trail):
        return

    def doubles(each: Node) -> bool:
        return both(
            lambda: each["account"] == trail["account"],
            lambda: _whole(each),
            lambda: bool(_kept(each)) and bool(_kept(trail)) and not _kept(each) & _kept(trail),
        )

    earlier = [each for each in _beside(trail) if each.index < trail.index]
    found = next(filter(lambda each: certain(lambda: doubles(each)), earlier), None)
    if found is not None:
        yield Match(trail, "multi_region", [found.at("", "the other")],
                    values={"other": found.id.partition("#")[2]})  # fmt: skip
    else:
        some(earlier, doubles)  # raises where that was not told


def _whole(trail: Node) -> bool:
    return every(("active", "management_events", "multi_region"), lambda name: bool(trail[name]))


def _kept(trail: Node) -> set[Node]:
    return {each for each in trail.out("logs_to") if each.kind in _STORES}


def _beside(node: Node) -> Iterator[Node]:
    graph = node.graph
    for index in graph.nodes("trail"):
        if graph.addresses[index][:2] == graph.addresses[node.index][:2]:
            yield Node(graph, index, node.watch)
