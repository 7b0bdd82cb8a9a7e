"""The JSON Schema (2020-12) of the graph's JSON, generated from the vocabulary."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from scanner.model.kind import Attribute, Kind
from scanner.model.kinds import COMMON, KINDS, RELATIONS
from scanner.model.layer import Layer, Tier
from scanner.model.resource import Plane

_SENSITIVE = {"$ref": "#/$defs/sensitive"}
_SCALAR: dict[str, Any] = {"type": ["string", "number", "boolean", "null"]}
_FORMS: dict[str, dict[str, Any]] = {
    "boolean": {"type": ["boolean", "null"]},
    "string": {"type": ["string", "null"]},
    "number": {"type": ["number", "null"]},
    "strings": {"type": ["array", "null"], "items": {"anyOf": [{"type": "string"}, _SENSITIVE]}},
    "objects": {"type": ["array", "null"], "items": {"type": "object"}},
    "map": {"type": ["object", "null"], "additionalProperties": {"anyOf": [_SCALAR, _SENSITIVE]}},
}


_FOLDED = {
    "type": "array",
    "items": {"type": "string"},
    "minItems": 1,
    "description": "addresses of the resources that say something of this node and are none themselves",
}


def schema() -> dict[str, Any]:
    """The schema of `scanner.graph.export`: a definition per kind, each attribute either there or in
    `$unknown`, never both; no attribute that the vocabulary does not have."""
    lists = {name: {"type": "array", "items": {"$ref": f"#/$defs/{name}"}} for name in sorted(KINDS)}
    edges = {name: {"$ref": "#/$defs/edges", "description": RELATIONS[name].doc} for name in sorted(RELATIONS)}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "layerproof graph",
        "description": "The normalized graph: the input of Rego rules and of `graph --format json`.",
        "type": "object",
        "required": ["kinds", "relations", "facts"],
        "additionalProperties": False,
        "properties": {
            "kinds": {"type": "object", "properties": lists, "additionalProperties": False},
            "relations": {"type": "object", "properties": edges, "additionalProperties": False},
            "facts": {"type": "object", "description": "derived facts, by the analysis that derives them"},
        },
        "$defs": {
            **{name: _node(KINDS[name]) for name in sorted(KINDS)},
            "edges": {
                "type": "object",
                "description": "from a node's id to the ids it points at",
                "additionalProperties": {"type": "array", "items": {"type": "string"}, "minItems": 1},
            },
            "sensitive": {
                "type": "object",
                "description": "a value that is known and not shown",
                "properties": {"$sensitive": {"const": True}},
                "required": ["$sensitive"],
                "additionalProperties": False,
            },
        },
    }


def _node(kind: Kind) -> dict[str, Any]:
    attributes = (*COMMON, *kind.attributes)
    fixed: dict[str, Any] = {
        "id": {"type": "string", "description": "the address, SCHEME:ROOT#NAME"},
        "kind": {"const": kind.name},
        "layer": {"enum": [layer.value for layer in Layer]},
        "tier": {"enum": [tier.value for tier in Tier]},
        "planes": {"type": "array", "items": {"enum": [plane.value for plane in Plane]}, "minItems": 1},
        "$unknown": _unknown(attributes),
    }
    return {
        "type": "object",
        "description": kind.doc,
        "properties": {**fixed, "folded": _FOLDED, **{each.name: _value(each) for each in attributes}},
        "required": list(fixed),
        "allOf": [_told_or_unknown(each.name) for each in attributes if not each.derived],
        "additionalProperties": False,
    }


def _unknown(attributes: Iterable[Attribute]) -> dict[str, Any]:
    """Reasons by name: of attributes of this kind, and of relations, which are open both ways."""
    return {
        "type": "object",
        "description": "what is not known of this node, and why",
        "propertyNames": {"enum": sorted({each.name for each in attributes} | RELATIONS.keys())},
        "additionalProperties": {"type": "string"},
    }


def _value(attribute: Attribute) -> dict[str, Any]:
    form = _FORMS[attribute.form]
    return {"description": attribute.doc, "anyOf": [form, _SENSITIVE]}


def _told_or_unknown(name: str) -> dict[str, Any]:
    return {"oneOf": [{"required": [name]}, {"properties": {"$unknown": {"required": [name]}}}]}
