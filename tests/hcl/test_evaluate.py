"""Scopes, unknowns, limits and errors: what the record of terraform's answers cannot show."""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import subprocess
import time
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.hcl.convert import convert
from scanner.hcl.evaluate import EvaluationError, Variables, evaluate
from scanner.hcl.expression import read_expression
from scanner.hcl.functions import table
from scanner.hcl.syntax import Expression
from scanner.hcl.types import parse_type, type_of_expr
from scanner.hcl.values import SetValue, to_plain
from scanner.model.value import Cause, Sensitive, Unknown, Value
from tests.hcl.oracle_support import value_of


def read(text: str) -> Expression:
    raw = text.encode()
    return read_expression(raw, 0, len(raw))


class Recording:
    """A scope that knows one resource and says what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, tuple[str | int, ...]]] = []
        self.files = Variables().files

    def resolve(self, root: str, steps: tuple[str | int, ...]) -> tuple[Value, int]:
        self.asked.append((root, steps))
        if root == "aws_x":
            return {"arn": "A", "l": [{"v": 1}, {"v": 2}]}, 1
        if root == "each":
            return "l", 1
        raise EvaluationError("unknown root")


def test_a_scope_consumes_what_it_knows_and_the_rest_is_applied() -> None:
    scope = Recording()
    assert evaluate(read("aws_x.b.arn"), scope) == "A"
    assert evaluate(read("aws_x.b.l[*].v"), scope) == [1, 2]
    assert evaluate(read("aws_x.b[each.value][1].v"), scope) == 2
    assert evaluate(read("[for arn in aws_x.b.l : arn.v]"), scope) == [1, 2]
    assert scope.asked == [
        ("aws_x", ("b", "arn")),
        ("aws_x", ("b", "l")),
        ("aws_x", ("b",)),
        ("each", ("value",)),
        ("aws_x", ("b", "l")),
    ]


MANY = 'join("", [for b in range(1000) : "0123456789"])'
LAUGHS = "a: &a [x,x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{name}: &{name} [{','.join([f'*{before}'] * 10)}]\n" for before, name in zip("abcde", "bcdef", strict=True)
)


def unknown(type_: str = "string", prefix: str = "") -> Unknown:
    return Unknown("why", Cause.NO_DEFAULT, ("var.x",), type_, prefix)


@pytest.mark.parametrize(
    ("text", "type_", "prefix"),
    [
        ('"foo-${u}"', "string", "foo-"),
        ('"foo-${p}-x"', "string", "foo-arn:"),
        ('"${u}-foo"', "string", ""),
        ("upper(\"ab-${u}\")", "string", "AB-"),
        ('join("-", ["a", u, "b"])', "string", "a-"),
        ('format("%s-%s", "a", p)', "string", "a-arn:"),
        ('jsonencode({a = 1, b = u})', "string", '{"a":1,"b":'),
        ('replace("a.b-${u}", ".", "-")', "string", "a-b-"),
        ("u == \"x\"", "bool", ""),
        ("length(l)", "number", ""),
        ("n + 1", "number", ""),
        ("l[0]", "string", ""),
        ("b ? \"foo-1\" : \"foo-2\"", "string", "foo-"),
        ("coalesce(u, \"b\")", "string", ""),
        ('file(u)', "string", ""),
        ('trimprefix("arn:${u}", "arn:")', "string", ""),
        ("timestamp()", "string", ""),
        ("uuid()", "string", ""),
    ],
)  # fmt: skip
def test_unknowns_keep_what_is_known(text: str, type_: str, prefix: str) -> None:
    scope = {
        name: unknown(kind)
        for name, kind in (("u", "string"), ("n", "number"), ("b", "bool"), ("l", "list(string)"))
    }
    scope["p"] = unknown(prefix="arn:")
    found = value_of(text, scope)
    assert isinstance(found, Unknown)
    assert (found.type, found.prefix) == (type_, prefix)
    if "()" not in text:
        assert found.references == ("var.x",)
        assert found.cause is Cause.NO_DEFAULT


def test_a_lookup_in_an_empty_map_gives_its_default_whatever_the_key() -> None:
    """Terraform's plan leaves it open, and apply can only give the default (Language, "lookup Function")."""
    assert value_of('lookup({}, key, "none")', {"key": unknown()}) == "none"
    assert isinstance(value_of('lookup({ a = "b" }, key, "none")', {"key": unknown()}), Unknown)


def test_references_of_all_unknowns_are_kept() -> None:
    found = value_of("a + b", {"a": Unknown("x", references=("var.a",)), "b": Unknown("y", references=("var.b",))})
    assert isinstance(found, Unknown)
    assert found.references == ("var.a", "var.b")


@pytest.mark.parametrize(
    ("text", "code", "message"),
    [
        ("[1, 2][5]", "evaluate", "outside this list"),
        ("{a = 1}.b", "evaluate", 'no attribute "b"'),
        ("nosuch(1)", "evaluate", "no function"),
        ("lenght([1])", "evaluate", 'did you mean "length"'),
        ("upper(1, 2)", "evaluate", "takes 1 argument"),
        ("1 + true", "evaluate", "number is required"),
        ("range(1000000000)", "evaluate", "1024"),
        ("setproduct(range(1000), range(1000))", "limit", "product"),
        ("join(MANY, split(\"\", MANY))".replace("MANY", MANY), "limit", "characters"),
        ('indent(9000000, "a\\nb")', "limit", ""),
        ('format("%999999999d", 1)', "limit", ""),
        ("1e99999", "limit", "exponent"),
        (f"yamldecode({json.dumps(LAUGHS)})", "limit", ""),
    ],
)  # fmt: skip
def test_errors_have_a_span_and_a_code(text: str, code: str, message: str) -> None:
    with pytest.raises(EvaluationError) as caught:
        value_of(text)
    assert caught.value.code == code
    assert message in caught.value.message
    assert caught.value.span is not None


def test_the_span_is_that_of_the_innermost_fault() -> None:
    text = '"a-${upper(lower({x = 1}.y))}"'
    with pytest.raises(EvaluationError) as caught:
        value_of(text)
    start, end = caught.value.span or (0, 0)
    assert text[start:end] == "{x = 1}.y"


def test_width_is_no_recursion() -> None:
    assert value_of(" + ".join(["1"] * 5000)) == 5000
    assert value_of(" && ".join(["true"] * 5000)) is True
    assert len(value_of("[" + ", ".join(["1"] * 20000) + "]")) == 20000


def test_what_the_parser_admits_can_be_evaluated() -> None:
    for opening, closing in (
        ("upper(", ")"),
        ("[for x in [1] : ", "][0]"),
        ("{a = ", "}.a"),
        ("true ? ", ' : "b"'),
    ):
        depth = 32
        assert value_of(opening * depth + '"a"' + closing * depth) in ("a", "A")
    assert value_of("(" * 95 + "1" + ")" * 95) == 1


def test_patterns_take_linear_time() -> None:
    start = time.perf_counter()
    assert value_of('can(regex("^(a+)+$", "' + "a" * 400 + '!"))') is False
    assert value_of('can(regex("(x*)*y", "' + "x" * 400 + '"))') is False
    assert time.perf_counter() - start < 5


def test_files_outside_the_scan_are_unknown() -> None:
    class Outside:
        def read(self, path: str) -> Unknown:
            return Unknown("outside", Cause.OUTSIDE_SCAN)

        def exists(self, path: str) -> Unknown:
            return self.read(path)

        def glob(self, base: str, pattern: str) -> Unknown:
            return self.read(base)

    for text in ('file("x")', 'filemd5("x")', 'fileexists("x")', 'fileset("x", "*")', 'templatefile("x", {})'):
        found = evaluate(read(text), Variables({}, Outside()))
        assert isinstance(found, Unknown)
        assert found.cause is Cause.OUTSIDE_SCAN


@pytest.mark.parametrize(
    ("value", "type_", "expected"),
    [
        ("5", "number", 5),
        ("true", "bool", True),
        (1.5, "string", "1.5"),
        (["b", "a", "b"], "set(string)", ["a", "b"]),
        ([1, "a"], "list(string)", ["1", "a"]),
        ({"a": 1, "b": "x"}, "map(string)", {"a": "1", "b": "x"}),
        ({"a": 1, "z": 2}, "object({a = string})", {"a": "1"}),
        ({"a": 1}, "object({a = number, b = optional(bool, false)})", {"a": 1, "b": False}),
        ({"a": 1}, "object({a = number, c = optional(string)})", {"a": 1, "c": None}),
        ({"a": 1, "b": None}, "object({a = number, b = optional(bool, false)})", {"a": 1, "b": False}),
        ({}, 'object({x = optional(object({y = optional(list(string), ["q"])}), {})})', {"x": {"y": ["q"]}}),
        ([1, "a"], "tuple([string, string])", ["1", "a"]),
        ([{"a": 1}], "list(object({a = string, b = optional(number, 2)}))", [{"a": "1", "b": 2}]),
        (None, "string", None),
        ([1, "a"], "list(any)", ["1", "a"]),
        ({"a": [1], "b": ["x"]}, "map(any)", {"a": ["1"], "b": ["x"]}),
        ("x", "any", "x"),
    ],
)  # fmt: skip
def test_conversions(value: Value, type_: str, expected: Value) -> None:
    assert to_plain(convert(value, type_of_expr(read(type_)))) == expected


@pytest.mark.parametrize(
    ("value", "type_", "message"),
    [
        ("x", "number", "a number is required"),
        ({}, "object({a = string})", '"a" required'),
        ({"a": []}, "object({a = string})", 'attribute "a"'),
        ("x", "list(string)", "a list is required"),
        ([1, True], "list(any)", "same type"),
        ([1], "tuple([string, string])", "2 elements"),
        ("yes", "bool", "bool is required"),
    ],
)
def test_refused_conversions(value: Value, type_: str, message: str) -> None:
    with pytest.raises(EvaluationError, match=re.escape(message)):
        convert(value, type_of_expr(read(type_)))


@pytest.mark.parametrize(
    "text", ["strng", "list(1)", "object(string)", "tuple(string)", "set()", "optional(string)", "1"]
)
def test_what_is_no_type(text: str) -> None:
    with pytest.raises(EvaluationError):
        type_of_expr(read(text))


def test_types_can_be_read_back() -> None:
    for text in ("string", "list(map(number))", "object({a=string, b=set(bool)})", "tuple([string, any])"):
        assert str(parse_type(text)) == text


def test_plain_values() -> None:
    assert to_plain([Decimal("0.5"), SetValue(["b", "a"]), {"x": 1}]) == [0.5, ["a", "b"], {"x": 1}]
    kept = to_plain([Sensitive(SetValue([1])), unknown()])
    assert isinstance(kept[0], Sensitive)
    assert kept[0].value == [1]
    assert isinstance(kept[1], Unknown)


def test_provider_and_opentofu_functions() -> None:
    arn = '"arn:aws:iam::1:role/a/b"'
    assert value_of(f"provider::aws::arn_parse({arn}).resource") == "role/a/b"
    assert value_of(f"provider::aws::trim_iam_role_path({arn})") == "arn:aws:iam::1:role/b"
    assert value_of('provider::aws::arn_build("aws", "s3", "", "", "b")') == "arn:aws:s3:::b"
    assert value_of('urldecode("a+b%2F")') == "a b/"
    assert value_of('cidrcontains("10.0.0.0/8", "10.1.0.0/16")') is True
    assert value_of('base64gunzip("H4sIAAAAAAAA/8pIzcnJBwAAAP//AQAA//+GphA2BQAAAA==")') == "hello"


@pytest.mark.slow
def test_every_function_of_terraform_is_here() -> None:
    if shutil.which("terraform") is None:
        pytest.skip("terraform is not on PATH: its list of functions cannot be asked for")
    said = subprocess.run(["terraform", "metadata", "functions", "-json"], capture_output=True, check=True)
    names = {name.removeprefix("core::") for name in json.loads(said.stdout)["function_signatures"]}
    assert names - set(table()) == {"try", "can"}


NUMBERS = st.integers(-50, 50).map(lambda number: (f"({number})", number))


def combine(inner: st.SearchStrategy[tuple[str, Any]]) -> st.SearchStrategy[tuple[str, Any]]:
    def both(left: tuple[str, Any], op: str, right: tuple[str, Any]) -> tuple[str, Any]:
        made = {"+": left[1] + right[1], "-": left[1] - right[1], "*": left[1] * right[1]}[op]
        return f"({left[0]} {op} {right[0]})", made

    return st.builds(both, inner, st.sampled_from("+-*"), inner)


@settings(max_examples=100, deadline=None)
@given(st.recursive(NUMBERS, combine, max_leaves=20))
def test_arithmetic_agrees_with_integers(case: tuple[str, int]) -> None:
    assert value_of(case[0]) == case[1]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["&&", "||"]), st.booleans()), min_size=1, max_size=20), st.booleans())
def test_logic_agrees_with_precedence(rest: list[tuple[str, bool]], first: bool) -> None:
    text = str(first).lower() + "".join(f" {op} {str(value).lower()}" for op, value in rest)
    python = text.replace("&&", "and").replace("||", "or").replace("true", "True").replace("false", "False")
    assert value_of(text) is eval(python)


TEXT = st.text(st.characters(exclude_categories=["Cs"]))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=20,
)


@settings(max_examples=150, deadline=None)
@given(JSON)
def test_json_and_yaml_round_trips(value: Value) -> None:
    assert value_of("jsondecode(jsonencode(v))", {"v": value}) == value


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=30), st.text("ab().*+?[]|^$\\dw{}1,-", max_size=12))
def test_functions_on_any_text_either_answer_or_refuse(text: str, pattern: str) -> None:
    for name in ("regex", "regexall", "replace", "format", "csvdecode", "yamldecode", "jsondecode", "formatdate"):
        call = {
            "regex": "regex(p, t)",
            "regexall": "regexall(p, t)",
            "replace": 'replace(t, "/${p}/", "$1")',
            "format": "format(p, t)",
            "formatdate": "formatdate(t, t)",
        }.get(name, f"{name}(t)")
        with contextlib.suppress(EvaluationError):
            value_of(call, {"t": text, "p": pattern})
