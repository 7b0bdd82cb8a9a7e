"""Tags that stand in the way of a request, and that the principal may itself set or take off first.

Source: IAM User Guide, "Controlling access to AWS resources using tags"; CloudGoat's iam_privesc_by_key_rotation
and iam_privesc_by_ec2.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from scanner.analysis.access.decision import Decision, Verdict
from scanner.analysis.access.request import Action, speaks_of

if TYPE_CHECKING:
    from scanner.analysis.access.conditions import Clause
    from scanner.analysis.access.estate import Estate, Principal

# What sets and what removes the tags of a thing.
_TAGGING = {
    "cluster": ("eks:TagResource", "eks:UntagResource"),
    "function": ("lambda:TagResource", "lambda:UntagResource"),
    "instance": ("ec2:CreateTags", "ec2:DeleteTags"),
    "policy": ("iam:TagPolicy", "iam:UntagPolicy"),
    "role": ("iam:TagRole", "iam:UntagRole"),
    "user": ("iam:TagUser", "iam:UntagUser"),
}
_KEY = ":resourcetag/"
Requests = list[tuple[str, Decision]]  # an action and what becomes of it, in order


def retagged(
    estate: Estate, principal: Principal, action: str, target: int, context: dict[str, str | None]
) -> Requests:
    """The requests by which a principal does what only the tags of the target refuse it: those that change the
    tags, then the action itself; [] where that is not allowed either."""
    tagging = _TAGGING.get(estate.graph.kind(target).name)
    wanted = dict(_wanted(principal, Action.of(action))) if tagging is not None else {}
    if not tagging or not wanted:
        return []
    done: Requests = []
    notes: list[str] = []
    for key, value in wanted.items():
        tag = key.partition(_KEY)[2]
        asked: dict[str, str | tuple[str, ...] | None] = {"aws:tagkeys": (tag,)}
        asked |= {f"aws:requesttag/{tag}": value} if value is not None else {}
        how = tagging[value is None]
        told = estate.decide(principal, how, target, asked)
        helper = _helper(estate, principal, how, target, asked) if told.verdict is Verdict.DENIED else ""
        notes += [f"{helper}, who may take the role, does {how} first"] if helper else []
        done += [] if helper else [(how, told)]
    last = estate.decide(principal, action, target, {**context, **wanted})
    if notes and last.verdict in (Verdict.ALLOWED, Verdict.CONDITIONAL):
        last = last._replace(verdict=Verdict.CONDITIONAL, conditions=(*last.conditions, *notes))
    done.append((action, last))
    return [] if any(told.verdict is Verdict.DENIED for _, told in done) else done


def _helper(
    estate: Estate, principal: Principal, how: str, target: int, asked: dict[str, str | tuple[str, ...] | None]
) -> str:
    """Who may change the tags and then take the role; "" where nobody may."""
    role = principal.index
    for index, other in estate.principals.items() if principal.kind == "role" else ():
        tags = index != role and estate.decide(other, how, target, asked).verdict is Verdict.ALLOWED
        if tags and estate.may_assume(role, other).verdict is Verdict.ALLOWED:
            return str(estate.graph.addresses[index].name)
    return ""


def _wanted(principal: Principal, action: Action) -> Iterator[tuple[str, str | None]]:
    """The tags that Allows ask for, or Denies spare; those that Denies speak of, or Allows spare, have to go
    (None)."""
    for policy in principal.identity:
        for statement in policy.statements:
            if statement.known and speaks_of(statement.most, action):
                for clause in statement.most.clauses:
                    if _KEY in clause.key and clause.family in ("string", "like"):
                        yield clause.key, _value(clause) if statement.allow is not clause.negated else None


def _value(clause: Clause) -> str:
    """A value that a clause holds of."""
    return clause.values[0].replace("*", "").replace("?", "x") if clause.values else ""
