"""Who is told of a scan: Security Hub, an OCSF file or S3 object, a webhook, Slack, mail.

Only what was asked for by name; collecting never writes, and what writes has a registry of its own (`writing.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module

from scanner.audit.store import Store, StoreError
from scanner.audit.targets import ExportError, Target
from scanner.sources.aws.session import Access

__all__ = ["ExportError", "Sending", "Target", "send"]


@dataclass(frozen=True, slots=True)
class Sending:
    """What is told, of which scan, and how accounts are reached (`accesses`: account to access)."""

    store: Store
    scan: str
    accesses: Mapping[str, Access] = field(default_factory=dict)
    own: Access = field(default_factory=Access)


def send(sending: Sending, targets: Sequence[Target]) -> Iterator[tuple[Target, str, bool]]:
    """Tell every target; gives each with what became of it, and whether all was told. One target's fault keeps no
    other from being told."""
    for target in targets:
        module = import_module(f"scanner.audit.exports.{target.kind}")
        try:
            told: str = module.send(sending, target)
        except (ExportError, StoreError) as error:
            yield target, str(error), False
        else:
            yield target, told, True
