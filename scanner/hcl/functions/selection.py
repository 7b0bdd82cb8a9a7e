"""Functions that look into collections: length, keys, lookup, element, contains, coalesce and their like."""

from __future__ import annotations

from scanner.hcl.convert import convert
from scanner.hcl.errors import EvaluationError
from scanner.hcl.functions.signature import Function
from scanner.hcl.functions.strings import graphemes, whole
from scanner.hcl.operators import equals
from scanner.hcl.types import ANY, BOOL, NUMBER, STRING, Type, collection
from scanner.hcl.unify import unify
from scanner.hcl.values import (
    ListValue,
    MapValue,
    SetValue,
    contains_unknown,
    is_marked,
    marked,
    pairs,
    strip_marks,
    type_name,
    type_of,
    unknown_of,
)
from scanner.model.value import Sensitive, Unknown, Value


def bare(value: Value) -> Value:
    """The value without its outer mark."""
    return value.value if isinstance(value, Sensitive) else value


def expect(value: Value, *kinds: str) -> None:
    """Refuse an Unknown whose type rules out what is expected."""
    if isinstance(value, Unknown) and type_of(value).kind not in (*kinds, "any"):
        raise EvaluationError(f"a {' or '.join(kinds)} is required, not a {type_name(value)}")


def elements_of(value: Value, what: str = "a list") -> list[Value]:
    """The elements of a list, tuple or set. Raises EvaluationError for anything else."""
    if isinstance(value, SetValue):
        return value.items
    if not isinstance(value, list):
        raise EvaluationError(f"{what} is required, not a {type_name(value)}")
    return value


def _length(value: Value) -> Value:
    inside = bare(value)
    if isinstance(inside, Unknown):
        have = type_of(inside)
        if have.kind in ("tuple", "object"):
            return marked(len(have.items or have.attributes), value)
        if have.kind in ("number", "bool"):
            raise EvaluationError(f"a {have.kind} has no length")
        return marked(unknown_of(NUMBER, inside), value)
    if isinstance(inside, str):
        return marked(len(graphemes(inside)), value)
    if isinstance(inside, SetValue):
        if contains_unknown(inside) and len(inside) > 1:
            return marked(unknown_of(NUMBER, inside), value)
        return marked(len(inside), value)
    if isinstance(inside, (list, dict)):
        return marked(len(inside), value)
    raise EvaluationError(f"a {type_name(inside)} has no length")


def _keys(value: Value) -> Value:
    inside = bare(value)
    expect(inside, "map", "object")
    if isinstance(inside, Unknown):
        found = unknown_of(collection("list", STRING), inside)
        return found if type_of(inside).is_any else marked(found, value)  # of no type, it loses its mark
    if not isinstance(inside, dict):
        raise EvaluationError(f"a map or object is required, not a {type_name(inside)}")
    names = sorted(inside)
    return marked(ListValue(names, STRING) if isinstance(inside, MapValue) else names, value)


def _values(value: Value) -> Value:
    inside = bare(value)
    expect(inside, "map", "object")
    if isinstance(inside, Unknown):
        return unknown_of(_values_type(type_of(inside)), inside)
    if not isinstance(inside, dict):
        raise EvaluationError(f"a map or object is required, not a {type_name(inside)}")
    items = [item for _, item in pairs(inside)]
    return marked(ListValue(items, inside.element) if isinstance(inside, MapValue) else items, value)


def _values_type(have: Type) -> Type:
    if have.element is not None:
        return collection("list", have.element)
    return Type("tuple", items=tuple(told for _, told in have.attributes)) if have.kind == "object" else ANY


def _lookup(source: Value, key: Value, *default: Value) -> Value:
    if len(default) > 1:
        raise EvaluationError("lookup() takes 2 or 3 arguments")
    inside, name = bare(source), bare(key)
    expect(inside, "map", "object")
    nothing = default and isinstance(inside, dict) and not inside  # apply gets the default, whatever the key
    if isinstance(inside, Unknown) or (isinstance(name, Unknown) and not nothing):
        found = _lookup_unknown(inside, name, default)
        untyped = isinstance(inside, Unknown) and type_of(inside).is_any
        return found if untyped else marked(found, source, key)
    if not isinstance(inside, dict):
        raise EvaluationError(f"a map is required, not a {type_name(inside)}")
    if isinstance(inside, MapValue) and default:
        # A map's default has the type of its elements.
        default = (convert(default[0], inside.element),)
    if name in inside:
        return marked(inside[name], source, key)
    if not default:
        raise EvaluationError(f'the map has no key "{name}" and no default is given')
    return marked(default[0], source, key)


def _lookup_unknown(inside: Value, name: Value, default: tuple[Value, ...]) -> Unknown:
    have = type_of(inside)
    if have.kind not in ("map", "object", "any"):
        raise EvaluationError(f"a map is required, not a {have.kind}")
    told = have.element or ANY
    if have.kind == "map" and default:
        convert(default[0], told)
    if have.kind == "object" and isinstance(name, str):
        attributes = dict(have.attributes)
        if name not in attributes and not default:
            raise EvaluationError(f'the object has no attribute "{name}" and no default is given')
        told = attributes[name] if name in attributes else type_of(default[0])
    return unknown_of(told, inside, name)


def _element(source: Value, at: Value) -> Value:
    inside = bare(source)
    expect(inside, "list", "tuple")
    if isinstance(inside, Unknown) or isinstance(bare(at), Unknown):
        return marked(unknown_of(_element_type(type_of(inside), bare(at)), inside, bare(at)), at)
    if not isinstance(inside, list):
        raise EvaluationError(f"a list is required, not a {type_name(inside)}")
    position = whole(bare(at), "the index")
    if not inside:
        raise EvaluationError("the list is empty")
    if position < 0 and position % len(inside) and not isinstance(inside, ListValue):
        raise EvaluationError("the index into a tuple must not be negative")  # of a list, it counts from the end
    return marked(inside[position % len(inside)], source, at)


def _element_type(have: Type, at: Value) -> Type:
    if have.kind != "tuple" or isinstance(at, Unknown):
        return have.element or ANY
    if not have.items:
        raise EvaluationError("the list is empty")
    return have.items[whole(at, "the index") % len(have.items)]


def _contains(source: Value, wanted: Value) -> Value:
    items = elements_of(source)
    answers = [equals(item, wanted) for item in items]
    if any(answers):
        return True
    return unknown_of(BOOL, source, wanted) if None in answers else False


def _index(source: Value, wanted: Value) -> Value:
    if not isinstance(source, list):
        raise EvaluationError(f"a list is required, not a {type_name(source)}")
    for at, item in enumerate(source):
        same = equals(item, wanted)
        if same is None:
            return unknown_of(NUMBER, item, wanted)
        if same:
            return at
    raise EvaluationError("the list does not hold this value")


def _coalesce(*args: Value) -> Value:
    """The first argument that is neither null nor "", as the type of all."""
    if not args:
        raise EvaluationError("at least one argument is required")
    shared = unify([type_of(arg) for arg in args])
    if shared is None:
        raise EvaluationError("all arguments must have the same type")
    for arg in args:
        inside = bare(arg)
        if isinstance(inside, Unknown):
            return marked(unknown_of(shared, inside, prefix=inside.prefix if inside.prefix else ""), *args)
        if inside is not None and inside != "":
            return marked(convert(arg, shared), *args)
    raise EvaluationError('every argument is null or ""')


def _coalescelist(*args: Value) -> Value:
    for arg in args:
        if isinstance(arg, Unknown):
            break  # then no type is told, and what follows is not looked at
        if not isinstance(arg, list) and arg is not None:
            raise EvaluationError(f"every argument must be a list, not a {type_name(arg)}")
    for arg in args:
        if isinstance(arg, Unknown):
            return unknown_of(ANY, arg)
        if arg:
            return arg
    raise EvaluationError("every list is empty" if args else "at least one argument is required")


def _one(source: Value) -> Value:
    inside = bare(source)
    if isinstance(inside, Unknown):
        told = type_of(inside)
        whole = unknown_of(_only_type(told), inside)
        return whole if told.is_any else marked(whole, source)  # without a mark, as Terraform has it
    items = elements_of(inside, "a list or set")
    if len(items) > 1:
        raise EvaluationError(f"a list of at most one element is required, not of {len(items)}")
    found = items[0] if items else None
    return Sensitive(strip_marks(found)) if is_marked(source) and not isinstance(found, Sensitive) else found


def _only_type(have: Type) -> Type:
    """The type of the one element of something unknown."""
    if have.kind in ("list", "set") or have.is_any:
        return have.element or ANY
    if have.kind != "tuple" or len(have.items) > 1:
        raise EvaluationError("a list, a set or a tuple of at most one element is required")
    return have.items[0] if have.items else ANY


def _matchkeys(values: Value, keys: Value, wanted: Value) -> Value:
    shared = unify([type_of(keys).element or ANY, type_of(wanted).element or ANY])
    if shared is None:
        raise EvaluationError("the keys and what is searched for must be of one type")
    if any(isinstance(item, Unknown) for item in (values, keys, wanted)):
        return unknown_of(type_of(values), values, keys, wanted)
    if len(values) != len(keys):
        raise EvaluationError("the lists of values and keys must be of one length")
    if any(map(contains_unknown, (values, keys, wanted))):
        return unknown_of(collection("list", values.element), values, keys, wanted)
    if not shared.is_any:
        keys, wanted = convert(keys, collection("list", shared)), convert(wanted, collection("list", shared))
    found = [
        value for value, key in zip(values, keys, strict=True) if any(equals(key, item) is True for item in wanted)
    ]
    return ListValue(found, values.element)


def _all_true(items: Value) -> Value:
    if any(item is False or item is None for item in items):
        return False
    return unknown_of(BOOL, items) if contains_unknown(items) else True


def _any_true(items: Value) -> Value:
    if any(item is True for item in items):
        return True
    return unknown_of(BOOL, items) if contains_unknown(items) else False


FUNCTIONS: dict[str, Function] = {
    "alltrue": Function(_all_true, "list(bool) -> bool", unknown="inside"),
    "anytrue": Function(_any_true, "list(bool) -> bool", unknown="inside"),
    "coalesce": Function(_coalesce, "*any? -> any", unknown="all", marks=True),
    "coalescelist": Function(_coalescelist, "*any? -> any", unknown="all"),
    "contains": Function(_contains, "any, any -> bool", unknown="inside"),
    "element": Function(_element, "any, number -> any", unknown="all", marks=True),
    "index": Function(_index, "any, any -> number", unknown="inside"),
    "keys": Function(_keys, "any -> any", unknown="all", marks=True),
    "length": Function(_length, "any -> number", unknown="all", marks=True),
    "lookup": Function(_lookup, "any, string, *any? -> any", unknown="all", marks=True),
    "matchkeys": Function(_matchkeys, "list(any), list(any), list(any) -> list(any)", unknown="all"),
    "one": Function(_one, "any -> any", unknown="all", marks=True),
    "values": Function(_values, "any -> any", unknown="all", marks=True),
}
