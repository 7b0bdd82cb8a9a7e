"""The values of a root module's variables: files that Terraform loads by itself, and what the user names."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from scanner.hcl.errors import EvaluationError
from scanner.hcl.evaluate import evaluate
from scanner.hcl.parse import parse
from scanner.hcl.scope import FileAccess, NoFiles
from scanner.hcl.syntax import Expression
from scanner.model.diagnostic import Diagnostic, Level
from scanner.model.location import SourceFile, Span
from scanner.model.settings import Aws
from scanner.model.value import Unknown, Value
from scanner.sources.tree import Tree


@dataclass(frozen=True, slots=True)
class Environment:
    """One way in which a root is applied: its variables and workspace, over what holds for all roots."""

    name: str = ""
    workspace: str = ""
    var_files: tuple[SourceFile, ...] = ()
    values: Mapping[str, Value] = field(default_factory=dict)


ONLY = Environment()
NOTHING_SAID = Aws()


@dataclass(frozen=True, slots=True)
class Settings:
    """What is said about variables from outside the roots: files in their order, NAME=VALUE pairs, the workspace.

    `common` are the configuration's files, `environments` its ways to apply a root, by directory; both count
    less than the command line's `var_files` and `variables`.
    """

    var_files: tuple[SourceFile, ...] = ()
    variables: tuple[tuple[str, str], ...] = ()
    workspace: str = "default"
    common: tuple[SourceFile, ...] = ()
    environments: Mapping[str, tuple[Environment, ...]] = field(default_factory=dict)
    aws: Aws = NOTHING_SAID
    outputs: bool = False  # whether the outputs of every module are wanted, for listing; no rule reads them


@dataclass(slots=True)
class Inputs:
    """Variable values for one root, the strongest source already chosen; `rest` is what else is given, where that
    cannot be told.
    """

    workspace: str = "default"
    values: dict[str, Value] = field(default_factory=dict)
    aws: Aws = NOTHING_SAID
    rest: Unknown | None = None

    def value(self, name: str) -> tuple[Value, bool]:
        """The value given for a variable, and whether one was given."""
        if self.rest is not None and name not in self.values:
            return self.rest, True
        return self.values.get(name), name in self.values


class _Nothing:
    """The scope of a variable file: it may name nothing."""

    files: FileAccess = NoFiles()

    def resolve(self, root: str, steps: tuple[str | int, ...]) -> tuple[Value, int]:
        raise EvaluationError(f"a variable file cannot refer to {root}")


def load_inputs(
    tree: Tree, root: str, settings: Settings, diagnostics: list[Diagnostic], environment: Environment = ONLY
) -> Inputs:
    """Values in Terraform's order of precedence: terraform.tfvars, its .json, *.auto.tfvars by name, then
    --var-file and --var (input variables documentation, "Variable Definition Precedence"); what the
    configuration says comes between the two.
    """
    inputs = Inputs(environment.workspace or settings.workspace, aws=settings.aws)
    for name in _automatic(tree.directory(root)):
        file = tree.read(posixpath.normpath(posixpath.join(root, name)))
        if file is not None:
            inputs.values.update(read_values(file, diagnostics))
    for file in (*settings.common, *environment.var_files):
        inputs.values.update(read_values(file, diagnostics))
    inputs.values.update(environment.values)
    for file in settings.var_files:
        inputs.values.update(read_values(file, diagnostics))
    inputs.values.update(dict(_pairs(settings.variables)))
    return inputs


def _automatic(names: Sequence[str]) -> list[str]:
    fixed = [name for name in ("terraform.tfvars", "terraform.tfvars.json") if name in names]
    return fixed + [name for name in names if name.endswith((".auto.tfvars", ".auto.tfvars.json"))]


def read_values(file: SourceFile, diagnostics: list[Diagnostic]) -> Mapping[str, Value]:
    """The assignments of one variable file."""
    if file.path.endswith(".json"):
        return _json(file, diagnostics)
    body, found = parse(file.text, file.path)
    diagnostics.extend(found)
    values: dict[str, Value] = {}
    for name, attribute in body.attributes.items():
        try:
            values[name] = evaluate(attribute.expr, _Nothing())
        except EvaluationError as error:
            span = Span(file.path, attribute.start, attribute.end)
            diagnostics.append(Diagnostic(Level.ERROR, "parse-variables", f"{name}: {error.message}", span))
    return values


def _json(file: SourceFile, diagnostics: list[Diagnostic]) -> Mapping[str, Value]:
    import orjson  # noqa: PLC0415 - few roots have variable files in JSON

    try:
        values = orjson.loads(file.text)
    except orjson.JSONDecodeError as error:
        span = Span(file.path, error.pos, error.pos + 1)
        diagnostics.append(Diagnostic(Level.ERROR, "parse-json", f"not JSON: {error.msg}", span))
        return {}
    return values if isinstance(values, dict) else {}


def _pairs(variables: Sequence[tuple[str, str]]) -> list[tuple[str, Value]]:
    """NAME=VALUE from the command line: a value that reads as a list, map, number or bool is one."""
    return [(name, _from_text(text)) for name, text in variables]


def _from_text(text: str) -> Value:
    if text[:1] in "[{" and text:
        body, found = parse(f"value = {text}\n".encode(), "--var")
        attribute = body.attributes.get("value")
        expr: Expression | None = attribute.expr if attribute and not found else None
        if expr is not None:
            try:
                return evaluate(expr, _Nothing())
            except EvaluationError:
                return text
    return text
