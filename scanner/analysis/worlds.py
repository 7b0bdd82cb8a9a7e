"""What attaches from outside by selection: its absence here says nothing, unless the scan holds all of it.

DESIGN section 2: what a configuration itself owns is closed; backup plans, which select by tag or pattern from
wherever they are kept, are open.
"""

from __future__ import annotations

from collections.abc import Collection

from scanner.graph.columns import Graph
from scanner.model.value import Cause, Unknown

_STORES = ("database", "file_system", "object_store", "table", "volume")
_PLANS = Unknown("a backup plan outside this scan may select it", Cause.OUTSIDE_SCAN)


def open_worlds(graph: Graph, complete: Collection[str]) -> None:
    """Open the relations that come from outside; `complete` (of `[scope]`) names what the scan holds all of."""
    if "backup" in complete:
        return
    for kind in _STORES:
        for index in graph.nodes(kind):
            if not backups_read(graph, index):
                graph.open_in("backs_up", index, _PLANS)


def backups_read(graph: Graph, index: int) -> bool:
    """Whether every plan that could select a store was listed: plans select in their own account and region."""
    account, region = graph.peek(index, "account"), graph.peek(index, "region")
    if not isinstance(account, str) or not isinstance(region, str):
        return False
    services = ("backup", "dlm") if graph.kind(index).name in ("volume", "instance") else ("backup",)
    return all(_plans_read(graph, account, region, service) for service in services)


_SELECTING = {"backup": ("aws_backup_plan", "aws_backup_selection", "aws_backup_region_settings"),
              "dlm": ("aws_dlm_lifecycle_policy",)}  # fmt: skip


def _plans_read(graph: Graph, account: str, region: str, service: str) -> bool:
    """Whether every plan of a service was listed, whatever else of it could not be."""
    unit = (account, region, service)
    if unit in graph.read_whole:
        return True
    known = not any((account, region, type_) in graph.unread for type_ in _SELECTING[service])
    return known and unit in graph.read_partly
