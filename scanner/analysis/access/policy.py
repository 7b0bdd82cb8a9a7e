"""Policies as sets: each statement a box of actions, resources, principals and conditions, known or bounded.

A statement that is known in part is held as two boxes: `least`, what it surely means, and `most`, what it may
mean. Questions are answered for both, so that an unknown part makes an answer unknown only where it matters.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from scanner.analysis.access import globs
from scanner.analysis.access.catalogue import catalogue, fits_action
from scanner.analysis.access.conditions import Clause, clause
from scanner.analysis.access.refusals import refusal
from scanner.model.value import Unknown, Value, unknowns, unwrap

_VARIABLE = re.compile(r"\$\{([^}]*)\}")
_SIGNS = {"*": globs.STAR, "?": globs.QUESTION, "$": "$"}
_NO_VARIABLES = ("number", "date", "ip", "bool", "null")  # families whose values take no policy variables


class Source(NamedTuple):
    """Where a statement stands: a node's attribute, its number in that list, and what to call it."""

    node: int | None
    attribute: str
    number: int
    label: str


class Actions(NamedTuple):
    """The actions of a statement: a set of the catalogue's, and the patterns for those that it lacks."""

    bits: int
    patterns: tuple[str, ...]
    negated: bool

    def has(self, action: str) -> bool:
        """Whether an action, of the catalogue or not, is among them."""
        return any(fits_action(pattern, action) for pattern in self.patterns) is not self.negated


class Box(NamedTuple):
    """What a statement speaks of. `resources` None: of every one (a trust policy names none); `principals`
    None: of whoever holds the policy; `never` where an unknown part may keep it from meaning anything at
    all."""

    actions: Actions
    resources: tuple[str, ...] | None
    not_resources: bool
    principals: tuple[tuple[str, str], ...] | None
    not_principals: bool
    clauses: tuple[Clause, ...]
    never: bool = False


class Statement(NamedTuple):
    """One statement: what it surely means and may mean (the same object where all of it is known)."""

    allow: bool
    least: Box
    most: Box
    unknown: str  # why they differ; "" where they do not
    source: Source

    @property
    def known(self) -> bool:
        return self.least is self.most


class Policy(NamedTuple):
    """Statements that one document, or several taken together, make; `unknown` where it could not be read."""

    statements: tuple[Statement, ...]
    unknown: str = ""

    @classmethod
    def of(
        cls,
        statements: Value,
        *,
        node: int | None = None,
        attribute: str = "statements",
        labels: Sequence[str] = (),
        variables: bool = True,
    ) -> Policy:
        """A policy from normalized statements (model/kinds.py). `variables` is False for Version 2008-10-17."""
        statements = unwrap(statements)
        if isinstance(statements, Unknown):
            return cls((), statements.reason)
        read = []
        for number, each in enumerate(statements or ()):
            label = labels[number] if number < len(labels) else ""
            read += _statements(each, Source(node, attribute, number, label), variables=variables)
        return cls(tuple(read))

    @classmethod
    def full_access(cls, why: str = "") -> Policy:
        """A policy that allows everything: surely, or where `why` says so, perhaps."""
        every = actions_of(("*",), negated=False)
        box = Box(every, ("*",), not_resources=False, principals=None, not_principals=False, clauses=())
        source = Source(None, "", 0, "FullAWSAccess")
        least = box._replace(never=True) if why else box
        return cls((Statement(allow=True, least=least, most=box, unknown=why, source=source),))

    @classmethod
    def full_for_anyone(cls) -> Policy:
        """A policy of a resource that lets everyone do everything (what an endpoint has by default)."""
        [statement] = cls.full_access().statements
        box = statement.most._replace(principals=(("*", "*"),))
        return cls((statement._replace(least=box, most=box),))

    def doubtful(self, why: str) -> Policy:
        """The same statements, of which none is sure to mean anything."""
        return Policy(
            tuple(each._replace(least=each.least._replace(never=True), unknown=why) for each in self.statements),
            self.unknown,
        )

    def __add__(self, other: object) -> Policy:
        """Both taken together."""
        if not isinstance(other, Policy):
            return NotImplemented
        return Policy((*self.statements, *other.statements), self.unknown or other.unknown)


def _statements(raw: Value, source: Source, *, variables: bool) -> list[Statement]:
    raw = unwrap(raw)
    why = raw if isinstance(raw, Unknown) else next(unknowns(raw), None)
    reason = why.reason if why is not None else ""
    if isinstance(raw, Unknown) or isinstance(raw.get("effect"), Unknown):
        every = actions_of(("*",), negated=False)
        box = Box(every, ("*",), not_resources=False, principals=None, not_principals=False, clauses=())
        return [Statement(allow, box._replace(never=True), box, reason, source) for allow in (True, False)]
    told = source._replace(label=source.label or raw.get("label") or _label(raw))
    refused = refusal(raw)
    if refused:
        return _refused(raw, f"a statement of the policy {refused}", told, variables=variables)
    most = _box(raw, variables=variables, generous=True)
    least = _box(raw, variables=variables, generous=False) if why is not None else most
    return [Statement(raw["effect"] == "Allow", least, most, reason, told)]


def _refused(raw: dict[str, Any], why: str, source: Source, *, variables: bool) -> list[Statement]:
    """A statement that AWS refuses: what its author meant is not sure."""
    if not raw["actions"] and not raw["not_actions"]:
        raw = {**raw, "actions": ["*"]}
    most = _box(raw, variables=variables, generous=True)
    effects = [word for word in ("allow", "deny") if str(raw["effect"]).lower() == word] or ["allow", "deny"]
    return [Statement(word == "allow", most._replace(never=True), most, why, source) for word in effects]


def _label(raw: dict[str, Any]) -> str:
    listed = raw["actions"] or raw["not_actions"]
    shown = ", ".join("…" if isinstance(each, Unknown) else str(each) for each in listed[:3])
    more = f" and {len(listed) - 3} more" if len(listed) > 3 else ""
    return f"{raw['effect']} {'all but ' if raw['not_actions'] else ''}{shown}{more}"


def _box(raw: dict[str, Any], *, variables: bool, generous: bool) -> Box:
    """What a statement may mean (`generous`) or surely means, whatever its unknown parts are."""
    negated = bool(raw["not_actions"])
    names = _texts(raw["not_actions" if negated else "actions"], generous=generous is not negated)
    apart = bool(raw["not_resources"])
    listed = raw["not_resources" if apart else "resources"]
    resources = _texts(listed, generous=generous is not apart, resource=True) if listed else None
    if variables and resources is not None:
        resources = tuple(map(symbolic, resources))
    others = bool(raw["not_principals"])
    named = raw["not_principals" if others else "principals"]
    clauses, never = _clauses(raw["conditions"], variables=variables, generous=generous)
    return Box(
        actions_of(names, negated=negated),
        resources,
        apart,
        _principals(named, generous=generous is not others) if named else None,
        others,
        clauses,
        never,
    )


def _texts(values: Iterable[Value], *, generous: bool, resource: bool = False) -> tuple[str, ...]:
    """The known texts, and for the others, where generous, all that they may be."""
    found = []
    for value in values:
        if isinstance(value, Unknown):
            if generous:
                found.append(_possible(value, resource=resource))
        else:
            found.append(str(value))
    return tuple(found)


def _possible(value: Unknown, *, resource: bool) -> str:
    """A pattern that holds every text which an Unknown may turn out to be."""
    tail = value.suffix or ""
    text = f"{value.prefix}*{tail}" if not (value.prefix + tail).strip("*") or not resource else f"{value.prefix}*"
    return text if not resource or value.prefix.startswith("arn:") else "*"


@lru_cache(maxsize=65536)
def actions_of(names: tuple[str, ...], *, negated: bool) -> Actions:
    """The set that a list of action patterns means, or all but these."""
    known = catalogue()
    bits = 0
    for name in names:
        bits |= known.bits(name)
    return Actions(known.everything & ~bits if negated else bits, names, negated)


def _principals(values: Iterable[Value], *, generous: bool) -> tuple[tuple[str, str], ...]:
    found = []
    for value in values:
        if isinstance(value, Unknown):
            found += [("*", "*")] if generous else []
        elif isinstance(value["id"], Unknown):
            found += [(str(value["type"]), "*")] if generous else []
        else:
            found.append((str(value["type"]), str(value["id"])))
    return tuple(found)


def _clauses(conditions: Iterable[Value], *, variables: bool, generous: bool) -> tuple[tuple[Clause, ...], bool]:
    """The clauses, without those that are unknown where generous; and whether the statement may mean nothing."""
    found: list[Clause] = []
    for value in conditions:
        if isinstance(value, Unknown) or any(True for _ in unknowns(value)):
            if not generous:
                return (), True
            continue
        values = tuple(str(each) for each in value["values"])
        one = clause(value["operator"], value["key"], values)
        if one is None:  # AWS refuses it; nothing is sure of such a statement
            if not generous:
                return (), True
            continue
        if variables and one.family not in _NO_VARIABLES:
            one = one._replace(values=tuple(map(symbolic, values)))
        found.append(one)
    return tuple(found), False


# Policy variables: each becomes one sign of its own, the same wherever it stands

_FIRST = 0xF0000  # a plane for private use
_variables: dict[str, str] = {}
_names: dict[str, str] = {}


def symbolic(text: str) -> str:
    """A text whose policy variables are signs: `${*}`, `${?}` and `${$}` mean the sign inside."""
    return _VARIABLE.sub(_sign, text) if "${" in text else text


def _sign(found: re.Match[str]) -> str:
    name = found.group(1)
    if name in _SIGNS:
        return _SIGNS[name]
    key = name.strip().lower()
    sign = _variables.get(key)
    if sign is None:
        sign = _variables[key] = chr(_FIRST + len(_variables))
        _names[sign] = name.strip()
    return sign


def variables_in(text: str) -> tuple[str, ...]:
    """The signs in a text that stand for policy variables."""
    return tuple(sign for sign in text if sign in _names)


def variable(sign: str) -> tuple[str, str | None]:
    """The key that a sign stands for, in lower case, and the default that is used where it is absent."""
    key, comma, default = _names[sign].partition(",")
    return key.strip().lower(), default.strip().strip("'\"") if comma else None


def plain(text: str) -> str:
    """A text for people: signs become what they stand for."""
    if text.isascii():
        return text
    shown = text.replace(globs.STAR, "*").replace(globs.QUESTION, "?")
    return "".join("${" + _names[sign] + "}" if sign in _names else sign for sign in shown)
