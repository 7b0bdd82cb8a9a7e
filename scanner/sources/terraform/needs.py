"""What hangs on what: the items that an item's expressions name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from scanner.hcl.references import body_references, references
from scanner.model.location import Span
from scanner.sources.terraform.instance import Instance, Item, Key
from scanner.sources.terraform.module import Declared

_PLAIN = ("each", "count", "self", "path", "terraform")


def span_of(item: Item) -> Span | None:
    """Where an item is declared, or given by a caller."""
    module = item.owner.module
    if item.what == "local":
        local = module.locals[item.name]
        return Span(local.path, local.attribute.start, local.attribute.end)
    call = item.owner.call
    given = call.block.body.attributes.get(item.name) if call and item.what == "var" else None
    if call is not None and given is not None:
        return Span(call.path, given.start, given.end)
    declared = declared_by(item)
    return declared.header if declared else None


def declared_by(item: Item) -> Declared | None:
    """The block that declares an item; None for locals and what does not exist."""
    module = item.owner.module
    match item.what:
        case "var":
            return module.variables.get(item.name)
        case "output":
            return module.outputs.get(item.name)
        case "call":
            return module.calls.get(item.name)
        case "resource" | "data":
            type_, _, name = item.name.partition(".")
            return (module.resources if item.what == "resource" else module.data).get((type_, name))
    return None


def needs(item: Item) -> Iterator[Item]:
    """The items that must be worked out before this one; those of a module call only once it is expanded."""
    owner = item.owner
    if item.what == "var":
        yield from _validating(item)
        if owner.parent is not None and owner.call is not None:
            argument = owner.call.block.body.attributes.get(item.name)
            if argument is not None:
                yield from items(owner.parent, references(argument.expr))
        return
    if item.what == "local":
        yield from items(owner, references(owner.module.locals[item.name].attribute.expr))
        return
    declared = declared_by(item)
    if declared is None:
        return
    if item.what == "call":
        for name in ("count", "for_each"):
            attribute = declared.block.body.attributes.get(name)
            if attribute is not None:
                yield from items(owner, references(attribute.expr))
        return
    yield from items(owner, body_references(declared.block.body))


def _validating(item: Item) -> Iterator[Item]:
    """What the validation blocks of a variable name besides itself."""
    declared = declared_by(item)
    for block in declared.block.body.blocks if declared is not None else ():
        if block.type == "validation":
            yield from (each for each in items(item.owner, body_references(block.body)) if each != item)


def items(owner: Instance, named: Iterable[tuple[str | int, ...]]) -> Iterator[Item]:
    """The items that references name, in an order in which each can be worked out."""
    for reference in named:
        yield from _item(owner, reference)


def _item(owner: Instance, reference: tuple[str | int, ...]) -> Iterator[Item]:
    root, steps = reference[0], reference[1:]
    first = steps[0] if steps else None
    if root in _PLAIN or not isinstance(first, str):
        return
    if root == "var" and first in owner.module.variables:
        yield Item(owner, "var", first)
    elif root == "local" and first in owner.module.locals:
        yield Item(owner, "local", first)
    elif root == "module" and first in owner.module.calls:
        yield Item(owner, "call", first)
        yield from _outputs(owner.children.get(first, {}), steps[1:])
    elif root == "data" and len(steps) > 1 and (first, steps[1]) in owner.module.data:
        yield Item(owner, "data", f"{first}.{steps[1]}")
    elif (root, first) in owner.module.resources:
        yield Item(owner, "resource", f"{root}.{first}")


def _outputs(children: dict[Key, Instance], steps: tuple[str | int, ...]) -> Iterator[Item]:
    for key, child in children.items():
        rest = steps[1:] if key is not None else steps
        wanted = rest[0] if rest else None
        names = [wanted] if wanted in child.module.outputs else list(child.module.outputs)
        for name in names:
            yield Item(child, "output", str(name))
