"""GitHub's line hash, held against a second, slower reading of the same description."""

from hypothesis import given
from hypothesis import strategies as st

from scanner.report.linehash import line_hashes


def rolling(text: bytes) -> list[str]:
    """The description taken literally: one character at a time through a window of 100, flushed with zeros."""
    units: list[int] = []
    after_return = False
    for sign in text.decode("utf-8", "replace"):
        if sign in " \t" or (sign == "\n" and after_return):
            after_return = False
            continue
        after_return = sign == "\r"
        encoded = ("\n" if sign == "\r" else sign).encode("utf-16-be")
        units += [int.from_bytes(encoded[at : at + 2], "big") for at in range(0, len(encoded), 2)]
    units.append(65535)
    window, value, hashes = [0] * 100, 0, []
    starts = [0, *(at + 1 for at, unit in enumerate(units) if unit == 10)]
    for at, unit in enumerate(units + [0] * 100):
        if at - 100 in starts:
            hashes.append(f"{value:x}")
        value = (value * 37 + unit - window[at % 100] * 37**100) % 2**64
        window[at % 100] = unit
    if len(units) in starts:
        hashes.append(f"{value:x}")
    return [f"{each}:{hashes[: at + 1].count(each)}" for at, each in enumerate(hashes)]


def test_the_empty_file_has_the_value_that_github_documents():
    assert line_hashes(b"") == ["c129715d7a2bc9a3:1"]


def test_a_file_that_ends_in_a_line_break_has_one_more_line():
    assert line_hashes(b"a\n")[1] == "c129715d7a2bc9a3:1"


def test_blanks_and_kinds_of_line_breaks_do_not_count():
    plain = line_hashes(b"one two\nthree\nfour\n")

    assert line_hashes(b"\tonetwo\r\n  three\r\nfo ur\r\n") == plain
    assert line_hashes(b"one two\rthree\rfour\r") == plain


def test_equal_lines_are_counted():
    hashes = line_hashes(b"the same line over and over\n" * 12)

    assert [each.partition(":")[2] for each in hashes[:7]] == ["1", "2", "3", "4", "5", "6", "7"]
    assert len({each.partition(":")[0] for each in hashes[:7]}) == 1


@given(st.text(alphabet="ab \t\r\n{}é日😀", max_size=400))
def test_it_equals_the_literal_reading(text):
    data = text.encode()

    assert line_hashes(data) == rolling(data)
