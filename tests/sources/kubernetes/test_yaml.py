"""YAML with places: values as Kubernetes reads them, spans in bytes, faults that cost one document only."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.model.diagnostic import Level
from scanner.model.location import SourceFile
from scanner.sources.kubernetes.yaml import ALIASED, load, load_json


def one(text: str):
    (document,) = load(text.encode(), "a.yaml")
    assert not document.broken, document.diagnostics
    return document


def shown(text: str, path: str) -> str:
    data = text.encode()
    (document,) = load(data, "a.yaml")
    span = document.origins[path]
    return data[span.start : span.end].decode()


@pytest.mark.parametrize(
    ("scalar", "value"),
    [
        ("yes", True), ("Off", False), ("n", False), ("true", True), ("True", True), ("tRue", "tRue"),
        ("~", None), ("", None), ("null", None), ("Null", None),
        ("0644", 0o644), ("0o17", 15), ("0x1F", 31), ("0b101", 5), ("-0x10", -16), ("1_000", 1000), ("+3", 3),
        ("08", 8), ("1.5", 1.5), ("1.0", 1), ("1e3", 1000), (".5", 0.5), ("1.", 1), ("1.2.3", "1.2.3"),
        ("22:22", "22:22"), ("2001-01-02", "2001-01-02"), (".inf", ".inf"), ("-", [None]), ("-a", "-a"),
        ("100m", "100m"), ("'yes'", "yes"), ('"0644"', "0644"), ("!!str 012", "012"), ("!!int '3'", 3),
        ("!Ref x", "x"), ("9" * 500, "9" * 500),
    ],
)  # fmt: skip
def test_plain_scalars_are_what_the_api_server_sees(scalar, value):
    got = one(f"{scalar}\n").value if scalar == "-" else one(f"a: {scalar}\n").value["a"]

    assert (type(value), value) == (type(got), got)


def test_keys_become_text():
    assert one("1: a\nyes: b\n1.5: c\n").value == {"1": "a", "true": "b", "1.5": "c"}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("spec", "spec:"),
        ("spec.containers", "containers:"),
        ("spec.containers[0]", "name: é"),
        ("spec.containers[0].name", "name: é"),
        ("spec.containers[1].image", 'image: "ü:1"'),
        ("spec.containers[1].args", "args: [a, {b: c}]"),
        ("spec.containers[1].args[1]", "{b: c}"),
        ("spec.containers[1].args[1].b", "b: c"),
        ("spec.script", "script: |"),
        ("spec.empty", "empty:"),
        ("labels.app.kubernetes.io/name", "app.kubernetes.io/name: shop"),
        ("a.b", "a.b: 2"),
    ],
)
def test_origins_are_the_statement_on_its_first_line(path, expected):
    text = (
        "# ☃ comment\nlabels: {app.kubernetes.io/name: shop}\na: {b: 1}\na.b: 2\nspec:\n  containers:\n"
        '  - name: é\n  - name: y\n    image: "ü:1"\n    args: [a, {b: c}]\n'
        "  script: |\n    one\n    two\n  empty:\n"
    )
    if path == "a.b":
        expected = "b: 1"  # the shorter key first

    assert expected == shown(text, path)


def test_origins_are_a_mapping_over_every_path():
    origins = one("a: {b: [1, {c: 2}]}\n").origins

    assert list(origins) == ["a", "a.b", "a.b[0]", "a.b[1]", "a.b[1].c"]
    assert len(origins) == 5
    assert "a.b[1].c" in origins
    assert "a.x" not in origins
    assert origins.get("a.b[2]") is None


def test_key_and_value_spans():
    text = "a:\n  b: |\n    x\n    y\n\nc: 1\n"
    origins = one(text).origins
    key, value = origins.key("a.b"), origins.value("a.b")

    assert text[key.start : key.end] == "b"
    assert text[value.start : value.end] == "|\n    x\n    y"


def test_merge_keys_give_what_is_not_said():
    text = "base: &b {p: 1, q: 2}\nmore: &m {q: 3, r: 4}\nuse:\n  p: 9\n  <<: [*b, *m]\n"

    assert one(text).value["use"] == {"p": 9, "q": 2, "r": 4}
    assert shown(text, "use.r") == "r: 4"


def test_an_anchor_is_seen_through_its_alias():
    text = "a: &a\n  image: x\nb: *a\n"

    assert shown(text, "b.image") == "image: x"
    assert shown(text, "b") == "b: *a"


def test_anchors_end_with_their_document():
    first, second = load(b"a: &x 1\n---\nb: *x\n", "a.yaml")

    assert first.value == {"a": 1}
    assert second.broken


def test_billion_laughs_stop_at_the_limit():
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    (document,) = load("\n".join(lines).encode(), "a.yaml")

    assert [each.code for each in document.diagnostics] == ["limit-aliases"]
    assert f"{ALIASED:,}" in document.diagnostics[0].summary


def test_an_anchor_inside_itself_and_an_unknown_alias_are_errors():
    (inside,) = load(b"a: &a [*a]\n", "a.yaml")
    (unknown,) = load(b"a: *b\n", "a.yaml")

    assert "contains itself" in inside.diagnostics[0].summary
    assert "no anchor 'b'" in unknown.diagnostics[0].summary


def test_depth_is_limited():
    (document,) = load(("[" * 300 + "]" * 300).encode(), "a.yaml")

    assert [each.code for each in document.diagnostics] == ["limit-depth"]


def test_a_duplicate_key_names_both_lines_and_the_last_one_counts():
    document = one("a: 1\nb:\n  c: 1\n  d: 2\n  c: 3\n")
    (told,) = document.diagnostics

    assert document.value["b"] == {"c": 3, "d": 2}
    assert (told.level, told.code) == (Level.ERROR, "parse-duplicate-key")
    assert told.summary == "key 'c' on line 5 was set before, on line 3"


@pytest.mark.parametrize(
    ("text", "line", "column", "says"),
    [
        ("a: 1\n\tb: 2\n", 2, 1, "tab"),
        ("a: b: c\n", 1, 5, "expected the value to end"),
        ("a: [1, 2\nb: 3\n", 2, 2, "expected ',' or ']'"),
        ("a:\n  b: 1\n c: 2\n", 3, 2, "the mapping that begins on line 1"),
        ("a: @x\n", 1, 4, "cannot begin with '@'"),
        ("a: 'x\n", 2, 1, "closing quote"),
        ("? [1]\n: 2\n", 1, 3, "expected a text"),
        ("~: 2\n", 1, 1, "expected a text as a key"),
        ("é: 'ü\x07'\n", 1, 6, "control character"),
        ("<<: 3\n", 1, 5, "after the merge key"),
    ],
)
def test_a_syntax_error_says_where_and_what_was_expected(text, line, column, says):
    data = text.encode()
    (document,) = load(data, "a.yaml")
    (told,) = document.diagnostics
    place = SourceFile("a.yaml", data).locate(told.span.start, told.span.end)

    assert document.broken
    assert told.code == "parse-yaml"
    assert says in told.summary
    assert (line, column) == (place.line, place.column)


def test_reading_goes_on_at_the_next_document():
    text = "a: 1\n---\nb: [\n---\nc: é\n---\nd: 'x\n---\ne: 5\n"
    documents = list(load(text.encode(), "a.yaml"))

    assert [each.value for each in documents] == [{"a": 1}, None, {"c": "é"}, None, {"e": 5}]
    last = documents[-1].origins["e"]
    assert text.encode()[last.start : last.end] == b"e: 5"


def test_lines_of_a_later_run_count_from_the_top():
    documents = list(load(b"a: [\n---\nb:\n  c: 1\n d: 1\n", "a.yaml"))

    assert "that begins on line 3" in documents[1].diagnostics[0].summary


def test_not_utf8_says_which_byte():
    (document,) = load(b"a: 1\nb: \xff\n", "a.yaml")
    (told,) = document.diagnostics

    assert told.code == "parse-encoding"
    assert "0xff" in told.summary
    assert told.span.start == 8


def test_a_byte_order_mark_is_skipped():
    (document,) = load(b"\xef\xbb\xbfa: 1\n", "a.yaml")
    span = document.origins["a"]

    assert document.value == {"a": 1}
    assert (span.start, span.end) == (3, 7)


def test_an_empty_text_has_no_documents():
    assert list(load(b"# nothing\n", "a.yaml")) == []


def test_the_span_of_a_document_takes_in_the_comments_above_it():
    data = b"a: 1\n---\n# of b\nb:\n  - 2\n\n# of c\n---\nc: 3\n"
    first, second, _ = load(data, "a.yaml")

    assert data[first.span.start : first.span.end] == b"a: 1"
    assert data[second.span.start : second.span.end].startswith(b"---\n# of b")
    assert data[second.span.start : second.span.end].endswith(b"- 2")


def test_json_has_places_too():
    text = '{"a": {"b": [1, 2.0, "x/y"]}}'
    (document,) = load_json(text.encode(), "a.json")
    span = document.origins["a.b[2]"]

    assert document.value == {"a": {"b": [1, 2, "x/y"]}}
    assert text[span.start : span.end] == '"x/y"'


def test_json_that_yaml_cannot_read_is_read_without_places():
    (document,) = load_json(b'{"a": "\\ud83d\\ude00"}', "a.json")

    assert document.value == {"a": "\U0001f600"}


def test_broken_json_says_so_in_its_own_words():
    (document,) = load_json(b'{"a": 1,,}', "a.json")

    assert [each.code for each in document.diagnostics] == ["parse-json"]


_KEYS = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=8)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_KEYS, inner, max_size=4),
    max_leaves=12,
)


@given(_JSON)
def test_json_is_read_as_json(value):
    (document,) = load_json(json.dumps(value, ensure_ascii=False).encode(), "a.json")

    assert value == document.value


@given(st.text(st.sampled_from("ab:-[]{}&*<>|'\"#%\t\n @é,?!~0"), max_size=40))
def test_no_text_raises(text):
    for document in load(text.encode(), "a.yaml"):
        assert 0 <= document.span.start <= document.span.end <= len(text.encode())
        for path in document.origins:
            document.origins.get(path)


def test_the_nearest_place_is_the_longest_beginning_that_stands():
    origins = one("a: {b: [1, {c.d: {e: 2}}]}\n").origins

    assert origins.nearest("a.b[1].x.y") == origins["a.b[1]"]
    assert origins.nearest("a.b[7]") == origins["a.b"]
    assert origins.nearest("a.b[1].c.d.e") == origins["a.b[1].c.d.e"]
    assert origins.nearest("z.a") is None
