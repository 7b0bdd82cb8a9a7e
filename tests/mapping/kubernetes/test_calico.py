"""Calico's selector expressions, by what they choose. Source: Calico documentation, "Selectors"."""

import pytest

from scanner.mapping.kubernetes.calico import expressions
from scanner.mapping.kubernetes.selectors import matches
from scanner.model.value import Undetermined

WEB, DB, BARE = {"app": "web", "tier": "front"}, {"app": "db", "tier": "back"}, {}


@pytest.mark.parametrize(
    ("text", "chosen"),
    [
        ("", [WEB, DB, BARE]),
        ("all()", [WEB, DB, BARE]),
        ("app == 'web'", [WEB]),
        ('app != "web"', [DB, BARE]),
        ("has(app)", [WEB, DB]),
        ("!has(app)", [BARE]),
        ("app in {'web', 'x'}", [WEB]),
        ("app not in {'web', 'x'}", [DB, BARE]),
        ("app starts with 'we'", [WEB]),
        ("app ends with 'b'", [WEB, DB]),
        ("app contains 'e'", [WEB]),
        ("app == 'web' || tier == 'back'", [WEB, DB]),
        ("has(app) && !(app == 'web' || tier == 'x')", [DB]),
        ("!(has(app) && tier == 'back')", [WEB, BARE]),
        ("!all()", []),
    ],
)
def test_what_an_expression_chooses(text: str, chosen: list[dict[str, str]]) -> None:
    selectors = expressions(text)

    assert [each for each in (WEB, DB, BARE) if any(matches(one, each) for one in selectors)] == chosen


@pytest.mark.parametrize("text", ["app === 'web'", "app ==", "(app == 'x'", "app == 'x')", "&&"])
def test_what_is_no_expression(text: str) -> None:
    with pytest.raises(Undetermined):
        expressions(text)
