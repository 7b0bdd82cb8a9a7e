"""What we say about the input or the run; never about policy."""

from dataclasses import dataclass
from enum import Enum

from scanner.model.location import Span


class Level(Enum):
    """How much a diagnostic takes from the result: an error makes the scan incomplete (exit 3)."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One fault or remark.

    `code` is a stable kebab-case word; its group, before the first dash, is what `--allow-incomplete=` names:
    `parse`, `render`, `denied`, `rule`, `limit`, `empty`, `read`, `config`, `ignore`, `module`, `evaluate`.
    `summary` is one line; `remedy` says what to do.
    """

    level: Level
    code: str
    summary: str
    span: Span | None = None
    remedy: str = ""

    @property
    def group(self) -> str:
        return self.code.partition("-")[0]
