"""The whole world, however it is spelled."""

import pytest

from scanner.model.cidr import covers_world, share
from scanner.model.value import Undetermined, Unknown

WHO = Unknown('variable "ranges" has no default')


@pytest.mark.parametrize(
    "cidrs",
    [
        ["0.0.0.0/0"],
        ["::/0"],
        ["2000::/3"],
        ["0.0.0.0/1", "128.0.0.0/1"],
        ["0.0.0.0/1"],
        ["::/1"],
        ["10.0.0.0/8", "0.0.0.0/2", "64.0.0.0/2"],
        [f"{first}.0.0.0/8" for first in range(1, 224)],
        [WHO, "0.0.0.0/0"],
        [" 0.0.0.0/0 "],
    ],
)
def test_ranges_that_hold_the_world(cidrs: list[object]) -> None:
    assert covers_world(cidrs)


@pytest.mark.parametrize(
    "cidrs",
    [
        [],
        ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"],
        ["198.51.100.7/32"],
        ["198.51.100.7"],
        ["64.0.0.0/2"],
        ["fc00::/7"],
        ["2001:db8::/32"],
        ["not a range", ""],
        ["10.0.0.0/8"] * 300,
    ],
)
def test_ranges_that_do_not(cidrs: list[object]) -> None:
    assert not covers_world(cidrs)


def test_an_unknown_range_leaves_it_open() -> None:
    with pytest.raises(Undetermined, match="ranges"):
        covers_world(["10.0.0.0/8", WHO])


def test_an_unknown_list_leaves_it_open() -> None:
    with pytest.raises(Undetermined, match="ranges"):
        covers_world(WHO)


def test_shares_compare_ranges_of_both_families() -> None:
    assert share(["0.0.0.0/0"]) == share(["::/0"]) > share(["10.0.0.0/8"]) > share(["10.1.0.0/16", WHO]) > 0
