"""Three-valued quantifiers: an unknown decides nothing, and hides nothing that is decided."""

import pytest

from scanner.model.logic import both, every, some, text
from scanner.model.value import Undetermined, Unknown

WHO = Unknown("nobody knows")


@pytest.mark.parametrize("items", [[True, WHO], [WHO, True], [False, WHO, True]])
def test_one_that_holds_decides_some(items: list[object]) -> None:
    assert some(items)


@pytest.mark.parametrize("items", [[False, WHO], [WHO, False], [WHO, WHO]])
def test_an_unknown_leaves_some_open(items: list[object]) -> None:
    with pytest.raises(Undetermined):
        some(items)


def test_nothing_holds_for_some_of_nothing() -> None:
    assert not some([])
    assert every([])


@pytest.mark.parametrize("items", [[False, WHO], [WHO, False]])
def test_one_that_fails_decides_every(items: list[object]) -> None:
    assert not every(items)


def test_an_unknown_leaves_every_open() -> None:
    with pytest.raises(Undetermined):
        every([True, WHO])


def test_a_part_that_is_false_decides_whatever_came_before() -> None:
    assert not both(lambda: WHO == 1, lambda: False)
    with pytest.raises(Undetermined):
        both(lambda: True, lambda: WHO == 1)


def test_text_of_an_unknown_is_undetermined() -> None:
    assert text("a") == "a"
    with pytest.raises(Undetermined):
        text(WHO)
