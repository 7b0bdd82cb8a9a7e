"""One root module evaluated: items on demand, instances of blocks, calls of modules (see instance.py)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

from scanner.hcl.errors import EvaluationError
from scanner.hcl.references import unaliased
from scanner.hcl.syntax import Expression
from scanner.model.diagnostic import Diagnostic, Level
from scanner.model.location import Span
from scanner.model.value import Cause, Sensitive, Unknown, Value, unwrap
from scanner.sources.terraform import conditions, pure
from scanner.sources.terraform.decode import Decoder, Sites
from scanner.sources.terraform.expansion import expansion, names_of
from scanner.sources.terraform.files import ModuleFiles
from scanner.sources.terraform.inputs import Inputs
from scanner.sources.terraform.instance import (
    SINGLE,
    Expansion,
    Frame,
    Instance,
    Item,
    Key,
    attempt,
    shown_key,
)
from scanner.sources.terraform.locate import Locator
from scanner.sources.terraform.module import Declared, Loader, Module
from scanner.sources.terraform.needs import declared_by, needs, span_of
from scanner.sources.terraform.phantom import DataValue, ResourceValue
from scanner.sources.terraform.providers import Providers
from scanner.sources.terraform.variables import marked, variable

MOST_DEPTH = 32
MOST_NAMED = 12  # members of a ring that a message lists
MOST_MODULES = 10_000  # module instances of one root
_BOTH = "a block takes count or for_each, not both; count is used"


class Others(Protocol):
    """The other roots of the scan (see across.py)."""

    def remote_state(self, reader: str, attributes: Mapping[str, Value]) -> Value:
        """The outputs of the root whose state is meant, Unknown where none is; `reader` is who asks."""


@dataclass(slots=True)
class Built:
    """One instance of a resource or data block, evaluated."""

    key: Key
    attributes: dict[str, Value]
    sites: Sites
    frame: Frame  # its scope
    presence: Unknown | None = None
    typed: dict[str, Value] | None = None  # the attributes with their types, where other expressions see those


@dataclass(slots=True)
class Evaluation:
    """The evaluation of one root. `built` holds the instances of each block by (owner, what, "type.name").

    `root` is its directory, `shown` what addresses call it where that is more (`infra@prod`).
    """

    loader: Loader
    locator: Locator
    inputs: Inputs
    root: str
    diagnostics: list[Diagnostic] = field(default_factory=list)
    shown: str = ""
    module: Module | None = None  # where the root is more than the files of one directory
    others: Others | None = None
    built: dict[tuple[Instance, str, str], list[Built]] = field(default_factory=dict)
    top: Instance = field(init=False)
    providers: Providers = field(init=False)
    _files: dict[Instance, ModuleFiles] = field(default_factory=dict)
    _told: set[tuple[str, str]] = field(default_factory=set)
    _cut: set[Item] = field(default_factory=set)
    _modules: int = 0

    def __post_init__(self) -> None:
        self.top = Instance(self.module or self.loader.load(self.root), self.shown or self.root)
        self.top.given = self.inputs.values
        self.providers = Providers(self)

    # demand

    def demand(self, item: Item) -> None:
        """Work out an item, after all that it needs."""
        if self._done(item):
            return
        active = {item}
        stack = [(item, needs(item))]
        while stack:
            current, wanted = stack[-1]
            for need in wanted:
                if self._done(need):
                    continue
                if need in active:
                    members = [each for each, _ in stack]
                    self._cycle(need, members[members.index(need) :])
                    continue
                active.add(need)
                stack.append((need, needs(need)))
                break
            else:
                stack.pop()
                active.discard(current)
                if not self._done(current) or self._uncut(current):
                    self._work(current)

    def _done(self, item: Item) -> bool:
        if item.what == "call":
            return item.name in item.owner.children or item.name in item.owner.absent
        return (item.what, item.name) in item.owner.values

    def _cycle(self, item: Item, members: Sequence[Item]) -> None:
        """Cut a ring of items at one of them: it is unknown, the others follow from it."""
        names = [each.shown for each in members]
        told = f"{names[0]} depends on itself"
        if len(names) > 1:
            more = ["..."] if len(names) > MOST_NAMED else []
            told += f": {' -> '.join([*names[:MOST_NAMED], *more, names[0]])}"
        unknown = Unknown(told, Cause.FAULT)
        if item.what in ("call", "resource", "data"):
            self._cut.add(item)
        if item.what == "call":
            item.owner.absent[item.name] = unknown
        else:
            item.owner.values[item.what, item.name] = unknown
        span = span_of(item)
        self.diagnostics.append(Diagnostic(Level.WARNING, "evaluate-cycle", told, span, "break the cycle"))

    def _uncut(self, item: Item) -> bool:
        """Whether a block was cut out of a ring, whose other members know it as unknown by now: it is read."""
        if item not in self._cut:
            return False
        self._cut.discard(item)
        item.owner.absent.pop(item.name, None)
        return True

    # working out

    def _work(self, item: Item) -> None:
        owner = item.owner
        match item.what:
            case "var":
                owner.values["var", item.name] = variable(self, owner, item.name)
            case "local":
                local = owner.module.locals[item.name]
                owner.values["local", item.name] = self.value(local.attribute.expr, owner, local.path)
            case "output":
                owner.values["output", item.name] = self._output(owner, item.name)
            case "call":
                self._call(owner, item.name)
            case _:
                self._block(item)

    def value(self, expr: Expression, owner: Instance, path: str, names: dict[str, Value] | None = None) -> Value:
        return attempt(expr, Frame(self, owner, names or {}), path, self.diagnostics)

    def _output(self, owner: Instance, name: str) -> Value:
        declared = owner.module.outputs[name]
        attribute = declared.block.body.attributes.get("value")
        if attribute is None:
            return None
        address = f"{owner.prefix}output.{name}"
        conditions.before(self, Frame(self, owner, {}), declared, address)
        value = self.value(attribute.expr, owner, declared.path)
        return marked(value, declared)

    # blocks

    def _block(self, item: Item) -> None:
        owner = item.owner
        declared = declared_by(item)
        if declared is None:
            owner.values[item.what, item.name] = Unknown(f"{item!r} is not declared", Cause.FAULT)
            return
        expansion = self._expand(owner, declared)
        built = [self._build(item, declared, expansion, key) for key in expansion.keys]
        self.built[owner, item.what, item.name] = built
        owner.values[item.what, item.name] = self._seen(item, expansion, built)

    def _build(self, item: Item, declared: Declared, expansion: Expansion, key: Key) -> Built:
        frame = Frame(self, item.owner, names_of(expansion, key), expansion.unknown)
        address = f"{item.owner.prefix}{'data.' if item.what == 'data' else ''}{item.name}{shown_key(key)}"
        conditions.before(self, frame, declared, address)
        decoder = Decoder(declared.path, self.diagnostics, declared.elsewhere)
        attributes = decoder.decode(declared.block.body, frame)
        if item.what == "data":
            provider = self.providers.of(frame, declared)
            named = f"{item.owner.prefix}data.{item.name}"
            pure.fill(item.name.partition(".")[0], attributes, provider, named)
            if item.name.startswith("terraform_remote_state.") and self.others is not None:
                attributes["outputs"] = self.others.remote_state(self.root, attributes)
        presence = item.owner.presence if expansion.unknown is None else expansion.unknown
        if not declared.block.body.complete:
            attributes.setdefault("$incomplete", True)
        typed = None
        if item.name.startswith("terraform_data."):  # the one resource that hands on values of any type
            typed = Decoder(declared.path, [], declared.elsewhere, typed=True).decode(declared.block.body, frame)
        built = Built(key, attributes, decoder.sites, frame, presence, typed)
        conditions.after(self, frame, declared, address, _value_of(address, built, _computed(item)))
        return built

    def _seen(self, item: Item, expansion: Expansion, built: list[Built]) -> Value:
        """The block as other expressions see it."""
        cause = _computed(item)
        lead = "data." if item.what == "data" else ""
        name = f"{item.owner.prefix}{lead}{item.name}"
        seen = [_value_of(name + shown_key(each.key), each, cause) for each in built]
        if expansion.form == "single":
            return seen[0]
        if expansion.unknown is not None:
            return Unknown(expansion.unknown.reason, expansion.unknown.cause, (f"{name}.*",))
        if expansion.form == "count":
            return list(seen)
        return {str(each.key): value for each, value in zip(built, seen, strict=True)}

    def _expand(self, owner: Instance, declared: Declared) -> Expansion:
        body = declared.block.body
        if "count" in body.attributes and "for_each" in body.attributes:
            self.tell_once(str(declared.header), "evaluate-for-each", _BOTH, declared.header)
        for form in ("count", "for_each"):
            attribute = body.attributes.get(form)
            if attribute is not None:
                span = Span(declared.path, attribute.start, attribute.end)
                value = self.value(attribute.expr, owner, declared.path)
                if form == "for_each" and isinstance(value, Sensitive):
                    self.tell_once(str(span), "evaluate-for-each", "for_each takes no sensitive value", span)
                return expansion(form, unwrap(value), partial(self._tell_at, span))
        return SINGLE

    # modules

    def _call(self, owner: Instance, name: str) -> None:
        declared = owner.module.calls[name]
        found = self.locator.find(owner, declared)
        if isinstance(found, Unknown):
            owner.absent[name] = found
            return
        lineage = [each.module.directory for each in owner.ancestors()]
        if found in lineage or len(lineage) > MOST_DEPTH:
            told = f"module {owner.prefix}{name} calls itself"
            self.tell_once(told, "module-recursion", told, declared.header)
            owner.absent[name] = Unknown(told, Cause.LIMIT)
            return
        module = self.loader.load(found)
        expansion = self._expand(owner, declared)
        if self._modules + len(expansion.keys) > MOST_MODULES:
            told = f"more than {MOST_MODULES:,} module instances; one stands for all of a call, later none"
            self.tell_once(self.root, "limit-modules", told, declared.header, Level.ERROR)
            if self._modules >= MOST_MODULES:
                owner.absent[name] = Unknown(told, Cause.LIMIT)
                return
            key: Key = 0 if expansion.form == "count" else "*"
            expansion = Expansion((key,), {}, Unknown(told, Cause.LIMIT), expansion.form)
        self._modules += len(expansion.keys)
        children: dict[Key, Instance] = {}
        for key in expansion.keys:
            child = Instance(module, owner.root, owner, declared, key, names_of(expansion, key))
            child.presence = owner.presence if expansion.unknown is None else expansion.unknown
            children[key] = child
        owner.children[name] = children
        owner.expansions["call", name] = expansion
        self._unexpected(module.variables.keys(), declared)

    def _unexpected(self, known: Iterable[str], declared: Declared) -> None:
        meta = {"source", "version", "count", "for_each", "providers", "depends_on"}
        for name, attribute in declared.block.body.attributes.items():
            if name not in meta and name not in set(known):
                span = Span(declared.path, attribute.start, attribute.end)
                told = f'module "{declared.block.labels[0]}" has no variable "{name}"'
                self.tell_once(str(span), "evaluate-argument", told, span)

    # names in expressions

    def resolve(self, owner: Instance, root: str, steps: tuple[str | int, ...]) -> tuple[Value, int]:
        """The value that a reference begins with, and how many of its steps that took."""
        first = steps[0] if steps else None
        match root:
            case "var" | "local" if isinstance(first, str):
                return self._named(owner, root, first), 1
            case "path" if isinstance(first, str):
                return self.files_of(owner).path(first), 1
            case "terraform" if first == "workspace":
                return self.inputs.workspace, 1
            case "module" if isinstance(first, str):
                return self._module(owner, first, steps)
            case "each" | "count" | "self":
                raise EvaluationError(f'"{root}" has no meaning here')
            case "data" if len(steps) > 1:
                return self._resource(owner, "data", str(first), str(steps[1]), steps, 2)
            case "resource" if unaliased((root, *steps)) != (root, *steps):
                return self._resource(owner, "resource", str(first), str(steps[1]), steps, 2)
            case _ if isinstance(first, str):
                return self._resource(owner, "resource", root, first, steps, 1)
        raise EvaluationError(f"there is no {root} here")

    def _named(self, owner: Instance, what: str, name: str) -> Value:
        table = owner.module.variables if what == "var" else owner.module.locals
        if name not in table:
            if not owner.module.complete:
                return Unknown(f"{what}.{name} may stand in a part of the module that cannot be read", Cause.FAULT)
            raise EvaluationError(f"{what}.{name} is not declared", code="undeclared")
        self.demand(Item(owner, what, name))
        return owner.values[what, name]

    def _resource(
        self, owner: Instance, what: str, type_: str, name: str, steps: tuple[str | int, ...], taken: int
    ) -> tuple[Value, int]:
        table = owner.module.data if what == "data" else owner.module.resources
        if (type_, name) not in table:
            raise EvaluationError(
                f"{'data.' if what == 'data' else ''}{type_}.{name} is not declared", code="undeclared"
            )
        self.demand(Item(owner, what, f"{type_}.{name}"))
        value = owner.values[what, f"{type_}.{name}"]
        if isinstance(value, Unknown) and value.references and value.references[0].endswith(".*"):
            return self._of_unknown_instances(value, steps[taken:], taken)
        return value, taken

    def _of_unknown_instances(self, value: Unknown, rest: tuple[str | int, ...], taken: int) -> tuple[Value, int]:
        """`x.y[0].id` of a block whose instances are not known: unknown, but it names the block."""
        block = value.references[0][:-2]
        keyed = bool(rest) and (isinstance(rest[0], int) or len(rest) > 1)
        key = rest[0] if keyed else None
        attributes = [step for step in rest[keyed:] if isinstance(step, str)]
        if not attributes:
            return Unknown(value.reason, value.cause, (f"{block}.*",)), taken + keyed
        address = block + (shown_key(key) if isinstance(key, int) else "")
        return Unknown(value.reason, value.cause, (f"{address}.{attributes[0]}",)), taken + len(rest)

    def _module(self, owner: Instance, name: str, steps: tuple[str | int, ...]) -> tuple[Value, int]:
        if name not in owner.module.calls:
            raise EvaluationError(f"module.{name} is not declared", code="undeclared")
        self.demand(Item(owner, "call", name))
        if name in owner.absent:
            why = owner.absent[name]
            shown = ".".join(str(step) for step in steps)
            return Unknown(why.reason, why.cause, (f"{owner.prefix}module.{shown}",)), len(steps)
        children = owner.children[name]
        expansion = owner.expansions["call", name]
        if expansion.form == "single":
            return self._output_of(children[None], steps, 1)
        if expansion.unknown is not None:
            return Unknown(expansion.unknown.reason, expansion.unknown.cause, ()), len(steps)
        if len(steps) > 1 and steps[1] in children:
            return self._output_of(children[steps[1]], steps, 2)
        whole = {key: self.outputs_of(child) for key, child in children.items()}
        return (list(whole.values()) if expansion.form == "count" else whole), 1

    def _output_of(self, child: Instance, steps: tuple[str | int, ...], taken: int) -> tuple[Value, int]:
        name = steps[taken] if len(steps) > taken else None
        if name is None:
            return self.outputs_of(child), taken
        if not isinstance(name, str) or name not in child.module.outputs:
            raise EvaluationError(f"{child.prefix[:-1]} has no output {name!r}")
        self.demand(Item(child, "output", name))
        return child.values["output", name], taken + 1

    def outputs_of(self, child: Instance) -> dict[str, Value]:
        """All outputs of a module instance by name."""
        for name in child.module.outputs:
            self.demand(Item(child, "output", name))
        return {name: child.values["output", name] for name in child.module.outputs}

    def files_of(self, owner: Instance) -> ModuleFiles:
        """What expressions of a module may read."""
        files = self._files.get(owner)
        if files is None:
            files = self._files[owner] = ModuleFiles(self.loader.tree, self.root, owner.module.directory)
        return files

    def _tell_at(self, span: Span, code: str, summary: str, level: Level) -> None:
        self.tell_once(str(span), code, summary, span, level)

    def tell_once(
        self, key: str, code: str, summary: str, span: Span | None, level: Level = Level.WARNING
    ) -> None:
        if (key, code) not in self._told:
            self._told.add((key, code))
            self.diagnostics.append(Diagnostic(level, code, summary, span))


def _computed(item: Item) -> Cause:
    return Cause.DATA_SOURCE if item.what == "data" else Cause.PROVIDER_COMPUTED


def _value_of(address: str, built: Built, cause: Cause) -> ResourceValue:
    if built.typed is not None:
        return DataValue(address, built.typed, cause)
    return ResourceValue(address, built.attributes, cause)
