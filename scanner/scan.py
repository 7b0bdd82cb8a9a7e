"""The three doors: read gives units of resources, build a graph, judge a report. A scan is the three in turn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from scanner.analysis import derive
from scanner.config import Config
from scanner.engine.backend import RegoBackend
from scanner.engine.chosen import within
from scanner.engine.run import Ignoring, Judgement
from scanner.engine.run import judge as run_rules
from scanner.graph.columns import Facts, Graph
from scanner.graph.view import view
from scanner.mapping.assemble import Assembler, Tally
from scanner.mapping.tables import Tables
from scanner.mapping.twins import Twins
from scanner.model.address import Address
from scanner.model.diagnostic import Diagnostic, Level
from scanner.model.finding import Finding
from scanner.model.garbage import uncollected
from scanner.model.location import SourceFile, Span
from scanner.model.report import Copied, Coverage, Report
from scanner.model.resource import Plane, Resource, Unread
from scanner.model.rule import Rule
from scanner.model.value import Unknown, Value, secrets, unknowns
from scanner.sources.kubernetes.door import STDIN, Asked
from scanner.sources.kubernetes.door import units as manifest_units
from scanner.sources.kubernetes.rendering import Find, Values
from scanner.sources.readme import described
from scanner.sources.terraform.door import Asked as TerraformAsked
from scanner.sources.terraform.door import units as terraform_units
from scanner.sources.terraform.inputs import Settings
from scanner.sources.terraform.read import Absent, Unit
from scanner.sources.tree import Tree

_LIVE = (".gz", ".jsonl", ".snapshot")
_OTHERS = (".tf", ".tofu", ".yaml", ".yml", ".json", ".tfvars", ".md")  # never snapshots, even where named
_PACKED = b"\x1f\x8b"  # gzip: no manifest begins so, and every snapshot does


@dataclass(slots=True)
class Target:
    """What is to be scanned: a tree, the variables of its roots, and text from standard input."""

    tree: Tree
    settings: Settings = field(default_factory=Settings)
    only: tuple[str, ...] = ()
    stdin: bytes | None = None
    jobs: int = 1
    diagnostics: list[Diagnostic] = field(default_factory=list)
    ours: int = 0
    applied: set[str] = field(default_factory=set)  # files that are plans or states
    charts: Mapping[str, tuple[Values, ...]] = field(default_factory=dict)  # how charts are rendered, by directory
    values: tuple[SourceFile, ...] = ()  # for every chart
    find: Find | None = None  # the programs that render; None where nothing shall be
    kubernetes: str = ""  # the version of Kubernetes that charts are rendered for; the newest known without one
    snapshots: tuple[SourceFile, ...] = ()  # of live accounts, from outside the tree
    roots: set[str] = field(default_factory=set)  # what addresses call the roots of those that were named
    chosen: tuple[str, ...] = ()  # names of the paths that are judged, where the tree's hold more (--context)
    context: tuple[str, ...] = ()  # names of paths of the tree that are used and not judged
    beside: Sequence[Target] = ()  # what lies elsewhere and is used and not judged
    lent: set[tuple[str, str]] = field(default_factory=set)  # scheme and root of what `beside` held


@dataclass(slots=True)
class Built:
    """A graph with what was learned while building it: the view, in which a thing is one node whatever planes
    show it."""

    graph: Graph
    target: Target
    tally: Tally
    units: list[Coverage]
    absent: list[Absent]
    causes: Counter[str]
    diagnostics: list[Diagnostic]
    whole: Graph  # with every twin by itself, for drift
    twins: list[Twins] = field(default_factory=list)  # nodes of `whole` that are one thing
    recorded: dict[str, bool] = field(default_factory=dict)  # roots beside which a state lies, and what it records


def read(target: Target) -> Iterator[Unit]:
    """The units of a target: live accounts, each Terraform root, the manifests of the tree, standard input."""
    names = target.tree.names()
    yield from _live(target, names)
    names = [name for name in names if name not in target.applied]
    yield from _terraform(target, names)
    yield from _kubernetes(target, names)
    for each in target.beside:
        yield from _lent(target, each)


def _lent(target: Target, other: Target) -> Iterator[Unit]:
    """What is used and not judged; of its diagnostics, what keeps it from being read."""
    for unit in read(other):
        target.lent |= {resource.address[:2] for resource in unit.resources}
        unit.coverage = []
        unit.diagnostics = [each for each in unit.diagnostics if each.level is Level.ERROR]
        yield unit
    told = [*other.tree.diagnostics, *other.diagnostics]
    target.diagnostics.extend(each for each in told if each.level is Level.ERROR)


def _live(target: Target, names: Sequence[str]) -> Iterator[Unit]:
    """What was read of live accounts: snapshots in the tree, those given beside it, standard input."""
    given = [*target.snapshots]
    if target.stdin is not None and target.stdin.startswith(_PACKED):
        given.append(SourceFile("<stdin>", target.stdin))
        target.stdin = None
    looked = any(each.endswith(_LIVE) or (each in target.only and not each.endswith(_OTHERS)) for each in names)
    if not given and not looked:
        return
    from scanner.sources.aws import door  # noqa: PLC0415 - few trees hold snapshots

    for name in door.find(target.tree, names, target.only) if looked else ():
        for unit in door.units(target.tree, name, named=name in target.only):
            target.applied.add(name)
            target.ours += 1
            yield unit
    for file in given:
        target.ours += 1
        yield from door.accounts(target.tree, file)


def _terraform(target: Target, names: Sequence[str]) -> Iterator[Unit]:
    asked = TerraformAsked(target.tree, names, target.settings, target.only, target.stdin)
    yield from terraform_units(asked)
    target.ours += asked.ours
    target.applied |= asked.applied
    target.roots |= asked.roots
    target.diagnostics.extend(asked.diagnostics)


def _kubernetes(target: Target, names: Sequence[str]) -> Iterator[Unit]:
    asked = Asked(
        target.tree,
        [name for name in names if name not in target.applied],
        target.only,
        None if STDIN in target.applied else target.stdin,
        target.jobs,
        target.charts,
        target.values,
        target.find,
        kubernetes=target.kubernetes,
    )
    yield from manifest_units(asked)
    target.ours += asked.ours


def build(target: Target, units: Iterable[Unit], config: Config) -> Built:
    """Map every unit into one graph and derive what follows from it."""
    assembler = Assembler(Tables())
    listed: list[Coverage] = []
    absent: list[Absent] = []
    diagnostics: list[Diagnostic] = []
    causes: Counter[str] = Counter()
    recorded: dict[str, bool] = {}
    with uncollected():
        for unit in units:
            assembler.add(*_spelled(unit, diagnostics))
            assembler.graph.read_whole |= getattr(unit, "complete", set())
            assembler.graph.read_partly |= getattr(unit, "partial", set())
            if getattr(unit, "collected", ""):
                assembler.graph.collected[unit.root.removeprefix("aws:")] = getattr(unit, "collected", "")
            if unit.recorded is not None:
                recorded[f"tf:{unit.root}"] = True
                recorded.update((f"tf:{unit.root}#{name}", True) for name in unit.recorded)
            if unit.environment:
                assembler.graph.environments[unit.root] = (unit.directory, unit.environment)
                assembler.graph.own[unit.root] = unit.own
            _root_node(assembler.graph, unit, target.tree)
            if not unit.resources or unit.resources[0].address[:2] not in target.lent:
                listed.extend(unit.coverage or [Coverage(unit.root, "ok", "", len(unit.resources))])
            absent.extend(unit.absent)
            diagnostics.extend(unit.diagnostics)
            diagnostics.extend(_refused(unit))
            _count_causes(unit.resources, causes, assembler.graph.secrets)
        graph = assembler.finish()
        if graph.tables.keys() & {"workload", "service", "binding", "network_policy", "service_account"}:
            from scanner.mapping.kubernetes.connect import connect  # noqa: PLC0415 - only with manifests

            connect(graph, assembler.unlisted())
        twins = assembler.twins()
        whole, graph = graph, view(graph, [each.members for each in twins])
        graph.beside = _beside(graph, target)
        derive(graph, config)
        _registries(graph, target, config, diagnostics)
    diagnostics.extend(assembler.diagnostics)
    if graph.nodes("backup_plan"):
        from scanner.analysis.copies.faults import complaints  # noqa: PLC0415 - only with backup plans

        diagnostics.extend(complaints(graph, config))
    if graph.nodes("policy") or graph.nodes("trust"):
        from scanner.analysis.access import complaints as refused  # noqa: PLC0415 - only with policies

        diagnostics.extend(refused.complaints(graph))
    return Built(graph, target, assembler.tally, listed, absent, causes, diagnostics, whole, twins, recorded)


def _registries(graph: Graph, target: Target, config: Config, diagnostics: list[Diagnostic]) -> None:
    """Have what registries say worked out from the user's files when a rule reads it."""

    def compute() -> None:
        from scanner.analysis.registration import derive_registry  # noqa: PLC0415 - only where a rule reads it
        from scanner.sources.registry import Files  # noqa: PLC0415 - as above

        derive_registry(graph, Files(config.registry, target.tree, diagnostics))

    graph.defer(("anchored", "expires_days", "origin_validation", "registrar", "registry_locked"), compute)


def _beside(graph: Graph, target: Target) -> frozenset[int]:
    """The nodes that no judged material shows: those of --context."""
    if not target.beside and not target.context:
        return frozenset()

    def lent(address: Address) -> bool:
        if address[:2] in target.lent:
            return True
        folder = graph.environments.get(address.root, (address.root, ""))[0]
        return _depth(folder, target.context) > _depth(folder, target.chosen)

    every = enumerate(graph.addresses)
    return frozenset(at for at, each in every if all(map(lent, (each, *graph.twins.get(at, ())))))


def _depth(folder: str, paths: Sequence[str]) -> int:
    """How deep the deepest of some paths is that holds a folder; 0 where none does."""
    held = [each for each in paths if each in (".", folder) or folder.startswith(f"{each}/")]
    return max((1 if each == "." else 2 + each.count("/") for each in held), default=0)


def _spelled(unit: Unit, diagnostics: list[Diagnostic]) -> tuple[list[Resource], list[Unread]]:
    """The resources of a unit as the tables know them: those of live accounts in Terraform's words."""
    unread: list[Unread] | None = getattr(unit, "unread", None)
    if unread is None or not unit.root.startswith("aws"):
        return unit.resources, unread or []
    from scanner.mapping.aws.live import spell  # noqa: PLC0415 - only with live accounts

    found = spell(unit.resources, unread)
    diagnostics.extend(found.diagnostics)
    return found.resources, found.unread


def _refused(unit: Unit) -> Iterator[Diagnostic]:
    """What an API server would refuse among the network policies of a unit."""
    if any(each.type.endswith("NetworkPolicy") for each in unit.resources):
        from scanner.mapping.kubernetes.refused import diagnostics  # noqa: PLC0415 - only with policies

        yield from diagnostics(unit.resources)


def _root_node(graph: Graph, unit: Unit, tree: Tree) -> None:
    """One node for what is applied together, standing where its first resource does."""
    if not unit.resources or unit.resources[0].plane is Plane.LIVE:
        return
    first = min(unit.resources, key=lambda each: (len(each.calls), each.span))
    scheme = first.address.scheme
    address = Address(scheme, unit.root if scheme == "tf" else ".", "root")
    attributes: dict[str, Value] = {
        "name": address.root,
        "type": "root",
        "provider": "terraform" if scheme == "tf" else "kubernetes",
        "account": None,
        "region": None,
        "tags": {},
        "tiers_declared": False,
        "state_beside": unit.state_beside,
        "readme": None if unit.interface is None else described(tree, unit.directory or unit.root),
        "undescribed": unit.undescribed,
        "interface": unit.interface,
    }
    graph.add(Facts(address, "root", first.plane, Span(*first.span), attributes, {}))


def _count_causes(resources: Sequence[Resource], causes: Counter[str], marked: set[str]) -> None:
    """Unknown attributes of resources, by cause: what `--statistics` prints; and the texts that are `marked`
    sensitive."""
    for resource in resources:
        for value in resource.attributes.values():
            if value is None or isinstance(value, (str, int, float)):
                causes["known"] += 1
                continue
            marked.update(secrets(value))
            found: Unknown | None = next(unknowns(value), None)
            causes["known" if found is None else found.cause.value] += 1


@dataclass(frozen=True, slots=True)
class Judging:
    """How a graph is to be judged."""

    rules: Sequence[Rule]
    today: date
    backend: RegoBackend | None = None
    inline_ignores: bool = True
    known_rules: frozenset[str] = frozenset()
    posture: bool = False


def judge(built: Built, config: Config, judging: Judging) -> tuple[Report, Judgement]:
    """Run the rules over the graph; the report holds everything, whatever the thresholds."""
    target = built.target
    ignoring = Ignoring(
        today=judging.today, entries=config.ignores, known=judging.known_rules, inline=judging.inline_ignores
    )
    judgement = run_rules(
        built.graph,
        judging.rules,
        target.tree.files,
        backend=judging.backend,
        ignoring=ignoring,
        unmapped=sum(built.tally.unmapped.values()) if judging.posture else None,
    )
    findings = judgement.findings
    if target.only:
        findings = [finding for finding in findings if _touches(finding, target)]
    elif not target.tree.whole:
        findings = [finding for finding in findings if within(finding, target.tree.chosen)]
    diagnostics = [*target.tree.diagnostics, *target.diagnostics, *built.diagnostics, *judgement.diagnostics]
    report = Report(
        rules=tuple(judging.rules),
        findings=tuple(findings),
        suppressed=tuple(judgement.suppressed),
        diagnostics=tuple(_distinct(diagnostics)),
        coverage=tuple(coverage(built)),
        obligations=judgement.obligations,
        files=target.tree.files,
        statistics=statistics(built),
        posture=judgement.posture,
        copies=tuple(_copied(built, judging)),
    )
    return report, judgement


def _copied(built: Built, judging: Judging) -> Iterator[Copied]:
    """What was counted of the data stores, where rules of backups have asked for it."""
    if any(rule.principle == "backup" for rule in judging.rules):
        from scanner.analysis.copies.answer import rows  # noqa: PLC0415 - only where copies are counted

        lent = {str(built.graph.addresses[each]) for each in built.graph.beside}
        yield from (each for each in rows(built.graph) if each.node not in lent)


def _touches(finding: Finding, target: Target) -> bool:
    """Whether a finding speaks of the files that were named, or of what a plan or state among them holds."""
    if target.roots and Address.parse(finding.node).root in target.roots:
        return True
    places = [finding.location, *(step.location for step in finding.path)]
    return any(place is not None and place.path in target.only for place in places)


def _distinct(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Each diagnostic once (a module that is called five times says a thing once), errors first, then by place."""
    unique = dict.fromkeys(diagnostics)
    levels = list(Level)
    return sorted(unique, key=lambda each: (levels.index(each.level), each.span or ("",), each.code, each.summary))


def coverage(built: Built) -> Iterator[Coverage]:
    """Roots with their resources, and the native types that no table knows."""
    yield from built.units
    for address in sorted(built.tally.unplaced):
        yield Coverage(str(address), "partial", "speaks only of things that are not part of this scan", 1)
    for name, count in sorted(built.tally.unmapped.items()):
        yield Coverage(f"type:{name}", "unmapped", "no mapping for this type yet", count)


def statistics(built: Built) -> dict[str, dict[str, int]]:
    """What `--statistics` prints: values by cause, unmapped types, nodes by layer and kind."""
    graph = built.graph
    layers = Counter(layer.value for layer in graph.layers)
    kinds = {name: len(table.nodes) for name, table in sorted(graph.tables.items())}
    tally = built.tally
    return {
        "unknown": dict(sorted(built.causes.items())),
        "unmapped": dict(sorted(tally.unmapped.items())),
        "layers": dict(sorted(layers.items())),
        "kinds": kinds,
        "resources": {
            "mapped": tally.mapped,
            "folded": tally.folded,
            "edges": tally.edges,
            "skipped": sum(tally.skipped.values()),
            "unmapped": sum(tally.unmapped.values()),
            "absent": len(built.absent),
        },
    }


def only_files(tree: Tree, paths: Sequence[Path]) -> tuple[str, ...]:
    """The names of those paths that are files; () when a directory is among them."""
    if any(path.is_dir() for path in paths):
        return ()
    return tuple(tree.name(path.resolve()) for path in paths)
