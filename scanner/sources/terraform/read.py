"""The door: the root modules of a tree, each as one unit of resources."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from scanner.hcl.references import body_references, references
from scanner.hcl.values import to_plain
from scanner.model.address import Address
from scanner.model.diagnostic import Diagnostic
from scanner.model.location import Span
from scanner.model.report import Coverage
from scanner.model.resource import Plane, Resource, Scope
from scanner.model.value import Cause, Sensitive, Unknown, Value, unwrap
from scanner.sources.terraform import conditions
from scanner.sources.terraform.closure import Closure, References
from scanner.sources.terraform.decode import Decoder, Each, Origins
from scanner.sources.terraform.evaluation import MOST_DEPTH, Built, Evaluation
from scanner.sources.terraform.inputs import ONLY, Environment, Settings, load_inputs
from scanner.sources.terraform.instance import Frame, Instance, Item, attempt, shown_key
from scanner.sources.terraform.locate import Locator
from scanner.sources.terraform.module import Declared, Loader, literal
from scanner.sources.terraform.needs import items
from scanner.sources.terraform.providers import placed
from scanner.sources.terraform.unsettled import unsettled
from scanner.sources.terraform.why import Why
from scanner.sources.tree import Tree


@dataclass(frozen=True, slots=True)
class Absent:
    """A block that is declared and has no instance: count is 0, or for_each is empty."""

    address: str
    type: str
    span: Span


@dataclass(slots=True)
class Unit:
    """What one root gave: a directory, in one environment. `root` is what addresses call it, `recorded` the
    addresses that a state beside it holds, where there is one."""

    root: str
    resources: list[Resource] = field(default_factory=list)
    absent: list[Absent] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    directory: str = ""
    environment: str = ""
    coverage: list[Coverage] = field(default_factory=list)  # where files stand for the directory: those
    recorded: frozenset[str] | None = None
    own: dict[Span, Span] = field(default_factory=dict)  # of a copy: its own place for each of the original
    interface: int | None = None  # how many variables and outputs its root module has; None where none was read
    undescribed: list[Value] | Unknown = field(default_factory=list)  # those of them that have no description
    state_beside: str | None = None  # the file in which Terraform keeps a state where no backend is named


def roots(loader: Loader, directories: Sequence[str]) -> list[str]:
    """The directories that no other module calls; of a ring of callers, the first by name."""
    called: dict[str, set[str]] = {}
    for directory in directories:
        for declared in loader.load(directory).calls.values():
            source = literal(declared.block.body, "source") or ""
            if source.startswith("."):
                target = posixpath.normpath(posixpath.join(directory, source))
                called.setdefault(target, set()).add(directory)
    chosen = [each for each in directories if not called.get(each, set()) - {each}]
    covered = reached(loader, chosen)
    for directory in directories:
        if directory not in covered:
            chosen.append(directory)
            covered |= reached(loader, [directory])
    return sorted(chosen)


def reached(loader: Loader, start: Sequence[str]) -> set[str]:
    """The directories that local calls lead to, the start included."""
    seen, work = set(start), list(start)
    while work:
        directory = work.pop()
        for declared in loader.load(directory).calls.values():
            source = literal(declared.block.body, "source") or ""
            target = posixpath.normpath(posixpath.join(directory, source))
            if source.startswith(".") and not target.startswith("..") and target not in seen:
                seen.add(target)
                work.append(target)
    return seen


def read(tree: Tree, loader: Loader, root: str, settings: Settings, environment: Environment = ONLY) -> Unit:
    """Evaluate one root module, in one environment, and everything it calls."""
    return finish(*start(tree, loader, root, settings, environment), settings)


def start(
    tree: Tree, loader: Loader, root: str, settings: Settings, environment: Environment = ONLY
) -> tuple[Unit, Evaluation]:
    """A root ready to be evaluated, and the unit that its resources will make."""
    shown = f"{root}@{environment.name}" if environment.name else root
    unit = Unit(shown, directory=root, environment=environment.name)
    kept = f"{root}/terraform.tfstate".removeprefix("./")
    unit.state_beside = kept if tree.exists(kept) else None
    inputs = load_inputs(tree, root, settings, unit.diagnostics, environment)
    locator = Locator(tree, root, unit.diagnostics)
    return unit, Evaluation(loader, locator, inputs, root, unit.diagnostics, shown)


def finish(unit: Unit, evaluation: Evaluation, settings: Settings) -> Unit:
    """The unit with everything that its root declares."""
    emitter = _Emitter(evaluation, unit)
    module = evaluation.top.module
    told = {f"{word}.{name}": each for word, held in (("var", module.variables), ("output", module.outputs))
            for name, each in held.items()}  # fmt: skip
    unit.interface = len(told)
    unit.undescribed = (
        [name for name, each in told.items() if "description" not in each.block.body.attributes]
        if module.complete
        else Unknown("not all of the module could be read", Cause.OUTSIDE_SCAN)
    )
    for owner in emitter.instances(evaluation.top):
        emitter.emit(owner)
        if settings.outputs:
            emitter.outputs(owner)
    return unit


class _Emitter:
    """Turns an evaluation into resources, module instance by module instance."""

    def __init__(self, evaluation: Evaluation, unit: Unit) -> None:
        self._evaluation = evaluation
        self._unit = unit
        self._closure = Closure(Why(evaluation))
        self._changing: dict[int, Unknown] = {}  # values that differ with every run and were told of a resource

    def instances(self, owner: Instance) -> Iterator[Instance]:
        """A module instance and all below it, callers first."""
        work = [owner]
        while work:
            here = work.pop()
            yield here
            for name in here.module.calls:
                self._evaluation.demand(Item(here, "call", name))
            found = [child for name in here.module.calls for child in here.children.get(name, {}).values()]
            work.extend(reversed(found))

    def emit(self, owner: Instance) -> None:
        """Everything that one module instance declares."""
        for (type_, name), declared in owner.module.resources.items():
            self._block(owner, "resource", type_, name, declared)
        for (type_, name), declared in owner.module.data.items():
            self._block(owner, "data", type_, name, declared)
        for name, declared in owner.module.calls.items():
            self._call(owner, name, declared)
        for declared in owner.module.checks:
            conditions.check(self._evaluation, owner, declared)
        if owner.parent is None:
            for position, declared in enumerate(owner.module.providers):
                self._provider(owner, position, declared)
            for position, declared in enumerate(owner.module.settings):
                self._settings(owner, position, declared)

    def outputs(self, owner: Instance) -> None:
        """The outputs of one module instance, as `module.m["k"].output.name` with the attribute `value`."""
        for name in owner.module.locals:  # also those that nothing uses, for what is wrong with them
            self._evaluation.demand(Item(owner, "local", name))
        for name in owner.module.variables:
            self._evaluation.demand(Item(owner, "var", name))
        for name, declared in owner.module.outputs.items():
            self._evaluation.demand(Item(owner, "output", name))
            decoder = Decoder(declared.path, [])
            attribute = declared.block.body.attributes.get("value")
            if attribute is not None:
                decoder.sites.found["value"] = (declared.path, attribute)
            attributes = {"value": to_plain(owner.values["output", name])}
            shown = self._plain(owner, declared, "output", f"output.{name}", attributes, decoder)
            self._unit.resources.append(shown)

    def _block(self, owner: Instance, what: str, type_: str, name: str, declared: Declared) -> None:
        item = Item(owner, what, f"{type_}.{name}")
        self._evaluation.demand(item)
        lead = "data." if what == "data" else ""
        built = self._evaluation.built.get((owner, what, item.name), [])
        if not built:
            address = str(owner.address(f"{lead}{type_}.{name}"))
            self._unit.absent.append(Absent(address, lead + type_, declared.header))
            return
        for each in built:
            provider = self._evaluation.providers.of(each.frame, declared)
            attributes = _with_default_tags(type_, each.attributes, provider.default_tags)
            resource = self._resource(owner, declared, lead + type_, f"{lead}{type_}.{name}", each, attributes)
            if not lead and (argument := unsettled(type_, declared, attributes, self._changing)):
                resource = replace(resource, unsettled=argument)
            self._unit.resources.append(replace(resource, scope=placed(provider.scope, attributes)))

    def _resource(
        self,
        owner: Instance,
        declared: Declared,
        type_: str,
        name: str,
        built: Built,
        attributes: dict[str, Value],
    ) -> Resource:
        body = declared.block.body.attributes
        origins = Origins(built.sites, owner, Each(declared, built.frame.names))
        over = body.get("for_each") or body.get("count")
        told = References(self._closure, owner, built.sites, over, origins)
        return Resource(
            address=owner.address(name + shown_key(built.key)),
            type=type_,
            attributes=attributes,
            span=declared.header,
            plane=Plane.DECLARED,
            scope=Scope(type_.removeprefix("data.").partition("_")[0]),
            origins=origins,
            references=told,
            explains=told,
            calls=owner.calls,
            body=declared.whole,
            presence=built.presence,
        )

    def _call(self, owner: Instance, name: str, declared: Declared) -> None:
        decoder = Decoder(declared.path, self._unit.diagnostics)
        self._evaluation.demand(Item(owner, "call", name))
        attributes: dict[str, Value] = {}
        for key in ("source", "version"):
            attribute = declared.block.body.attributes.get(key)
            if attribute is not None:
                decoder.sites.found[key] = (declared.path, attribute)
                for item in items(owner, references(attribute.expr)):
                    self._evaluation.demand(item)
                frame = Frame(self._evaluation, owner, {})
                attributes[key] = attempt(attribute.expr, frame, declared.path, self._unit.diagnostics)
        attributes["absent"] = owner.absent.get(name) is not None
        if name in owner.children and not owner.children[name]:
            self._never(owner, owner.module.directory, name, f"{owner.prefix}module.{name}.")
        call = self._plain(owner, declared, "module", f"module.{name}", attributes, decoder)
        if attributes["absent"]:  # what it is given it may use, and nothing below says for what
            given = self._closure.of(owner, body_references(declared.block.body))
            call = replace(call, references={"": given})
        self._unit.resources.append(call)

    def _never(self, owner: Instance, directory: str, name: str, prefix: str) -> None:
        """Name every block below a call that has no instance: nothing of it exists, and nothing is lost."""
        source = literal(self._evaluation.loader.load(directory).calls[name].block.body, "source") or ""
        target = posixpath.normpath(posixpath.join(directory, source))
        if not source.startswith(".") or prefix.count("module.") > MOST_DEPTH:
            return
        module = self._evaluation.loader.load(target)
        tables = (("", module.resources), ("data.", module.data))
        for lead, table in tables:
            for (type_, label), declared in table.items():
                address = Address("tf", owner.root, f"{prefix}{lead}{type_}.{label}")
                self._unit.absent.append(Absent(str(address), lead + type_, declared.header))
        for inner in module.calls:
            self._never(owner, target, inner, f"{prefix}module.{inner}.")

    def _provider(self, owner: Instance, position: int, declared: Declared) -> None:
        name = declared.block.labels[0]
        alias = literal(declared.block.body, "alias")
        for attribute in declared.block.body.attributes.values():
            for item in items(owner, references(attribute.expr)):
                self._evaluation.demand(item)
        shown = f"provider.{name}.{alias}" if alias else f"provider.{name}"
        keys: list[str | None] = [*self._evaluation.providers.keys(owner, declared)]
        for key in keys or [None]:  # one but for OpenTofu's for_each
            self._evaluation.providers.find(owner, name, alias or "", key)
            decoder = Decoder(declared.path, [])
            scope = self._evaluation.providers.scope(owner, declared, key)
            attributes = decoder.decode(declared.block.body, Frame(self._evaluation, owner, scope))
            told = self._plain(owner, declared, f"provider.{name}", shown + shown_key(key), attributes, decoder)
            self._unit.resources.append(replace(told, origins=Origins(decoder.sites, owner)))

    def _settings(self, owner: Instance, position: int, declared: Declared) -> None:
        decoder = Decoder(declared.path, [])
        attributes = decoder.decode(declared.block.body, Frame(self._evaluation, owner, {}))
        shown = "terraform" if position == 0 else f"terraform[{position}]"
        self._unit.resources.append(self._plain(owner, declared, "terraform", shown, attributes, decoder))

    def _plain(
        self,
        owner: Instance,
        declared: Declared,
        type_: str,
        name: str,
        attributes: dict[str, Value],
        decoder: Decoder,
    ) -> Resource:
        return Resource(
            address=owner.address(name),
            type=type_,
            attributes=attributes,
            span=declared.header,
            plane=Plane.DECLARED,
            scope=Scope("terraform"),
            origins=Origins(decoder.sites, owner if type_.startswith("provider.") else None),
            calls=owner.calls,
            body=declared.whole,
        )


def _with_default_tags(type_: str, attributes: dict[str, Value], defaults: Value) -> dict[str, Value]:
    """`tags_all` as the AWS provider computes it: the resource's own tags over the provider's default ones."""
    if not type_.startswith("aws_") or defaults is None:
        return attributes
    own = unwrap(attributes.get("tags"))
    defaults = unwrap(defaults)
    if isinstance(defaults, Unknown) or isinstance(own, (Unknown, Sensitive)):
        merged: Value = own if isinstance(own, Unknown) else defaults
    else:
        merged = {**defaults, **(own or {})} if isinstance(defaults, dict) else own
    return {**attributes, "tags_all": merged}
