"""Planned copies against what a live account shows: points, copy jobs, restores (facts, section 1.2)."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

import pytest

from scanner.analysis.copies.answer import verdicts
from scanner.analysis.copies.estate import Estate
from scanner.graph.columns import Facts
from scanner.model.address import Address
from scanner.model.location import Span
from scanner.model.resource import Plane
from tests.analysis.copies.built import CLOSED, graph_of
from tests.analysis.copies.test_scenarios import DR, HEAD, plan, rds, rule, spelled

ACCOUNT, HERE, THERE = "111122223333", "eu-central-1", "eu-west-1"
ARN = f"arn:{{partition}}:rds:{HERE}:{ACCOUNT}:db:x"


def record(
    form: str = "point",
    region: str = HERE,
    hours: float = 5,
    state: str = "COMPLETED",
    keep: float | None = 35,
    of: str = ARN,
    minutes: float | None = None,
) -> dict[str, object]:
    taken = datetime.datetime.now(datetime.UTC) - datetime.timedelta(hours=hours)
    return {
        "form": form,
        "of": of,
        "home": {"account": ACCOUNT, "region": region},
        "held_in": "native:rds",
        "state": state,
        "taken": taken.isoformat(),
        "keep_days": keep,
        "minutes": minutes,
        "told": None,
        "held": None,
    }


def judged(*records: dict[str, object], read: tuple[str, ...] = (HERE, THERE)) -> tuple[dict[str, str], list[str]]:
    """Letters, and the evidence of what counts, of a database that a plan copies to another Region; `read` are the
    Regions whose vaults were read."""
    graph = graph_of(HEAD + rds() + plan("aws_db_instance.x", rule(to=(DR,))))
    graph.read_whole |= {(ACCOUNT, region, "backup") for region in read}
    for at, each in enumerate(records):
        address = Address("aws", "a", f"record{at}")
        graph.add(Facts(address, "copy_record", Plane.LIVE, Span("", 0, 0), dict(each), {}))
    store = next(iter(graph.nodes("database")))
    graph.planes[store] = Plane.LIVE
    estate = Estate(graph, CLOSED)
    evidence = [each["evidence"] for each in estate.observations(store)[1:] if each["counts"]]
    return verdicts(estate.count(store)), evidence


LOCAL, COPY = record(), record(region=THERE)


def cases() -> Iterator[tuple[str, list[dict[str, object]], tuple[str, ...], str, list[str]]]:
    """What was recorded, the Regions whose vaults were read, the letters, and the evidence of what counts."""
    seen, both, one = "observed", (HERE, THERE), (HERE,)
    yield "both points were read", [LOCAL, COPY], both, "PPP PP FF FU P", [seen, seen]
    yield "the copy is stale", [LOCAL, record(region=THERE, hours=60)], both, "PPP FP FF FU F", [seen, seen]
    yield (
        "both are stale",
        [record(hours=60), record(region=THERE, hours=60)],
        both,
        "PPP FP FF FU F",
        [seen, seen],
    )
    late = [record(hours=30), record(region=THERE, hours=30)]
    yield "a job may run late", late, both, "PPP PP FF FU P", [seen, seen]
    yield "the point is kept a week", [LOCAL, record(region=THERE, keep=7)], both, "PPP PF FF FU F", [seen, seen]
    yield "only the copy job tells", [LOCAL, record("copy-job", THERE)], one, "PPP PP FF FU P", [seen, "copy-job"]
    failed = record("copy-job", THERE, state="FAILED")
    yield "the copy job failed, its vault was not read", [LOCAL, failed], one, "UPU PP FF FU U", [seen]
    yield "the copy job failed, its vault holds nothing", [LOCAL, failed], both, "FPF PP FF FU F", [seen]
    yield "the other Region was not read", [LOCAL], one, "UPU PP FF FU U", [seen]
    yield "no Region was read", [], (), "UUU UU FF FU U", []
    yield "it was read, and holds another's", [LOCAL, record(region=THERE, of="x")], both, "FPF PP FF FU F", [seen]
    yield "it was read, and is empty", [LOCAL], both, "FPF PP FF FU F", [seen]
    yield "the copy is partial", [LOCAL, record(region=THERE, state="PARTIAL")], both, "FPF PP FF FU F", [seen]
    yield "a partial one and a good one", [LOCAL, COPY, record(region=THERE, hours=1, state="PARTIAL")], both, (
        "PPP PP FF FU P"), [seen, seen]  # fmt: skip
    yield "nothing was made", [], both, "FFF FF FF FF F", []
    yield (
        "a restore was tried",
        [LOCAL, COPY, record("restore-job", minutes=90)],
        both,
        "PPP PP FF PP P",
        [seen] * 2,
    )
    yield (
        "it took too long",
        [LOCAL, COPY, record("restore-job", minutes=3000)],
        both,
        "PPP PP FF PF P",
        [seen] * 2,
    )
    bad = record("restore-job", state="FAILED", minutes=90)
    yield "it failed", [LOCAL, COPY, bad], both, "PPP PP FF FU P", [seen, seen]
    old = record("restore-job", hours=24 * 120, minutes=60)
    yield "it was long ago", [LOCAL, COPY, old], both, "PPP PP FF FP P", [seen, seen]


CASES = list(cases())


@pytest.mark.parametrize(
    ("name", "records", "read", "letters", "evidence"), CASES, ids=[each[0] for each in CASES]
)
def test_what_was_read(
    name: str, records: list[dict[str, object]], read: tuple[str, ...], letters: str, evidence: list[str]
) -> None:
    assert judged(*records, read=read) == (spelled(letters), evidence), name
