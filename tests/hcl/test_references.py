"""What an expression is said to hang on."""

from __future__ import annotations

import pytest

from scanner.hcl.expression import read_expression
from scanner.hcl.parse import parse
from scanner.hcl.references import body_references, references


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("var.x", [("var", "x")]),
        ("module.m[0].out.id", [("module", "m", 0, "out", "id")]),
        ('module.m["b"].out', [("module", "m", "b", "out")]),
        ("aws_s3_bucket.b[var.i].arn", [("aws_s3_bucket", "b"), ("var", "i")]),
        ("aws_s3_bucket.b[*].arn", [("aws_s3_bucket", "b")]),
        ("local.m[each.key][local.k].z", [("local", "m"), ("each", "key"), ("local", "k")]),
        ("[for k, v in var.m : \"${k}-${v.a}-${local.z}\" if v.on]", [("var", "m"), ("local", "z")]),
        ("{for x in local.l : x => var.x...}", [("local", "l"), ("var", "x")]),
        ("[for v in var.v : [for v in v.w : v]]", [("var", "v")]),
        ("[for x in x.y : x]", [("x", "y")]),
        ('"%{ for x in var.l }${x}${y.z}%{ endfor }"', [("var", "l"), ("y", "z")]),
        ('"%{ if var.b }a%{ endif }"', [("var", "b")]),
        ("var.a ? var.b : var.a", [("var", "a"), ("var", "b")]),
        ("f(var.a, -var.b)[var.c].d", [("var", "a"), ("var", "b"), ("var", "c")]),
        ("(var.a).b", [("var", "a")]),
        ("{a = var.a, (var.b) = !var.c}", [("var", "a"), ("var", "b"), ("var", "c")]),
        ("1 + 2", []),
    ],
)  # fmt: skip
def test_references(text: str, expected: list[tuple[str | int, ...]]) -> None:
    raw = text.encode()
    expr = read_expression(raw, 0, len(raw))
    assert list(references(expr)) == expected
    assert references(expr) is references(expr)


def test_references_of_a_body() -> None:
    body, _ = parse(b"a = var.a\nb {\n c = var.c\n d { e = var.a }\n}\nf = local.f\n", "main.tf")
    assert set(body_references(body)) == {("var", "a"), ("var", "c"), ("local", "f")}
    assert body_references(body) is body_references(body)


def test_wide_expressions_do_not_recurse() -> None:
    raw = b" + ".join(b"var.x%d" % number for number in range(20_000))
    assert len(references(read_expression(raw, 0, len(raw)))) == 20_000
