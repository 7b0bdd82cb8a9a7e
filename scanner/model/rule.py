"""A rule as data: what it is called, where it applies, what it says. How it is written: `scanner/rule.py`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from sys import intern
from typing import Any

from scanner.model.finding import Severity


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    `id` is its path (`backup/object-store-unversioned`), `principle` the first part. `selects` are kinds,
    `reads` the attributes and relations it looks at (all of them for Rego, none for Python, which is watched
    instead). `message` may hold `{node}`, `{kind}` and names of the match's `values`. `controls` maps a
    framework to ids, for example {"nist-800-53": ["SC-28"], "checkov": ["CKV_AWS_18"]}. `check` is the Python
    function, or None for Rego, whose `package` and `source` are set instead.
    """

    id: str
    title: str
    severity: Severity
    selects: tuple[str, ...]
    message: str
    description: str = ""
    remedy: str = ""
    reads: tuple[str, ...] = ()
    controls: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    check: Callable[..., Any] | None = None
    package: str = ""
    source: str = ""
    path: Path | None = None
    ours: bool = True

    @property
    def principle(self) -> str:
        return intern(self.id.partition("/")[0])  # every finding holds it

    @property
    def language(self) -> str:
        return "python" if self.check is not None else "rego"
