"""Questions about policies as sets of requests: what one grants and not the other, what both grant, if anything.

The actions are cut into classes that the same statements speak of. Within a class, resources, principals and each
condition key say independently which combinations of statements can match at once (`resources.reached`,
`conditions.ways`); their product, kept small by what it makes match, is searched for a request that answers the
question. That is exact over the catalogue's actions, those that the policies name, and one more for each pattern;
sizes past a limit make the answer unknown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from scanner.analysis.access import globs, resources
from scanner.analysis.access.bindings import bindings, bound
from scanner.analysis.access.catalogue import catalogue
from scanner.analysis.access.conditions import Clause, Held, holds, ways
from scanner.analysis.access.policy import Box, Policy, plain
from scanner.analysis.access.strangers import Stranger, callers

MOST_MASKS = 50_000
YES, NO, UNKNOWN = "yes", "no", "unknown"


class Witness(NamedTuple):
    """A request: an action, a resource, who asks (None: whoever holds the policy) and the context that it
    needs."""

    action: str
    resource: str
    principal: str | None
    context: dict[str, Held]


class Answer(NamedTuple):
    """`verdict` yes, no or unknown; a witness for yes, a reason for unknown."""

    verdict: str
    witness: Witness | None = None
    reason: str = ""


# A request's verdict by each policy, as [surely, perhaps], to whether the question is answered by it.
_Wanted = Callable[[Sequence[bool]], bool]


def difference(new: Policy, reference: Policy) -> Answer:
    """Whether `new` grants a request that `reference` does not."""
    return _ask((new, reference), lambda granted: granted[0] and not granted[1], (True, False))


def intersection(one: Policy, other: Policy) -> Answer:
    """Whether both grant the same request."""
    return _ask((one, other), lambda granted: granted[0] and granted[1], (True, True))


def witness(policy: Policy) -> Answer:
    """Whether a policy grants any request at all."""
    return _ask((policy,), lambda granted: granted[0], (True,))


def _ask(policies: tuple[Policy, ...], wanted: _Wanted, generous: tuple[bool, ...]) -> Answer:
    """Search twice: with what surely holds (then yes is certain), and with what may hold (then no is)."""
    unreadable = next((each.unknown for each in policies if each.unknown), "")
    unsure = next((each.unknown for policy in policies for each in policy.statements if not each.known), "")
    try:
        found = _try(_boxed(policies, generous, most=False), wanted)
        if found is not None and not unreadable:
            return Answer(YES, found)
        if unreadable:
            return Answer(UNKNOWN, None, unreadable)
        if unsure and _try(_boxed(policies, generous, most=True), wanted) is not None:
            return Answer(UNKNOWN, None, unsure)
    except globs.TooMany:
        return Answer(UNKNOWN, None, "the patterns combine in more ways than are followed")
    return Answer(NO)


class _Rule(NamedTuple):
    """A statement as one bit of the search."""

    policy: int
    allow: bool
    box: Box


def _boxed(policies: tuple[Policy, ...], generous: tuple[bool, ...], *, most: bool) -> list[_Rule]:
    """The statements, each by the box that lets the answer be yes only surely, or (`most`) perhaps."""
    found = []
    for number, policy in enumerate(policies):
        for each in policy.statements:
            wide = (each.allow is generous[number]) is most
            box = each.most if wide else each.least
            if not box.never:
                found.append(_Rule(number, each.allow, box))
    return found


def _try(rules: list[_Rule], wanted: _Wanted) -> Witness | None:
    """Search with each value of the policy variables that is worth trying."""
    for binding in bindings(each.box for each in rules):
        boxes = [(each, bound(each.box, binding)) for each in rules]
        found = _search([each._replace(box=box) for each, box in boxes if box is not None], wanted, binding.keys)
        if found is not None:
            return found
    return None


def _search(rules: list[_Rule], wanted: _Wanted, held: dict[str, str | None]) -> Witness | None:
    for where, chosen, sample in _classes(rules):
        if not any(each.allow and each.policy == 0 for each in chosen):
            continue
        found = _in_class(chosen, wanted, held, nowhere=where == _AT_STAR)
        if found is not None:
            resource = _likely(sample, found.resource, chosen) if where == _ON_ARNS else found.resource
            return found._replace(action=sample, resource=plain(resource))
    return None


_ON_ARNS, _AT_STAR = "on ARNs", "at *"


def _classes(rules: list[_Rule]) -> Iterator[tuple[str, list[_Rule], str]]:
    """The classes of actions: where they are asked, the rules that speak of them, and one of them."""
    known = catalogue()
    granted = 0
    for each in rules:
        if each.allow and each.policy == 0:
            granted |= each.box.actions.bits
    parts: list[tuple[int, int]] = [(granted, 0)] if granted else []
    for number, each in enumerate(rules):
        bits = each.box.actions.bits
        cut: list[tuple[int, int]] = []
        for actions, members in parts:
            inside = actions & bits
            if inside:
                cut.append((inside, members | 1 << number))
            if inside != actions:
                cut.append((actions & ~bits, members))
        parts = cut
    for actions, members in parts:
        chosen = [each for number, each in enumerate(rules) if members >> number & 1]
        for where, within in ((_ON_ARNS, actions & ~known.unscoped), (_AT_STAR, actions & known.unscoped)):
            if within:
                yield where, chosen, known.names[(within & -within).bit_length() - 1]
    yield from _unlisted(rules)


def _unlisted(rules: list[_Rule]) -> Iterator[tuple[str, list[_Rule], str]]:
    """Classes of actions that the catalogue lacks: those that the policies name, and one for what may yet come."""
    known = catalogue()
    named = {pattern for each in rules for pattern in each.box.actions.patterns}
    samples = dict.fromkeys(_sample(pattern) for pattern in sorted(named))
    seen: set[tuple[int, ...]] = set()
    granting = [each.box.actions for each in rules if each.allow and each.policy == 0]
    for action in samples:
        if known.find(action) is not None or not any(each.has(action) for each in granting):
            continue
        members = tuple(number for number, each in enumerate(rules) if each.box.actions.has(action))
        if members not in seen:
            seen.add(members)
            yield _ON_ARNS, [rules[number] for number in members], action


def _sample(pattern: str) -> str:
    """An action that a pattern means and AWS does not have (yet)."""
    service, colon, name = pattern.partition(":")
    if not colon:
        return "future:Action" if pattern.strip("*") == "" else pattern
    shown = name.replace("*", "Future").replace("?", "X")
    return f"{service.replace('*', 'future').replace('?', 'x')}:{shown}"


# One class


class _Value(NamedTuple):
    """A value of a condition key."""

    key: str
    value: Held


# What a request consists of: a resource, a caller (None: whoever holds the policy), values of keys.
Chosen = str | Stranger | _Value | None


def _in_class(
    rules: list[_Rule], wanted: _Wanted, bound_keys: dict[str, str | None], *, nowhere: bool
) -> Witness | None:
    """A request within one class of actions that answers the question; `nowhere` for those without resources."""
    shortcut = _settled(rules, wanted)
    if shortcut is not None and not shortcut:
        return None
    everything = (1 << len(rules)) - 1
    held: dict[int, tuple[Chosen, ...]] = {everything: ()}
    dimensions = [_resource_ways(rules, nowhere=nowhere), _caller_ways(rules), *_key_ways(rules, bound_keys)]
    for dimension in dimensions:
        after: dict[int, tuple[Chosen, ...]] = {}
        for mask, chosen in dimension:
            for before, path in held.items():
                met = before & mask
                if met not in after and _alive(rules, met):
                    after[met] = (*path, chosen)
        held = after
        if len(held) > MOST_MASKS:
            raise globs.TooMany
    for mask, path in held.items():
        if wanted(_granted(rules, mask)):
            return _told(path, rules)
    return None


def _settled(rules: list[_Rule], wanted: _Wanted) -> bool | None:
    """False where rules that always match rule every yes out; None where that does not tell."""
    policies = 1 + max(each.policy for each in rules)
    if policies < 2 or wanted([True, True]):
        return None
    reference = [each for each in rules if each.policy == 1]
    if any(not each.allow for each in reference):
        return None
    return False if any(_always(each.box) for each in reference) else None


def _always(box: Box) -> bool:
    """Whether a statement matches whatever the resource, the caller and the context are."""
    on_all = box.resources is None or (
        not box.not_resources and any(not each.strip("*") for each in box.resources)
    )
    return on_all and box.principals is None and not box.clauses


def _alive(rules: list[_Rule], mask: int) -> bool:
    """Whether the first policy still allows something."""
    return any(mask >> number & 1 and each.allow and each.policy == 0 for number, each in enumerate(rules))


def _granted(rules: list[_Rule], mask: int) -> list[bool]:
    policies = [[False, False], [False, False]]
    for number, each in enumerate(rules):
        if mask >> number & 1:
            policies[each.policy][each.allow] = True
    return [allowed and not denied for denied, allowed in policies]


def _resource_ways(rules: list[_Rule], *, nowhere: bool) -> list[tuple[int, Chosen]]:
    if nowhere:
        mask = sum(1 << number for number, each in enumerate(rules) if _at_star(each.box))
        return [(mask, resources.NOWHERE)]
    patterns = tuple(
        dict.fromkeys(
            segments for each in rules for text in each.box.resources or () for segments in resources.split(text)
        )
    )
    place = {segments: 1 << number for number, segments in enumerate(patterns)}
    wanted = [
        None
        if each.box.resources is None
        else sum({place[segments] for text in each.box.resources for segments in resources.split(text)})
        for each in rules
    ]
    found: dict[int, Chosen] = {}
    for mask, resource in resources.reached(patterns or (resources.ALL,)):
        met = 0
        for number, each in enumerate(rules):
            mine = wanted[number]
            if mine is None or bool(mask & mine) is not each.box.not_resources:
                met |= 1 << number
        found.setdefault(met, resource)
    return list(found.items())


def _at_star(box: Box) -> bool:
    """Whether a statement speaks of an action that has no resource: only `*` does, and NotResource of ARNs."""
    if box.resources is None:
        return True
    return any(not each.strip("*") for each in box.resources) is not box.not_resources


def _caller_ways(rules: list[_Rule]) -> list[tuple[int, Chosen]]:
    if all(each.box.principals is None for each in rules):
        return [((1 << len(rules)) - 1, None)]
    found: dict[int, Chosen] = {}
    for caller in callers([name for each in rules for name in each.box.principals or ()]):
        mask = 0
        for number, each in enumerate(rules):
            box = each.box
            if box.principals is None or any(map(caller.named_by, box.principals)) is not box.not_principals:
                mask |= 1 << number
        found.setdefault(mask, caller)
    return list(found.items())


def _key_ways(rules: list[_Rule], bound_keys: dict[str, str | None]) -> Iterator[list[tuple[int, Chosen]]]:
    """For each condition key, which rules its values let match at once; a variable's key has its value."""
    by_key: dict[str, list[Clause]] = {}
    for each in rules:
        for clause in each.box.clauses:
            if clause not in by_key.setdefault(clause.key, []):
                by_key[clause.key].append(clause)
    for key in sorted(by_key):
        clauses = tuple(by_key[key])
        needs = [sum(1 << n for n, clause in enumerate(clauses) if clause in each.box.clauses) for each in rules]
        found: dict[int, Chosen] = {}
        for mask, value in _held_ways(clauses, key, bound_keys):
            met = sum(1 << number for number, need in enumerate(needs) if mask & need == need)
            found.setdefault(met, _Value(key, value))
        yield list(found.items())


def _held_ways(
    clauses: tuple[Clause, ...], key: str, bound_keys: dict[str, str | None]
) -> Iterable[tuple[int, Held]]:
    if key not in bound_keys:
        return ways(clauses)
    value = bound_keys[key]
    return [(sum(1 << n for n, one in enumerate(clauses) if holds(one, value)), value)]


def _likely(action: str, resource: str, rules: list[_Rule]) -> str:
    """A resource of the kind that the action takes, where the rules do not tell it from the one that was found."""
    at = catalogue().find(action)
    texts = tuple(dict.fromkeys(text for each in rules for text in each.box.resources or ()))
    met = [resources.matches(text, resource) for text in texts]
    for form in sorted(catalogue().formats(at), key=len) if at is not None else ():
        example = _VARIES.sub(lambda found: _EXAMPLES.get(found.group(1), "example"), form)
        if [resources.matches(text, example) for text in texts] == met:
            return example
    return resource


_VARIES = re.compile(r"\$\{(\w+)\}")
_EXAMPLES = {"Partition": "aws", "Region": "us-east-1", "Account": "123456789012"}


def _told(path: tuple[Chosen, ...], rules: list[_Rule]) -> Witness:
    resource, caller, *keys = path
    context = {_spelt(each.key, rules): _shown(each.value) for each in keys if isinstance(each, _Value)}
    principal = caller.text if isinstance(caller, Stranger) else None
    return Witness("", str(resource), principal, context)


def _shown(value: Held) -> Held:
    if value is None:
        return None
    return plain(value) if isinstance(value, str) else tuple(map(plain, value))


def _spelt(key: str, rules: list[_Rule]) -> str:
    """The key as it is written in the policy."""
    shown = (clause.text.split(" ")[1] for each in rules for clause in each.box.clauses if clause.key == key)
    return next(shown, key)
