"""An action, or all that a pattern means, asked of things: which few actions stand for all the others.

Actions of which the same statements speak, and which take the same forms of resources, share their decision; one
of each such class is decided.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache, cached_property, lru_cache

from scanner.analysis.access.catalogue import catalogue
from scanner.analysis.access.decision import Decision, Verdict, order
from scanner.analysis.access.estate import Estate, Principal
from scanner.analysis.access.policy import Policy, Statement
from scanner.analysis.access.request import Action, targets
from scanner.analysis.access.resources import NOWHERE, apart
from scanner.analysis.access.rows import Target, immutable


class Question:
    """What is asked: the actions that a pattern means (an action that the catalogue lacks, as it is written), and
    of what."""

    def __init__(self, estate: Estate, action: str, wanted: Sequence[int | str]) -> None:
        self.estate = estate
        self.wanted = wanted
        known = catalogue()
        wild = "*" in action or "?" in action
        self.named = action if not wild or known.find(action) is not None else ""
        self.bits = known.bits(action)
        self._chosen: dict[tuple[object, ...], tuple[str, ...]] = {}

    def best(self, principal: Principal) -> Decision:
        """The most that a principal is allowed of what is asked."""
        best: Decision | None = None
        for resource in self.wanted:
            for action in self._actions(principal, resource):
                found = self.estate.decide(principal, action, resource)
                if best is None or order(found) < order(best):
                    best = found
                if best.verdict is Verdict.ALLOWED:
                    return best
        return best or Decision(Verdict.DENIED)

    def of_resource(self, resource: int | str) -> list[str]:
        """The actions to ask of those outside: what the resource's own policies allow anyone."""
        if self.named:
            return [self.named]
        target = self.estate.target(resource)
        held = _of_target(target)
        allowing = _granted(held)
        return [name for part, _ in _parts(self.bits & allowing, list(held)) for name in _split(part, exact=True)]

    def _actions(self, principal: Principal, resource: int | str) -> Iterable[str]:
        if self.named:
            return (self.named,)
        target = self.estate.target(resource)
        holders = [principal, *self.estate.acting(principal)]
        held = ((each.identity, each.boundary, each.guardrails) for each in holders)
        key = (resource, *(id(part) for each in held for part in _flat(each)))
        chosen = self._chosen.get(key)
        if chosen is None:
            chosen = self._chosen[key] = tuple(self._representatives(holders, target, resource))
        return chosen

    def _representatives(self, holders: list[Principal], target: Target, resource: int | str) -> Iterator[str]:
        mine = [policy for each in holders for policy in each.identity]
        own = [statement for policy in mine for statement in policy.statements]
        theirs = list(_of_target(target))
        unread = any(policy.unknown for policy in (*mine, target.policy or _NONE, target.grants))
        wanted = self.bits if unread else self.bits & (_granted(own) | _granted(theirs))
        speaking = [*own, *theirs, *self._limiting(holders, target)]
        somewhere = resource == NOWHERE
        granting = {id(each) for each in (*own, *theirs) if each.allow}
        for part, members in sorted(_parts(wanted, speaking), key=_easiest):
            exact = somewhere and not all(_everywhere(each) for each in members)
            allows = [each for each in members if id(each) in granting]
            for name in _split(part, exact=exact):
                if unread or not exact or _reaches(allows, name):
                    yield name

    def _limiting(self, holders: list[Principal], target: Target) -> Iterator[Statement]:
        limits = [policy for each in holders for level in each.guardrails for policy in level]
        limits += [each.boundary for each in holders if each.boundary is not None]
        for policy in (*limits, *target.guardrails, immutable(), *(self._beneath(target))):
            yield from policy.statements

    def _beneath(self, target: Target) -> tuple[Policy, ...]:
        return () if target.beneath is None else (target.beneath.policy or _NONE,)

    @cached_property
    def inside(self) -> frozenset[str]:
        """The ARNs of the scan's principals."""
        return frozenset(each.arn for each in self.estate.principals.values())

    @cached_property
    def accounts(self) -> frozenset[str]:
        """The accounts of the scan's principals."""
        return frozenset(each.account for each in self.estate.principals.values())


_NONE = Policy(())


def _flat(
    held: tuple[tuple[Policy, ...], Policy | None, tuple[tuple[Policy, ...], ...]],
) -> Iterator[Policy | None]:
    """Every policy that limits or grants, in order."""
    identity, boundary, guardrails = held
    yield from (*identity, boundary, *(policy for level in guardrails for policy in level))


def _of_target(target: Target) -> Iterator[Statement]:
    for policy in (target.policy or _NONE, target.grants, target.lent):
        yield from policy.statements


def _granted(statements: Iterable[Statement]) -> int:
    bits = 0
    for each in statements:
        if each.allow:
            bits |= each.most.actions.bits
    return bits


def _parts(wanted: int, statements: Sequence[Statement]) -> list[tuple[int, tuple[Statement, ...]]]:
    """The wanted actions, cut into those of which the same statements speak."""
    parts: list[tuple[int, tuple[Statement, ...]]] = [(wanted, ())] if wanted else []
    for each in statements:
        bits = each.most.actions.bits
        cut = []
        for part, members in parts:
            inside = part & bits
            if inside:
                cut.append((inside, (*members, each)))
            if inside != part:
                cut.append((part & ~bits, members))
        parts = cut
    return parts


def _easiest(part: tuple[int, tuple[Statement, ...]]) -> int:
    """What nothing denies and no condition limits comes first: there the answer is soonest found."""
    return sum(bool(each.most.clauses) + 2 * (not each.allow) for each in part[1])


def _everywhere(statement: Statement) -> bool:
    box = statement.most
    return box.resources is None or (not box.not_resources and any(not each.strip("*") for each in box.resources))


def _reaches(allows: Sequence[Statement], name: str) -> bool:
    """Whether, as far as a quick look tells, statements allow an action on some resource that it takes."""
    service = name.partition(":")[0]
    met: set[str] = set()
    for each in allows:
        if each.most.resources is None or each.most.not_resources:
            return True
        met |= _met(each.most.resources, service)
    return all(not met.isdisjoint(group) for group in targets(Action.of(name), NOWHERE))


@lru_cache(maxsize=65536)
def _met(patterns: tuple[str, ...], service: str) -> frozenset[str]:
    """The forms of a service's resources that patterns may mean."""
    return frozenset(form for form in _forms(service) if any(not apart(each, form) for each in patterns))


@cache
def _forms(service: str) -> frozenset[str]:
    """Every form of resource that actions of a service take, as `targets` has them."""
    known = catalogue()
    found = {NOWHERE}
    for name in known.members(known.bits(f"{service}:*")):
        found.update(form for group in targets(Action.of(name), NOWHERE) for form in group)
    return frozenset(found)


def _split(part: int, *, exact: bool) -> Iterator[str]:
    """One action for each form of resource (with `exact`), or one with resources and one without."""
    known = catalogue()
    while part:
        at = (part & -part).bit_length() - 1
        yield known.names[at]
        if exact:
            part &= ~known.alike(at)
        else:
            part &= known.everything & ~known.unscoped if known.unscoped >> at & 1 else known.unscoped
