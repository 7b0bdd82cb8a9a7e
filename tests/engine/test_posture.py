"""The score of a posture: intervals that only evidence can narrow (the properties of a sound score)."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scanner.engine.posture import assess
from scanner.graph.columns import Facts, Graph
from scanner.model.address import Address
from scanner.model.finding import Severity
from scanner.model.location import Span
from scanner.model.posture import Posture
from scanner.model.resource import Plane
from scanner.model.rule import Rule

NODES = 6
RULES = [
    Rule("zero-trust/a", "", Severity.HIGH, ("object_store",), "", controls={"nist-800-207": ("tenet-2",)}),
    Rule("backup/b", "", Severity.LOW, ("object_store",), "", controls={"nist-800-207": ("tenet-5",)}),
    Rule("tiers/c", "", Severity.CRITICAL, ("object_store",), ""),
]
VERDICTS = ("passed", "failed", "unknown", "waived")
settings.register_profile("busy", suppress_health_check=[HealthCheck.too_slow], deadline=None)
settings.load_profile("busy")
Verdicts = dict[tuple[int, int], str]


def graph(plane: Plane = Plane.DECLARED) -> Graph:
    made = Graph()
    for number in range(NODES):
        address = Address("tf", ".", f"aws_s3_bucket.b{number}")
        made.add(Facts(address, "object_store", plane, Span("a.tf", 0, 1), {}, {}))
    return made


def posture(verdicts: Verdicts, unmapped: int = 0, plane: Plane = Plane.DECLARED) -> Posture:
    """The posture where each (rule, node) has the verdict given."""
    told: dict[str, dict[str, set[int]]] = {rule.id: {name: set() for name in VERDICTS} for rule in RULES}
    for (rule, node), verdict in verdicts.items():
        told[RULES[rule].id][verdict].add(node)
    return assess(graph(plane), RULES, told, (), unmapped)


def scores(found: Posture) -> dict[str, tuple[float, float]]:
    """(lower, upper) of whatever was assessed."""
    every = {**found.tenets, **found.layers, **found.principles}
    return {
        name: (each.lower, each.upper) for name, each in every.items() if each.lower is not None and each.upper
    }


cases = st.dictionaries(
    st.tuples(st.integers(0, len(RULES) - 1), st.integers(0, NODES - 1)), st.sampled_from(VERDICTS), min_size=1
)


def lowers(verdicts: Verdicts, unmapped: int = 0) -> dict[str, float]:
    return {name: low for name, (low, _) in scores(posture(verdicts, unmapped)).items()}


def never_higher(after: dict[str, float], before: dict[str, float]) -> bool:
    return all(after.get(name, 0) <= share + 1e-9 for name, share in before.items())


@given(cases, st.data())
def test_what_turns_out_to_fail_proves_nothing(verdicts: Verdicts, data: st.DataObject) -> None:
    key = data.draw(st.sampled_from(sorted(verdicts)))
    before = lowers({**verdicts, key: "unknown"})
    assert never_higher(lowers({**verdicts, key: "failed"}), before)
    assert never_higher(before, lowers({**verdicts, key: "passed"}))


@given(cases, st.data())
def test_less_evidence_never_proves_more(verdicts: Verdicts, data: st.DataObject) -> None:
    dropped = data.draw(st.sets(st.sampled_from(sorted(verdicts))))
    after = {
        key: "unknown" if key in dropped and verdict != "waived" else verdict for key, verdict in verdicts.items()
    }
    assert never_higher(lowers(after), lowers(verdicts))


@given(cases, st.integers(0, 5))
def test_a_resource_that_nobody_understands_never_proves_more(verdicts: Verdicts, unmapped: int) -> None:
    assert never_higher(lowers(verdicts, unmapped + 1), lowers(verdicts, unmapped))


@given(cases)
def test_a_waiver_counts_as_not_passed(verdicts: Verdicts) -> None:
    waived = {key: "waived" if verdict == "failed" else verdict for key, verdict in verdicts.items()}
    assert lowers(waived) == lowers(verdicts)


@given(cases)
def test_the_interval_holds_its_bounds(verdicts: Verdicts) -> None:
    for low, high in scores(posture(verdicts)).values():
        assert 0 <= low <= high <= 1


def test_nothing_assessed_is_no_score() -> None:
    found = posture({})
    assert found.overall is None
    assert {each.stage for each in found.tenets.values()} == {"not assessed"}


def test_integrity_is_proven_live_only() -> None:
    verdicts: Verdicts = {(1, 0): "passed"}
    declared, live = posture(verdicts), posture(verdicts, plane=Plane.LIVE)
    assert declared.tenets["tenet-5"].lower == 0
    assert declared.tenets["tenet-5"].upper == 1
    assert declared.principles["backup"].lower == 1
    assert [each.code for each in declared.open] == ["NO_SOURCE"]
    assert live.tenets["tenet-5"].lower == 1


def test_the_whole_is_its_weakest_tenet() -> None:
    verdicts: Verdicts = {(0, 0): "passed", (0, 1): "failed", (1, 0): "passed"}
    found = posture(verdicts, plane=Plane.LIVE)
    assert (found.overall, found.weakest) == (0.5, "tenet-2")
