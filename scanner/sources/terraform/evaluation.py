"""One root module evaluated: items on demand, instances of blocks, calls of modules (see instance.py)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from scanner.hcl.convert import convert
from scanner.hcl.errors import EvaluationError
from scanner.hcl.references import body_references, references
from scanner.hcl.syntax import Expression
from scanner.hcl.types import type_of_expr
from scanner.hcl.values import SetValue
from scanner.model.diagnostic import Diagnostic, Level
from scanner.model.location import Span
from scanner.model.value import Cause, Sensitive, Unknown, Value, unwrap
from scanner.sources.terraform import pure
from scanner.sources.terraform.decode import Decoder, Sites, keys_unknown, pairs, refused
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
from scanner.sources.terraform.phantom import DataValue, ResourceValue
from scanner.sources.terraform.providers import Providers

MOST_INSTANCES = 20_000
MOST_DEPTH = 32
MOST_NAMED = 12  # members of a ring that a message lists
MOST_MODULES = 10_000  # module instances of one root
_FOR_EACH = "for_each takes a map or a set of strings"
_BOTH = "a block takes count or for_each, not both; count is used"
_PLAIN = ("each", "count", "self", "path", "terraform")


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
        stack = [(item, self._needs(item))]
        while stack:
            current, needs = stack[-1]
            for need in needs:
                if self._done(need):
                    continue
                if need in active:
                    members = [each for each, _ in stack]
                    self._cycle(need, members[members.index(need) :])
                    continue
                active.add(need)
                stack.append((need, self._needs(need)))
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
        span = self._span(item)
        self.diagnostics.append(Diagnostic(Level.WARNING, "evaluate-cycle", told, span, "break the cycle"))

    def _uncut(self, item: Item) -> bool:
        """Whether a block was cut out of a ring, whose other members know it as unknown by now: it is read."""
        if item not in self._cut:
            return False
        self._cut.discard(item)
        item.owner.absent.pop(item.name, None)
        return True

    def _span(self, item: Item) -> Span | None:
        module = item.owner.module
        if item.what == "local":
            local = module.locals[item.name]
            return Span(local.path, local.attribute.start, local.attribute.end)
        call = item.owner.call
        given = call.block.body.attributes.get(item.name) if call and item.what == "var" else None
        if call is not None and given is not None:
            return Span(call.path, given.start, given.end)
        declared = self._declared(item)
        return declared.header if declared else None

    def _declared(self, item: Item) -> Declared | None:
        module = item.owner.module
        match item.what:
            case "var":
                return module.variables.get(item.name)
            case "output":
                return module.outputs.get(item.name)
            case "call":
                return module.calls.get(item.name)
            case "resource" | "data":
                type_, _, name = item.name.partition(".")
                return (module.resources if item.what == "resource" else module.data).get((type_, name))
        return None

    # what an item needs

    def _needs(self, item: Item) -> Iterator[Item]:
        owner = item.owner
        if item.what == "var":
            if owner.parent is not None and owner.call is not None:
                argument = owner.call.block.body.attributes.get(item.name)
                if argument is not None:
                    yield from self.items(owner.parent, references(argument.expr))
            return
        if item.what == "local":
            yield from self.items(owner, references(owner.module.locals[item.name].attribute.expr))
            return
        declared = self._declared(item)
        if declared is None:
            return
        if item.what == "call":
            for name in ("count", "for_each"):
                attribute = declared.block.body.attributes.get(name)
                if attribute is not None:
                    yield from self.items(owner, references(attribute.expr))
            return
        yield from self.items(owner, body_references(declared.block.body))

    def items(self, owner: Instance, named: Iterable[tuple[str | int, ...]]) -> Iterator[Item]:
        """The items that references name, in an order in which each can be worked out."""
        for reference in named:
            yield from self._item(owner, reference)

    def _item(self, owner: Instance, reference: tuple[str | int, ...]) -> Iterator[Item]:
        root, steps = reference[0], reference[1:]
        first = steps[0] if steps else None
        if root in _PLAIN or not isinstance(first, str):
            return
        if root == "var" and first in owner.module.variables:
            yield Item(owner, "var", first)
        elif root == "local" and first in owner.module.locals:
            yield Item(owner, "local", first)
        elif root == "module" and first in owner.module.calls:
            yield Item(owner, "call", first)
            yield from self._outputs(owner.children.get(first, {}), steps[1:])
        elif root == "data" and len(steps) > 1 and (first, steps[1]) in owner.module.data:
            yield Item(owner, "data", f"{first}.{steps[1]}")
        elif (root, first) in owner.module.resources:
            yield Item(owner, "resource", f"{root}.{first}")

    def _outputs(self, children: dict[Key, Instance], steps: tuple[str | int, ...]) -> Iterator[Item]:
        for key, child in children.items():
            rest = steps[1:] if key is not None else steps
            wanted = rest[0] if rest else None
            names = [wanted] if wanted in child.module.outputs else list(child.module.outputs)
            for name in names:
                yield Item(child, "output", str(name))

    # working out

    def _work(self, item: Item) -> None:
        owner = item.owner
        match item.what:
            case "var":
                owner.values["var", item.name] = self._variable(owner, item.name)
            case "local":
                local = owner.module.locals[item.name]
                owner.values["local", item.name] = self._value(local.attribute.expr, owner, local.path)
            case "output":
                owner.values["output", item.name] = self._output(owner, item.name)
            case "call":
                self._call(owner, item.name)
            case _:
                self._block(item)

    def _value(self, expr: Expression, owner: Instance, path: str, names: dict[str, Value] | None = None) -> Value:
        return attempt(expr, Frame(self, owner, names or {}), path, self.diagnostics)

    def _output(self, owner: Instance, name: str) -> Value:
        declared = owner.module.outputs[name]
        attribute = declared.block.body.attributes.get("value")
        if attribute is None:
            return None
        value = self._value(attribute.expr, owner, declared.path)
        return _marked(value, declared)

    # variables

    def _variable(self, owner: Instance, name: str) -> Value:
        declared = owner.module.variables[name]
        given, found = self._given(owner, name)
        body = declared.block.body
        default = body.attributes.get("default")
        if found and unwrap(given) is None and default is not None and self._not_nullable(declared):
            found = False
        if not found:
            if default is None:
                told = f'variable "{name}" has no default' if owner.parent is None else f'"{name}" is not given'
                self._missing(owner, name, declared)
                return Unknown(told, Cause.NO_DEFAULT, type=_type_text(declared))
            given = self._value(default.expr, owner, declared.path)
        elif unwrap(given) is None and self._not_nullable(declared):
            where = owner.call.header if owner.call else declared.header
            told = f'variable "{name}" must not be null'
            self._tell_once(f"{owner.prefix}{name}", "evaluate-variable", told, where)
        return _marked(self._converted(given, declared, owner), declared)

    def _missing(self, owner: Instance, name: str, declared: Declared) -> None:
        """Say that a variable must be given: a fault of a call that omits it, a note where a user may give it."""
        if owner.call is None:
            told = f'variable "{name}" has no default, and no value is given'
            remedy = "give it with --var, --var-file or [[roots]] vars"
            self.diagnostics.append(Diagnostic(Level.NOTE, "evaluate-variable", told, declared.header, remedy))
            return
        told = f'module "{owner.call.block.labels[0]}" is called without "{name}", which has no default'
        self._tell_once(f"{owner.call.header}{name}", "evaluate-argument", told, owner.call.header)

    def _given(self, owner: Instance, name: str) -> tuple[Value, bool]:
        if owner.parent is None or owner.call is None:
            return self.inputs.value(name)
        argument = owner.call.block.body.attributes.get(name)
        if argument is None:
            return None, False
        return self._value(argument.expr, owner.parent, owner.call.path, owner.scope), True

    def _not_nullable(self, declared: Declared) -> bool:
        attribute = declared.block.body.attributes.get("nullable")
        return attribute is not None and getattr(attribute.expr, "value", None) is False

    def _converted(self, value: Value, declared: Declared, owner: Instance) -> Value:
        attribute = declared.block.body.attributes.get("type")
        if attribute is None:
            return value
        try:
            return convert(value, type_of_expr(attribute.expr))
        except EvaluationError as error:
            where = owner.call.header if owner.call else declared.header
            name = declared.block.labels[0]
            self._tell_once(
                f"{owner.prefix}{name}", "evaluate-variable", f'variable "{name}": {error.message}', where
            )
            return Unknown(error.message, Cause.OUTSIDE_SCAN)

    # blocks

    def _block(self, item: Item) -> None:
        owner = item.owner
        declared = self._declared(item)
        if declared is None:
            owner.values[item.what, item.name] = Unknown(f"{item!r} is not declared", Cause.FAULT)
            return
        expansion = self._expand(owner, declared)
        built = [self._build(item, declared, expansion, key) for key in expansion.keys]
        self.built[owner, item.what, item.name] = built
        owner.values[item.what, item.name] = self._seen(item, expansion, built)

    def _build(self, item: Item, declared: Declared, expansion: Expansion, key: Key) -> Built:
        frame = Frame(self, item.owner, names_of(expansion, key), expansion.unknown)
        decoder = Decoder(declared.path, self.diagnostics, declared.elsewhere)
        attributes = decoder.decode(declared.block.body, frame)
        if item.what == "data":
            address = f"{item.owner.prefix}data.{item.name}"
            provider = self.providers.of(item.owner, declared)
            pure.fill(item.name.partition(".")[0], attributes, provider, address)
            if item.name.startswith("terraform_remote_state.") and self.others is not None:
                attributes["outputs"] = self.others.remote_state(self.root, attributes)
        presence = item.owner.presence if expansion.unknown is None else expansion.unknown
        if not declared.block.body.complete:
            attributes.setdefault("$incomplete", True)
        typed = None
        if item.name.startswith("terraform_data."):  # the one resource that hands on values of any type
            typed = Decoder(declared.path, [], declared.elsewhere, typed=True).decode(declared.block.body, frame)
        return Built(key, attributes, decoder.sites, presence, typed)

    def _seen(self, item: Item, expansion: Expansion, built: list[Built]) -> Value:
        """The block as other expressions see it."""
        cause = Cause.DATA_SOURCE if item.what == "data" else Cause.PROVIDER_COMPUTED
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
            self._tell_once(str(declared.header), "evaluate-for-each", _BOTH, declared.header)
        for form in ("count", "for_each"):
            attribute = body.attributes.get(form)
            if attribute is not None:
                span = Span(declared.path, attribute.start, attribute.end)
                value = self._value(attribute.expr, owner, declared.path)
                if form == "for_each" and isinstance(value, Sensitive):
                    self._tell_once(str(span), "evaluate-for-each", "for_each takes no sensitive value", span)
                return self._expansion(form, unwrap(value), declared, span)
        return SINGLE

    def _expansion(self, form: str, value: Value, declared: Declared, span: Span) -> Expansion:
        if not isinstance(value, Unknown) and form == "for_each":
            missing = keys_unknown(value)
            value = value if missing is None else missing
        if isinstance(value, Unknown):
            return Expansion((0 if form == "count" else "*",), {}, value, form)
        if form == "count":
            return self._counted(value, span)
        if value is None or isinstance(value, (str, int, float)):
            self._tell_once(str(span), "evaluate-for-each", _FOR_EACH, span)
            return Expansion(("*",), {}, refused(_FOR_EACH), form)
        items = list(pairs(value))
        if isinstance(value, SetValue) and not all(isinstance(each, str) for each in value):
            self._tell_once(str(span), "evaluate-for-each", _FOR_EACH, span)
        if isinstance(value, list) and value:  # Terraform wants toset(...) here; what is meant is plain
            self._tell_once(str(span), "evaluate-for-each", _FOR_EACH, span)
            items = [(each, each) for each in value if isinstance(each, str)]
        if len(items) > MOST_INSTANCES:
            return self._too_many(form, len(items), span)
        if not isinstance(value, dict) and not all(isinstance(unwrap(each), str) for each, _ in items):
            self._tell_once(str(span), "evaluate-for-each", _FOR_EACH, span)
            items = [(key, each) for key, each in items if isinstance(unwrap(key), (str, int, float))]
            if not items:
                return Expansion(("*",), {}, refused(_FOR_EACH), form)
        keys = [(str(unwrap(key)), each) for key, each in items]
        return Expansion(tuple(key for key, _ in keys), dict(keys), None, form)

    def _counted(self, value: Value, span: Span) -> Expansion:
        number = _whole(value)
        if number is None:
            self._tell_once(str(span), "evaluate-count", "count takes a whole number", span)
            return Expansion((0,), {}, Unknown("count is not a whole number", Cause.OUTSIDE_SCAN), "count")
        if number > MOST_INSTANCES:
            return self._too_many("count", number, span)
        return Expansion(tuple(range(number)), {}, None, "count")

    def _too_many(self, form: str, number: int, span: Span) -> Expansion:
        told = f"{form} gives {number:,} instances; one is scanned for all of them"
        self._tell_once(str(span), "limit-instances", told, span, Level.ERROR)
        return Expansion((0 if form == "count" else "*",), {}, Unknown(told, Cause.LIMIT), form)

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
            self._tell_once(told, "module-recursion", told, declared.header)
            owner.absent[name] = Unknown(told, Cause.LIMIT)
            return
        module = self.loader.load(found)
        expansion = self._expand(owner, declared)
        self._modules += len(expansion.keys)
        if self._modules > MOST_MODULES:
            told = f"more than {MOST_MODULES:,} module instances; the rest was not read"
            self._tell_once(self.root, "limit-modules", told, declared.header, Level.ERROR)
            owner.absent[name] = Unknown(told, Cause.LIMIT)
            return
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
                self._tell_once(str(span), "evaluate-argument", told, span)

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

    def _tell_once(
        self, key: str, code: str, summary: str, span: Span | None, level: Level = Level.WARNING
    ) -> None:
        if (key, code) not in self._told:
            self._told.add((key, code))
            self.diagnostics.append(Diagnostic(level, code, summary, span))


def _whole(value: Value) -> int | None:
    """A count: a whole number from 0 on, or text that reads as one."""
    if isinstance(value, bool):
        return None
    try:
        number = int(value)
        return number if number >= 0 and number == float(value) else None
    except (TypeError, ValueError, OverflowError):
        return None


def _value_of(address: str, built: Built, cause: Cause) -> ResourceValue:
    if built.typed is not None:
        return DataValue(address, built.typed, cause)
    return ResourceValue(address, built.attributes, cause)


def names_of(expansion: Expansion, key: Key) -> dict[str, Value]:
    """`count` or `each` for one instance of a block."""
    if expansion.form == "single":
        return {}
    unknown = expansion.unknown
    if expansion.form == "count":
        return {"count": {"index": key}}
    if unknown is not None:
        return {"each": {"key": unknown, "value": unknown}}
    return {"each": {"key": key, "value": expansion.values.get(key)}}


def _marked(value: Value, declared: Declared) -> Value:
    """The value, sensitive where its declaration says so."""
    attribute = declared.block.body.attributes.get("sensitive")
    marked = attribute is not None and getattr(attribute.expr, "value", None) is True
    return Sensitive(value) if marked and not isinstance(value, (Sensitive, Unknown)) else value


def _type_text(declared: Declared) -> str:
    attribute = declared.block.body.attributes.get("type")
    root = getattr(attribute.expr, "root", "") if attribute is not None else ""
    return str(root)
