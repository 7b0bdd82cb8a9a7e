"""Label selectors mean what the API server means by them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.mapping.kubernetes.selectors import LabelIndex, Labelled, matches
from scanner.model.value import Unknown


def need(key, operator, *values):
    return {"labels": {}, "expressions": [{"key": key, "operator": operator, "values": list(values)}]}


@pytest.mark.parametrize(
    ("selector", "met"),
    [
        ({"labels": {}, "expressions": []}, True),
        ({"labels": {"app": "api"}, "expressions": []}, True),
        ({"labels": {"app": "api", "tier": "web"}, "expressions": []}, False),
        ({"labels": {"app": "other"}, "expressions": []}, False),
        (need("app", "In", "x", "api"), True),
        (need("app", "In", "x"), False),
        (need("none", "In", "x"), False),
        (need("app", "NotIn", "api"), False),
        (need("app", "NotIn", "x"), True),
        (need("none", "NotIn", "x"), True),
        (need("app", "Exists"), True),
        (need("none", "Exists"), False),
        (need("app", "DoesNotExist"), False),
        (need("app", None), False),  # a requirement that says no operator, as modules hand one on
        (need("none", "DoesNotExist"), True),
        (need("app", "Gt", "1"), False),
    ],
)
def test_requirements(selector, met):
    assert matches(selector, {"app": "api", "tier": "db"}) is met


_KEYS = st.sampled_from("abc")
_VALUES = st.sampled_from("xyz")
_LABELS = st.dictionaries(_KEYS, _VALUES)
_NEED = st.fixed_dictionaries(
    {
        "key": _KEYS,
        "operator": st.sampled_from(["In", "NotIn", "Exists", "DoesNotExist"]),
        "values": st.lists(_VALUES, max_size=2),
    }
)


@given(st.lists(_LABELS, max_size=8), _LABELS, st.lists(_NEED, max_size=3))
def test_the_index_finds_what_a_full_search_finds(things, labels, expressions):
    selector = {"labels": labels, "expressions": expressions}
    index = LabelIndex()
    for number, each in enumerate(things):
        index.add(Labelled(number, each))

    expected = [number for number, each in enumerate(things) if matches(selector, each)]

    assert list(index.select(selector)) == expected


def test_unknown_labels_are_undecided():
    why = Unknown("elsewhere")
    index = LabelIndex()
    index.add(Labelled(1, why))

    assert list(index.select({})) == []
    assert [(number, held.reason) for number, held in index.undecided()] == [(1, "elsewhere")]
