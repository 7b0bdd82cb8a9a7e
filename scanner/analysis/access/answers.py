"""Who can: every principal of the scan, and whoever a resource's policy lets in from outside, with its
decision."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from scanner.analysis.access import names
from scanner.analysis.access.catalogue import fits_action
from scanner.analysis.access.decision import Decision, Verdict
from scanner.analysis.access.estate import Estate
from scanner.analysis.access.policy import Policy
from scanner.analysis.access.question import Question
from scanner.analysis.access.request import Action
from scanner.analysis.access.rows import Caller, Limits, Target

_ORDER = {Verdict.ALLOWED: 0, Verdict.CONDITIONAL: 1, Verdict.UNKNOWN: 2, Verdict.DENIED: 3}


class Answer(NamedTuple):
    """One principal: its node (None: outside the scan), what to call it, and the decision."""

    node: int | None
    label: str
    decision: Decision


def who_can(estate: Estate, action: str, wanted: Sequence[int | str]) -> list[Answer]:
    """Each principal's best decision over the actions and resources that are asked about, the allowed ones first;
    principals of the scan in the order of the graph."""
    ways = [way for each in wanted for way in (each, *estate.targets.access_points(each))]
    asked = Question(estate, action, ways)
    found = [
        Answer(index, str(estate.graph.addresses[index]), asked.best(principal))
        for index, principal in estate.principals.items()
    ]
    found += _outsiders(estate, asked)
    return sorted(found, key=lambda each: _ORDER[each.decision.verdict])


def _best(decisions: Iterable[Decision]) -> Decision:
    best: Decision | None = None
    for each in decisions:
        if best is None or _ORDER[each.verdict] < _ORDER[best.verdict]:
            best = each
        if best.verdict is Verdict.ALLOWED:
            break
    return best or Decision(Verdict.DENIED)


def _outsiders(estate: Estate, asked: Question) -> list[Answer]:
    """Whoever is not of the scan and named by the policies of the resources; `*` stands for anyone."""
    found: dict[str, list[Decision]] = {}
    for resource in asked.wanted:
        for name in asked.of_resource(resource):
            action = Action.of(name)
            target = estate.target(resource, action)
            for caller in _named(asked, target, name):
                own = caller.kind not in ("service", "federated")
                target = target._replace(alone=not own, must_allow=True)
                decision = estate.ask(caller, Limits(own=False), action, target, _FACTS[own])
                found.setdefault(_label(caller), []).append(decision)
        if "anyone" not in found and _opened_otherwise(estate, resource):
            found["anyone"] = [Decision(Verdict.UNKNOWN, unknowns=(_LISTED,))]
    return [Answer(None, label, _best(decisions)) for label, decisions in found.items()]


_LISTED = "an access control list or a block that is off lets anyone in; to what exactly is not told"


def _opened_otherwise(estate: Estate, resource: int | str) -> bool:
    """Whether a bucket lets anyone in, and not by its policy."""
    index = resource if isinstance(resource, int) else estate.owner(resource)
    if index is None or estate.graph.kind(index).name != "object_store":
        return False
    return estate.graph.peek(index, "public_access") is True


# What is known of callers outside: whether they are AWS services.
_FACTS = {
    True: {"aws:principalisawsservice": "false", "aws:securetransport": "true"},
    False: {"aws:principalisawsservice": "true", "aws:securetransport": "true"},
}


def _named(asked: Question, target: Target, action: str) -> Iterator[Caller]:
    """The callers from outside that the Allows of a resource's policy, grants and shares name."""
    accounts = asked.accounts | {target.account}
    seen: set[Caller] = set()
    held = (target.policy or Policy(())) + target.grants + target.lent
    for statement in held.statements:
        if not statement.allow or statement.most.principals is None:
            continue
        if not any(fits_action(text, action) for text in statement.most.actions.patterns) and (
            not statement.most.actions.negated
        ):
            continue
        for type_, text in statement.most.principals:
            caller = _caller(type_, text)
            if caller is None or caller in seen or caller.arn in asked.inside or caller.account in accounts - {""}:
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
    if type_ == "CanonicalUser":
        return Caller("canonical", text, "canonical")
    if type_ != "AWS":
        return None
    if text.isdigit():
        return Caller("account", f"arn:aws:iam::{text}:root", text)
    parts = text.split(":")
    account = parts[4] if len(parts) > 5 else ""
    return Caller("account" if text.endswith(":root") else "role", text, account)


def _label(caller: Caller) -> str:
    if caller.kind == "canonical":
        return f"canonical user {names.readable(caller.arn)}"
    return "anyone" if caller.kind == "anyone" else names.readable(caller.arn)
