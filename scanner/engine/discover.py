"""Rule files become Rules: ids from paths, files loaded by path, a fault in one never another's."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from hashlib import sha256
from importlib.machinery import SourceFileLoader
from pathlib import Path
from string import Formatter
from types import CodeType, ModuleType
from typing import NamedTuple

from scanner.engine.metadata import Fault, line_of, read_rego
from scanner.engine.sketch import sketch
from scanner.model.diagnostic import Diagnostic, Level
from scanner.model.finding import PRINCIPLES
from scanner.model.kinds import COMMON, KINDS, RELATIONS
from scanner.model.rule import Rule

# Read of a node that is neither attribute nor relation.
BESIDE = ("tier", "layer", "kind", "planes")

Wanted = Callable[[str], bool]


class RuleFile(NamedTuple):
    """A file that should hold a rule: the rule's id, its path, and how people are told of it."""

    id: str
    path: Path
    shown: str


def discover(
    rule_dirs: Sequence[Path],
    policy_dirs: Sequence[Path],
    *,
    ours: bool = True,
    wanted: Wanted | None = None,
) -> tuple[list[Rule], list[Diagnostic]]:
    """The rules in directories of Python rules and of Rego policies, by id.

    `wanted` is asked with each id before its file is read, so that `--select` costs only what it names. A file
    that is no rule gives an error diagnostic `rule-load`; the others load.
    """
    rules: dict[str, Rule] = {}
    diagnostics: list[Diagnostic] = []
    for file in _files(rule_dirs, policy_dirs, diagnostics):
        if wanted is not None and not wanted(file.id):
            continue
        if file.id in rules:
            diagnostics.append(_fault(file.shown, Fault(f"{file.id} is already the id of {rules[file.id].path}")))
            continue
        try:
            rules[file.id] = _load(file, ours=ours)
        except Fault as fault:
            diagnostics.append(_fault(file.shown, fault))
    return [rules[each] for each in sorted(rules)], diagnostics


def identifiers(rule_dirs: Sequence[Path], policy_dirs: Sequence[Path]) -> list[str]:
    """The ids of the rules in these directories, without reading a file."""
    return sorted({file.id for file in _files(rule_dirs, policy_dirs, [])})


def _files(
    rule_dirs: Sequence[Path], policy_dirs: Sequence[Path], diagnostics: list[Diagnostic]
) -> Iterator[RuleFile]:
    for directories, suffix in ((rule_dirs, ".py"), (policy_dirs, ".rego")):
        for directory in directories:
            yield from _in_directory(directory, suffix, diagnostics)


def _in_directory(directory: Path, suffix: str, diagnostics: list[Diagnostic]) -> Iterator[RuleFile]:
    """`DIR/<principle>/<name><suffix>`, in order; tests and private files are passed over."""
    if not directory.is_dir():
        diagnostics.append(_fault(str(directory), Fault("no such directory of rules")))
        return
    for path in sorted(directory.rglob(f"*{suffix}")):
        name, parts = path.stem, path.relative_to(directory).parts
        if name.startswith("_") or name.endswith("_test") or "__pycache__" in parts:
            continue
        shown = "/".join((directory.name, *parts))
        identifier = "/".join((*parts[:-1], name)).replace("_", "-")
        if len(parts) != 2 or parts[0].replace("_", "-") not in PRINCIPLES:
            folders = ", ".join(each.replace("-", "_") for each in PRINCIPLES)
            diagnostics.append(_fault(shown, Fault(f"a rule lies in a folder named for its principle: {folders}")))
            continue
        yield RuleFile(identifier, path, shown)


def _load(file: RuleFile, *, ours: bool) -> Rule:
    try:
        text = file.path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Fault(f"cannot be read: {error}") from None
    if file.path.suffix == ".rego":
        rule = read_rego(file.id, file.path, text, ours=ours)
    else:
        rule = _read_python(file, text, ours=ours)
    problem = next(problems(rule), None)
    if problem is not None:
        raise Fault(problem, _line_naming(text, problem))
    return rule


def problems(rule: Rule) -> Iterator[str]:
    """What a rule says that the vocabulary does not have, one sentence each."""
    if not rule.selects:
        yield "it selects no kind"
    for kind in rule.selects:
        if kind not in KINDS:
            yield f"it selects '{kind}', which is no kind (`layerproof schema` lists them)"
    for name in rule.reads:
        if not _readable(name, rule.selects):
            yield f"it reads '{name}', which is no attribute or relation of {', '.join(rule.selects)}"
    try:
        list(Formatter().parse(rule.message))
    except ValueError as error:
        yield f"its message is no template: {error}"


def _readable(name: str, kinds: Sequence[str]) -> bool:
    """Whether a read names something of these kinds; `KIND.attribute` is what a related node holds."""
    kind, dot, attribute = name.partition(".")
    if dot:
        return _readable(attribute, (kind,)) if kind in KINDS else False
    if name in BESIDE or name in RELATIONS or any(each.name == name for each in COMMON):
        return True
    return any(KINDS[each].has(name) for each in kinds if each in KINDS)


def _read_python(file: RuleFile, text: str, *, ours: bool) -> Rule:
    told = sketch(file.id, file.path, text, lambda: _run_python(file, text, ours=True)) if ours else None
    return told or _run_python(file, text, ours=ours)


def _run_python(file: RuleFile, text: str, *, ours: bool) -> Rule:
    module = _module(file, text, ours=ours)
    found = [each for each in vars(module).values() if isinstance(each, Rule)]
    if len(found) != 1:
        raise Fault(f"it holds {len(found) or 'no'} functions under @rule; a rule file holds one", 1)
    title = (module.__doc__ or "").strip().partition("\n")[0].strip()
    if not title:
        raise Fault("no module docstring, whose first line is the rule's title", 1)
    return replace(found[0], id=file.id, title=title, path=file.path, ours=ours)


class _Installed(SourceFileLoader):
    """Takes the byte code that was written when we were installed, and writes none."""

    def set_data(self, path: str, data: object, **more: object) -> None:
        """Write nothing."""


def _module(file: RuleFile, text: str, *, ours: bool) -> ModuleType:
    """The file run under a private module name; `sys.path` stays as it is, and no byte code is written."""
    digest = sha256(str(file.path).encode()).hexdigest()[:12]
    module = ModuleType(f"_layerproof_rule_{digest}_{file.path.stem}")
    module.__file__ = str(file.path)
    sys.modules[module.__name__] = module  # dataclasses look their module up by name
    try:
        exec(_code(module.__name__, file, text, ours=ours), vars(module))  # noqa: S102 - a rule is code
    except SyntaxError as error:
        raise Fault(f"syntax: {error.msg}", error.lineno or 0) from None
    except Exception as error:
        raise Fault(f"{type(error).__name__}: {error}", _line_in(error, file.path)) from None
    return module


def _code(name: str, file: RuleFile, text: str, *, ours: bool) -> CodeType:
    """What a rule's file compiles to; of our own rules the installation holds it."""
    kept = _Installed(name, str(file.path)).get_code(name) if ours else None
    return compile(text, str(file.path), "exec", dont_inherit=True) if kept is None else kept


def _line_in(error: BaseException, path: Path) -> int:
    """The last line of a file that an exception's traceback passes through."""
    line, trace = 0, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == str(path):
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def _line_naming(text: str, problem: str) -> int:
    """The first line that holds what a problem quotes."""
    quoted = problem.partition("'")[2].partition("'")[0]
    at = text.find(quoted) if quoted else -1
    return line_of(text, at) if at >= 0 else 1


def _fault(shown: str, fault: Fault) -> Diagnostic:
    place = f"{shown}:{fault.line}" if fault.line else shown
    return Diagnostic(Level.ERROR, "rule-load", f"{place}: {fault.message}")
