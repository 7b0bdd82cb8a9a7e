"""Policies of AWS that grant more than before: by principal, by trust, by resource, by what limits them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from scanner.analysis.access.algebra import YES, Answer, Witness, difference
from scanner.analysis.access.catalogue import LEVELS, catalogue
from scanner.analysis.access.estate import Estate, Principal
from scanner.analysis.access.names import holes_in, readable
from scanner.analysis.access.policy import Box, Policy, Source, Statement, actions_of
from scanner.cli.ask.places import Places
from scanner.cli.diff.change import PRINCIPAL, RESOURCE, TRUST, Entry, Place, few
from scanner.cli.diff.pairs import Pairs
from scanner.cli.diff.reach import called, declared, held_by
from scanner.cli.diff.sides import Sides
from scanner.model.finding import Severity
from scanner.model.location import Location

_NONE = Policy(())
_MANY = 60  # actions or resources that are tried one by one
_OWN = frozenset({"policy", "trust", "role", "user", "group", "permission_set", "assignment", "guardrail"})


class _Grown(NamedTuple):
    """One policy that grants more: by which request it shows, and which statements grant something new."""

    answer: Answer
    statements: Sequence[Statement]
    places: Sequence[Place]


class Policies:
    """Both sides' policies, held against each other."""

    def __init__(self, sides: Sides, pairs: Pairs) -> None:
        self.sides = sides
        self.pairs = pairs
        self.base = Estate.of(sides.base.asked.graph)
        self.head = Estate(sides.head.asked.graph)
        self._places = {"base": Places(sides.base.asked), "head": Places(sides.head.asked)}

    def entries(self, told: frozenset[str]) -> Iterator[Entry]:
        """Everything that is newly granted; of the principals that are `told` already only trusts and limits."""
        for index, principal in {**self.head.principals, **self.head.groups}.items():
            if index in self.head.graph.stand_ins:
                continue
            before = self._before(index)
            name = str(self.head.graph.addresses[index])
            if name not in told:
                yield from self._principal(principal, before)
            if before is not None:
                yield from self._trust(principal, before)
                yield from self._limits(principal, before)
        yield from self._guardrails()
        for kind in sorted(self.head.graph.tables):
            if kind not in _OWN and "statements" in self.head.graph.tables[kind].columns:
                for index in self.head.graph.nodes(kind):
                    yield from self._resource(index)

    def _before(self, index: int) -> Principal | None:
        found = self.pairs.base_of.get(index)
        return None if found is None else self.base.principals.get(found) or self.base.groups.get(found)

    # one by one

    def _principal(self, now: Principal, before: Principal | None) -> Iterator[Entry]:
        was = _joined(before.identity) if before is not None else _NONE
        grown = self._grown(_joined(now.identity), was)
        if grown is None:
            return
        node = self._named(now.index) + (" (new)" if before is None else "")
        yield from self._told(grown, PRINCIPAL, now.index, f"{node} may", _severity(grown.statements))

    def _trust(self, now: Principal, before: Principal) -> Iterator[Entry]:
        grown = self._grown(now.trust or _NONE, before.trust or _NONE)
        if grown is None:
            return
        who, anyone = _callers(grown.statements)
        subject = f"{self._named(now.index)} may be assumed by"
        severity = (
            Severity.CRITICAL
            if anyone and not any(each.most.clauses for each in grown.statements)
            else Severity.HIGH
        )
        yield from self._told(grown, TRUST, now.index, subject, severity, few(who) or "more callers than before")

    def _limits(self, now: Principal, before: Principal) -> Iterator[Entry]:
        """A boundary that is gone, or that lets through more."""
        if before.boundary is None:
            return
        if now.boundary is None:
            message = f"{self._named(now.index)} is no longer limited by a permissions boundary"
            yield Entry(
                PRINCIPAL,
                Severity.HIGH,
                message,
                self._id(now.index),
                self._declared(now.index, before.index),
            )
            return
        grown = self._grown(now.boundary, before.boundary)
        if grown is not None:
            subject = f"the permissions boundary of {self._named(now.index)} lets through"
            yield from self._told(grown, PRINCIPAL, now.index, subject, Severity.MEDIUM)

    def _guardrails(self) -> Iterator[Entry]:
        base = self.base.graph
        for before in base.nodes("guardrail"):
            index = self.pairs.head_of.get(before)
            if index is None:
                message = f"the guardrail {called(base, before)} is gone"
                yield Entry(PRINCIPAL, Severity.HIGH, message, str(base.addresses[before]), self._removed(before))
                continue
            grown = self._grown(self.head.policy(index), self.base.policy(before))
            if grown is not None:
                yield from self._told(
                    grown, PRINCIPAL, index, f"the guardrail {self._named(index)} lets through", Severity.HIGH
                )

    def _resource(self, index: int) -> Iterator[Entry]:
        before = self.pairs.base_of.get(index)
        if before is None or self.head.graph.peek(index, "provider") != "aws":
            return  # of what is new the rules say whether it is open
        grown = self._grown(self.head.policy(index), self.base.policy(before))
        if grown is None:
            return
        who, anyone = _callers(grown.statements)
        subject = f"the policy of {self._named(index)} lets {few(who) or 'more callers'}"
        severity = Severity.HIGH if anyone else Severity.MEDIUM
        yield from self._told(grown, RESOURCE, index, subject, severity)

    # comparing

    def _grown(self, now: Policy, was: Policy) -> _Grown | None:
        """What a policy grants beyond another; None where that is nothing."""
        fresh = self._missing(now, "head", was, "base")
        gone = [each for each in self._missing(was, "base", now, "head") if not each.allow]
        more_unknown = bool(now.unknown) and not was.unknown
        if not gone and not more_unknown and not any(each.allow for each in fresh):
            return None
        whole = now if gone else Policy(tuple(each for each in now.statements if not each.allow or each in fresh))
        answer = difference(whole._replace(unknown=""), was._replace(unknown=""))
        if answer.verdict == YES and was.unknown:
            answer = Answer("unknown", None, f"of the base it is not known in full what it held: {was.unknown}")
        if answer.verdict != YES and more_unknown:
            answer = Answer("unknown", None, now.unknown)
        if answer.verdict == "no":
            return None
        denying = tuple(each for each in now.statements if not each.allow)
        granting = list(filter(None, (_beyond(each, denying, was) for each in fresh if each.allow)))
        if answer.verdict == YES and (why := _hanging(granting, was)):
            answer = Answer("unknown", None, why)
        places = [self._place(each.source, "head") for each in granting or fresh]
        places += [self._place(each.source, "base") for each in gone]
        return _Grown(answer, granting, places)

    def _missing(self, policy: Policy, side: str, other: Policy, beside: str) -> list[Statement]:
        """The statements of one policy that another has in no form."""
        said = {self._same(each, beside) for each in other.statements}
        written = {self._raw(each, beside) for each in other.statements} - {None}
        return [
            each
            for each in policy.statements
            if self._same(each, side) not in said and self._raw(each, side) not in written
        ]

    def _same(self, statement: Statement, side: str) -> object:
        """What a statement says; of what is known in part, its text."""
        source = statement.source
        if statement.known or source.node is None or source.attribute != "statements":
            return statement.allow, statement.least, statement.most
        return self._raw(statement, side)

    def _raw(self, statement: Statement, side: str) -> object:
        """What is written of a statement, unknown parts by their reasons."""
        source = statement.source
        if source.node is None or source.attribute != "statements":
            return None
        raw = (self.base if side == "base" else self.head).graph.peek(source.node, "statements")
        one = raw[source.number] if isinstance(raw, list) and source.number < len(raw) else raw
        return statement.allow, repr(one)

    # writing

    def _told(
        self, grown: _Grown, what: str, index: int, subject: str, severity: Severity, rest: str = ""
    ) -> Iterator[Entry]:
        """The entry of what has grown. A subject that begins with the node's name is what others may share."""
        answer = grown.answer
        certain = answer.verdict == YES
        witness = _witness(answer.witness)
        actions = sorted({each for statement in grown.statements for each in _actions(statement)})
        resources = sorted({each for statement in grown.statements for each in _resources(statement)})
        if not rest:
            shown = few(actions) or (witness["action"] if witness else "more than before")
            on = few(resources) or (witness["resource"] if witness else "")
            rest = f"{shown} on {on}" if on else shown
        if not certain:
            rest += ", as far as can be told"
        name = self._named(index)
        details: dict[str, Any] = {"actions": actions, "resources": resources, "witness": witness}
        yield Entry(
            what, severity, f"{subject} {rest}", self._id(index), self._chosen(grown, index), certain,
            "" if certain else answer.reason, details, name if subject.startswith(name) else "",
        )  # fmt: skip

    def _chosen(self, grown: _Grown, index: int) -> Place:
        """A statement that the change wrote, else where it handed one to the node, else the node itself."""
        head, places = self.sides.head, list(grown.places)
        for each in grown.statements:
            places += held_by(head, index, each.source.node)
        return self.sides.lines.chosen([*places, *declared(head, index)])

    def _place(self, source: Source, side: str) -> Place:
        told = self._places[side].source(source)
        return Place(Location(**told["location"]) if told["location"] else None, side, told["statement"])

    def _declared(self, index: int, before: int) -> Place:
        now, was = self.sides.head.written(index, "bounded_by"), self.sides.base.written(before, "bounded_by")
        return self.sides.lines.chosen([Place(now), Place(was, "base")])

    def _removed(self, index: int) -> Place:
        return Place(self.sides.base.written(index, ""), "base")

    def _id(self, index: int) -> str:
        return str(self.head.graph.addresses[index])

    def _named(self, index: int) -> str:
        return called(self.head.graph, index)


def _beyond(statement: Statement, denying: Sequence[Statement], was: Policy) -> Statement | None:
    """What of a statement another policy does not grant, action by action and resource by resource; None where
    that is nothing."""
    was = was._replace(unknown="")

    def adds(box: Box) -> bool:
        one = statement._replace(least=box, most=box)
        return difference(Policy((one, *denying)), was).verdict != "no"

    box = statement.most
    if not adds(box):
        return None
    patterns = box.actions.patterns
    if not box.actions.negated and 1 < len(patterns) <= _MANY:
        kept = tuple(each for each in patterns if adds(box._replace(actions=actions_of((each,), negated=False))))
        box = box._replace(actions=actions_of(kept, negated=False)) if kept else box
    if box.resources is not None and not box.not_resources and 1 < len(box.resources) <= _MANY:
        some = tuple(each for each in box.resources if adds(box._replace(resources=(each,))))
        box = box._replace(resources=some or box.resources)
    return statement._replace(most=box)


def _hanging(granting: Sequence[Statement], was: Policy) -> str:
    """Why it is not certain that something is new: who is meant, or all of what, is one unknown; else ""."""
    if not any(each.allow for each in was.statements):
        return ""
    reasons = []
    for each in granting:
        texts = [text for _, text in each.most.principals or ()] + list(each.most.resources or ())
        unknown = [held[0] for text in texts if len(text) == 1 and (held := holes_in(text))]
        if len(unknown) < len(texts) or not texts:
            continue
        reasons.append(f"{unknown[0].label} is not known: {unknown[0].reason}")
    return "; ".join(reasons) if len(reasons) == len(granting) else ""


def _joined(policies: Sequence[Policy]) -> Policy:
    found = _NONE
    for each in policies:
        found += each
    return found


def _actions(statement: Statement) -> Sequence[str]:
    actions = statement.most.actions
    return [f"all but {each}" if actions.negated else each for each in actions.patterns]


def _resources(statement: Statement) -> Sequence[str]:
    box = statement.most
    return [f"all but {readable(each)}" if box.not_resources else readable(each) for each in box.resources or ()]


def _callers(statements: Sequence[Statement]) -> tuple[list[str], bool]:
    """Whom statements name, in words, and whether anyone is among them."""
    pairs = {pair for each in statements for pair in each.most.principals or ()}
    return sorted(map(_who, pairs)), any(text == "*" for _, text in pairs)


def _who(pair: tuple[str, str]) -> str:
    type_, text = pair
    if text == "*":
        return "anyone"
    return readable(text) if type_ in ("AWS", "Service") else f"{readable(text)} ({type_})"


def _witness(found: Witness | None) -> dict[str, Any] | None:
    """The form that `ask compare` writes."""
    if found is None:
        return None
    context = {key: list(value) if isinstance(value, tuple) else value for key, value in found.context.items()}
    return {
        "action": found.action, "resource": readable(found.resource), "principal": found.principal,
        "context": context,
    }  # fmt: skip


def _severity(statements: Sequence[Statement]) -> Severity:
    """By the worst access level that is granted, and whether on everything (AWS service authorization reference,
    "Access levels")."""
    return min((_of_statement(each) for each in statements), key=lambda each: each.rank, default=Severity.MEDIUM)


def _of_statement(statement: Statement) -> Severity:
    known = catalogue()
    bits = statement.most.actions.bits
    broad = statement.most.not_resources or any(
        each.strip("*") in ("", "arn:aws:") for each in statement.most.resources or ("*",)
    )
    if statement.most.actions.negated or bits == known.everything:
        return Severity.CRITICAL if broad else Severity.HIGH
    levels = set()
    while bits:
        low = bits & -bits
        levels.add(known.level(low.bit_length() - 1))
        bits ^= low
    if LEVELS["P"] in levels:
        return Severity.HIGH if broad else Severity.MEDIUM
    if broad and levels & {LEVELS["W"], LEVELS["R"]}:
        return Severity.MEDIUM
    return Severity.LOW
