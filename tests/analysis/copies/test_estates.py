"""Random estates against a reference that is written from the definition and from nothing of ours, and what must
hold of every estate: a replica or a second native vault changes no count, less evidence improves no letter, an
unknown turns no fail into a pass.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import product

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scanner.analysis.copies.letters import count
from scanner.analysis.copies.observation import Observation
from scanner.analysis.copies.places import Place
from scanner.model.backup import Backup
from scanner.model.value import Unknown

HERE = "eu-central-1"
UNCLEAR = Unknown("not told")
PRIMARY = Observation("primary", Place("aws", "1", HERE, "primary"), "live-service", counts=True, why="", source=0)
NEEDS = Backup()
STANDARD = ("copies", "media", "offsite")
RANK = {"fail": 0, "unknown": 1, "pass": 2}

places = st.builds(
    Place,
    st.just("aws"),
    st.sampled_from(["1", "2"]),
    st.sampled_from([HERE, "eu-west-1"]),
    st.sampled_from(["native:rds", "vault:a", "vault:b", "bucket:c"]),
)
copies = st.builds(
    Observation,
    st.just("point-in-time"),
    places,
    st.sampled_from(["live-service", "backup-store", "object", "archive"]),
    st.booleans(),
    st.just(""),
    st.just(0),
    st.just(""),
    st.sampled_from([0.1, 24.0, 168.0, None]),
    st.sampled_from([7.0, 35.0, None]),
    st.sampled_from(["", "governance", "compliance"]),
    st.booleans(),
    st.booleans(),
)
estates = st.lists(copies, max_size=6)
many = settings(max_examples=2000, deadline=None, suppress_health_check=list(HealthCheck))
some = settings(max_examples=800, deadline=None, suppress_health_check=list(HealthCheck))
fewer = settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))


def words(found: dict[str, object]) -> dict[str, str]:
    return {
        name: "unknown" if isinstance(told, Unknown) else "pass" if told else "fail"
        for name, told in found.items()
    }


def judged(observations: list[Observation], more: Unknown | None = None, needs: Backup = NEEDS) -> dict[str, str]:
    return words(count(PRIMARY, observations, more, needs, tested=True, timed=3.0).letters)


# the reference: only what is certain, everything spelled out


def naive(observations: list[Observation]) -> dict[str, bool]:
    """The definition, for estates in which everything is known."""
    counted = [each for each in observations if each.counts is True]

    def three_two_one(chosen: list[Observation]) -> dict[str, bool]:
        distinct = {
            (each.place.provider, each.place.account, each.place.region, each.place.store) for each in chosen
        }
        mediums = {each.medium for each in chosen} | {"live-service"}
        return {
            "copies": 1 + len(distinct) >= 3,
            "media": len(mediums) >= 2,
            "offsite": any(each.place.region != HERE for each in chosen),
        }

    full = three_two_one(counted)
    recent = [each for each in counted if each.hours is not None and each.hours <= 24]
    lasting = [each for each in counted if each.keep_days is None or each.keep_days >= 35]

    def still(left: list[Observation]) -> bool:
        kept = three_two_one(left)
        return bool(left) and all(kept[name] for name, held in full.items() if held)

    told = {
        **full,
        "fresh": still(recent),
        "kept": still(lasting),
        "independent": any(not each.dies and each.sealed for each in counted),
        "immutable": any(each.lock == "compliance" for each in counted),
        "restore_tested": bool(counted),
        "restore_in_time": bool(counted),
    }
    return {**told, "overall": all(told[name] for name in (*STANDARD, "fresh", "kept"))}


@many
@given(estates)
def test_the_reference_agrees(estate: list[Observation]) -> None:
    expected = {name: "pass" if held else "fail" for name, held in naive(estate).items()}
    found = judged(estate)

    assert {name: found[name] for name in expected} == expected


@fewer
@given(estates, places)
def test_a_replica_changes_nothing(estate: list[Observation], place: Place) -> None:
    replica = Observation("replica", place, "object", counts=False, why="", source=0)

    assert judged([*estate, replica]) == judged(estate)


@fewer
@given(estates, st.data())
def test_a_second_copy_in_one_place_changes_no_count(estate: list[Observation], data: st.DataObject) -> None:
    counted = [each for each in estate if each.counts is True]
    if counted:
        again = data.draw(st.sampled_from(counted))
        before = count(PRIMARY, estate, None, NEEDS, tested=False)
        after = count(PRIMARY, [*estate, again], None, NEEDS, tested=False)

        assert (before.copies, before.media, before.offsite) == (after.copies, after.media, after.offsite)
        assert words(before.letters) == words(after.letters)


AMOUNTS = st.builds(
    Backup, copies=st.integers(2, 4), mediums=st.integers(1, 3), offsite=st.sampled_from(["region", "account"])
)


@some
@given(estates, st.data(), AMOUNTS)
def test_without_a_copy_no_letter_is_better(estate: list[Observation], data: st.DataObject, needs: Backup) -> None:
    """Fewer copies improve nothing. `fresh` and `kept` speak of the copies that count, and may get better only
    where the letter that the lost copy was for gets worse (see the test below): the whole is never better."""
    if not estate:
        return
    lost = data.draw(st.integers(0, len(estate) - 1))
    before = judged(estate, needs=needs)
    after = judged(estate[:lost] + estate[lost + 1 :], needs=needs)
    for letter in (*STANDARD, "independent", "immutable", "restore_tested", "restore_in_time", "overall"):
        assert RANK[after[letter]] <= RANK[before[letter]], letter
    for letter in ("fresh", "kept"):
        if RANK[after[letter]] > RANK[before[letter]]:
            assert any(RANK[after[name]] < RANK[before[name]] for name in STANDARD), letter


def test_why_fresh_may_get_better_where_the_standard_gets_worse() -> None:
    """No letter says both of these and never improves when a copy is lost: a fresh copy beside the data is fresh,
    and a week-old copy off site next to it is not ("`fresh` and `kept` say what is wrong with it", issue 5; a copy
    whose lifecycle is too short fails, T5). Lose the old copy, and what is left is the first. What gets
    worse is `offsite`, and the whole stays what it was."""
    place = Place("aws", "1", HERE, "native:rds")
    here = Observation(
        "point-in-time", place, "backup-store", counts=True, why="", source=0, hours=0.1, keep_days=35
    )
    there = replace(here, place=place._replace(region="eu-west-1"), hours=168.0)
    one, two = judged([here]), judged([here, there])

    assert (two["fresh"], two["offsite"], two["overall"]) == ("fail", "pass", "fail")
    assert (one["fresh"], one["offsite"], one["overall"]) == ("pass", "fail", "fail")


_WORSE: dict[str, list[object]] = {  # by how much each piece of evidence says, least first
    "counts": [False, True],
    "hours": [None, 168.0, 36.0, 24.0, 0.1],
    "keep_days": [7.0, 35.0, None],
    "lock": ["", "governance", "grace", "compliance"],
    "dies": [True, False],
    "sealed": [False, True],
    "evidence": ["planned", "copy-job", "observed"],
}


@some
@given(estates, st.data(), st.sampled_from(sorted(_WORSE)), st.sampled_from(["planned", "observed"]))
def test_weaker_evidence_of_a_copy_improves_no_letter(
    estate: list[Observation], data: st.DataObject, what: str, evidence: str
) -> None:
    """Older, kept shorter, locked less, in other hands no more, only planned: every letter is as it was, or worse.
    (That a copy does not count at all is to lose it: `fresh` and `kept` as above.)"""
    if not estate:
        return
    estate = [replace(each, evidence=evidence) for each in estate]
    at = data.draw(st.integers(0, len(estate) - 1))
    held = _WORSE[what].index(getattr(estate[at], what)) if what != "evidence" else 2
    weaker = replace(estate[at], **{what: _WORSE[what][data.draw(st.integers(0, held))]})
    if what == "evidence":
        estate[at] = replace(estate[at], evidence="observed")
    before, after = judged(estate), judged([*estate[:at], weaker, *estate[at + 1 :]])
    for letter, told in after.items():
        if what != "counts" or letter not in ("fresh", "kept"):
            assert RANK[told] <= RANK[before[letter]], letter


@fewer
@given(estates, st.data(), st.sampled_from(["counts", "hours", "keep_days", "lock", "dies", "sealed", "region"]))
def test_less_evidence_improves_nothing_to_a_pass(
    estate: list[Observation], data: st.DataObject, lost: str
) -> None:
    """What is no longer known of a copy may leave a letter open, and never makes a pass."""
    if not estate:
        return
    at = data.draw(st.integers(0, len(estate) - 1))
    each = estate[at]
    if lost == "region":
        vague = replace(each, place=each.place._replace(region=UNCLEAR))
    else:
        vague = replace(each, **{lost: UNCLEAR})
    before, after = judged(estate), judged([*estate[:at], vague, *estate[at + 1 :]])
    for letter, held in after.items():
        assert not (held == "pass" and before[letter] == "fail"), letter


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    estates, st.lists(st.tuples(st.integers(0, 5), st.sampled_from(["counts", "region"])), min_size=1, max_size=2)
)
def test_an_unknown_allows_what_every_world_behind_it_says(
    estate: list[Observation], holes: list[tuple[int, str]]
) -> None:
    """Fill each unknown in every way: a pass holds in all of the worlds, a fail in all of them too."""
    holes = [(at, what) for at, what in dict(holes).items() if at < len(estate)]
    vague = list(estate)
    for at, what in holes:
        vague[at] = _vague(vague[at], what)
    found = judged(vague)
    for filling in product(*(_FILLINGS[what] for _, what in holes)):
        world = list(estate)
        for (at, what), value in zip(holes, filling, strict=True):
            world[at] = _filled(world[at], what, value)
        told = judged(world)
        for letter in STANDARD:
            assert found[letter] in ("unknown", told[letter]), letter
        assert found["overall"] in ("unknown", told["overall"])


_FILLINGS: dict[str, tuple[object, ...]] = {"counts": (True, False), "region": (HERE, "eu-west-1", "us-east-1")}


def _vague(each: Observation, what: str) -> Observation:
    if what == "region":
        return replace(each, place=each.place._replace(region=Unknown("which region")))
    return replace(each, counts=Unknown("whether it counts"))


def _filled(each: Observation, what: str, value: object) -> Observation:
    if what == "region":
        return replace(each, place=each.place._replace(region=str(value)))
    return replace(each, counts=bool(value))


@fewer
@given(estates)
def test_an_open_world_passes_only_what_a_closed_one_does(estate: list[Observation]) -> None:
    closed, open_ = judged(estate), judged(estate, UNCLEAR)
    for letter, held in open_.items():
        assert held in ("unknown", closed[letter]), letter
        if letter in STANDARD:
            assert not (held == "fail" and closed[letter] == "pass"), letter
