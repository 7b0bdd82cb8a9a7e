"""Programs of an origin and terraform's answers to them, kept in a folder (`drive --keep`)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from tests.conformance.terraform import real
from tests.conformance.terraform.generate import SHARED_FILES, Program
from tests.conformance.terraform.real import Answer

_TEXTS = ("blocks", "functions", "generate", "programs", "strategies", "trees")
_GRAMMAR = (*(f"{name}.py" for name in _TEXTS), "provider/main.go")


def kept(folder: Path | None, origin: NamedTuple) -> tuple[list[Program], dict[int, Answer]] | None:
    """What is kept of an origin, if anything is and the programs are still the same."""
    path = folder / _name(origin) if folder is not None else None
    if path is None or not path.exists():
        return None
    programs, answers = [], {}
    for each in json.loads(path.read_text("utf-8")):
        programs.append(Program(each["number"], each["files"], set(each["features"])))
        answers[each["number"]] = Answer(each["values"], [tuple(error) for error in each["errors"]])
    return programs, answers


def put(
    folder: Path | None, origin: NamedTuple, programs: Sequence[Program], answers: Mapping[int, Answer]
) -> None:
    """Keep the programs of an origin with their answers."""
    if folder is None:
        return
    folder.mkdir(parents=True, exist_ok=True)
    told = [
        {
            "number": each.number,
            "files": each.files,
            "features": sorted(each.features),
            "values": answers[each.number].values,
            "errors": answers[each.number].errors,
        }
        for each in programs
    ]
    path = folder / _name(origin)
    partial = path.with_suffix(".part")
    partial.write_text(json.dumps(told, ensure_ascii=False), "utf-8")
    partial.replace(path)


def _name(origin: NamedTuple) -> str:
    text = json.dumps([_grammar(), *origin])
    return f"{hashlib.sha256(text.encode()).hexdigest()[:24]}.json"


@cache
def _grammar() -> str:
    """What decides which programs an origin gives, and which answers."""
    here = Path(__file__).parent
    texts = [(here / name).read_text("utf-8") for name in _GRAMMAR]
    return hashlib.sha256(json.dumps([real.version(), SHARED_FILES, *texts]).encode()).hexdigest()
