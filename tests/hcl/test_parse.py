"""The parser: shapes, offsets, faults and what is read in spite of them."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.hcl.parse import parse, parse_json
from scanner.hcl.syntax import Body, Invalid, Literal, Object, Template, Traversal, Tuple, static_steps
from scanner.model.diagnostic import Level

SAMPLE = b"""# heading
resource "aws_s3_bucket" "b" {
  bucket = "logs-${var.env}" // why
  tags = {
    Name = "x"
  }
  versioning { enabled = true }
  dynamic "rule" {
    for_each = var.rules
    content { id = rule.value }
  }
}

locals { a = 1 }
"""


def read(text: bytes) -> tuple[Body, list[str]]:
    body, diagnostics = parse(text, "main.tf")
    assert all(found.level is Level.ERROR and found.span is not None for found in diagnostics)
    return body, [f"{found.code}: {found.summary}" for found in diagnostics]


def test_blocks_attributes_and_offsets() -> None:
    body, faults = read(SAMPLE)
    assert not faults
    assert body.complete
    bucket, local = body.blocks
    assert (bucket.type, bucket.labels, local.type) == ("resource", ("aws_s3_bucket", "b"), "locals")
    assert SAMPLE[bucket.start : bucket.header_end] == b'resource "aws_s3_bucket" "b" '
    assert SAMPLE[bucket.end - 2 : bucket.end] == b"\n}"
    attribute = bucket.body.attributes["bucket"]
    assert SAMPLE[attribute.start : attribute.end] == b'bucket = "logs-${var.env}"'
    expr = attribute.expr
    assert isinstance(expr, Template)
    assert SAMPLE[expr.start : expr.end] == b'"logs-${var.env}"'
    assert isinstance(expr.parts[1], Traversal)
    assert SAMPLE[expr.parts[1].start : expr.parts[1].end] == b"var.env"
    assert [block.type for block in bucket.body.blocks] == ["versioning", "dynamic"]
    assert bucket.body.blocks[1].body.blocks[0].type == "content"


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        (b'x = aws_vpc.a[0].tags["n"].z', ("aws_vpc", "a", 0, "tags", "n", "z")),
        (b"x = local.l[count.index].x", ("local", "l")),
        (b"x = a.b[*].c", ("a", "b")),
        (b"x = a.0.b", ("a", 0, "b")),
        (b"x = f(a).b", ()),
    ],
)
def test_static_steps(text: bytes, steps: tuple[str | int, ...]) -> None:
    assert static_steps(read(text)[0].attributes["x"].expr) == steps


@pytest.mark.parametrize(
    ("text", "message", "at"),
    [
        (b"a {\n b = 1\n b = 2\n}\n", '"b" is set twice', b"b"),
        (b"a = 1 b = 2\n", 'expected a line break before "b"', b"b"),
        (b"a {\n b = 1 c = 2\n}\n", 'expected a line break before "c"', b"c"),
        (b"a = 0x1f\n", "a number must be followed", b"0x"),
        (b"a {\n b = \n c = 1\n}\n", "expected a value", None),
        (b"a {\n b = 1,\n}\n", "expected a line break", b","),
        (b'a {\n b = "x\n}\n', "closing quote", b'"x'),
        (b"a {\n b = 'x'\n}\n", "expected a value", b"'"),
        (b"a {\n b = <<E\n x\n}\n", 'closing line "E"', b"<<E"),
        (b"a {\n b = 1\n", 'closing "}"', None),
        (b"}\n", "expected an attribute or a block", b"}"),
        (b'a {\n b = "${x"\n}\n', 'expected the "}"', b'"'),
    ],
)
def test_faults_are_diagnostics_with_a_tight_span(text: bytes, message: str, at: bytes | None) -> None:
    body, diagnostics = parse(text, "main.tf")
    assert len(diagnostics) == 1
    found = diagnostics[0]
    assert found.code == "parse-hcl"
    assert message in found.summary
    assert found.span is not None
    assert found.span.end - found.span.start <= 40
    if at is not None:
        assert text[found.span.start : found.span.end] == at
    assert not all(part.complete for part in (body, *(block.body for block in body.blocks)))


BROKEN = b'resource "x" "y" {\n  ok = 1\n  list = [1,\n  also = 2\n}\n\noutput "o" {\n  value = 1\n}\n'


def test_a_broken_block_costs_neither_its_neighbours_nor_its_other_attributes() -> None:
    text = (
        SAMPLE + b'\nresource "x" "y" {\n  ok = 1\n  list = [1,\n  also = 2\n}\n\noutput "o" {\n  value = 1\n}\n'
    )
    body, faults = read(text)
    assert len(faults) == 1
    assert [block.type for block in body.blocks] == ["resource", "locals", "resource", "output"]
    broken = body.blocks[2].body
    assert set(broken.attributes) == {"ok", "list", "also"}
    assert isinstance(broken.attributes["list"].expr, Invalid)
    assert isinstance(broken.attributes["also"].expr, Literal)
    assert not broken.complete
    assert body.blocks[3].body.complete
    start = body.blocks[3].body.attributes["value"].start
    assert text[start : start + 5] == b"value"


def test_a_number_that_only_we_read_costs_no_block_in_the_first_column() -> None:
    body, faults = read(b'resource "x" "y" {\nv = 1e5\ndynamic "b" {\nfor_each = [1]\ncontent {\nw = 1\n}\n}\n}\n')

    (block,) = body.blocks
    assert faults == []
    assert block.body.blocks[0].body.blocks[0].type == "content"


def test_what_only_tree_sitter_refuses_is_no_fault() -> None:
    body, faults = read(b"a = 1e5\nb = 2\n")
    assert not faults
    assert body.complete
    assert isinstance(body.attributes["a"].expr, Literal)


def test_encodings() -> None:
    assert read(b"\xef\xbb\xbfa = 1\n")[0].attributes["a"].start == 3
    assert read(b'a = "\xff"\nb = 1\n')[1] == ["parse-encoding: byte 0xff is not UTF-8"]
    assert read("a = 1\n".encode("utf-16"))[1] == ["parse-encoding: the file is UTF-16, not UTF-8"]


@pytest.mark.parametrize(
    "text",
    [
        b"x = " + b"[" * 5000 + b"]" * 5000,
        b"x = " + b"(" * 5000 + b"1" + b")" * 5000,
        b"x = " + b"{a=" * 3000 + b"1" + b"}" * 3000,
        b"x = " + b"f(" * 3000 + b"1" + b")" * 3000,
        b'x = "' + b'${"' * 3000 + b'"}' * 3000 + b'"',
        b"a {\n" * 3000 + b"}\n" * 3000,
        b"x = " + b"[" * 20000,
        b"a {\n" * 20000,
    ],
)
def test_deep_nesting_is_a_limit(text: bytes) -> None:
    body, diagnostics = parse(text, "main.tf")
    assert {found.code for found in diagnostics} <= {"limit-nesting", "parse-hcl"}
    assert diagnostics
    for attribute in body.attributes.values():
        assert isinstance(attribute.expr, Invalid)


def test_unary_and_conditional_chains_are_bounded_too() -> None:
    assert isinstance(read(b"x = " + b"- " * 9000 + b"1")[0].attributes["x"].expr, Invalid)
    assert isinstance(read(b"x = " + b"a ? b : " * 9000 + b"1")[0].attributes["x"].expr, Invalid)
    assert not isinstance(read(b"x = " + b"a + " * 9000 + b"1")[0].attributes["x"].expr, Invalid)


def test_a_megabyte_takes_no_quadratic_time() -> None:
    text = SAMPLE.replace(b'"b"', b'"b%d"') * (1_000_000 // len(SAMPLE))
    best = 9.0
    for _ in range(3):
        start = time.perf_counter()
        parse(text, "main.tf")
        best = min(best, time.perf_counter() - start)
    assert best < 20  # 0.5 s on the machine of the authors: this guards against quadratic cost, not the clock


@pytest.mark.parametrize(
    "text",
    [
        b"a {\n" + b"x = <<E\n" * 10_000,
        b"a {\n" + b" x = <<E\n" * 10_000,
        b"a {\n x = \n" + b" b = /* \n" * 10_000,
        b"a {\n x = \n" + b" y = [\n" * 10_000,
        b"a {\n x = [1\n}\n" * 10_000,
        b'x = "${' * 10_000,
    ],
)
def test_broken_files_take_linear_time(text: bytes) -> None:
    start = time.perf_counter()
    _, diagnostics = parse(text, "main.tf")
    assert diagnostics
    assert time.perf_counter() - start < 15


def test_json_has_the_same_shapes() -> None:
    text = (
        b'{"resource": {"aws_x": {"b": {"name": "n-${var.e}", "rule": [{"id": 1}]}, "c": [{"n": 1}, {"n": 2}]}},'
        b' "locals": {"a": "${1 + 1}"}, "variable": {"v": {"type": "list(string)"}},'
        b' "module": {"m": {"source": "./x", "depends_on": ["aws_x.b"]}}, "//": "comment"}'
    )
    body, diagnostics = parse_json(text, "main.tf.json")
    assert not diagnostics
    assert [(block.type, block.labels) for block in body.blocks] == [
        ("resource", ("aws_x", "b")),
        ("resource", ("aws_x", "c")),
        ("resource", ("aws_x", "c")),
        ("locals", ()),
        ("variable", ("v",)),
        ("module", ("m",)),
    ]
    name = body.blocks[0].body.attributes["name"]
    assert text[name.start : name.end] == b'"name": "n-${var.e}"'
    assert isinstance(name.expr, Template)
    rule = body.blocks[0].body.attributes["rule"].expr
    assert isinstance(rule, Tuple)
    assert isinstance(rule.items[0], Object)
    dependencies = body.blocks[5].body.attributes["depends_on"].expr
    assert isinstance(dependencies, Tuple)
    assert static_steps(dependencies.items[0]) == ("aws_x", "b")


def test_json_variables_and_faults() -> None:
    body, diagnostics = parse_json(b'{"region": "eu", "n": [1, 2.5, null]}', "x.tfvars.json")
    assert not diagnostics
    assert set(body.attributes) == {"region", "n"}
    body, diagnostics = parse_json(b'{"a": [1,}', "main.tf.json")
    assert [found.code for found in diagnostics] == ["parse-hcl"]
    assert not body.complete
    assert parse_json(b"[" * 5000, "main.tf.json")[1][0].code == "limit-nesting"


def every_expression(body: Body) -> None:
    stack = [body]
    while stack:
        inner = stack.pop()
        for attribute in inner.attributes.values():
            assert attribute.expr is attribute.expr
        stack.extend(block.body for block in inner.blocks)


TOKENS = [
    "resource", " ", "\n", '"', "${", "}", "%{", "{", "[", "]", "(", ")", "=", "a", "b.c", "1", ".", "*",
    "<<E\n", "E\n", "<<-E\n",
    "if", "for", "in", ":", "=>", "?", ",", "#", "/*", "*/", "~", "\\", "é", "...", "==", "-", "!",
]  # fmt: skip


SCRIBBLE = st.lists(st.sampled_from(TOKENS), max_size=60).map(lambda tokens: "".join(tokens).encode())


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200) | SCRIBBLE)
def test_parse_never_raises(text: bytes) -> None:
    every_expression(parse(text, "main.tf")[0])
    every_expression(parse_json(text, "main.tf.json")[0])


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(SAMPLE)), st.integers(0, 30), st.sampled_from(TOKENS))
def test_damage_anywhere_never_raises(at: int, length: int, put: str) -> None:
    every_expression(parse(SAMPLE[:at] + put.encode() + SAMPLE[at + length :], "main.tf")[0])


CUT = "cut.tf"  # the example of a rule that is about files which cannot be read


def test_real_files_have_no_faults() -> None:
    files = sorted(Path(__file__).parents[2].glob("fixtures/**/*.tf"))
    for file in filter(lambda each: each.name != CUT, files):
        body, diagnostics = parse(file.read_bytes(), file.name)
        assert not diagnostics, file
        every_expression(body)


Skeleton = tuple[frozenset[str], tuple[object, ...]]


def skeleton(body: Body) -> Skeleton:
    """The names of a body: its attributes, and its blocks with their labels, sorted."""
    blocks = [(block.type, block.labels, skeleton(block.body)) for block in body.blocks]
    return frozenset(body.attributes), tuple(sorted(blocks, key=repr_sorted))


def hcl2_skeleton(body: dict[str, object]) -> Skeleton:
    """The same of what python-hcl2 reads."""
    attributes: set[str] = set()
    blocks: list[object] = []
    for name, value in body.items():
        if name.startswith("__"):
            continue
        items = value if isinstance(value, list) else []
        if not items or not all(map(is_block, items)):
            attributes.add(name)
            continue
        for item in items:
            inner, labels = item, []
            while "__is_block__" not in inner:
                ((label, inner),) = inner.items()
                labels.append(label.strip('"'))
            blocks.append((name, tuple(labels), hcl2_skeleton(inner)))
    return frozenset(attributes), tuple(sorted(blocks, key=repr_sorted))


def is_block(value: object) -> bool:
    while isinstance(value, dict) and "__is_block__" not in value and len(value) == 1:
        (value,) = value.values()
    return isinstance(value, dict) and "__is_block__" in value


def repr_sorted(item: object) -> str:
    kind, labels, (attributes, blocks) = item  # type: ignore[misc]  # a skeleton's triple
    return repr((kind, labels, sorted(attributes), [repr_sorted(block) for block in blocks]))


@pytest.mark.slow
def test_python_hcl2_reads_the_same_structure() -> None:
    import hcl2

    files = sorted(Path(__file__).parents[2].glob("fixtures/**/*.tf"))
    if not files:
        pytest.skip("no fixtures to read")
    for file in filter(lambda each: each.name != CUT, files):
        assert skeleton(parse(file.read_bytes(), file.name)[0]) == hcl2_skeleton(
            hcl2.loads(file.read_text("utf-8"))
        ), file
