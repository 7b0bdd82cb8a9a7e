"""All that the author of a Python rule imports.

A rule is one file: a module docstring (its title), and one function under `@rule` that takes a node and
yields a Match for each thing that is wrong with it. The function's docstring is the description, and after
`## Remedy` what to do. Reading an unknown attribute raises Undetermined, which makes the verdict unknown;
matches yielded before it stand.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from scanner.graph.node import Evidence, Node
from scanner.model.administrators import names_administrators
from scanner.model.cidr import covers_world
from scanner.model.filter import admits_all_ports, admits_port, open_ports, open_to_world, widest
from scanner.model.finding import Severity
from scanner.model.host_path import narrow_path, sensitive_path, settings_path
from scanner.model.layer import Layer, Tier
from scanner.model.listing import LISTINGS
from scanner.model.logic import both, certain, every, some, text
from scanner.model.pod_security import NEWEST, forbidden_in, minor
from scanner.model.removed_api import removed_in
from scanner.model.resource import Plane
from scanner.model.rule import Rule
from scanner.model.statement import allows, is_everything, names_anyone, narrows, open_to_anyone, permits
from scanner.model.value import Cause, Undetermined, Unknown, Value

__all__ = [
    "Cause",
    "Evidence",
    "Layer",
    "Match",
    "Node",
    "Rule",
    "Severity",
    "Tier",
    "Undetermined",
    "Unknown",
    "Value",
    "admits_all_ports",
    "admits_port",
    "alike",
    "allows",
    "both",
    "certain",
    "covers_world",
    "enforces",
    "every",
    "filled_in",
    "flag",
    "gone_since",
    "in_force",
    "is_everything",
    "is_live",
    "known",
    "makes_administrator",
    "minor",
    "names_administrators",
    "names_anyone",
    "narrow_path",
    "narrows",
    "only_bounds",
    "open_ports",
    "open_to_anyone",
    "open_to_world",
    "own_name",
    "permits",
    "rule",
    "scanned_version",
    "sensitive_path",
    "settings_path",
    "some",
    "surely",
    "text",
    "together",
    "undecided",
    "unlisted",
    "unread_beside",
    "violations",
    "widest",
]

_CALLS = re.compile(r"^(?:module\.[\w-]+(?:\[[^\]]*\])?\.)+")

Check = Callable[[Node], Iterator["Match"]]


@dataclass(frozen=True, slots=True)
class Match:
    """A rule's answer: the node, the attribute(s) its judgement rests on (the first is where it is shown),
    what else is worth seeing, and the one edge or setting whose removal ends it. `values` fill the message;
    `severity` is for a case that weighs more or less than the rule's own says."""

    node: Node
    at: str | tuple[str, ...] = ()
    related: Iterable[Evidence] = ()
    cut: str = ""
    values: Mapping[str, object] = field(default_factory=dict)
    assumptions: tuple[str, ...] = ()
    severity: Severity | None = None

    @property
    def attributes(self) -> tuple[str, ...]:
        return (self.at,) if isinstance(self.at, str) else tuple(self.at)


def rule(
    *,
    severity: Severity,
    selects: str | tuple[str, ...],
    message: str,
    controls: Mapping[str, Iterable[str]] | None = None,
) -> Callable[[Check], Rule]:
    """Turn a check into a Rule value. Id and title are filled in by discovery, from path and module."""

    def build(check: Check) -> Rule:
        description, _, remedy = inspect.cleandoc(check.__doc__ or "").partition("## Remedy")
        return Rule(
            id="",
            title="",
            severity=severity,
            selects=(selects,) if isinstance(selects, str) else tuple(selects),
            message=message,
            description=description.strip(),
            remedy=remedy.strip(),
            controls={name: tuple(ids) for name, ids in (controls or {}).items()},
            check=check,
        )

    return build


def violations(workload: Node, control: str) -> Iterator[int]:
    """Positions in `pod_security` of what a control forbids in the scan's version of Kubernetes.

    Raises Undetermined at the end, when none was found and one may be there.
    """
    version = str(workload.graph.facts.get("kubernetes_version") or NEWEST)
    pending: Unknown | None = None
    found = False
    listed = workload["pod_security"]
    for position, each in enumerate(listed if isinstance(listed, list) else ()):
        if each["control"] == control and forbidden_in(each, version):
            if isinstance(each["what"], Unknown):
                pending = pending or each["what"]
                continue
            found = True
            yield position
    if pending is not None and not found:
        raise Undetermined(pending)


def gone_since(node: Node) -> str | None:
    """The version of Kubernetes ("1.25") that removed the API that an object is written for, where the scan's
    version has it no more. Raises Undetermined where its API is unknown."""
    written = node["api_version"]
    if written is None:
        return None
    version = str(node.graph.facts.get("kubernetes_version") or NEWEST)
    return removed_in(text(written), text(node["type"]).rpartition("/")[2], version)


def flag(component: Node, name: str) -> tuple[str, str] | None:
    """What a component is started with under a flag's name, with the place of it in `flags`; of several the last.
    None where the flag is not written. Raises Undetermined where flags that are filled in later may hold it."""
    found: tuple[str, str] | None = None
    pending: Unknown | None = None
    for position, each in enumerate(component["flags"]):
        if isinstance(each, Unknown):
            pending = each
        elif text(each["name"]) == name:
            found = (text(each["value"]), f"flags[{position}]")
    if found is None and pending is not None:
        raise Undetermined(pending)
    return found


def undecided(reason: str) -> Undetermined:
    """To be raised where something outside the scan decides."""
    return Undetermined(Unknown(reason, Cause.OUTSIDE_SCAN))


def filled_in(workload: Node) -> bool:
    """Whether OpenShift's security context constraints fill in what a pod leaves out (restricted-v2 drops all
    capabilities and sets RuntimeDefault: OpenShift documentation, "Managing security context constraints")."""
    return text(workload["controller"]) == "DeploymentConfig"


def only_bounds(policy: Node) -> bool:
    """Whether all that the scan shows of a policy is that it is a boundary: that allows nothing by itself."""
    if policy.kind != "policy" or not policy.graph.sources("bounded_by", policy.index):
        return False
    return not policy.graph.sources("attaches", policy.index)


def scanned_version(node: Node) -> str:
    """The version of Kubernetes that the scan judges by."""
    return str(node.graph.facts.get("kubernetes_version") or NEWEST)


def together(workload: Node, positions: list[int]) -> Match:
    """One match for violations of one control: at the first, with the others beside it; `what` names each once."""
    listed = workload["pod_security"]
    said = dict.fromkeys(str(listed[each]["what"]) for each in positions)
    first, *others = positions
    related = [workload.at(f"pod_security[{each}]", "and here") for each in others]
    return Match(workload, f"pod_security[{first}]", related, values={"what": ", ".join(said)})


def enforces(node: Node, level: str) -> bool:
    """Whether the scan holds the namespace of a workload, or of a container's workload, and that namespace surely
    enforces a Pod Security level."""
    places = node.known("in_namespace")
    if node.kind == "container":
        held = node.graph.sources("contains", node.index)
        places = [each for index in held for each in Node(node.graph, index, node.watch).known("in_namespace")]
    return certain(lambda: some(places, lambda each: each["pod_security"] == level))


def unread_beside(node: Node) -> Unknown | None:
    """Why something may stand beside a node that the scan does not show: a module that the same code calls and
    that is not on disk. None where everything was read."""
    graph = node.graph
    home = graph.addresses[node.index].root
    for index in graph.nodes("module"):
        if graph.addresses[index].root == home and graph.peek(index, "on_disk") is False:
            call = graph.addresses[index].name
            return Unknown(f"{call} is not on disk, and may hold what is missing", Cause.OUTSIDE_SCAN)
    return None


def unlisted(node: Node, *listings: str, region: str | None = None) -> Unknown | None:
    """Why the account of a node may hold more of something than was listed (the words of `model/listing.py`).
    None where the live listings that tell were read to the end; `region` is None for what an account has once."""
    graph, account = node.graph, text(node["account"])
    asked = [LISTINGS[each] for each in listings]
    for why in (graph.unread.get((account, region, type_)) for _, types in asked for type_ in types):
        if why is not None:
            return why
    for service, _ in asked:
        if (account, region, service) not in graph.read_whole | graph.read_partly:
            return Unknown(f"{service} was not read in account {account}", Cause.OUTSIDE_SCAN)
    return None


def is_live(node: Node) -> bool:
    """Whether a live account or cluster shows a node, by itself or beside the code that declares it."""
    graph = node.graph
    return Plane.LIVE in (graph.planes[node.index], *graph.seen_in.get(node.index, ()))


def in_force(group: Node, at: str) -> tuple[str, ...]:
    """What a judgement on a rule of a packet filter rests on: the rule's place, and whether anything uses the
    filter where that is open; () where surely nothing does."""
    worn = group.peek("worn")
    if isinstance(worn, Unknown):
        return (at, "worn")
    return (at,) if worn else ()


def makes_administrator(holder: Node, label: str) -> bool:
    """Whether the statement of that label, which `holder` holds, makes an administrator: the finding of that names
    it as the one to take away."""
    ways = holder.peek("escalations")
    if isinstance(ways, Unknown):
        return False
    told = [way for way in ways if not isinstance(way, Unknown)]
    return any(way["cut"] == label and way["admin"] in ("yes", "conditional") for way in told)


def known(value: Value) -> bool:
    """Whether a value is known at its top (parts inside may not be)."""
    return not isinstance(value, Unknown)


def own_name(node: str) -> str:
    """What a node is called in its own module, from its id: the same for every call of the module."""
    return _CALLS.sub("", node.partition("#")[2])


def alike(way: Mapping[str, int], told: str = " (one of {} alike)") -> str:
    """How many ends a flow stands for, where it stands for more than one."""
    return told.format(way["alike"]) if way["alike"] > 1 else ""


def surely(flows: Value, fits: Callable[[Value], object]) -> list[Value]:
    """Of the flows of a derived attribute those that fit and are certain. Raises Undetermined where only possible
    ones fit, or where the list may hold more."""
    found: list[Value] = []
    doubts: list[str] = []
    for each in flows or ():
        if isinstance(each, Unknown):
            doubts.append(each.reason)
        elif fits(each) and each["certain"]:
            found.append(each)
        elif fits(each):
            doubts.append(each["reason"])
    if not found and doubts:
        raise Undetermined(Unknown(doubts[0], Cause.OUTSIDE_SCAN))
    return found
