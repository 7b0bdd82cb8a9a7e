"""Rules over a graph: the one door of this room."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from scanner.engine.backend import RegoBackend
from scanner.engine.callers import Callers
from scanner.engine.draft import Draft, Outcome
from scanner.engine.findings import Writer
from scanner.engine.python import run_python
from scanner.engine.rego import run_rego
from scanner.engine.suppress import Ignore, Ignores
from scanner.graph.columns import Graph
from scanner.model.diagnostic import Diagnostic
from scanner.model.finding import Finding
from scanner.model.report import Files, Suppressed
from scanner.model.rule import Rule
from scanner.model.settings import IgnoreEntry

if TYPE_CHECKING:
    from scanner.model.posture import Posture


@dataclass(frozen=True, slots=True)
class Ignoring:
    """How ignores count in a run.

    `today` is the day by which `until` is judged; `entries` come from the configuration; `known` are the ids
    of all rules that could be loaded (empty: those of the run), `unloaded` globs of ids whose rules are not
    loaded in this run. With `inline` off, only `entries` count.
    """

    today: date
    entries: Sequence[IgnoreEntry] = ()
    known: frozenset[str] = frozenset()
    unloaded: tuple[str, ...] = ("checkov/*", "drift/*")
    inline: bool = True


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the rules say of a graph.

    `obligations` counts pass, fail and unknown over (rule, selected node), `by_rule` the same per rule id;
    `decided`, `failed` and `unknown` are the nodes with a definite verdict, with a fail and with none, by rule id.
    """

    findings: list[Finding]
    suppressed: list[Suppressed]
    diagnostics: list[Diagnostic]
    obligations: Mapping[str, int]
    by_rule: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    decided: Mapping[str, set[int]] = field(default_factory=dict)
    failed: Mapping[str, set[int]] = field(default_factory=dict)
    unknown: Mapping[str, set[int]] = field(default_factory=dict)
    posture: Posture | None = None


def judge(
    graph: Graph,
    rules: Sequence[Rule],
    files: Files,
    *,
    backend: RegoBackend | None = None,
    ignoring: Ignoring | None = None,
    unmapped: int | None = None,
) -> Judgement:
    """Run the rules. Rego rules need a backend; without one the embedded engine is used. The posture is assessed
    where the number of `unmapped` resources is given."""
    outcomes, diagnostics = _outcomes(graph, rules, backend)
    if graph.stand_ins:
        outcomes = [outcome.without_guesses(graph.stand_ins) for outcome in outcomes]
    if graph.beside:
        outcomes = [outcome.without(graph.beside) for outcome in outcomes]
    drafts = [draft for outcome in outcomes for draft in outcome.drafts]
    callers = Callers.of(graph, files, drafts)
    writer = Writer(graph, files, callers)
    suppressed: list[Suppressed] = []
    ignored: list[tuple[Draft, Ignore]] = []
    if ignoring is not None:
        ignores = Ignores.read(graph, files, ignoring.entries, inline=ignoring.inline)
        ignores.callers = callers
        drafts, ignored = ignores.part(drafts, ignoring.today)
        suppressed = _suppressed(writer, ignored)
        ran = frozenset(rule.id for rule in rules)
        diagnostics.extend(ignores.remarks(ran, ignoring.known or ran, ignoring.unloaded, ignoring.today))
    counts = {outcome.rule.id: outcome.count() for outcome in outcomes}
    return Judgement(
        findings=writer.write(drafts),
        suppressed=suppressed,
        diagnostics=diagnostics,
        obligations=_sum(counts.values()),
        by_rule=counts,
        decided={outcome.rule.id: outcome.passed | outcome.failed for outcome in outcomes},
        failed={outcome.rule.id: outcome.failed for outcome in outcomes},
        unknown={outcome.rule.id: outcome.unknown for outcome in outcomes},
        posture=None if unmapped is None else _posture(graph, rules, outcomes, ignored, unmapped),
    )


def _posture(
    graph: Graph,
    rules: Sequence[Rule],
    outcomes: Sequence[Outcome],
    ignored: Iterable[tuple[Draft, Ignore]],
    unmapped: int,
) -> Posture:
    from scanner.engine.posture import assess  # noqa: PLC0415 - only with --posture

    waived: dict[str, set[int]] = {}
    for draft, _ in ignored:
        waived.setdefault(draft.rule.id, set()).add(draft.index)
    verdicts = {}
    for outcome in outcomes:
        left = waived.get(outcome.rule.id, set())
        verdicts[outcome.rule.id] = {
            "passed": outcome.passed - left,
            "failed": outcome.failed - left,
            "unknown": outcome.unknown - left,
            "waived": left,
        }
    drafts = (each for outcome in outcomes for each in outcome.drafts)
    return assess(graph, rules, verdicts, drafts, unmapped)


def _outcomes(
    graph: Graph, rules: Sequence[Rule], backend: RegoBackend | None
) -> tuple[list[Outcome], list[Diagnostic]]:
    """Every rule's outcome, by id."""
    outcomes: list[Outcome] = []
    diagnostics: list[Diagnostic] = []
    for rule in rules:
        if rule.check is not None:
            outcome, crashes = run_python(graph, rule)
            outcomes.append(outcome)
            diagnostics.extend(crashes)
    rego = [rule for rule in rules if rule.check is None]
    idle = {rule.id for rule in rego if rule.ours and not any(graph.nodes(kind) for kind in rule.selects)}
    outcomes.extend(Outcome(rule) for rule in rego if rule.id in idle)  # ours compile: no need to load them
    busy = [rule for rule in rego if rule.id not in idle]
    if busy:
        answers, faults = run_rego(graph, busy, backend or _embedded())
        outcomes.extend(answers)
        diagnostics.extend(faults)
    return sorted(outcomes, key=lambda outcome: outcome.rule.id), diagnostics


def _embedded() -> RegoBackend:
    from scanner.engine.regorus import Regorus  # noqa: PLC0415 - a run without Rego does not load the engine

    return Regorus()


def _suppressed(writer: Writer, ignored: Iterable[tuple[Draft, Ignore]]) -> list[Suppressed]:
    """Ignored findings, one per block and wording of the ignore."""
    groups: dict[tuple[str, str, bool], list[Draft]] = {}
    for draft, ignore in ignored:
        groups.setdefault((ignore.reason, ignore.until, ignore.in_source), []).append(draft)
    told = [
        Suppressed(finding, reason, until, in_source)
        for (reason, until, in_source), drafts in groups.items()
        for finding in writer.write(drafts)
    ]
    return sorted(told, key=lambda each: (each.finding.order, each.reason, each.until))


def _sum(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    total = {"pass": 0, "fail": 0, "unknown": 0}
    for each in counts:
        for verdict, number in each.items():
            total[verdict] += number
    return total
