"""Plans and states in a scan: found by what they hold, each read with the sources beside it.

Several plans in one directory are its environments, called like their files; so is one plan where the
configuration declares environments (`plan-prod.json` is the environment `prod`, if there is one). A plan that
shares no block with the sources beside it is of something else and stands for itself.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from scanner.model.diagnostic import Diagnostic
from scanner.model.location import SourceFile
from scanner.model.report import Coverage
from scanner.model.value import Value
from scanner.sources.terraform.artifact import Artifact, may_be, recognise
from scanner.sources.terraform.configuration import mapping
from scanner.sources.terraform.inputs import ONLY, Environment, Settings
from scanner.sources.terraform.module import Loader, is_terraform
from scanner.sources.terraform.read import Unit
from scanner.sources.terraform.read import read as read_root
from scanner.sources.tree import Tree

_LEFT = (".tf", ".tofu", ".yaml", ".yml", ".tfvars", ".md")  # never a plan, even where one is named
_PLANNED = "the plan beside it was made from it"


@dataclass(slots=True)
class Found:
    """The plans and states of a scan by directory, and the names of their files."""

    by_directory: dict[str, list[Artifact]] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    diagnostics: list[Diagnostic] = field(default_factory=list)

    def take(self, file: SourceFile, tree: Tree) -> None:
        """Look at one file, and keep it where it is a plan or state."""
        artifact = recognise(file)
        if artifact is None:
            return
        self.names.add(file.path)
        if isinstance(artifact, Diagnostic):
            self.diagnostics.append(artifact)
            return
        tree.files.add(artifact.file)
        self.by_directory.setdefault(artifact.directory, []).append(artifact)


def find(tree: Tree, names: Iterable[str], only: Sequence[str]) -> Found:
    """The plans and states among files of a tree; those that the user named may be called anything."""
    found = Found()
    for name in names:
        if may_be(name) or (name in only and not name.endswith(_LEFT) and not is_terraform(name)):
            file = tree.read(name)
            if file is not None:
                found.take(file, tree)
    return found


def units(
    tree: Tree, loader: Loader, artifacts: Sequence[Artifact], settings: Settings, *, scanned: bool
) -> Iterator[Unit]:
    """What the plans and states of one directory give, with the sources beside them where these are `scanned`.

    Sources that are not (the file alone was named, or the directory is a module of others) only tell where the
    resources of a plan are written.
    """
    directory = artifacts[0].directory
    plans = [each for each in artifacts if each.form == "plan"]
    states = [each for each in artifacts if each.form != "plan"]
    declared = settings.environments.get(directory, ())
    stood: set[str] = set()
    sources = not loader.load(directory).empty and artifacts[0].file.path != "<stdin>"
    for artifact in plans:
        environment = _environment(artifact, declared, alone=len(plans) == 1)
        unit = _planned(tree, loader, artifact, settings, environment) if sources else None
        if unit is None:
            yield _alone(artifact, directory if not sources and len(plans) == 1 else artifact.file.path)
            continue
        stood.add(environment.name)
        yield unit
    left = [each for each in declared or (ONLY,) if each.name not in stood]
    if not (sources and scanned) or (stood and not declared):
        left = []
    yield from _with_states(tree, loader, directory, states, settings, left, planned=bool(stood))


def _environment(artifact: Artifact, declared: Sequence[Environment], *, alone: bool) -> Environment:
    """The environment that a plan is of, with the plan's variables."""
    values: dict[str, Value] = {
        name: mapping(each).get("value") for name, each in mapping(artifact.document.get("variables")).items()
    }
    if alone and not declared:
        return Environment(values=values)
    stem = posixpath.basename(artifact.file.path).removesuffix(".json")
    words = re.split(r"[^A-Za-z0-9]+", stem)
    for each in declared:
        if each.name in words or each.name == stem:
            return Environment(each.name, each.workspace, each.var_files, {**each.values, **values})
    return Environment(stem, values=values)


def _planned(
    tree: Tree, loader: Loader, artifact: Artifact, settings: Settings, environment: Environment
) -> Unit | None:
    """A plan with the sources beside it; None where it is not theirs."""
    from scanner.sources.terraform.beside import fits, planned  # noqa: PLC0415 - few trees hold plans
    from scanner.sources.terraform.plan import read_plan  # noqa: PLC0415 - as above

    declared = read_root(tree, loader, artifact.directory, settings, environment)
    plan = read_plan(artifact, declared.root, placed=False)
    if not fits(plan, declared):
        return None
    unit = planned(plan, declared)
    unit.environment = environment.name
    unit.diagnostics.extend(plan.diagnostics)
    unit.coverage.append(_covered(artifact, len(plan.resources), plan.partial))
    return unit


def _alone(artifact: Artifact, root: str) -> Unit:
    """A plan without sources."""
    from scanner.sources.terraform.plan import read_plan  # noqa: PLC0415 - few trees hold plans

    plan = read_plan(artifact, root)
    unit = Unit(root, plan.resources, diagnostics=plan.diagnostics, directory=artifact.directory)
    unit.coverage.append(_covered(artifact, len(plan.resources), plan.partial))
    return unit


def _with_states(
    tree: Tree,
    loader: Loader,
    directory: str,
    states: Sequence[Artifact],
    settings: Settings,
    left: Sequence[Environment],
    *,
    planned: bool,
) -> Iterator[Unit]:
    """The sources for which no plan stands, the first with what states beside them have more; or states alone."""
    waiting = list(states)
    for environment in left:
        unit = read_root(tree, loader, directory, settings, environment)
        for artifact in waiting:
            _add_recorded(unit, artifact)
        waiting.clear()
        yield unit
    for artifact in waiting:
        if planned and len(states) == 1:
            yield Unit(artifact.file.path, coverage=[_covered(artifact, 0, _PLANNED)])
            continue
        from scanner.sources.terraform.state import read_state  # noqa: PLC0415 - few trees hold states

        root = directory if len(states) == 1 and not planned else artifact.file.path
        resources = read_state(artifact, root)
        yield Unit(root, resources, directory=directory, coverage=[_covered(artifact, len(resources), "")])


def _add_recorded(unit: Unit, artifact: Artifact) -> None:
    from scanner.sources.terraform.beside import identified, recorded  # noqa: PLC0415 - few trees hold states
    from scanner.sources.terraform.state import read_state  # noqa: PLC0415 - as above

    if not unit.coverage:
        unit.coverage.append(Coverage(unit.root, "ok", "", len(unit.resources)))
    held = read_state(artifact, unit.root)
    identified(held, unit)
    unit.recorded = (unit.recorded or frozenset()) | {each.address.name for each in held}
    more = recorded(held, unit)
    unit.resources.extend(more)
    unit.coverage.append(_covered(artifact, len(more), ""))


def _covered(artifact: Artifact, count: int, gap: str) -> Coverage:
    return Coverage(artifact.file.path, "partial" if gap and gap != _PLANNED else "ok", gap, count)
