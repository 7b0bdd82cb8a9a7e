"""The tree of least privilege: organization, guardrails, boundary, policies. What a principal may do must not grow
on the way down; here is where it does: a role that it may take, or a grant that names it, beyond its own limits.

Sources: IAM User Guide, "Permissions boundaries for IAM entities" (a boundary holds for the entity that carries
it, and a resource's policy that names a user is not limited by it), "Switching to a role"; AWS Organizations User
Guide, "Service control policies" (they hold for the principals of their accounts, wherever these go).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from scanner.analysis.access.algebra import NO, UNKNOWN, Answer, difference
from scanner.analysis.access.decision import Decision, Verdict
from scanner.analysis.access.escalation_looks import Looks
from scanner.analysis.access.estate import Estate, Principal
from scanner.analysis.access.names import readable
from scanner.analysis.access.policy import Policy, Source
from scanner.graph.columns import Graph
from scanner.model.kinds import KINDS
from scanner.model.value import Unknown, Value

_SHOWN = 3  # principals that are named
_HELD = ("trust", "user")
_OTHERS = ("policy", "trust", "guardrail", "permission_set", "endpoint", "key")


class Limit(NamedTuple):
    """What keeps a principal from something: its boundary, or the guardrails of one level."""

    called: str
    policy: Policy
    source: Source | None


def derive_tree(graph: Graph) -> None:
    """Set `outgrown` of trusts, and of users whom resources let in by name."""
    for kind in _HELD:
        for index in graph.nodes(kind):
            graph.set(index, "outgrown", [])
    estate = Estate.of(graph)
    known = ((index, each) for index, each in estate.principals.items() if index not in graph.stand_ins)
    limited = {index: limits for index, each in known if (limits := tuple(limits_of(each)))}
    if not limited:
        return
    tree = _Tree(estate, limited)
    for trust, told in tree.roles().items():
        graph.set(trust, "outgrown", told)
    for user, told in tree.grants().items():
        graph.set(user, "outgrown", told)


def limits_of(principal: Principal) -> Iterator[Limit]:
    """The limits of a principal, from the organization down."""
    for level in principal.guardrails:
        policy = Policy(())
        for each in level:
            policy += each
        yield Limit("its guardrails", policy, _where(policy))
    if principal.boundary is not None:
        yield Limit("its boundary", principal.boundary, _where(principal.boundary))


def _where(policy: Policy) -> Source | None:
    return next((each.source for each in policy.statements if each.source.node is not None), None)


class _Tree:
    """Looks for growth in one estate."""

    def __init__(self, estate: Estate, limited: dict[int, tuple[Limit, ...]]) -> None:
        self.estate = estate
        self.graph = estate.graph
        self.limited = limited
        self._looks = Looks(estate, lambda index: estate.principals.get(index) or estate.groups[index])
        self._beyond: dict[tuple[int, int], Answer] = {}

    # by a role that may be taken

    def roles(self) -> dict[int, list[Value]]:
        """By trust: the principals that outgrow a limit by its role, one fact for each limit."""
        found: dict[tuple[int, Source], list[tuple[int, Limit, Answer]]] = {}
        unsure: dict[int, Unknown] = {}
        for index, limits in self.limited.items():
            for role in self._looks.assumable(index):
                trust = self.estate.principals[role].trust_node
                taken = self.estate.may_assume(role, self.estate.principals[index])
                if trust is None or taken.verdict is Verdict.DENIED:
                    continue
                for limit in self._own(role, limits):
                    answer = self._difference(role, limit)
                    reason = answer.reason or "; ".join(taken.unknowns)
                    if answer.verdict == NO:
                        continue
                    if answer.verdict == UNKNOWN or taken.verdict is Verdict.UNKNOWN:
                        unsure[trust] = Unknown(reason)
                    elif limit.source is not None and self._may(role, answer):
                        found.setdefault((trust, limit.source), []).append((index, limit, answer))
        told: dict[int, list[Value]] = {trust: [why] for trust, why in unsure.items()}
        for (trust, source), holders in found.items():
            told.setdefault(trust, []).append(self._fact(trust, source, holders))
        return told

    def _own(self, role: int, limits: tuple[Limit, ...]) -> Iterator[Limit]:
        """The limits that a role does not carry itself."""
        shared = [each.policy for each in self.limited.get(role, ())]
        yield from (each for each in limits if each.policy not in shared)

    def _difference(self, role: int, limit: Limit) -> Answer:
        """Whether the policies of a role allow what a limit does not."""
        key = (role, id(limit.policy))
        if key not in self._beyond:
            held = Policy(())
            for each in self.estate.principals[role].identity:
                held += each
            self._beyond[key] = difference(held, limit.policy)
        return self._beyond[key]

    def _may(self, role: int, answer: Answer) -> bool:
        return self._asked(role, answer).verdict in (Verdict.ALLOWED, Verdict.CONDITIONAL)

    def _asked(self, role: int, answer: Answer) -> Decision:
        """Whether the role's own limits let it do that, too."""
        assert answer.witness is not None  # noqa: S101 - there is one for every yes
        context = {
            key: value for key, value in answer.witness.context.items() if not key.startswith("aws:principal")
        }
        principal = self.estate.principals[role]
        return self.estate.decide(principal, answer.witness.action, answer.witness.resource, context)

    # by a grant that names a user

    def grants(self) -> dict[int, list[Value]]:
        """By user: what resources let it do, by its name, beyond its boundary."""
        found: dict[int, list[Value]] = {}
        bounded = {each.arn: each for index, each in self.estate.principals.items()
                   if index in self.limited and each.kind == "user" and each.boundary is not None}  # fmt: skip
        for holder in self._holders() if bounded else ():
            for statement in self.estate.policy(holder).statements:
                for type_, name in statement.least.principals or ():
                    principal = (
                        bounded.get(name) if type_ == "AWS" and not statement.least.not_principals else None
                    )
                    if principal is None or not statement.allow or statement.least.never:
                        continue
                    bare = statement._replace(least=statement.least._replace(principals=None))
                    bare = bare._replace(most=bare.least)
                    assert principal.boundary is not None  # noqa: S101 - asked above
                    answer = difference(Policy((bare,)), principal.boundary)
                    if answer.verdict == "yes":
                        limit = Limit("its boundary", principal.boundary, _where(principal.boundary))
                        found.setdefault(principal.index, []).append(
                            self._granted(principal, statement.source, limit, answer)
                        )
        return found

    def _holders(self) -> Iterator[int]:
        """Resources with policies of their own, but keys, whose policies may be limited otherwise."""
        for name, kind in KINDS.items():
            if name not in _OTHERS and any(each.name == "statements" for each in kind.attributes):
                yield from (each for each in self.graph.nodes(name) if self.graph.peek(each, "provider") == "aws")

    # facts

    def _fact(self, trust: int, source: Source, holders: list[tuple[int, Limit, Answer]]) -> dict[str, Any]:
        first, limit, answer = holders[0]
        role = self.graph.sources("trusts", trust)[0]
        decision = self._asked(role, answer)
        names = [self._name(index) for index, _, _ in holders]
        more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
        assert answer.witness is not None  # noqa: S101 - as above
        steps = [
            (self._step(source, f"the limit of {names[0]}"), "bounded_by"),
            *((self._step(each, f"allows {answer.witness.action}"), "attaches") for each in decision.because[:1]),
        ]
        return {
            "names": ", ".join(names[:_SHOWN]) + more,
            "limit": limit.called,
            "action": answer.witness.action,
            "resource": readable(answer.witness.resource),
            "through": self._name(role),
            "because": [{"node": str(self.graph.addresses[first]), "at": "", "note": "may take the role",
                         "relation": ""}] + [{**step, "relation": relation} for step, relation in steps if step],
            "cut": f"{self._name(first)} in the trust of {self._name(role)}",
        }  # fmt: skip

    def _granted(self, principal: Principal, source: Source, limit: Limit, answer: Answer) -> dict[str, Any]:
        assert answer.witness is not None  # noqa: S101 - as above
        steps = [self._step(limit.source, "its boundary"), self._step(source, "names it")]
        through = self._name(source.node) if source.node is not None else ""
        return {
            "names": self._name(principal.index),
            "limit": limit.called,
            "action": answer.witness.action,
            "resource": readable(answer.witness.resource),
            "through": through,
            "because": [{**step, "relation": "grants_to"} for step in steps if step],
            "cut": readable(source.label),
        }

    def _step(self, source: Source | None, note: str) -> dict[str, str]:
        if source is None or source.node is None:
            return {}
        at = f"{source.attribute}[{source.number}]" if source.attribute == "statements" else source.attribute
        return {"node": str(self.graph.addresses[source.node]), "at": at, "note": readable(note)}

    def _name(self, index: int) -> str:
        name = self.graph.peek(index, "name")
        return name if isinstance(name, str) else self.graph.addresses[index].name
