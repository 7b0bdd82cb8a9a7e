"""What several types have in common: the rules by which Terraform finds one type for arms, elements and arguments.

Two questions rest on one another: which types convert (`convertible`), and what several convert to (`unify`).
They follow go-cty's unsafe conversions: a string may become a number or a bool, and fails later where it is none.
"""

from __future__ import annotations

from collections.abc import Sequence

from scanner.hcl.types import ANY, COLLECTION, PRIMITIVE, Type, collection, object_type


def unify(types: Sequence[Type]) -> Type | None:
    """The type that values of all these types convert to, or None; ANY for none, or where it is not settled."""
    if not types:
        return ANY
    first = types[0]
    return first if all(item == first for item in types) else _unify(types)


def convertible(have: Type, want: Type) -> bool:
    """Whether some value of one type may become one of the other."""
    if have == want or "any" in (have.kind, want.kind):
        return True
    if have.kind in PRIMITIVE or want.kind in PRIMITIVE:
        return "string" in (have.kind, want.kind) and {have.kind, want.kind} <= {*PRIMITIVE}
    if want.kind == "map":
        return have.kind in ("map", "object") and _elements_convert(have, want)
    if want.kind in ("list", "set"):
        return have.kind in ("list", "set", "tuple") and _elements_convert(have, want)
    if want.kind == "tuple":
        return (
            have.kind == "tuple"
            and len(have.items) == len(want.items)
            and all(map(convertible, have.items, want.items))
        )
    return _becomes_object(have, want)


def elements(type_: Type) -> tuple[Type, ...]:
    """The types of what a value of this type holds."""
    if type_.element is not None:
        return (type_.element,)
    return type_.items or tuple(told for _, told in type_.attributes)


def has_any(type_: Type) -> bool:
    """Whether anything in a type is not settled."""
    return type_.kind == "any" or any(map(has_any, elements(type_)))


def settled(have: Type, want: Type) -> Type:
    """The wanted type, in which what may be anything is as it is in the other."""
    if want.is_any or have.is_any:
        return have if want.is_any else want
    if want.element is not None:
        inner = have.element or (unify(elements(have)) if want.element.is_any else None) or want.element
        return collection(want.kind, settled(inner, want.element))
    return want


def _elements_convert(have: Type, want: Type) -> bool:
    """One by one; a structure whose elements have nothing in common becomes no collection of any."""
    inner, element = elements(have), want.element or ANY
    if element.is_any and have.kind not in COLLECTION:
        return _unify(inner) is not None if inner else True
    return all(convertible(told, element) for told in inner)


def _becomes_object(have: Type, want: Type) -> bool:
    if have.kind == "map":
        element = have.element or ANY
        return all(name in want.optional or convertible(element, told) for name, told in want.attributes)
    if have.kind != "object":
        return False
    given = dict(have.attributes)
    return all(
        convertible(given[name], told) if name in given else name in want.optional
        for name, told in want.attributes
    )


def _unify(types: Sequence[Type]) -> Type | None:
    types = list(dict.fromkeys(types))
    if not types:
        return None
    if len(types) == 1:
        return types[0]
    kinds = {item.kind for item in types}
    settled = kinds - {"any"}
    if len(settled) == 1 and settled <= {*COLLECTION, "object", "tuple"}:
        # One that is not known yet leaves it open how the structures combine.
        return ANY if len(settled) < len(kinds) else _one_kind(types, settled.pop())
    found: Type | None = None
    if settled == {"map", "object"}:
        found = _as_collections(types, "object", "map")
    elif settled == {"list", "tuple"}:
        found = _as_collections(types, "tuple", "list")
    elif {"object", "tuple"} <= settled:
        return None
    return found if found is not None else _preferred(types)


def _one_kind(types: Sequence[Type], kind: str) -> Type | None:
    if kind == "object":
        return _objects(types)
    if kind == "tuple":
        return _tuples(types)
    element = _unify([item.element or ANY for item in types])
    return None if element is None else collection(kind, element)


def _objects(types: Sequence[Type]) -> Type | None:
    """Attribute by attribute where all have the same names, else a map of all they hold."""
    names = [name for name, _ in types[0].attributes]
    if any([name for name, _ in item.attributes] != names for item in types):
        return _flattened("map", types)
    attributes: dict[str, Type] = {}
    for at, name in enumerate(names):
        shared = _unify([item.attributes[at][1] for item in types])
        if shared is None:
            return None  # then no map can hold them either
        attributes[name] = shared
    whole = object_type(attributes)
    return whole if all(convertible(item, whole) for item in types) else _flattened("map", types)


def _tuples(types: Sequence[Type]) -> Type | None:
    if any(len(item.items) != len(types[0].items) for item in types):
        return _flattened("list", types)
    shared = [_unify(column) for column in zip(*(item.items for item in types), strict=True)]
    whole = Type("tuple", items=tuple(item for item in shared if item is not None))
    if len(whole.items) < len(shared):
        return None
    return whole if all(convertible(item, whole) for item in types) else _flattened("list", types)


def _flattened(kind: str, types: Sequence[Type]) -> Type | None:
    """The collection of everything that the structures hold."""
    element = _unify([told for item in types for told in elements(item)])
    if element is None:
        return None
    whole = collection(kind, element)
    return whole if all(convertible(item, whole) for item in types) else None


def _as_collections(types: Sequence[Type], structure: str, kind: str) -> Type | None:
    """Structures beside collections: first the structures become one collection, then all are unified.

    An empty one has no say.
    """
    unified = [item for item in types if item.kind != structure]
    structures = [item for item in types if item.kind == structure and elements(item)]
    if structures:
        whole = _flattened(kind, structures)
        if whole is None:
            return None
        unified.append(whole)
    found = _unify(unified)
    return found if found is not None and found.kind == kind else None


def _preferred(types: Sequence[Type]) -> Type | None:
    """The most general of the types that all others convert to."""
    left = list(types)
    while left:
        # What nothing else is more general than, in the order given.
        tops = [item for item in left if not any(_more_general(other, item) for other in left)]
        for wanted in tops:
            if all(convertible(item, wanted) for item in types):
                return wanted
        left = [item for item in left if item not in tops] if tops else []
    return None


def _more_general(a: Type, b: Type) -> bool:
    return _compare(a, b) < 0


def _compare(a: Type, b: Type) -> int:
    """Below zero where `a` is to be preferred as the more general, above where `b` is."""
    if "any" in (a.kind, b.kind):
        return (a.kind == "any") - (b.kind == "any")
    if a.kind in PRIMITIVE and b.kind in PRIMITIVE:
        return (b.kind == "string") * (a.kind != "string") - (a.kind == "string") * (b.kind != "string")
    if a.kind == b.kind and a.element is not None and b.element is not None:
        return _compare(a.element, b.element)
    for general, special in (("list", "tuple"), ("map", "object"), ("tuple", "set"), ("list", "set")):
        if (a.kind, b.kind) == (general, special):
            return -1
        if (b.kind, a.kind) == (general, special):
            return 1
    if a.kind != b.kind or [name for name, _ in a.attributes] != [name for name, _ in b.attributes]:
        return 0
    told = {_compare(*pair) for pair in zip(elements(a), elements(b), strict=False)} - {0}
    return told.pop() if len(told) == 1 and len(elements(a)) == len(elements(b)) else 0
