"""The posture of a graph: obligations weighed by severity and exposure, per tenet, layer and principle.

Sources: NIST SP 800-207 section 2.1 for the tenets; CISA Zero Trust Maturity Model 2.0 for the stages. Integrity
of assets (tenet 5) and the use of what is collected (tenet 7) cannot be proven by text that is not yet applied,
so that there only what was read from a live account passes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from scanner.engine.draft import Draft, attribute_of
from scanner.graph.columns import Graph
from scanner.model.finding import PRINCIPLES, Severity, Verdict
from scanner.model.layer import Layer, Tier
from scanner.model.posture import TENETS, Open, Posture, Score
from scanner.model.resource import Plane
from scanner.model.rule import Rule
from scanner.model.value import Cause, Unknown, first_unknown

_LIVE_ONLY = frozenset(("tenet-5", "tenet-7"))
_WEIGHTS = {Severity.CRITICAL: 8, Severity.HIGH: 4, Severity.MEDIUM: 2, Severity.LOW: 1, Severity.INFO: 0}
_CODES = {
    Cause.NO_DEFAULT: "UNRESOLVED_VALUE",
    Cause.MODULE_ABSENT: "UNRESOLVED_VALUE",
    Cause.DATA_SOURCE: "UNRESOLVED_VALUE",
    Cause.PROVIDER_COMPUTED: "UNRESOLVED_VALUE",
    Cause.OUTSIDE_SCAN: "PARTIAL_SCOPE",
    Cause.UNSUPPORTED: "UNSUPPORTED_KIND",
    Cause.LIMIT: "UNRESOLVED_VALUE",
    Cause.FAULT: "UNRESOLVED_VALUE",
}
REMEDIES = {
    "UNRESOLVED_VALUE": "give the variables and modules, or scan a plan or the live account",
    "PARTIAL_SCOPE": "scan what lies beside it, or say in [scope] complete what this scan holds all of",
    "UNSUPPORTED_KIND": "report the type; until then read its documentation",
    "NO_SOURCE": "audit the live account: text that is not applied proves no integrity",
    "NO_PERMISSION": "grant the auditor the action that the coverage names",
    "RULE_ERROR": "mend the rule that crashed (see the diagnostics)",
}


def assess(
    graph: Graph,
    rules: Sequence[Rule],
    verdicts: Mapping[str, Mapping[str, set[int]]],
    drafts: Iterable[Draft],
    unmapped: int,
) -> Posture:
    """The posture from what the rules said: `verdicts` has the nodes passed, failed, unknown and waived by rule
    id, `drafts` tell why the unknown ones are, `unmapped` counts resources that no table knows."""
    tenets = {name: Score() for name in TENETS}
    layers = {layer.value: Score() for layer in Layer}
    principles = {name: Score() for name in PRINCIPLES}
    codes: Counter[str] = Counter(code(graph, each) for each in drafts if each.verdict is Verdict.UNKNOWN)
    for rule in rules:
        told = verdicts.get(rule.id, {})
        named = [name for name in rule.controls.get("nist-800-207", ()) if name in tenets]
        for verdict, nodes in told.items():
            for index in nodes:
                weight = float(_WEIGHTS[rule.severity] * _exposure(graph, index))
                _enter(layers[graph.layers[index].value], verdict, weight, rule)
                _enter(principles.setdefault(rule.principle, Score()), verdict, weight, rule)
                for name in named:
                    shown = verdict
                    if verdict == "passed" and name in _LIVE_ONLY and graph.planes[index] is not Plane.LIVE:
                        shown = "unknown"
                        codes["NO_SOURCE"] += 1
                    _enter(tenets[name], shown, weight, rule)
    for score in (*tenets.values(), *principles.values()):
        if score.count and unmapped:
            score.unknown += unmapped
    opened = tuple(Open(name, count, REMEDIES.get(name, "")) for name, count in codes.most_common())
    assessed = {name: each.lower for name, each in tenets.items() if each.lower is not None}
    weakest = min(assessed, key=lambda name: (assessed[name], name)) if assessed else ""
    return Posture(tenets, layers, principles, opened, unmapped, len(graph), weakest)


def _exposure(graph: Graph, index: int) -> int:
    """Twice the weight for what faces the internet or holds data."""
    return 2 if graph.tiers[index] is Tier.EXTERNAL or graph.layers[index] is Layer.STORAGE else 1


def _enter(score: Score, verdict: str, weight: float, rule: Rule) -> None:
    score.count += 1
    setattr(score, verdict, getattr(score, verdict) + weight)
    score.critical |= verdict == "failed" and rule.severity is Severity.CRITICAL


def code(graph: Graph, draft: Draft) -> str:
    """The reason code of an unknown: by the cause of the first unknown that it rests on."""
    if "crashed" in draft.reason:
        return "RULE_ERROR"
    if "denied" in draft.reason or "not authorized" in draft.reason:
        return "NO_PERMISSION"
    for name in map(attribute_of, draft.attributes):
        why = _why(graph, draft.index, name)
        if why is not None:
            return _CODES[why.cause]
    return "PARTIAL_SCOPE" if "scan" in draft.reason else "UNRESOLVED_VALUE"


def _why(graph: Graph, index: int, name: str) -> Unknown | None:
    """The first unknown under one name of a node: in its attribute, or of the relation that is open."""
    if name in graph.tables[graph.kind(index).name].columns:
        return first_unknown(graph.peek(index, name))
    out = graph.why_open(name, index)
    return graph.why_open_in(name, index) if out is None else out
