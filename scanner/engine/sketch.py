"""What a rule of ours says of itself, read without running its file: most scans judge nothing by most rules.

The form is that of every rule file we ship: one `@rule(...)` with literal arguments above one function, whose
docstring follows. A file in another form is run at once, as a user's is.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from scanner.model.finding import Severity
from scanner.model.rule import Rule

_TITLE = re.compile(r'\A"""(?P<title>[^\n"\\]+)(?:\n[^"\\]*)?"""')
_RULE = re.compile(
    r"^@rule\((?P<arguments>.*?)^\)[^\n]*\n"
    r"def \w+\(\w+: Node\) -> Iterator\[Match\]:\n"
    r'    """(?P<doc>[^"\\]*)"""',
    re.MULTILINE | re.DOTALL,
)
_KNOWN: dict[str, Any] = {"__builtins__": {"dict": dict}, "Severity": Severity}

Load = Callable[[], Rule]


def sketch(identifier: str, path: Path, text: str, load: Load) -> Rule | None:
    """The rule, whose check is loaded when it is first asked; None where the file has another form."""
    title, found = _TITLE.match(text), _RULE.search(text)
    if title is None or found is None or text.count("@rule(") != 1:
        return None
    try:
        said = eval(f"dict({found['arguments']})", _KNOWN)  # noqa: S307 - a rule of ours, which is run as well
    except (NameError, SyntaxError):  # an argument that the file computes
        return None
    description, _, remedy = inspect.cleandoc(found["doc"]).partition("## Remedy")
    selects = said["selects"]
    return Rule(
        id=identifier,
        title=title["title"].strip(),
        severity=said["severity"],
        selects=(selects,) if isinstance(selects, str) else tuple(selects),
        message=said["message"],
        description=description.strip(),
        remedy=remedy.strip(),
        controls={name: tuple(ids) for name, ids in (said.get("controls") or {}).items()},
        check=_later(load),
        path=path,
        ours=True,
    )


def _later(load: Load) -> Callable[[Any], Iterator[Any]]:
    loaded: list[Rule] = []

    def check(node: Any) -> Iterator[Any]:
        if not loaded:
            loaded.append(load())
        asked = loaded[0].check
        if asked is not None:  # as it is of every Python rule
            yield from asked(node)

    return check
