"""One directory of Terraform files as declared: its blocks by what they declare."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple, TypeVar

from scanner.hcl.parse import parse
from scanner.hcl.syntax import Attribute, Block, Body, Literal
from scanner.model.diagnostic import Diagnostic, Level
from scanner.model.location import Span
from scanner.model.value import Cause, Unknown, Value
from scanner.sources.tree import Tree

_Key = TypeVar("_Key")
MOST_FAULTS = 50  # of one file that are told one by one
_SUFFIXES = (".tf", ".tofu", ".tf.json", ".tofu.json")


class Declared(NamedTuple):
    """A block and the file it stands in; `elsewhere` maps the id of what an override file wrote to that file."""

    path: str
    block: Block
    elsewhere: Mapping[int, str] = MappingProxyType({})

    @property
    def header(self) -> Span:
        return Span(self.path, self.block.start, self.block.header_end)

    @property
    def whole(self) -> Span:
        return Span(self.path, self.block.start, self.block.end)


class Local(NamedTuple):
    """One entry of a `locals` block."""

    path: str
    attribute: Attribute


@dataclass(slots=True)
class Module:
    """What one directory declares. Names are unique per table; the first of two wins, with a diagnostic."""

    directory: str
    variables: dict[str, Declared] = field(default_factory=dict)
    locals: dict[str, Local] = field(default_factory=dict)
    outputs: dict[str, Declared] = field(default_factory=dict)
    resources: dict[tuple[str, str], Declared] = field(default_factory=dict)
    data: dict[tuple[str, str], Declared] = field(default_factory=dict)
    calls: dict[str, Declared] = field(default_factory=dict)
    providers: list[Declared] = field(default_factory=list)
    settings: list[Declared] = field(default_factory=list)
    checks: list[Declared] = field(default_factory=list)
    complete: bool = True
    _functions: Offered | None = None

    @property
    def empty(self) -> bool:
        return not (
            self.resources
            or self.data
            or self.calls
            or self.variables
            or self.outputs
            or self.settings
            or self.locals
            or self.providers
        )

    @property
    def functions(self) -> Offered:
        """The functions that its providers may offer."""
        if self._functions is None:
            listed = (inner for each in self.settings for inner in each.block.body.blocks)
            entries = (inner.body.attributes for inner in listed if inner.type == "required_providers")
            self._functions = Offered(frozenset(name for each in entries for name in each))
        return self._functions


@dataclass(frozen=True, slots=True)
class Offered:
    """Functions of providers, `provider::NAME::FUNCTION`: worked out by a program of the provider, which a
    scan does not run.
    """

    providers: frozenset[str]

    def get(self, name: str) -> Callable[[list[Value]], Value] | None:
        """What gives the function's value; None where no provider of that name is required."""
        kind, _, rest = name.partition("::")
        if kind != "provider" or rest.partition("::")[0] not in self.providers:
            return None
        why = f"{name}() is worked out by the provider's own program; a plan has its value"
        return lambda _: Unknown(why, Cause.PROVIDER_COMPUTED)


def is_terraform(name: str) -> bool:
    """Whether a file name is one that terraform or tofu reads as configuration."""
    return name.endswith(_SUFFIXES)


def configuration_files(names: Iterable[str]) -> list[str]:
    """The files of one directory that are read: a .tofu file replaces the .tf of the same name."""
    chosen = [name for name in names if is_terraform(name) and not name.startswith(".")]
    replaced = {name.replace(".tofu", ".tf") for name in chosen if ".tofu" in name}
    ordered = sorted(name for name in chosen if name not in replaced)
    return [name for name in ordered if not _overrides(name)] + [name for name in ordered if _overrides(name)]


def _overrides(name: str) -> bool:
    stem = name.removesuffix(".json").rpartition(".")[0]
    return stem == "override" or stem.endswith("_override")


class Loader:
    """Reads and keeps modules by directory."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.diagnostics: list[Diagnostic] = []
        self._modules: dict[str, Module] = {}

    def load(self, directory: str) -> Module:
        """The module of a directory relative to the tree ("." for its root), read once."""
        module = self._modules.get(directory)
        if module is None:
            module = self._modules[directory] = Module(directory)
            for name in configuration_files(self.tree.directory(directory)):
                path = posixpath.normpath(posixpath.join(directory, name))
                for path_, body in self._parse(path):
                    _Sorter(module, path_, self.diagnostics, merging=_overrides(name)).sort(body)
                    module.complete = module.complete and body.complete
        return module

    def compose(self, directory: str, names: Mapping[str, str], more: Mapping[str, tuple[str, Body]]) -> Module:
        """A module of files from several places: paths in the tree by file name, and bodies made on the way by
        file name, each with the path that it is shown at. Kept by nobody.
        """
        module = Module(directory)
        for name in configuration_files([*(each for each in names if each not in more), *more]):
            bodies = [more[name]] if name in more else self._parse(names[name])
            for path, body in bodies:
                _Sorter(module, path, self.diagnostics, merging=_overrides(name)).sort(body)
                module.complete = module.complete and body.complete
        return module

    def _parse(self, path: str) -> Iterator[tuple[str, Body]]:
        file = self.tree.read(path)
        if file is None:
            return
        if path.endswith(".json"):
            from scanner.hcl.json_syntax import parse_json  # noqa: PLC0415 - few trees hold .tf.json

            body, diagnostics = parse_json(file.text, path)
        else:
            body, diagnostics = parse(file.text, path)
        self.diagnostics.extend(diagnostics[:MOST_FAULTS])
        if len(diagnostics) > MOST_FAULTS:
            rest = f"{path} has {len(diagnostics) - MOST_FAULTS:,} faults more"
            self.diagnostics.append(Diagnostic(Level.ERROR, "parse-more", rest, diagnostics[MOST_FAULTS].span))
        yield path, body


class _Sorter:
    """Puts the blocks of one file into a module's tables."""

    def __init__(self, module: Module, path: str, diagnostics: list[Diagnostic], *, merging: bool) -> None:
        self._module = module
        self._path = path
        self._diagnostics = diagnostics
        self._merging = merging

    def sort(self, body: Body) -> None:
        for block in body.blocks:
            self._place(Declared(self._path, block))

    def _place(self, declared: Declared) -> None:
        module, block = self._module, declared.block
        match block.type, len(block.labels):
            case "resource", 2:
                self._put(module.resources, (block.labels[0], block.labels[1]), declared)
            case "data", 2:
                self._put(module.data, (block.labels[0], block.labels[1]), declared)
            case "variable", 1:
                self._put(module.variables, block.labels[0], declared)
            case "output", 1:
                self._put(module.outputs, block.labels[0], declared)
            case "module", 1:
                self._put(module.calls, block.labels[0], declared)
            case "provider", 1:
                module.providers.append(declared)
            case "terraform", 0:
                module.settings.append(declared)
            case "locals", 0:
                for name, attribute in block.body.attributes.items():
                    if self._merging or name not in module.locals:
                        module.locals[name] = Local(self._path, attribute)
            case "check", 1:
                module.checks.append(declared)
                for inner in block.body.blocks:
                    if inner.type == "data":
                        self._place(Declared(self._path, inner))
            case _:
                pass

    def _put(self, table: dict[_Key, Declared], key: _Key, declared: Declared) -> None:
        before = table.get(key)
        if before is None:
            table[key] = declared
        elif self._merging:
            table[key] = _merged(before, declared)
        else:
            shown = ".".join(key) if isinstance(key, tuple) else str(key)
            summary = f"{declared.block.type} {shown} is declared twice; the first declaration counts"
            self._diagnostics.append(
                Diagnostic(
                    Level.ERROR,
                    "parse-duplicate-block",
                    summary,
                    declared.header,
                    f"remove or rename one of them (the other is in {before.path})",
                )
            )


def _merged(first: Declared, override: Declared) -> Declared:
    """The block of an override file laid over the original: attributes replace, block types replace whole."""
    old, new = first.block, override.block
    types = {block.type for block in new.body.blocks}
    blocks = [block for block in old.body.blocks if block.type not in types] + new.body.blocks
    body = Body(
        {**old.body.attributes, **new.body.attributes},
        blocks,
        old.body.start,
        old.body.end,
        complete=old.body.complete and new.body.complete,
    )
    elsewhere = {id(each): override.path for each in (*new.body.attributes.values(), *new.body.blocks)}
    block = Block(old.type, old.labels, body, old.start, old.end, old.header_end)
    return Declared(first.path, block, {**first.elsewhere, **elsewhere})


def literal(body: Body, name: str) -> str | None:
    """The text of an attribute that is written as a plain string, else None."""
    attribute = body.attributes.get(name)
    if attribute is None or not isinstance(attribute.expr, Literal):
        return None
    value = attribute.expr.value
    return value if isinstance(value, str) else None
