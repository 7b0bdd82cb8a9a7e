"""Quick looks at what principals are allowed, before anything is decided: which actions, and of whom by name."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from itertools import combinations
from typing import TYPE_CHECKING

from scanner.analysis.access import resources
from scanner.analysis.access.algebra import difference
from scanner.analysis.access.catalogue import catalogue
from scanner.analysis.access.escalation_world import NO, UNKNOWN, YES, Fact, Standing
from scanner.analysis.access.names import FREE, apart, could_meet, holes_in
from scanner.analysis.access.policy import Policy, Source, Statement

if TYPE_CHECKING:
    from scanner.analysis.access.estate import Estate, Principal

# Everything, as a policy.
ALL = Policy.of([{
    "effect": "Allow", "actions": ["*"], "not_actions": [], "resources": ["*"], "not_resources": [],
    "principals": [], "not_principals": [], "conditions": [],
}])  # fmt: skip
_SIGNS = chr(0xF0000)  # from here on a sign stands for an unknown piece or a policy variable (`names`, `policy`)
_PARTS = 6  # of an ARN
_BOTH = 0b11  # two patterns, both fitting


class Looks:
    """Remembers what it has seen of the principals of one estate."""

    def __init__(self, estate: Estate, principal: Callable[[int], Principal]) -> None:
        self.estate = estate
        self.principal = principal
        self._named: dict[str, list[int]] | None = None
        self._tails: dict[str, list[str]] | None = None
        self._bits: dict[int, int] = {}
        self._plain: dict[int, bool] = {}
        self._possible: dict[tuple[int, str], frozenset[int] | None] = {}
        self._entities = _Entities([
            (each.arn.split(":", 5)[-1], index)
            for index, each in (*estate.principals.items(), *estate.groups.items())
        ])  # fmt: skip

    def plain(self, index: int) -> bool:
        """Whether a statement of a principal allows every action on identities, whatever the resource: then it is
        an administrator as it stands, or is one request away."""
        if index not in self._plain:
            self._plain[index] = any(is_plain(each) for policy in self.principal(index).identity
                                     for each in policy.statements)  # fmt: skip
        return self._plain[index]

    def widest(self, index: int) -> Source | None:
        """The statement that allows a principal the most actions."""
        found = [
            (statement.least.actions.bits.bit_count(), statement.source)
            for policy in self.principal(index).identity
            for statement in policy.statements
            if statement.allow and not statement.least.never
        ]
        return max(found, key=lambda each: each[0])[1] if found else None

    def bits(self, index: int) -> int:
        """The actions that some statement of a principal allows, on whatever."""
        if index not in self._bits:
            found = 0
            for policy in self.principal(index).identity:
                for statement in policy.statements:
                    if statement.allow:
                        found |= statement.most.actions.bits
            self._bits[index] = found
        return self._bits[index]

    def possible(self, index: int, action: str) -> frozenset[int] | None:
        """The principals of the scan that some statement may mean when it allows an action; None: any."""
        key = (index, action)
        if key not in self._possible:
            self._possible[key] = self._meant(index, catalogue().bits(action))
        return self._possible[key]

    def _meant(self, index: int, bit: int) -> frozenset[int] | None:
        found: set[int] = set()
        for policy in self.principal(index).identity:
            if policy.unknown:
                return None
            for statement in policy.statements:
                box = statement.most
                if not statement.allow or not box.actions.bits & bit:
                    continue
                if box.resources is None or box.not_resources:
                    return None
                for pattern in box.resources:
                    named = self._entities.starting(pattern)
                    if named is None:
                        return None
                    found.update(named)
        return frozenset(found)

    def apart(self, index: int, actions: tuple[str, ...]) -> bool:
        """Whether two actions on the one thing that a path makes are allowed on different things only: a function
        that may be created, and others that may be invoked."""
        known = catalogue()
        kinds = {each: set(known.types(at)) for each in actions if (at := known.find(each)) is not None}
        for one, other in combinations(kinds, 2):
            if kinds[one] & kinds[other] and min(len(kinds[one]), len(kinds[other])) == 1:
                mine, theirs = self._patterns(index, one), self._patterns(index, other)
                if not any(_meet(a, b) for a in mine for b in theirs):
                    return True
        return False

    def _patterns(self, index: int, action: str) -> list[str]:
        """The resources on which statements allow an action; `*` for whatever is not listed."""
        bit = catalogue().bits(action)
        found: list[str] = []
        for policy in self.principal(index).identity:
            found += ["*"] if policy.unknown else []
            for statement in policy.statements:
                box = statement.most
                if statement.allow and box.actions.bits & bit:
                    found += ["*"] if box.resources is None or box.not_resources else box.resources
        return found

    def assumable(self, index: int) -> list[int]:
        """The roles whose trust may name a principal: a quick look before the decision. Where a trust names
        someone who cannot be told at all (a variable, a look-up), that is someone outside the scan, unless the
        principal is allowed to assume the role."""
        if self._named is None:
            self._named = self._trusted_names()
        principal = self.principal(index)
        asked = (principal.arn, "*", principal.account, f"arn:aws:iam::{principal.account}:root")
        found = dict.fromkeys(role for name in asked for role in self._named.get(name, ()))
        if self.bits(index) & catalogue().bits("sts:AssumeRole"):
            found |= dict.fromkeys(self._named.get("", ()))
            found |= dict.fromkeys(role for name in self._alike(principal) for role in self._named[name])
        return [role for role in found if role != index]

    def _alike(self, principal: Principal) -> Iterator[str]:
        """What trusts name in an account that may be the principal's: one of the two is a provider's alias's."""
        if self._tails is None:
            self._tails = {}
            for name in self._named or ():
                self._tails.setdefault(_tail(name), []).append(name)
        for name in (*self._tails.get("root", ()), *self._tails.get(_tail(principal.arn), ())):
            account = name.split(":")[4] if ":" in name else name
            if account != principal.account and (apart(account) or apart(principal.account)):
                yield name

    def _trusted_names(self) -> dict[str, list[int]]:
        """Roles by the principals that their trust names; under "" those whose trust is not known."""
        found: dict[str, list[int]] = {}
        for index, principal in self.estate.principals.items():
            trust = principal.trust
            if principal.kind == "role" and (trust is None or trust.unknown):
                found.setdefault("", []).append(index)
            for statement in trust.statements if trust is not None else ():
                named = statement.most.principals if not statement.most.not_principals else None
                for type_, name in named if named is not None else (("*", "*"),):
                    if statement.allow and type_ in ("*", "AWS"):
                        found.setdefault("" if _is_open(name) else name, []).append(index)
        return found


def _tail(name: str) -> str:
    """What follows the account in an ARN; an account by itself is its root."""
    parts = name.split(":", 5)
    return parts[5] if len(parts) == _PARTS else "root" if name and name != "*" else ""


class _Entities:
    """Principals by the last part of their ARN (`role/path/name`)."""

    def __init__(self, named: Iterable[tuple[str, int]]) -> None:
        self._named = sorted(named)
        self._texts = [text for text, _ in self._named]

    def starting(self, pattern: str) -> list[int] | None:
        """Those whose names begin as a resource pattern does, up to its first wildcard; None: any of them."""
        parts = pattern.split(":", 5)
        if len(parts) < _PARTS:
            return None
        head = ""
        for sign in parts[5]:
            if sign in "*?" or sign >= _SIGNS:
                break
            head += sign
        if not head:
            return None
        low = bisect_left(self._texts, head)
        if head == parts[5]:
            high = bisect_right(self._texts, head)
        else:
            high = bisect_left(self._texts, head + chr(0x10FFFF))
        return [index for _, index in self._named[low:high]]


def _meet(one: str, other: str) -> bool:
    """Whether two resource patterns have a resource in common."""
    if not (one.isascii() and other.isascii()):
        return could_meet(one, other)
    pairs = ((mine, theirs) for mine in resources.split(one) for theirs in resources.split(other))
    return any(each.mask & _BOTH == _BOTH for pair in pairs for each in resources.reached(pair))


def _is_open(name: str) -> bool:
    """Whether a name is not known: nothing of it, or not which principal of an account it means."""
    return name != "*" and any(hole.sort == FREE for hole in holes_in(name))


def is_plain(statement: Statement) -> bool:
    """Whether a statement surely allows every action on identities, everywhere and without conditions."""
    box = statement.least
    if not statement.allow or box.never or box.clauses or catalogue().bits("iam:*") & ~box.actions.bits:
        return False
    return box.resources is None or (not box.not_resources and "*" in box.resources)


def everything(policies: Iterable[Policy]) -> Fact:
    """Whether policies taken together allow every action on every resource."""
    held = Policy(())
    bits, unread = 0, False
    for policy in policies:
        held += policy
        unread = unread or bool(policy.unknown)
        for statement in policy.statements:
            if statement.allow:
                bits |= statement.most.actions.bits
    if bits != catalogue().everything and not unread:
        return NO
    answer = difference(ALL, held)
    return {"yes": NO, "no": YES}.get(answer.verdict, Fact(Standing.UNKNOWN, (f"{UNKNOWN}{answer.reason}",)))
