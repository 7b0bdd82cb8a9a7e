"""A peer's findings on our graph: placed, layered, and left out where a rule of ours has decided the same."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from scanner.engine.checkov import Failed
from scanner.engine.findings import fingerprint, generic
from scanner.engine.suppress import Ignores
from scanner.graph.columns import Graph
from scanner.model.address import Address
from scanner.model.finding import Finding, Severity, Verdict
from scanner.model.layer import Layer, Tier
from scanner.model.location import Location
from scanner.model.report import Files, Suppressed
from scanner.model.resource import Plane
from scanner.model.rule import Rule

# checkov gives no severity offline; medium is our word, not its.
_SEVERITY = Severity.MEDIUM

# The principle that a check's title speaks of; the first that is met.
_PRINCIPLES = (
    ("backup", "backup|back up|snapshot|retention|versioning|replicat|point.in.time|recovery|deletion|lifecycle"),
    ("least-privilege", "iam|privileged?|permissions?|polic(y|ies)|roles?|admin|wildcards?|capabilit(y|ies)|root"),
    ("least-privilege", "rbac|.*escalat.*|service accounts?|credentials?|assume"),
    ("tiers", "namespaces?|default security group|default vpc|port [0-9]+|subnets?|bastion"),
    (
        "zero-trust",
        "(en|un)crypt.*|public(ly)?|tls|ssl|https|kms|cmk|network|ingress|0.0.0.0|internet|expos.*|waf",
    ),
    ("zero-trust", "log(s|ged|ging)?|auth.*|secrets?|tokens?|metadata|certificates?|signed|seccomp|monitor.*"),
)
_PRINCIPLE_PATTERNS = tuple((name, re.compile(rf"\b({text})\b", re.IGNORECASE)) for name, text in _PRINCIPLES)

# The layer of a resource that has no node, by its type; the first that is met.
_LAYERS = (
    (Layer.PERMISSIONS, r"iam|kms|secret|role|cognito|ssm_parameter"),
    (Layer.STORAGE, r"s3|bucket|db|rds|dynamo|efs|ebs|volume|backup|neptune|redshift|elastics|opensearch|ecr|sql"),
    (Layer.CLUSTER_NETWORK, r"vpc|subnet|security_group|network|route"),
    (Layer.APPLICATION_NETWORK, r"lb|cloudfront|api_gateway|ingress|service|listener"),
    (Layer.INTEGRATION, r"module|event|sns|sqs|webhook"),
    (Layer.COMPUTE, r"instance|eks|ecs|lambda|cluster|launch"),
)
_LAYER_PATTERNS = tuple((layer, re.compile(text)) for layer, text in _LAYERS)


class Merged(NamedTuple):
    """A peer's finding that is not shown: its id, the address, and the rule of ours that decided there."""

    check: str
    address: str
    rule: str


@dataclass(frozen=True, slots=True)
class Joined:
    """A peer's findings after the comparison: `findings` and `merged` together are all that it said; `rules`
    describe the findings."""

    findings: list[Finding]
    merged: list[Merged]
    rules: list[Rule] = field(default_factory=list)


def join(
    graph: Graph,
    files: Files,
    failed: Sequence[Failed],
    rules: Sequence[Rule],
    decided: Mapping[str, set[int]],
) -> Joined:
    """Lay checkov's findings over our graph. One is merged where a rule of ours that lists its id under
    `controls: {checkov: [...]}` has passed or failed a node that stands in the same lines."""
    ours = _by_check(rules)
    places = Places(graph, files)
    joined = Joined([], [])
    used: dict[str, int] = {}
    for each in failed:
        nodes = places.nodes(each)
        by = next((rule.id for rule in ours.get(each.check, ()) if _decides(graph, rule, nodes, decided)), None)
        address = _address(graph, nodes, each)
        if by is not None:
            joined.merged.append(Merged(each.check, str(address), by))
            continue
        joined.findings.append(_finding(graph, files, each, nodes, address, used))
    told = {each.check: each for each in reversed(failed)}
    shown = {finding.rule for finding in joined.findings}
    joined.rules.extend(_rule(told[check]) for check in sorted(told) if f"checkov/{check}" in shown)
    joined.findings.sort(key=lambda finding: finding.order)
    return joined


def _by_check(rules: Sequence[Rule]) -> dict[str, list[Rule]]:
    """Our rules by the checkov ids that they list."""
    ours: dict[str, list[Rule]] = {}
    for rule in rules:
        for check in rule.controls.get("checkov", ()):
            ours.setdefault(check, []).append(rule)
    return ours


def _decides(graph: Graph, rule: Rule, nodes: Sequence[int], decided: Mapping[str, set[int]]) -> bool:
    """Whether a rule has passed or failed every one of the nodes that it selects, and there is one."""
    selected = {index for index in nodes if graph.kind(index).name in rule.selects}
    return bool(selected) and selected <= decided.get(rule.id, set())


@dataclass(slots=True)
class Places:
    """Which nodes stand in which lines, and into which a resource was folded."""

    graph: Graph
    files: Files
    _lines: dict[str, list[tuple[int, int]]] = field(default_factory=dict)
    _folded: dict[str, list[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for index, span in enumerate(self.graph.spans):
            if span.path in self.files.by_path and self.graph.planes[index] is Plane.DECLARED:
                line = self.files.locate(span).line
                self._lines.setdefault(span.path, []).append((line, index))
            for folded in self.graph.folded[index]:
                self._folded.setdefault(generic(folded).partition("#")[2], []).append(index)

    def nodes(self, failed: Failed) -> list[int]:
        """Nodes whose block begins in the lines of a finding: those of its name and their parts where there
        are such, else all; failing that, what its resource was folded into."""
        inside = [index for line, index in self._lines.get(failed.path, ()) if failed.first <= line <= failed.last]
        plain = _plain(failed.resource)
        named = [index for index in inside if self._name(index).partition("/")[0] == plain]
        if inside:
            return named or inside
        folder = failed.path.rpartition("/")[0]
        parents = self._folded.get(plain, [])
        near = [index for index in parents if self.graph.spans[index].path.rpartition("/")[0] == folder]
        return near or parents

    def _name(self, index: int) -> str:
        return generic(self.graph.addresses[index]).partition("#")[2]


def _plain(resource: str) -> str:
    """A resource's address without instance keys."""
    return generic(Address("tf", "", resource or "?")).partition("#")[2]


def _address(graph: Graph, nodes: Sequence[int], failed: Failed) -> Address:
    if nodes:
        return graph.addresses[nodes[0]]
    scheme = "tf" if failed.path.endswith((".tf", ".tofu", ".tf.json")) else "k8s"
    return Address(scheme, failed.path.rpartition("/")[0] or ".", failed.resource or failed.path)


def _finding(
    graph: Graph,
    files: Files,
    failed: Failed,
    nodes: Sequence[int],
    address: Address,
    used: dict[str, int],
) -> Finding:
    rule = f"checkov/{failed.check}"
    first = nodes[0] if nodes else None
    mark = fingerprint(rule, address, failed.resource)
    used[mark] = used.get(mark, 0) + 1
    again = str(used[mark]) if used[mark] > 1 else ""
    return Finding(
        rule=rule,
        principle=principle(failed.title),
        severity=_SEVERITY,
        verdict=Verdict.FAIL,
        node=str(address),
        kind=graph.kind(first).name if first is not None else "",
        layer=graph.layers[first] if first is not None else layer(failed.resource),
        tier=graph.tiers[first] if first is not None else Tier.UNDECLARED,
        planes=(graph.planes[first].value if first is not None else Plane.DECLARED.value,),
        message=f"{failed.resource or failed.path}: {failed.title}",
        fingerprint=fingerprint(rule, address, failed.resource, again),
        location=_location(files, failed),
        instances=(str(address),),
    )


def _location(files: Files, failed: Failed) -> Location:
    """The header's line: the whole block would be longer than anyone reads."""
    file = files.by_path.get(failed.path)
    text = file.line(failed.first) if file is not None else ""
    column = len(text) - len(text.lstrip()) + 1
    return Location(failed.path, failed.first, column, failed.first, max(column, len(text) + 1))


def _rule(failed: Failed) -> Rule:
    """What reports print of a peer's check."""
    return Rule(
        id=f"checkov/{failed.check}",
        title=failed.title,
        severity=_SEVERITY,
        selects=(),
        message="{node}",
        description=f"Found by checkov, not by layerproof: {failed.title}.",
        remedy=f"See {failed.guideline}" if failed.guideline else "",
        controls={"checkov": (failed.check,)},
    )


def principle(title: str) -> str:
    """Our principle for a check's title; hygiene where no word tells."""
    return next((name for name, pattern in _PRINCIPLE_PATTERNS if pattern.search(title)), "hygiene")


def layer(resource: str) -> Layer:
    """Our layer for a resource without a node, by the words of its type; application where no word tells."""
    kind = re.sub(r"^(module\.[^.]+\.)*(data\.)?", "", resource).partition(".")[0].lower()
    return next((layer for layer, pattern in _LAYER_PATTERNS if pattern.search(kind)), Layer.APPLICATION)


def without_ignored(
    findings: Sequence[Finding], ignores: Ignores, today: date
) -> tuple[list[Finding], list[Suppressed]]:
    """A peer's findings that stand, and those that an ignore of `checkov/ID` covers."""
    standing: list[Finding] = []
    suppressed: list[Suppressed] = []
    for finding in findings:
        ignore = ignores.of_peer(finding, today)
        if ignore is None:
            standing.append(finding)
        else:
            suppressed.append(Suppressed(finding, ignore.reason, ignore.until, ignore.in_source))
    return standing, suppressed
