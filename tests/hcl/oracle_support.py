"""What the comparisons with terraform share: files from disk, our answers in terraform's words."""

from __future__ import annotations

import fnmatch
import re
from pathlib import Path

from scanner.hcl.evaluate import EvaluationError, Variables, evaluate
from scanner.hcl.expression import read_expression
from scanner.hcl.functions.encoding import json_text
from scanner.hcl.partial import present
from scanner.hcl.values import ListValue, MapValue, SetValue, number_text, strip_marks
from scanner.model.value import Sensitive, Unknown, Value

HERE = Path(__file__).parent


class Disk:
    """Files below a directory."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def read(self, path: str) -> bytes:
        try:
            return (self.root / path).read_bytes()
        except OSError as fault:
            raise EvaluationError(f'no file exists at "{path}"') from fault

    def exists(self, path: str) -> bool:
        if (self.root / path).is_dir():
            raise EvaluationError(f'"{path}" is a directory')
        return (self.root / path).is_file()

    def glob(self, base: str, pattern: str) -> list[str]:
        folder = self.root / base
        files = [found.relative_to(folder).as_posix() for found in folder.rglob("*") if found.is_file()]
        choices = re.match(r"(.*)\{(.*)\}(.*)", pattern)
        globs = [pattern]
        if choices is not None:
            globs = [choices[1] + choice + choices[3] for choice in choices[2].split(",")]
        globs = [one.replace("**/", "") for one in globs]
        return [name for name in files if any(fnmatch.fnmatch(name, one) for one in globs)]


def value_of(text: str, variables: dict[str, Value] | None = None) -> Value:
    """Our value of an expression."""
    raw = text.encode()
    return evaluate(read_expression(raw, 0, len(raw)), Variables(variables, Disk(HERE)))


def answer(text: str) -> dict[str, object]:
    """Our answer in the form of oracle.json."""
    try:
        return {"json": json_text(strip_marks(value_of(text)))}
    except EvaluationError:
        return {"error": True}


def printed(value: Value) -> str:
    """A value as `terraform console` prints it, with single blanks."""
    if isinstance(value, Sensitive):
        return "(known after apply)" if isinstance(value.value, Unknown) else "(sensitive value)"
    if isinstance(value, Unknown):
        return "(known after apply)"
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, dict):
        inner = "".join(f'"{key}" = {printed(value[key])} ' for key in sorted(value))
        text = f"{{ {inner}}}" if value else "{}"
        return f"tomap({text})" if isinstance(value, MapValue) else text
    if isinstance(value, (list, SetValue)):
        inner = "".join(f"{printed(item)}, " for item in value)
        text = f"[ {inner}]" if len(value) else "[]"
        if isinstance(value, list):
            return f"tolist({text})" if isinstance(value, ListValue) else text
        return f"toset({text})"
    return number_text(value)


def unknown_variables() -> dict[str, Value]:
    """The locals of record_oracle.CONFIGURATION as we would have them."""

    def unknown(type_: str) -> Unknown:
        return Unknown("known after apply", references=("terraform_data.u.id",), type=type_)

    return {
        "local": {
            "u": present(unknown("string")),
            "un": unknown("number"),
            "ub": unknown("bool"),
            "ul": unknown("list(string)"),
            "t": "a${x}%{ if y }!%{ endif }",
        }
    }


def console_answer(text: str) -> object:
    """Our answer in the form of oracle.json's unknowns."""
    try:
        return printed(value_of(text, unknown_variables()))
    except EvaluationError:
        return {"error": True}
