"""Traps: plans that look right and save nothing, or less than they seem to.

Each is {"trap": name, "at": attribute of the plan, "note": what happens}; a note that is unknown means perhaps.
The numbers are those of the facts' list (section 2.4): copy-beside T4, copy-shorter T5, retention-refused T6,
cold-too-long T7, default-vault T8, continuous-too-long T10.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from scanner.analysis.copies.making import Making, barred, lifecycle_fault, parts_of
from scanner.analysis.copies.places import same_part
from scanner.analysis.copies.vaults import Vault
from scanner.graph.columns import Graph
from scanner.model.value import Cause, Unknown, Value

_CONTINUOUS = 35  # days that continuous backups last at most (Developer Guide, "Continuous backups")


def traps_of(graph: Graph, making: Making, plan: int) -> Iterator[dict[str, Value]]:
    """The traps that the rules of a plan hold, whatever it selects."""
    rules = graph.peek(plan, "rules")
    for position, rule in enumerate(rules if isinstance(rules, list) else ()):
        if isinstance(rule, Mapping) and "vault" in rule and rule["vault"] is not None:
            at = f"rules[{position}]"
            for name, note in _of_rule(graph, making, plan, rule):
                yield {"trap": name, "at": at, "note": note}


def _of_rule(graph: Graph, making: Making, plan: int, rule: Mapping[str, Any]) -> Iterator[tuple[str, Value]]:
    keep = rule.get("keep_days")
    cold = lifecycle_fault(rule, keep)
    if isinstance(cold, Unknown) or cold:
        yield "cold-too-long", cold
    vault, _ = making.vault(rule["vault"], plan)
    refused = barred(vault, keep) if vault is not None else ""
    if isinstance(refused, Unknown) or refused:
        yield "retention-refused", refused
    if rule.get("continuous") is True and isinstance(keep, Unknown):
        yield "continuous-too-long", keep
    if rule.get("continuous") is True and isinstance(keep, (int, float)) and keep > _CONTINUOUS:
        yield "continuous-too-long", f"continuous backups last {_CONTINUOUS} days, not {keep:g}"
    copies = rule.get("copies")
    moved: list[bool | None] = []
    for copy in copies if isinstance(copies, list) else ():
        target, _ = making.vault(copy.get("vault"), plan) if "vault" in copy else (None, "")
        if target is not None:
            moved.append(_elsewhere(graph, plan, target))
            yield from _of_copy(graph, plan, target, copy, keep)
    if moved and True not in moved and len(moved) == len(copies or ()):
        yield "copy-beside", _WHERE if None in moved else "its copies stay in the Region of the plan"


_WHERE = Unknown("in which Region the vault of the copy lies cannot be told", Cause.OUTSIDE_SCAN)


def _of_copy(
    graph: Graph, plan: int, target: Vault, copy: Mapping[str, Any], keep: Value
) -> Iterator[tuple[str, Value]]:
    own = copy.get("keep_days")
    refused = barred(target, own)
    if isinstance(refused, Unknown) or refused:
        yield "retention-refused", refused
    if isinstance(keep, Unknown) and own is not None and own is not keep:
        yield "copy-shorter", keep
    elif _shorter(own, keep):
        yield "copy-shorter", f"the copy is kept {own:g} days, the point it is made of {_days(keep)}"
    account, _ = parts_of(graph, plan)
    if same_part(target.account, account) is not False:
        return
    if isinstance(target.name, Unknown):
        yield "default-vault", target.name
    elif target.name == "Default":
        yield "default-vault", "copies to the default vault of another account are refused: its key is not shared"


def _elsewhere(graph: Graph, plan: int, vault: Vault) -> bool | None:
    same = same_part(vault.region, parts_of(graph, plan)[1])
    return None if same is None else not same


def _shorter(own: Value, keep: Value) -> bool:
    if isinstance(own, Unknown) or isinstance(keep, Unknown) or own is None:
        return False
    return keep is None or bool(own < keep)


def _days(keep: Value) -> str:
    return "for ever" if keep is None else f"{keep:g}"
