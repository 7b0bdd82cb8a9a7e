"""hashicorp/hcl's specification suite: every case parses or fails as it states.

LAYERPROOF_HCL_SPECSUITE names its folder (`specsuite/tests` of github.com/hashicorp/hcl); it is not kept here. Its
schemas (.hcldec) are decoded by the few lines below, which know just what the suite uses.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from scanner.hcl.convert import convert
from scanner.hcl.evaluate import Variables, evaluate
from scanner.hcl.parse import parse, parse_json
from scanner.hcl.syntax import Attribute, Block, Body
from scanner.hcl.types import type_of_expr
from scanner.hcl.values import MapValue, to_plain
from scanner.model.diagnostic import Diagnostic

SUITE = os.environ.get("LAYERPROOF_HCL_SPECSUITE", "")
CASES = sorted(Path(SUITE).rglob("*.t")) if SUITE else []
pytestmark = pytest.mark.slow


def body_of(path: Path) -> Body:
    body, faults = parse(path.read_bytes(), path.name)
    assert faults == []
    return body


def plain(attribute: Attribute, variables: dict[str, Any] | None = None) -> Any:
    return to_plain(evaluate(attribute.expr, Variables(variables or {})))


class Decoder:
    """Decodes a body by a schema; `refused` are the offsets of what the schema does not know."""

    def __init__(self, variables: dict[str, Any]) -> None:
        self.variables = variables
        self.refused: list[int] = []

    def decode(self, spec: Block, body: Body) -> Any:
        match spec.type:
            case "literal":
                return evaluate(spec.body.attributes["value"].expr, Variables())
            case "object":
                return self._object(spec, body)
            case "attr":
                return self._attribute(spec, body)
        return self._blocks(spec, body)

    def _object(self, spec: Block, body: Body) -> dict[str, Any]:
        known = {inner.labels[0] for inner in spec.body.blocks}
        self.refused += [each.start for name, each in body.attributes.items() if name not in known]
        return {inner.labels[0]: self.decode(inner, body) for inner in spec.body.blocks}

    def _attribute(self, spec: Block, body: Body) -> Any:
        found = body.attributes.get(spec.labels[0])
        value = evaluate(found.expr, Variables(self.variables)) if found else None
        return convert(value, type_of_expr(spec.body.attributes["type"].expr))

    def _blocks(self, spec: Block, body: Body) -> Any:
        (inner,) = spec.body.blocks
        stated = spec.body.attributes.get("block_type")
        name = plain(stated) if stated else spec.labels[0]
        found = [block for block in body.blocks if block.type == name]
        if spec.type == "block":
            return self.decode(inner, found[0].body) if found else None
        if spec.type == "block_map":
            return MapValue({block.labels[0]: self.decode(inner, block.body) for block in found})
        return [self.decode(inner, block.body) for block in found]


def schema(path: Path) -> tuple[Block, dict[str, Any]]:
    body = body_of(path.with_suffix(".hcldec"))
    (spec,) = [block for block in body.blocks if block.type != "variables"]
    tables = [block for block in body.blocks if block.type == "variables"]
    return spec, {name: plain(each) for table in tables for name, each in table.body.attributes.items()}


def line_of(text: bytes, offset: int) -> int:
    return text[:offset].count(b"\n") + 1


def sources(path: Path) -> list[Path]:
    named = (path.with_suffix(suffix) for suffix in (".hcl", ".hcl.json"))
    return [each for each in named if each.exists()]


def faults_of(path: Path, source: Path) -> tuple[Body, set[int], Any]:
    text = source.read_bytes()
    found: list[Diagnostic]
    if source.suffix == ".json":
        body, found = parse_json(text, source.name)
    else:
        body, found = parse(text, source.name)
    spec, variables = schema(path)
    decoder = Decoder(variables)
    value = None if found else decoder.decode(spec, body)
    lines = {line_of(text, each.span.start) for each in found if each.span} | {
        line_of(text, each) for each in decoder.refused
    }
    return body, lines, value


@pytest.mark.skipif(not CASES, reason="LAYERPROOF_HCL_SPECSUITE does not name hashicorp/hcl's specsuite/tests")
@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_it_parses_or_fails_as_stated(path: Path) -> None:
    stated = body_of(path)
    errors = [
        int(plain(place.body.attributes["line"]))
        for block in stated.blocks
        if block.type == "diagnostics"
        for error in block.body.blocks
        for place in error.body.blocks
        if place.type == "from"
    ]
    for source in sources(path):
        _, lines, value = faults_of(path, source)
        assert lines == set(errors)
        if not errors and "result" in stated.attributes:
            assert to_plain(value) == plain(stated.attributes["result"])
