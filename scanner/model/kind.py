"""The form of the vocabulary: kinds, their attributes and relations."""

from __future__ import annotations

from dataclasses import dataclass

from scanner.model.layer import Layer


@dataclass(frozen=True, slots=True)
class Attribute:
    """One thing that can be asked of a node.

    `form` is a JSON type: boolean, string, number, strings (list of strings), objects (list of objects), map
    (string to string). None (JSON null) means "has none" or "does not apply"; it is never "cannot tell".
    `derived` ones come from an analysis of the whole graph, computed when the first of them is read; no
    mapping says them.
    """

    name: str
    form: str
    doc: str
    derived: bool = False


@dataclass(frozen=True, slots=True)
class Relation:
    """A directed edge, named in the present tense: `instance uses security_group`."""

    name: str
    doc: str


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of thing, on one layer of the reference model."""

    name: str
    layer: Layer
    doc: str
    attributes: tuple[Attribute, ...]
    relations: tuple[str, ...] = ()

    def has(self, attribute: str) -> bool:
        return any(each.name == attribute for each in self.attributes)
