"""Each sink gets text that it takes for text."""

import csv
import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.report import escape
from tests.report.sample import NASTY

ANY = st.text(alphabet=st.characters(), max_size=60) | st.sampled_from(NASTY)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[0m", "␛[0m"),
        ("a\nb\tc\x7f", "a␊b␉c␡"),
        ("\x9b", "\\u{9b}"),
        ("\u202egnp", "\\u{202e}gnp"),
        ("\udce9", "\\u{dce9}"),
        ("naïve 日本 👩\u200d🚀", "naïve 日本 👩\u200d🚀"),
    ],
)
def test_unseen_characters_are_shown(text, shown):
    assert escape.visible(text) == shown


@given(ANY)
def test_terminal_text_holds_no_control(text):
    assert not re.search("[\x00-\x1f\x7f-\x9f\u202a-\u202e\ud800-\udfff]", escape.terminal(text))
    assert "##[" not in escape.terminal(text)


def test_a_line_never_begins_with_a_workflow_command():
    assert escape.line_start("  ::error::x") == "  \\u{3a}:error::x"
    assert escape.line_start("a ::error::x") == "a ::error::x"


@pytest.mark.parametrize(
    ("text", "inert"),
    [
        ("@everyone", "@&#8203;everyone"),
        ("<script>", "&lt;script&gt;"),
        ("a|b", "a\\|b"),
        ("*x* _y_ aws_lb.a_b", "\\*x\\* \\_y\\_ aws_lb.a_b"),
        ("[a](https://e.org)", "\\[a\\]\\(https:&#8203;//e.org\\)"),
        ("see #12", "see \\#&#8203;12"),
        ("www.e.org", "www&#8203;.e.org"),
    ],
)
def test_markdown_is_inert(text, inert):
    assert escape.markdown(text) == inert


@given(ANY)
def test_a_code_span_ends_where_it_should(text):
    span = escape.markdown_code(text)
    ticks = re.match("`+", span)[0]

    assert span.endswith(ticks)
    assert ticks not in re.findall("`+", span[len(ticks) : -len(ticks)])
    assert not re.search(r"(?<!\\)\|", span)
    assert "\n" not in span


@given(ANY)
def test_xml_is_read_back(text):
    from xml.etree import ElementTree

    read = ElementTree.fromstring(f'<a b="{escape.xml(text)}">{escape.xml(text)}</a>')

    assert read.get("b") == (read.text or "")


@given(ANY)
def test_csv_is_read_back_and_no_formula(text):
    written = io.StringIO()
    csv.writer(written).writerow([escape.csv_cell(text)])
    ((field,),) = csv.reader(io.StringIO(written.getvalue(), newline=""))

    assert field.lstrip()[:1] not in {"=", "+", "-", "@"}


@pytest.mark.parametrize("formula", ["=1+1", " @SUM(A1)", "+1", "-1"])
def test_formulas_begin_with_an_apostrophe(formula):
    assert escape.csv_cell(formula) == f"'{formula}"
