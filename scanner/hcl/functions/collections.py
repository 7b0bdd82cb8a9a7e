"""Functions that build lists, maps and sets out of others.

Where an argument is unknown as a whole, most of them lose its sensitive mark, as they do in Terraform.
"""

from __future__ import annotations

from scanner.hcl.convert import convert, of_open_length
from scanner.hcl.errors import EvaluationError, limit_error
from scanner.hcl.functions.selection import bare, elements_of, expect
from scanner.hcl.functions.signature import Function
from scanner.hcl.functions.strings import whole
from scanner.hcl.operators import unsigned
from scanner.hcl.types import ANY, STRING, Type, collection
from scanner.hcl.unify import unify
from scanner.hcl.values import (
    MAX_ELEMENTS,
    ListValue,
    MapValue,
    SetValue,
    contains_unknown,
    marked,
    pairs,
    set_key,
    type_name,
    type_of,
    unknown_of,
)
from scanner.model.value import Cause, Sensitive, Unknown, Value

MOST_SETTLED = 1_000  # elements that are written out for a list of known length


def _concat(*lists: Value) -> Value:
    """A list where all are lists that unify, else a tuple."""
    if not lists:
        raise EvaluationError("at least one argument is required")
    insides = [bare(item) for item in lists]
    blocked = [item for item in insides if isinstance(item, Unknown)]
    if any(type_of(item).is_any for item in blocked):
        return unknown_of(ANY, *blocked)
    told = _joined_type(insides)
    for item in insides if told.is_any else ():
        if not isinstance(item, (list, Unknown)) or _refused(item, ("list", "tuple")):
            raise EvaluationError(f"all arguments must be lists, not a {type_name(item)}")
        if isinstance(item, Unknown) and type_of(item).kind == "list":
            break  # how many elements there are is not known, and what follows is not looked at
    if blocked:
        return unknown_of(told, *blocked)
    if sum(map(len, insides)) > MAX_ELEMENTS:
        raise limit_error(f"more than {MAX_ELEMENTS} elements")
    if all(isinstance(item, ListValue) for item in insides):
        shared = unify([item.element for item in insides])
        if shared is not None:
            joined = [convert(element, shared) for item in insides for element in item]
            return marked(ListValue(joined, shared), *lists)
    return marked([element for item in insides for element in item], *lists)


def _joined_type(insides: list[Value]) -> Type:
    """The type of a concatenation of which a part is unknown: told where all are lists that unify."""
    types = [type_of(item) for item in insides]
    shared = unify(types) if all(told.kind == "list" for told in types) else None
    return shared or ANY


def _refused(value: Value, kinds: tuple[str, ...]) -> bool:
    """Whether an Unknown's type rules out that it is one of these."""
    return isinstance(value, Unknown) and type_of(value).kind not in (*kinds, "any")


def _merge(*maps: Value) -> Value:
    """The later wins; a map where all are maps of one type, else an object; null counts as empty."""
    insides = [bare(item) for item in maps]
    blocked = [item for item in insides if isinstance(item, Unknown)]
    for item in insides:
        if blocked and type_of(item).is_any:
            break  # what follows is not looked at
        if (not isinstance(item, (dict, Unknown)) and item is not None) or _refused(item, ("map", "object")):
            raise EvaluationError(f"all arguments must be maps or objects, not a {type_name(item)}")
    if blocked:
        types = {type_of(item) for item in insides}
        return unknown_of(types.pop() if len(types) == 1 else ANY, *blocked)
    result: dict[str, Value] = {}
    for item in insides:
        result.update(item or {})
    given = [item for item in insides if item is not None]
    if given and all(isinstance(item, MapValue) for item in given):
        types = {item.element for item in given}
        if len(types) == 1:
            return marked(MapValue(result, types.pop()), *maps)
    return marked(result, *maps)


def _flatten(source: Value) -> Value:
    """A tuple of everything that is no list, whatever its depth."""
    sensitive = isinstance(source, Sensitive)
    inside = bare(source)
    if isinstance(inside, Unknown):
        return unknown_of(ANY, inside)
    found: list[Value] = []
    stack = [iter(elements_of(inside))]
    while stack:
        item = next(stack[-1], stack)
        if item is stack:
            stack.pop()
            continue
        plain = bare(item)
        if isinstance(plain, Unknown) and type_of(plain).kind in ("list", "set", "tuple"):
            return marked(unknown_of(ANY, plain), source)
        if isinstance(plain, (list, SetValue)):
            sensitive = sensitive or isinstance(item, Sensitive)
            stack.append(iter(plain))
        else:
            found.append(item)
        if len(found) > MAX_ELEMENTS or len(stack) > 1000:
            raise limit_error(f"more than {MAX_ELEMENTS} elements")
    return Sensitive(found) if sensitive else found


def _distinct(items: Value) -> Value:
    if contains_unknown(items):
        return unknown_of(type_of(items), items)
    seen: set[str] = set()
    kept = []
    for item in items:
        key = unsigned(set_key(item))
        if key not in seen:
            seen.add(key)
            kept.append(item)
    return ListValue(kept, items.element)


def _reverse(source: Value) -> Value:
    inside = bare(source)
    if isinstance(inside, Unknown):
        if _refused(inside, ("list", "set", "tuple")):
            raise EvaluationError(f"a list is required, not a {type_name(inside)}")
        have = type_of(inside)
        if have.kind == "tuple":
            return unknown_of(Type("tuple", items=have.items[::-1]), inside)
        return unknown_of(collection("list", have.element) if have.element else ANY, inside)
    items = list(reversed(elements_of(inside)))
    if isinstance(inside, (ListValue, SetValue)):
        return marked(ListValue(items, inside.element), source)
    return marked(items, source)


def _of_settled_length(inside: Unknown, start: Value, end: Value) -> Value:
    """As many unknown elements as there must be, of a list that a plan will know; None where it may not.

    A plan that is made has read the data source or been given the variable, and the list is long enough.
    """
    if inside.cause is Cause.PROVIDER_COMPUTED or isinstance(start, Unknown) or isinstance(end, Unknown):
        return None
    first, last = whole(start, "the start"), whole(end, "the end")
    if not 0 <= first <= last <= first + MOST_SETTLED:
        return None
    element = type_of(inside).element or ANY
    return ListValue([unknown_of(element, inside) for _ in range(first, last)], element)


def _slice(source: Value, start: Value, end: Value) -> Value:
    inside = bare(source)
    expect(inside, "list", "tuple")
    if isinstance(inside, Unknown):
        settled = _of_settled_length(inside, bare(start), bare(end))
        if settled is not None:
            return marked(settled, source, start, end)
        if type_of(inside).is_any:
            return marked(unknown_of(ANY, inside), start, end)
    known = [whole(bare(at), "an index") for at in (start, end) if not isinstance(bare(at), Unknown)]
    have = type_of(inside)
    most = len(have.items) if have.kind == "tuple" else known[-1] if known else 0
    if any(not 0 <= at <= most for at in known) or known != sorted(known):
        raise EvaluationError(f"{' to '.join(map(str, known))} is no range within a list")
    if isinstance(inside, Unknown) or len(known) < 2:
        return marked(unknown_of(have if have.kind == "list" else ANY, inside, start, end), start, end)
    if not isinstance(inside, list):
        raise EvaluationError(f"a list is required, not a {type_name(inside)}")
    first, last = whole(bare(start), "the start"), whole(bare(end), "the end")
    if not 0 <= first <= last <= len(inside):
        raise EvaluationError(f"{first} to {last} is not within this list of {len(inside)}")
    items = inside[first:last]
    return marked(ListValue(items, inside.element) if isinstance(inside, ListValue) else items, source)


def _chunklist(source: Value, size: Value) -> Value:
    inside = bare(source)
    if isinstance(inside, Unknown) or isinstance(size, Unknown):
        return unknown_of(collection("list", type_of(inside)), inside, size)
    count = whole(bare(size), "the size")
    if count < 0:
        raise EvaluationError("the size must not be negative")
    step = count or max(len(inside), 1)
    element = collection("list", inside.element)
    chunks = (ListValue(inside[at : at + step], inside.element) for at in range(0, len(inside), step))
    return marked(ListValue(chunks, element), source)


def _zipmap(keys: Value, values: Value) -> Value:
    names, items = bare(keys), bare(values)
    expect(items, "list", "tuple")
    if isinstance(items, SetValue):
        raise EvaluationError("the values must be a list; a set has no order")
    if not isinstance(items, Unknown):
        elements_of(items)
    if isinstance(names, Unknown) or isinstance(items, Unknown) or contains_unknown(names):
        have = type_of(items)
        if have.kind == "tuple" and not contains_unknown(names) and len(names) != len(have.items):
            raise EvaluationError(f"{len(names)} keys for {len(have.items)} values")
        told = collection("map", have.element) if have.kind == "list" and have.element is not None else ANY
        found: Value = unknown_of(told, names, items)
        known = not isinstance(names, Unknown) and not isinstance(items, Unknown)
        return marked(found, keys, values) if known else found
    elements = elements_of(items)
    if len(names) != len(elements):
        raise EvaluationError(f"{len(names)} keys for {len(elements)} values")
    sensitive = isinstance(keys, Sensitive) or isinstance(values, Sensitive)
    result: dict[str, Value] = {}
    for name, item in zip(names, elements, strict=True):
        sensitive = sensitive or isinstance(name, Sensitive)
        if bare(name) is None:
            raise EvaluationError("a key is null")
        result[bare(name)] = item
    typed = isinstance(items, (ListValue, SetValue))
    found = MapValue(result, items.element) if typed else result
    return Sensitive(found) if sensitive else found


def _transpose(source: Value) -> Value:
    lists: dict[str, list[str]] = {}
    for key, names in pairs(source):
        if names is None:
            raise EvaluationError("a list is null")
        for name in names:
            if name is None:
                raise EvaluationError("an element is null")
            lists.setdefault(name, []).append(key)
    strings = collection("list", STRING)
    return MapValue({key: ListValue(lists[key], STRING) for key in sorted(lists)}, strings)


def _compact(items: Value) -> Value:
    return ListValue([item for item in items if item not in (None, "")], STRING)


def _setproduct(*sets: Value) -> Value:
    """Every combination: a set where any argument is one, else a list; its elements are tuples."""
    if len(sets) < 2:
        raise EvaluationError("at least two arguments are required")
    insides = [bare(item) for item in sets]
    blocked = [
        item
        for item in insides
        if isinstance(item, Unknown) or (isinstance(item, SetValue) and of_open_length(item))
    ]
    if any(type_of(item).is_any for item in blocked):
        return unknown_of(ANY, *blocked)  # without a mark, as Terraform has it
    types = [_factor(item) for item in insides]
    element = Type("tuple", items=tuple(types))
    as_set = any(type_of(item).kind == "set" for item in insides)
    if blocked:
        return marked(unknown_of(collection("set" if as_set else "list", element), *blocked), *sets)
    total = 1
    columns: list[list[Value]] = []
    for item, told in zip(insides, types, strict=True):
        elements = elements_of(item)
        columns.append(elements if told.is_any else [convert(element, told) for element in elements])
        total *= len(elements)
    if total > MAX_ELEMENTS:
        raise limit_error(f"a product of {total} elements")
    rows: list[list[Value]] = [[]]
    for column in columns:
        rows = [[*row, item] for row in rows for item in column]
    if as_set:
        return marked(SetValue(rows, element), *sets)
    return marked(ListValue(rows, element), *sets)


def _factor(item: Value) -> Type:
    """What the elements of one argument of a product have in common."""
    have = type_of(item)
    if have.kind not in ("list", "set", "tuple"):
        raise EvaluationError(f"a list is required, not a {type_name(item)}")
    shared = have.element or unify(have.items)
    if shared is None:
        raise EvaluationError("all elements of a list must have the same type")
    return shared


def _same_elements(sets: tuple[Value, ...]) -> tuple[Type, list[Value]]:
    """The type of set that all are, and they as such. Sets that are empty and of no type do not count."""
    types = [type_of(each).element or ANY for each in sets]
    counted = [told for told, each in zip(types, sets, strict=True) if not told.is_any or not _is_empty(each)]
    shared = unify(counted)
    if shared is None:
        raise EvaluationError("all sets must have elements of the same type")
    want = collection("set", shared)
    return want, [convert(item, want) for item in sets]


def _is_empty(value: Value) -> bool:
    return not isinstance(value, Unknown) and not len(value)


def _setunion(*sets: Value) -> Value:
    want, same = _same_elements(sets)
    if any(isinstance(one, Unknown) for one in same):
        return unknown_of(want, *same)
    return SetValue([item for one in same for item in one], same[0].element)


def _setintersection(*sets: Value) -> Value:
    want, same = _same_elements(sets)
    if any(map(contains_unknown, same)):
        return unknown_of(want, *same)
    others = [{set_key(item) for item in one} for one in same[1:]]
    return SetValue([item for item in same[0] if all(set_key(item) in one for one in others)], same[0].element)


def _setsubtract(left: Value, right: Value) -> Value:
    want, (left, right) = _same_elements((left, right))
    if contains_unknown(left) or contains_unknown(right):
        return unknown_of(want, left, right)
    gone = {set_key(item) for item in right}
    return SetValue([item for item in left if set_key(item) not in gone], left.element)


FUNCTIONS: dict[str, Function] = {
    "chunklist": Function(_chunklist, "list(any), number -> list(any)", unknown="all", marks=True),
    "compact": Function(_compact, "list(string) -> list(string)"),
    "concat": Function(_concat, "*any -> any", unknown="all", marks=True),
    "distinct": Function(_distinct, "list(any) -> list(any)", unknown="all"),
    "flatten": Function(_flatten, "any -> any", unknown="all", marks=True),
    "merge": Function(_merge, "*any? -> any", unknown="all", marks=True),
    "reverse": Function(_reverse, "any -> any", unknown="all", marks=True),
    "setintersection": Function(_setintersection, "set(any), *set(any) -> set(any)", unknown="all"),
    "setproduct": Function(_setproduct, "*any -> any", unknown="all", marks=True),
    "setsubtract": Function(_setsubtract, "set(any), set(any) -> set(any)", unknown="all"),
    "setunion": Function(_setunion, "set(any), *set(any) -> set(any)", unknown="all"),
    "slice": Function(_slice, "any, number, number -> any", unknown="all", marks=True),
    "transpose": Function(_transpose, "map(list(string)) -> map(list(string))"),
    "zipmap": Function(_zipmap, "list(string), any -> any", unknown="all", marks=True),
}
