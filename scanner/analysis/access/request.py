"""One request against one statement: whether it matches, perhaps, or only on conditions that are left open."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from scanner.analysis.access import names, resources
from scanner.analysis.access.catalogue import catalogue
from scanner.analysis.access.conditions import Clause, Held, holds
from scanner.analysis.access.names import MAYBE, NO, YES
from scanner.analysis.access.policy import Box, Statement, variable, variables_in


class Range(NamedTuple):
    """A context value that lies between two others (dates)."""

    low: str
    high: str


# Key, in lower case, to its value; a key that is not there is left open.
Context = Mapping[str, Held | Range]


class Told(dict[str, "Held | Range"]):
    """A context that knows every tag of the resource: the keys of other tags are absent from the request. Tags
    that AWS gives itself (`aws:`) stay open."""

    def __contains__(self, key: object) -> bool:
        return super().__contains__(key) or (isinstance(key, str) and _is_tag(key))

    def __missing__(self, key: str) -> None:
        if not _is_tag(key):
            raise KeyError(key)


def _is_tag(key: str) -> bool:
    return ":resourcetag/" in key and ":resourcetag/aws:" not in key


class Action(NamedTuple):
    """An action as it is asked: its name and, where the catalogue has it, its bit's number."""

    name: str
    at: int | None

    @classmethod
    def of(cls, name: str) -> Action:
        return cls(name, catalogue().find(name))

    @property
    def unscoped(self) -> bool:
        """Whether it takes no resource."""
        return self.at is not None and bool(catalogue().unscoped >> self.at & 1)


class Matched(NamedTuple):
    """How a statement meets a request: YES, MAYBE (with the reason) or NO; on the clauses that are left open."""

    state: str
    clauses: tuple[Clause, ...] = ()
    reason: str = ""


_NEVER = Matched(NO)


def speaks_of(box: Box, action: Action) -> bool:
    """Whether a statement speaks of an action."""
    if action.at is not None:
        return bool(box.actions.bits >> action.at & 1)
    return box.actions.has(action.name)


def met(statement: Statement, action: Action, resource: str | None, context: Context) -> Matched:
    """How a statement meets a request; `resource` None where the resource is judged elsewhere."""
    if not speaks_of(statement.most, action):
        return _NEVER
    sure = statement.known or (not statement.least.never and speaks_of(statement.least, action))
    on = YES if resource is None else _on(statement, resource, context)
    if on == NO:
        return _NEVER
    clauses: list[Clause] = []
    reason = ""
    for one in statement.most.clauses:
        ruled = decided(one, context)
        if ruled is False:
            return _NEVER
        if isinstance(ruled, Clause):
            clauses.append(ruled)
        elif ruled == MAYBE:
            sure, reason = False, reason or f"it hangs on {names.readable(one.text)}"
    if not sure or on == MAYBE:
        return Matched(MAYBE, tuple(clauses), reason or statement.unknown or _why(statement))
    if not statement.known and statement.least.clauses != statement.most.clauses:
        return Matched(MAYBE, tuple(clauses), statement.unknown)
    return Matched(YES, tuple(clauses))


def _why(statement: Statement) -> str:
    for text in statement.most.resources or ():
        for each in names.holes_in(text):
            return each.reason
    return "the names of what it speaks of are not known in full"


def _on(statement: Statement, resource: str, context: Context) -> str:
    most, least = statement.most, statement.least
    state = on_resource(most, resource, context)
    if statement.known or state == NO:
        return state
    return state if on_resource(least, resource, context) == state else MAYBE


def on_resource(box: Box, resource: str, context: Context) -> str:
    """Whether a box speaks of a resource."""
    if box.resources is None:
        return YES
    found = NO
    for text in box.resources:
        pattern = filled(text, context)
        one = NO if pattern is None else names.match(pattern, resource)
        if one == YES:
            found = YES
            break
        found = MAYBE if one == MAYBE else found
    if box.not_resources:
        return {YES: NO, NO: YES, MAYBE: MAYBE}[found]
    return found


def filled(text: str, context: Context) -> str | None:
    """A text with its policy variables replaced; None where one is absent and has no default, so that the
    statement cannot match."""
    if text.isascii():
        return text
    for sign in variables_in(text):
        key, default = variable(sign)
        if key in context:
            value = context[key]
            if value is None:
                value = default
            if not isinstance(value, str):
                return None
        else:
            value = names.hole(("variable", key), key, names.FREE, f"{key} is not known")
        text = text.replace(sign, value)
    return text


def decided(one: Clause, context: Context) -> bool | str | Clause:
    """Whether a clause holds; MAYBE where that hangs on an unknown, the clause itself where its key is open."""
    values = one.values
    if any(not each.isascii() for each in values):
        told = tuple(filled(each, context) for each in values)
        one = one._replace(values=tuple(each for each in told if each is not None))
    if one.key not in context:
        return one
    held = context[one.key]
    if isinstance(held, Range):
        low, high = holds(one, held.low), holds(one, held.high)
        return low if low == high and not one.family.endswith("=") else MAYBE
    return _compared(one, held)


def _compared(one: Clause, held: Held) -> bool | str:
    result = holds(one, held)
    listed = () if held is None else (held,) if isinstance(held, str) else held
    if all(text.isascii() for text in (*one.values, *listed)) or not listed or one.family == "null":
        return result
    positive = result is not one.negated
    if positive and one.family in ("string", "like", "arn", "folded"):
        return result
    if any(names.could_meet(value, each) for value in one.values for each in listed):
        return MAYBE
    return result


@lru_cache(maxsize=16384)
def targets(action: Action, pattern: str) -> tuple[tuple[str, ...], ...]:
    """For a question about some resource: groups of ARN patterns, one of each of which must be allowed.

    `*` means any resource that the action takes; where a call needs several kinds, one of each.
    """
    if pattern != resources.NOWHERE or action.at is None:
        return ((pattern,),)
    known = catalogue()
    kinds = known.services[known.keys[action.at].partition(":")[0]]["resources"]
    needed = [kinds[each] for each in known.required_types(action.at) if each in kinds]
    if needed:
        return tuple((_pattern(each),) for each in dict.fromkeys(needed))
    return (tuple(dict.fromkeys(map(_pattern, known.formats(action.at)))) or ("*",),)


@lru_cache(maxsize=4096)
def _pattern(form: str) -> str:
    """An ARN format with `*` for what varies, in the usual partition."""
    text = ""
    for number, part in enumerate(form.replace("${Partition}", "aws").split("${")):
        text += part if not number else "*" + part.partition("}")[2]
    return text


def is_pattern(resource: str) -> bool:
    """Whether a resource is a pattern: the question is then about some resource that fits."""
    return "*" in resource or "?" in resource
