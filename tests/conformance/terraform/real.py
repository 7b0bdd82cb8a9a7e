"""The real terraform over many programs at once: what each shows, or the errors of each.

Terraform reports all errors of a run, and plans what does not depend on them; but an error that it finds before
planning hides everything else. So programs whose errors come first are taken out and the rest is asked again.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.conformance.terraform import causes, provider
from tests.conformance.terraform.generate import SHARED_FILES, Program
from tests.conformance.terraform.shown import shown_value

_OWNER = re.compile(r"\b[pm](\d{6})\b")
_FIELD = re.compile(r"\bp(\d{6})(?:_[a-z0-9]+)?\b")


@dataclass
class Answer:
    """What one program came to: shown values by address, or errors as (summary, detail, function, line)."""

    values: dict[str, Any] = field(default_factory=dict)
    errors: list[tuple[str, str, str, str]] = field(default_factory=list)


def write(folder: Path, files: Mapping[str, str]) -> None:
    """The files below a folder."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


def environment() -> dict[str, str]:
    """An environment without anything of the user's that terraform listens to."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TF_")}
    settings = str(provider.settings() or os.devnull)
    return {**kept, "CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1", "TF_CLI_CONFIG_FILE": settings}


def terraform(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """One run of terraform in a folder."""
    return subprocess.run(
        ["terraform", *arguments], cwd=folder, env=environment(), capture_output=True, text=True, check=False
    )


def version() -> str:
    """The version on PATH, for the record."""
    return str(json.loads(terraform(Path.cwd(), "version", "-json").stdout)["terraform_version"])


class Unshowable(Exception):
    """A plan that terraform makes and cannot show, since an infinity is in it, or that makes it crash."""

    cause = "infinity"


class Crash(Unshowable):
    """Terraform ended with a panic of its own, which says nothing of a program."""

    cause = "crash"


def crashed(answer: Answer) -> bool:
    """Whether terraform itself fell over a program, so that there is nothing to compare with."""
    return any(error[0] == Crash.cause for error in answer.errors)


def ask(programs: Sequence[Program]) -> dict[int, Answer]:
    """The real answers, by program number. Raises RuntimeError where terraform blames none of the programs."""
    try:
        return _ask(programs)
    except Unshowable as fault:
        if len(programs) == 1:
            return {programs[0].number: Answer(errors=[(fault.cause, str(fault), "", "")])}
        half = len(programs) // 2
        return {**ask(programs[:half]), **ask(programs[half:])}


def _ask(programs: Sequence[Program]) -> dict[int, Answer]:
    left = {each.number: each for each in programs}
    answers = {number: Answer() for number in left}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(folder, SHARED_FILES)
        for each in left.values():
            write(folder, each.files)
        if any(provider.TYPE in text for each in left.values() for text in each.files.values()):
            write(folder, provider.REQUIRED)
        while left:
            failed = _round(folder, left, answers)
            if not failed:
                break
            for number in failed:
                for path in left.pop(number).files:
                    (folder / path).unlink()
    return answers


def _round(folder: Path, left: Mapping[int, Program], answers: dict[int, Answer]) -> set[int]:
    """One plan. The programs to take out before the next, or none where this one answered."""
    (folder / "plan").unlink(missing_ok=True)
    told = terraform(folder, "init", "-backend=false", "-input=false", "-json")
    if told.returncode == 0:
        told = terraform(folder, "plan", "-input=false", "-lock=false", "-json", "-out=plan")
    failed = {number for each in told_of(told.stdout, "error") for number in _record(each, answers)}
    planned = (folder / "plan").exists()
    if "panic:" in told.stderr:
        raise Crash(told.stderr[:300])
    if told.returncode != 0 and not failed:
        raise RuntimeError(f"terraform blames no program: {told.stdout[-2000:]}{told.stderr[-2000:]}")
    if not planned:
        return failed & left.keys()
    said = terraform(folder, "show", "-json", "plan")
    if said.returncode != 0:
        if failed:
            return failed & left.keys()
        raise Unshowable(said.stderr)
    shown = json.loads(said.stdout)
    for change in shown.get("resource_changes", []):
        owner = _FIELD.search(change["address"])
        if owner is not None:
            show = provider.shown if change["type"] == provider.TYPE else shown_value
            answers[int(owner[1])].values[change["address"]] = _placeless(show(change["change"]), str(folder))
    for warning in told_of(told.stdout, "warning"):
        if warning["summary"] == "Check block assertion failed":
            where, number = _place(warning), _number(warning)
            answers[number].values[f"check {where}"] = causes.words(warning["detail"])
        _record_tolerated(warning, answers)
    return set()


def _placeless(value: Any, folder: str) -> Any:
    """A value in which what names the folder of the run is unknown, as it is to whoever only reads the files."""
    if isinstance(value, dict):
        return {key: _placeless(each, folder) for key, each in value.items()}
    if isinstance(value, list):
        return [_placeless(each, folder) for each in value]
    return {"$unknown": True} if isinstance(value, str) and folder in value else value


def told_of(text: str, severity: str) -> list[dict[str, Any]]:
    """The diagnostics of a severity in what a command writes with -json."""
    lines = (json.loads(line) for line in text.splitlines() if line.startswith("{"))
    return [each["diagnostic"] for each in lines if each.get("diagnostic", {}).get("severity") == severity]


def _record(error: dict[str, Any], answers: dict[int, Answer]) -> list[int]:
    snippet = error.get("snippet") or {}
    number = _number(error)
    called = (snippet.get("function_call") or {}).get("called_as", "")
    answers[number].errors.append((error["summary"], error.get("detail", ""), called, _place(error)))
    return [number]


def _record_tolerated(warning: dict[str, Any], answers: dict[int, Answer]) -> None:
    """What terraform tells as a warning, to "be considered an error" later: a message that cannot be evaluated."""
    if warning["summary"] != "Validation error message expression is invalid":
        return
    found = re.search(r": ([^;:]+); (.*)\Z", warning["detail"], re.DOTALL)
    if found is not None:
        answers[_number(warning)].errors.append((found[1], found[2], "", _place(warning)))


def _place(told: dict[str, Any]) -> str:
    place = told.get("range") or {}
    return f"{place.get('filename', '')}:{place.get('start', {}).get('line', 0)}"


def _number(told: dict[str, Any]) -> int:
    """The program that a diagnostic is about."""
    path = (told.get("range") or {}).get("filename", "")
    text = f"{told.get('address')} {told.get('detail')} {told['summary']}"
    owner = _OWNER.search(path) or _FIELD.search(path) or _FIELD.search(text)
    if owner is None:
        raise RuntimeError(f"terraform blames no program: {told}")
    return int(owner[1])
