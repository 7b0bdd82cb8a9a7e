"""Terragrunt units: each is a root with its own inputs, over a module of the tree."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from scanner.hcl.parse import parse
from scanner.hcl.syntax import Attribute, Block, Body, Literal, Template
from scanner.model.diagnostic import Diagnostic
from scanner.model.location import Span
from scanner.model.resource import Call
from scanner.model.value import Cause, Unknown, Value, unwrap
from scanner.sources.terraform.evaluation import Evaluation
from scanner.sources.terraform.files import TOP, within
from scanner.sources.terraform.inputs import Inputs, Settings, load_inputs
from scanner.sources.terraform.locate import Locator
from scanner.sources.terraform.module import Declared, Loader, Module, is_terraform
from scanner.sources.terraform.read import reached
from scanner.sources.terraform.terragrunt import FILE, Configuration, Outputs, Reading
from scanner.sources.tree import Tree

_DOWNLOAD = "scan where the module's repository is checked out beside the units, with its path as the source"


@dataclass(slots=True)
class TerragruntUnit:
    """One unit: its directory, its file with what that includes, and the directory of its module (if on disk)."""

    directory: str
    configuration: Configuration
    source: str | Unknown


class Units:
    """The units of a tree. Nothing is evaluated before it is asked for."""

    def __init__(
        self, tree: Tree, loader: Loader, settings: Settings, names: Sequence[str], outputs: Outputs
    ) -> None:
        self.tree = tree
        self.loader = loader
        self.settings = settings
        self.diagnostics: list[Diagnostic] = []
        self.reading = Reading(tree, settings.aws, self.diagnostics, outputs)
        self.by_directory: dict[str, TerragruntUnit] = {}
        found = [Configuration(self.reading, name) for name in names if posixpath.basename(name) == FILE]
        included = {each.path for configuration in found for each in configuration.includes.values()}
        for configuration in found:
            if configuration.path not in included:
                self._take(configuration)

    def _take(self, configuration: Configuration) -> None:
        directory = posixpath.dirname(configuration.path) or "."
        own = any(is_terraform(name) for name in self.tree.directory(directory))
        source = configuration.source()
        if source is not None:
            where = self._where(directory, configuration, *source)
            self.by_directory[directory] = TerragruntUnit(directory, configuration, where)
        elif own or configuration.labelled("generate"):
            self.by_directory[directory] = TerragruntUnit(directory, configuration, directory)

    def _where(self, directory: str, configuration: Configuration, source: Value, span: Span) -> str | Unknown:
        """The directory of a unit's module; Unknown, with a diagnostic, where it is not in the tree."""
        if isinstance(source, str) and not _remote(source):
            path = within(source.partition("?")[0].replace("//", "/"), directory)
            if path is not None and self.tree.inside(path) and self.tree.directory(path):
                return path
        if isinstance(source, Unknown) and source.cause is Cause.FAULT:
            return source
        shown = source.removeprefix(f"{TOP}/") if isinstance(source, str) else "its source"
        why = "is not on disk" if isinstance(source, str) else "cannot be told"
        if isinstance(source, str) and not _remote(source) and within(source, directory) is None:
            why = "lies outside the scanned tree"
        told = f"unit {directory}: {shown} {why}"
        configuration.tell("module-absent", told, span, _DOWNLOAD)
        return Unknown(told, Cause.MODULE_ABSENT)

    @property
    def modules(self) -> set[str]:
        """The directories whose code units apply: they are no roots with defaults."""
        return {each.source for each in self.by_directory.values() if isinstance(each.source, str)}

    def touches(self, unit: TerragruntUnit, only: Sequence[str]) -> bool:
        """Whether some of the named files are a unit's: its own, those it includes, those of its module."""
        own = {each.path for each, _ in unit.configuration.chain()}
        folders = self._module_folders(unit)
        return any(name in own or (posixpath.dirname(name) or ".") in folders for name in only)

    def folders(self, unit: TerragruntUnit) -> set[str]:
        """The directories that a unit is made of: its own, its module's, those of the files that it includes."""
        included = {posixpath.dirname(each.path) or "." for each, _ in unit.configuration.chain()}
        return self._module_folders(unit) | included

    def _module_folders(self, unit: TerragruntUnit) -> set[str]:
        called = reached(self.loader, [unit.source]) if isinstance(unit.source, str) else set()
        return {unit.directory} | called

    def evaluation(self, unit: TerragruntUnit, diagnostics: list[Diagnostic]) -> Evaluation | None:
        """The evaluation of a unit's module with the unit's inputs; None where the module is absent."""
        if isinstance(unit.source, Unknown):
            return None
        module = self._module(unit, unit.source)
        locator = Locator(self.tree, unit.source, diagnostics)
        inputs = self._inputs(unit, unit.source, diagnostics)
        root = unit.source
        made = Evaluation(self.loader, locator, inputs, root, diagnostics, unit.directory, module)
        if unit.source != unit.directory:
            body = unit.configuration.body
            first = next((block for block in body.blocks if block.type == "terraform"), None)
            end = first.header_end if first is not None else 0
            span = Span(unit.configuration.path, first.start if first is not None else 0, end)
            made.top.calls = (Call("terragrunt", span),)
            made.top.written = unit.configuration.inputs_written()
        return made

    # inputs

    def _inputs(self, unit: TerragruntUnit, source: str, diagnostics: list[Diagnostic]) -> Inputs:
        """What Terragrunt hands over as environment variables, below what variable files say."""
        given = unwrap(unit.configuration.inputs())
        found = load_inputs(self.tree, source, self.settings, diagnostics)
        if isinstance(given, Unknown):
            found.rest = given
        elif isinstance(given, dict):
            found.values = {**given, **found.values}
        return found

    # the module

    def _module(self, unit: TerragruntUnit, source: str) -> Module:
        """The files of the source, over them those of the unit, over them what is generated."""
        names = {name: posixpath.normpath(posixpath.join(source, name)) for name in self.tree.directory(source)}
        for name in self.tree.directory(unit.directory):
            names[name] = posixpath.normpath(posixpath.join(unit.directory, name))
        module = self.loader.compose(source, names, dict(self._generated(unit, names)))
        remote = unit.configuration.labelled("remote_state").get("")
        if remote is not None:
            module.settings = [*map(_without_backend, module.settings), *_backend(*remote)]
        return module

    def _generated(self, unit: TerragruntUnit, names: Mapping[str, str]) -> Iterator[tuple[str, tuple[str, Body]]]:
        for owner, block in unit.configuration.labelled("generate").values():
            attributes = block.body.attributes
            values = {name: unwrap(owner.value(each.expr)) for name, each in attributes.items()}
            path, contents = values.get("path"), values.get("contents")
            if values.get("disable") is True or not isinstance(path, str) or not is_terraform(path):
                continue
            if values.get("if_exists") == "skip" and path in names:
                continue
            if isinstance(contents, str):
                body = self._placed(owner.path, attributes["contents"], contents)
                yield posixpath.basename(path), (owner.path, body)
            else:
                span = Span(owner.path, block.start, block.header_end)
                owner.tell("evaluate-generate", f"what is generated as {path} cannot be told", span)
                yield posixpath.basename(path), (owner.path, Body({}, [], 0, 0, complete=False))

    def _placed(self, path: str, attribute: Attribute, contents: str) -> Body:
        """Generated text as a body whose places are those of the text that generates it, as near as can be."""
        start = attribute.expr.start
        if isinstance(attribute.expr, Template) and attribute.expr.heredoc:
            file = self.tree.read(path)
            start = file.text.find(b"\n", start) + 1 if file is not None else start
        body, found = parse(b" " * start + contents.encode(), path)
        self.diagnostics.extend(found)
        return body


def _remote(source: str) -> bool:
    return "::" in source or "://" in source or source.startswith(("git@", "github.com/", "tfr:"))


def _without_backend(declared: Declared) -> Declared:
    """A settings block whose backend is another's to configure."""
    block = declared.block
    kept = [each for each in block.body.blocks if each.type != "backend"]
    body = Body(block.body.attributes, kept, block.body.start, block.body.end, complete=block.body.complete)
    made = Block(block.type, block.labels, body, block.start, block.end, block.header_end)
    return Declared(declared.path, made, declared.elsewhere)


def _backend(owner: Configuration, block: Block) -> Iterator[Declared]:
    """The backend that `remote_state` configures, as a settings block that stands where it does."""
    attributes = block.body.attributes
    name = unwrap(owner.value(attributes["backend"].expr)) if "backend" in attributes else None
    config = unwrap(owner.value(attributes["config"].expr)) if "config" in attributes else {}
    if not isinstance(name, str):
        return
    start, end = block.start, block.header_end
    given = config.items() if isinstance(config, dict) else ()
    written = {key: Attribute(key, Literal(start, end, value), start, end) for key, value in given}
    inner = Block("backend", (name,), Body(written, [], start, end), start, end, end)
    body = Body({}, [inner], start, end, complete=not isinstance(config, Unknown))
    yield Declared(owner.path, Block("terraform", (), body, start, block.end, end))
