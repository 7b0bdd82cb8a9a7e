"""Who can: every principal of the scan, and whoever a resource's policy lets in from outside, with its
decision."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from scanner.analysis.access import names
from scanner.analysis.access.catalogue import catalogue, fits_action
from scanner.analysis.access.decision import Decision, Verdict
from scanner.analysis.access.estate import Estate
from scanner.analysis.access.request import Action
from scanner.analysis.access.rows import Caller, Limits, Target
from scanner.model.value import Unknown

_ORDER = {Verdict.ALLOWED: 0, Verdict.CONDITIONAL: 1, Verdict.UNKNOWN: 2, Verdict.DENIED: 3}


class Answer(NamedTuple):
    """One principal: its node (None: outside the scan), what to call it, and the decision."""

    node: int | None
    label: str
    decision: Decision


def actions(pattern: str) -> list[str]:
    """The actions that are asked about: one, or all that a pattern means; an action that the catalogue lacks is
    asked about as it is written."""
    if "*" not in pattern and "?" not in pattern:
        return [pattern]
    known = catalogue()
    return known.members(known.bits(pattern))


def who_can(estate: Estate, action: str, wanted: list[int | str]) -> list[Answer]:
    """Each principal's best decision over the actions and resources that are asked about, the allowed ones first;
    principals of the scan in the order of the graph."""
    listed = actions(action)
    found = [
        Answer(index, str(estate.graph.addresses[index]), _best(
            estate.decide(principal, each, resource) for each in listed for resource in wanted))
        for index, principal in estate.principals.items()
    ]  # fmt: skip
    found += _outsiders(estate, listed, wanted)
    return sorted(found, key=lambda each: _ORDER[each.decision.verdict])


def _best(decisions: Iterator[Decision]) -> Decision:
    best: Decision | None = None
    for each in decisions:
        if best is None or _ORDER[each.verdict] < _ORDER[best.verdict]:
            best = each
        if best.verdict is Verdict.ALLOWED:
            break
    return best or Decision(Verdict.DENIED)


def _outsiders(estate: Estate, listed: list[str], wanted: list[int | str]) -> list[Answer]:
    """Whoever is not of the scan and named by the policies of the resources; `*` stands for anyone."""
    found: dict[str, list[Decision]] = {}
    for resource in wanted:
        for each in listed:
            action = Action.of(each)
            target = estate.target(resource, action)
            callers = list(_named(estate, target, each))
            public = any(caller.kind == "anyone" for caller in callers)
            for caller in callers:
                own = caller.kind not in ("service", "federated")
                target = target._replace(alone=not own, must_allow=True)
                decision = estate.ask(caller, Limits(own=False), action, target, _FACTS[own])
                if public and own:
                    decision = _unless_blocked(estate, resource, decision)
                found.setdefault(_label(caller), []).append(decision)
        if "anyone" not in found and _opened_otherwise(estate, resource):
            found["anyone"] = [Decision(Verdict.UNKNOWN, unknowns=(_LISTED,))]
    return [Answer(None, label, _best(iter(decisions))) for label, decisions in found.items()]


_LISTED = "an access control list or a block that is off lets anyone in; to what exactly is not told"


def _store(estate: Estate, resource: int | str) -> int | None:
    """The store of objects that is asked about, where it is one."""
    index = resource if isinstance(resource, int) else estate.owner(resource)
    return index if index is not None and estate.graph.kind(index).name == "object_store" else None


def _unless_blocked(estate: Estate, resource: int | str, decision: Decision) -> Decision:
    """A bucket's block on public access keeps everyone from other accounts out where its policy is public
    (RestrictPublicBuckets, S3 User Guide, "Blocking public access to your Amazon S3 storage")."""
    index = _store(estate, resource)
    if index is None or decision.verdict is Verdict.DENIED:
        return decision
    blocked = estate.graph.peek(index, "public_blocked")
    if isinstance(blocked, Unknown):
        return decision._replace(verdict=Verdict.UNKNOWN, unknowns=(blocked.reason,))
    return Decision(Verdict.DENIED) if blocked is True else decision


def _opened_otherwise(estate: Estate, resource: int | str) -> bool:
    """Whether a bucket lets anyone in, and not by its policy."""
    index = _store(estate, resource)
    return index is not None and estate.graph.peek(index, "public_access") is True


# What is known of callers outside: whether they are AWS services.
_FACTS = {
    True: {"aws:principalisawsservice": "false", "aws:securetransport": "true"},
    False: {"aws:principalisawsservice": "true", "aws:securetransport": "true"},
}


def _named(estate: Estate, target: Target, action: str) -> Iterator[Caller]:
    """The callers from outside that the Allows of a resource's policy name."""
    inside = {each.arn for each in estate.principals.values()}
    accounts = {each.account for each in estate.principals.values()} | {target.account}
    seen: set[Caller] = set()
    for statement in target.policy.statements if target.policy else ():
        if not statement.allow or statement.most.principals is None:
            continue
        if not any(fits_action(text, action) for text in statement.most.actions.patterns) and (
            not statement.most.actions.negated
        ):
            continue
        for type_, text in statement.most.principals:
            caller = _caller(type_, text)
            if caller is None or caller in seen or caller.arn in inside or caller.account in accounts - {""}:
                continue
            seen.add(caller)
            yield caller


def _caller(type_: str, text: str) -> Caller | None:
    if text == "*" or type_ == "*":
        return Caller("anyone", "*", "anyone")
    if type_ == "Service":
        return Caller("service", text, "")
    if type_ == "Federated":
        return Caller("federated", text, "")
    if type_ != "AWS":
        return None
    if text.isdigit():
        return Caller("account", f"arn:aws:iam::{text}:root", text)
    parts = text.split(":")
    account = parts[4] if len(parts) > 5 else ""
    return Caller("account" if text.endswith(":root") else "role", text, account)


def _label(caller: Caller) -> str:
    return "anyone" if caller.kind == "anyone" else names.readable(caller.arn)
