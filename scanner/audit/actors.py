"""Who made drift, where CloudTrail can be read: asked of each thing that is changed, unmanaged or gone.

Only commands that stand before a live account ask; what cannot be told is said, and changes no verdict.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import NamedTuple

from scanner.audit.drifts import NOBODY, Class, Drift, Result
from scanner.graph.columns import Graph
from scanner.model.address import Address
from scanner.model.report import Coverage
from scanner.model.value import unwrap
from scanner.sources.aws.faults import DENIED, DENIED_SCP, OK
from scanner.sources.aws.session import Access
from scanner.sources.aws.trail import Event, Told, Trail

SHOWN = 5  # events of one thing
HOME = "us-east-1"  # where global services are recorded
_NOT_TOLD = {
    DENIED: "cloudtrail:LookupEvents is denied",
    DENIED_SCP: "cloudtrail:LookupEvents is denied by a service control policy",
}


class Where(NamedTuple):
    """The account and region whose trail may know of a thing."""

    account: str
    region: str


def ask(result: Result, graph: Graph, accesses: Mapping[str, Access]) -> list[Coverage]:
    """Note in each drift what CloudTrail tells of it; gives how far each trail was read."""
    wanted: dict[Where, list[int]] = {}
    for number, drift in enumerate(result.drifts):
        if _counts(drift):
            for where in _places(drift, graph, accesses):
                wanted.setdefault(where, []).append(number)
    if not wanted:
        return []
    told: dict[int, Told] = {}
    covered = []
    with ThreadPoolExecutor(len(wanted) if len(wanted) < 16 else 16, "trail") as pool:
        asked = pool.map(lambda item: _one(item[0], item[1], result, graph, accesses), sorted(wanted.items()))
        for coverage, found in asked:
            covered.append(coverage)
            for number, each in found.items():
                if number not in told or (each.events and not told[number].events):
                    told[number] = each
    for number, each in told.items():
        result.drifts[number] = _noted(result.drifts[number], each)
    return covered


def _counts(each: Drift) -> bool:
    """What somebody may have done: not what AWS or a controller makes, and not what was never applied."""
    if each.kind_of is Class.UNMANAGED:
        return each.owner == NOBODY
    return each.kind_of in (Class.CHANGED, Class.MISSING)


def _places(each: Drift, graph: Graph, accesses: Mapping[str, Access]) -> Iterator[Where]:
    """Where to ask; nowhere for what does not say, and cannot be told by there being one account alone."""
    index = graph.find(Address.parse(each.node))
    if index is None or graph.peek(index, "provider") != "aws":
        return
    account, region = (unwrap(graph.peek(index, name)) for name in ("account", "region"))
    if not isinstance(account, str):
        account = next(iter(accesses)) if len(accesses) == 1 else ""
    if account not in accesses:
        return
    if isinstance(region, str):
        yield Where(account, region)
        return
    read = {r for a, r, _ in graph.read_whole if a == account and r is not None}
    if each.kind_of is Class.MISSING and len(read) == 1:
        yield Where(account, read.pop())
    yield Where(account, HOME)


def _one(
    where: Where, numbers: list[int], result: Result, graph: Graph, accesses: Mapping[str, Access]
) -> tuple[Coverage, dict[int, Told]]:
    """One trail asked of everything that it may know."""
    trail = Trail(accesses[where.account], where.region)
    found = {}
    try:
        for number in numbers:
            each = result.drifts[number]
            found[number] = trail.of(list(names(each, graph)), _service(each, graph))
    finally:
        trail.close()
    bad = next((told for told in found.values() if told.status != OK), None)
    unit = f"aws:{where.account}/{where.region}/cloudtrail"
    events = sum(len(told.events) for told in found.values())
    if bad is None:
        return Coverage(unit, OK, "", events), found
    return Coverage(unit, bad.status, f"cloudtrail:LookupEvents: {bad.reason}", events), found


def _service(each: Drift, graph: Graph) -> str:
    """The service of a thing's CloudFormation type; "" where it is not known."""
    index = graph.find(Address.parse(each.node))
    type_ = str(graph.peek(index, "type")) if index is not None else ""
    if not type_.startswith("AWS::"):
        from scanner.mapping.aws.live import spellings  # noqa: PLC0415 - only for what is gone

        type_ = next((native for native, spelled in spellings().items() if type_ in spelled.types[:1]), "")
    return type_.split("::")[1] if type_.count("::") == 2 else ""


def names(each: Drift, graph: Graph) -> Iterator[str]:
    """What CloudTrail may call a thing: its own name or id first, then its ARN."""
    index = graph.find(Address.parse(each.node))
    seen = set()
    name = unwrap(graph.peek(index, "name")) if index is not None else None
    own = Address.parse(each.node).name if each.kind_of is not Class.MISSING else ""
    last = own.rpartition(":")[2].rpartition("/")[2]
    for text in (last, name if each.kind_of is Class.MISSING else None, own if own.startswith("arn:") else None):
        if isinstance(text, str) and text and text not in seen:
            seen.add(text)
            yield text


def _noted(each: Drift, told: Told) -> Drift:
    if told.status == OK:
        chosen = _chosen(each.kind_of, told.events)
        return replace(each, events=chosen, trail="" if chosen else "CloudTrail has no change of it in 90 days")
    return replace(each, trail=_NOT_TOLD.get(told.status, f"CloudTrail: {told.reason}"))


def _chosen(class_: Class, events: tuple[Event, ...]) -> tuple[Event, ...]:
    """The newest; of what is unmanaged, also what made it."""
    if class_ is Class.UNMANAGED and len(events) > SHOWN:
        return (*events[: SHOWN - 1], events[-1])
    return events[:SHOWN]
