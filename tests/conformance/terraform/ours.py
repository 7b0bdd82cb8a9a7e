"""Our answers to the same programs, through the door that a scan uses."""

from __future__ import annotations

import math
import re
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from scanner.model.diagnostic import Diagnostic
from scanner.model.value import Sensitive, Unknown, Value
from scanner.sources.terraform.inputs import Settings
from scanner.sources.terraform.module import Loader
from scanner.sources.terraform.read import Unit, read
from scanner.sources.tree import Tree
from tests.conformance.terraform import causes, provider
from tests.conformance.terraform.generate import SHARED_FILES, Program
from tests.conformance.terraform.real import Answer, write

_OWNER = re.compile(r"\b[pm](\d{6})\b")
_FIELD = re.compile(r"\bp(\d{6})(?:_[a-z0-9]+)?\b")


def evaluate(files: Mapping[str, str], settings: Settings | None = None) -> tuple[Unit, list[Diagnostic], Tree]:
    """One root with all that it calls, and every diagnostic."""
    with tempfile.TemporaryDirectory() as name:
        write(Path(name), files)
        tree = Tree(Path(name))
        loader = Loader(tree)
        unit = read(tree, loader, ".", settings or Settings(outputs=True))
        told = [*tree.diagnostics, *loader.diagnostics, *unit.diagnostics]
        for each in told:
            if each.span is not None:
                tree.files.locate(each.span)
        return unit, told, tree


def ask(programs: Iterable[Program]) -> dict[int, Answer]:
    """Our answers, by program number."""
    chosen = list(programs)
    files = dict(SHARED_FILES)
    for each in chosen:
        files.update(each.files)
    unit, diagnostics, tree = evaluate(files)
    answers = {each.number: Answer() for each in chosen}
    for resource in unit.resources:
        owner = _FIELD.search(resource.address.name)
        if owner is not None and resource.type == provider.TYPE:
            plain = {name: shown_value(value) for name, value in resource.attributes.items()}
            shown = {"$perhaps": True} if resource.presence is not None else provider.plain(plain)
            answers[int(owner[1])].values[resource.address.name] = shown
            if infinite(shown):
                answers[int(owner[1])].errors.append(("infinity", "an infinity cannot be written as JSON", "", ""))
        if owner is not None and resource.type == "terraform_data":
            shown = shown_value(resource.attributes.get("input"))
            if resource.presence is not None:
                shown = {"$perhaps": True}
            answers[int(owner[1])].values[resource.address.name] = shown
            if infinite(shown):
                answers[int(owner[1])].errors.append(("infinity", "an infinity cannot be written as JSON", "", ""))
    for told in diagnostics:
        path = told.span.path if told.span else ""
        owner = _OWNER.search(path) or _FIELD.search(path) or _FIELD.search(told.summary)
        if owner is None:
            raise RuntimeError(f"a diagnostic of no program: {told}")
        where = ""
        if told.span is not None:
            at = tree.files.locate(told.span)
            where = f"{at.path}:{at.line}"
        if told.code == "evaluate-check":
            answers[int(owner[1])].values[f"check {where}"] = causes.message(told.summary)
        else:
            answers[int(owner[1])].errors.append((told.code, told.summary, "", where))
    return answers


def shown_value(value: Value) -> Any:
    """A value in the form of a plan with its unknown and sensitive parts put in."""
    if isinstance(value, Sensitive):
        return {"$sensitive": _bare(shown_value(value.value))}
    if isinstance(value, Unknown):
        return {"$unknown": True}
    if isinstance(value, dict):
        return {key: shown_value(value[key]) for key in sorted(value)}
    if isinstance(value, list):
        return [shown_value(each) for each in value]
    return value


def infinite(value: Any) -> bool:
    """Whether an infinity is anywhere in a shown value."""
    if isinstance(value, dict):
        return any(map(infinite, value.values()))
    return any(map(infinite, value)) if isinstance(value, list) else value in (math.inf, -math.inf)


def _bare(value: Any) -> Any:
    if isinstance(value, dict):
        return _bare(value["$sensitive"]) if "$sensitive" in value else {k: _bare(v) for k, v in value.items()}
    return [_bare(each) for each in value] if isinstance(value, list) else value
