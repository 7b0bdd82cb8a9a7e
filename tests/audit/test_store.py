"""The same tests for SQLite and PostgreSQL: what becomes of findings, two writers, resuming, migrations."""

from __future__ import annotations

import stat
import threading
from itertools import count

import pytest

pytest.importorskip("sqlalchemy")

from scanner.audit import history, migrations, runs
from scanner.audit.overview import overview
from scanner.audit.store import StoreError, address, open_store
from scanner.audit.tables import FINDINGS, RESOURCES, SCANS, UNITS
from tests.audit.made import ACCOUNT, RULES, bucket, finding, judged, node, read, snapshot, volume
from tests.audit.stores import cluster

_NUMBERS = count()
DAYS = [f"2026-03-{day:02}T06:00:00Z" for day in range(1, 29)]


@pytest.fixture(scope="session")
def postgres():
    with cluster() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path):
    """An empty database of each kind."""
    if request.param == "sqlite":
        return str(tmp_path / "history.sqlite")
    import psycopg

    server = request.getfixturevalue("postgres")
    name = f"store{next(_NUMBERS)}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return f"{server}/{name}"


@pytest.fixture
def store(url):
    opened = open_store(url)
    yield opened
    opened.close()


@pytest.fixture
def audit(store, tmp_path):
    """Record one scan: `audit(day, units, findings...)`."""

    def record(day, units, *findings, **more):
        run = runs.begin(store, "aws", {"day": day}, "t", DAYS[day])
        path = snapshot(tmp_path / f"{day}.jsonl", *units)
        return history.record(store, run, path, judged(*findings, **more), at=DAYS[day])

    return record


def rows(store, table=FINDINGS, key="fingerprint"):
    found = store.read(lambda connection: connection.execute(table.select()).mappings().all())
    return {row[key]: row for row in found}


A, B = volume("vol-a"), volume("vol-b")
FA, FB = finding(A), finding(B)


def status(store, each=FA):
    row = rows(store)[each["fingerprint"]]
    return row["status"], row["why"]


def test_new_open_fixed_reopened(store, audit):
    both = [read("ec2", A, B)]
    assert audit(0, both, FA, FB).numbers == {"new": 2}
    assert status(store) == ("new", "")
    assert audit(1, both, FA, FB).numbers == {}
    assert status(store) == ("open", "")
    assert audit(2, both, FA).numbers == {"fixed": 1}
    assert status(store, FB) == ("fixed", "it passes")
    assert audit(3, both, FA, FB).numbers == {"reopened": 1}
    again = rows(store)[FB["fingerprint"]]
    assert (again["status"], again["reopened"], again["closed"]) == ("reopened", 1, None)
    assert (again["first_seen"], again["since"], again["last_seen"]) == (DAYS[0], DAYS[3], DAYS[3])
    assert audit(4, both, FA, FB).numbers == {}
    assert status(store, FB) == ("open", "")


def test_due_by_severity(store, audit):
    """Days of CISA's BOD 19-02 for critical (15) and high (30)."""
    worst = finding(A, severity="critical")
    audit(0, [read("ec2", A, B)], worst, FB, finding(B, "backup/none", severity="info"))
    found = rows(store)
    assert found[worst["fingerprint"]]["due"] == "2026-03-16T06:00:00Z"
    assert found[FB["fingerprint"]]["due"] == "2026-03-31T06:00:00Z"
    assert found[f"backup/none:{B.id}"]["due"] is None
    told = overview(store, at="2026-03-20T00:00:00Z")
    assert [each["fingerprint"] for each in told["overdue"]] == [worst["fingerprint"]]


@pytest.mark.parametrize("later", ["denied", "throttled", "error", "partial"])
def test_a_unit_that_is_not_ok_closes_nothing(store, audit, later):
    audit(0, [read("ec2", A)], FA)
    unit = read("ec2", *([A] if later == "partial" else []), status="ok" if later == "partial" else later)
    if later == "partial":
        from scanner.sources.aws.unit import Operation

        unit.operations.append(Operation("Describe", "ec2:Describe", (), "denied", "no", 1))
    assert audit(1, [unit]).numbers == {"stale": 1}
    assert status(store) == ("stale", f"aws:{ACCOUNT}/eu-west-1/ec2 {later}")
    assert rows(store, RESOURCES, "id")[node(A)]["gone"] is None
    assert audit(2, [read("ec2", A)]).numbers == {"fixed": 1}


def test_a_unit_that_is_not_in_scope_closes_nothing(store, audit):
    audit(0, [read("ec2", A), read("s3", bucket("b"))], FA)
    assert audit(1, [read("s3", bucket("b"))]).numbers == {"stale": 1}
    assert status(store) == ("stale", f"aws:{ACCOUNT}/eu-west-1/ec2 was not in scope")
    assert audit(2, [read("ec2", A)], FA).numbers == {}
    assert status(store) == ("open", "")


def test_other_accounts_are_left_alone(store, audit):
    other = volume("vol-o", "222222222222")
    audit(0, [read("ec2", A)], FA)
    audit(1, [read("ec2", other, account="222222222222")], finding(other))
    assert status(store) == ("new", "")
    assert rows(store)[FA["fingerprint"]]["last_seen"] == DAYS[0]


def test_a_finding_rests_on_the_units_of_its_path(store, audit):
    """A way from the internet through a bucket ends when the bucket was read, not when the volume was."""
    way = finding(A, path=[{"node": node(bucket("b")), "relation": "reads", "note": "", "location": None}])
    audit(0, [read("ec2", A), read("s3", bucket("b"))], way)
    assert audit(1, [read("ec2", A), read("s3", status="denied")]).numbers == {"stale": 1}
    assert audit(2, [read("ec2", A), read("s3", bucket("b"))]).numbers == {"fixed": 1}


def test_a_part_rests_on_what_it_is_part_of(store, audit):
    inside = {**FA, "node": node(A) + "/part"}
    audit(0, [read("ec2", A), read("s3")], inside)
    assert audit(1, [read("ec2", A), read("s3", status="denied")]).numbers == {"fixed": 1}


def test_what_is_gone_fixes_its_findings(store, audit):
    audit(0, [read("ec2", A, B)], FA)
    audit(1, [read("ec2", B)])
    assert status(store) == ("fixed", "the resource is gone")
    found = rows(store, RESOURCES, "id")
    assert (found[node(A)]["gone"], found[node(A)]["last_seen"]) == (DAYS[1], DAYS[0])
    assert (found[node(B)]["gone"], found[node(B)]["first_seen"], found[node(B)]["last_seen"]) == (
        None,
        DAYS[0],
        DAYS[1],
    )
    audit(2, [read("ec2", A, volume("vol-b", Size=9))], FA)
    found = rows(store, RESOURCES, "id")
    assert (found[node(A)]["gone"], found[node(A)]["changed"]) == (None, DAYS[0])
    assert found[node(B)]["changed"] == DAYS[2]
    assert status(store)[0] == "reopened"


def test_what_can_no_longer_be_told_is_stale(store, audit):
    """Also where the unknown verdict rests on another attribute and so has another fingerprint."""
    both = [read("ec2", A, B)]
    audit(0, both, FA, FB)
    same = {**FA, "verdict": "unknown", "reason": "kms:DescribeKey is denied"}
    other = {**FB, "verdict": "unknown", "reason": "kms:DescribeKey is denied", "fingerprint": "other"}
    assert audit(1, both, same, other).numbers == {"stale": 2}
    assert status(store) == status(store, FB) == ("stale", "kms:DescribeKey is denied")
    assert audit(2, both, FA).numbers == {"fixed": 1}


def test_an_unknown_that_becomes_a_fact_is_new(store, audit):
    both = [read("ec2", A)]
    audit(0, both, {**FA, "verdict": "unknown", "reason": "why"})
    assert rows(store)[FA["fingerprint"]]["due"] is None
    assert audit(1, both, FA).numbers == {"new": 1}
    row = rows(store)[FA["fingerprint"]]
    assert (row["status"], row["since"], row["due"]) == ("new", DAYS[1], "2026-04-01T06:00:00Z")


def test_a_rule_that_did_not_run_closes_nothing(store, audit):
    audit(0, [read("ec2", A)], FA)
    only = {"backup/none": RULES["backup/none"]}
    assert audit(1, [read("ec2", A)], rules=only).numbers == {"stale": 1}
    assert status(store) == ("stale", "its rule did not run")


def test_suppressed_is_not_fixed(store, audit):
    audit(0, [read("ec2", A)], FA)
    audit(1, [read("ec2", A)], suppressed=[{**FA, "suppressed": "accepted until May"}])
    assert status(store) == ("suppressed", "accepted until May")
    assert overview(store)["summary"]["open"] == 0
    assert audit(2, [read("ec2", A)], FA).numbers == {"reopened": 1}


def test_overview(store, audit):
    both = [read("ec2", A, B)]
    fc = finding(B, "backup/none", severity="low", layer="compute")
    audit(0, both, FA, fc)
    audit(1, both, FA, FB, fc)
    audit(2, both, FB, fc)
    last = overview(store, at=DAYS[3])
    assert [len(last[name]) for name in ("new", "reopened", "fixed", "stale", "overdue")] == [0, 0, 1, 0, 0]
    assert last["fixed"][0]["fingerprint"] == FA["fingerprint"]
    assert last["summary"]["by_severity"] == {"high": 1, "low": 1}
    assert {name: each["open"] for name, each in last["summary"]["by_layer"].items()} == {
        "compute": 1,
        "storage": 1,
    }
    assert {name: each["open"] for name, each in last["summary"]["by_tenet"].items()} == {
        "tenet-2": 1, "tenet-5": 1, "tenet-7": 1}  # fmt: skip
    assert last["summary"]["by_tenet"]["tenet-2"]["fixed"] == 1
    assert [(each["at"], each["open"], each["new"], each["fixed"]) for each in last["trend"]] == [
        (DAYS[0], 2, 2, 0), (DAYS[1], 3, 1, 0), (DAYS[2], 2, 0, 1)]  # fmt: skip
    since = overview(store, DAYS[1], DAYS[3])
    assert [each["fingerprint"] for each in since["new"]] == [FB["fingerprint"]]
    assert len(since["trend"]) == 2


def test_units_of_scans_long_past_are_forgotten(store, tmp_path):
    for day, units in (
        ("2026-01-01", [read("ec2", A), read("s3", status="denied")]),
        ("2026-02-15", [read("ec2", A)]),
    ):
        run = runs.begin(store, "aws", {"day": day}, "t", f"{day}T06:00:00Z")
        history.record(store, run, snapshot(tmp_path / "s.jsonl", *units), judged(FA), at=f"{day}T06:00:00Z")
    kept = store.read(lambda connection: connection.execute(UNITS.select()).mappings().all())
    assert sorted((each["service"], each["status"]) for each in kept) == [("ec2", "ok"), ("s3", "denied")]
    assert len(overview(store)["trend"]) == 2


def test_forms_of_the_report(store, audit):
    """What comes from accounts steers neither a terminal nor a page."""
    from scanner.audit import render

    evil = {**FA, "message": "\x1b[31m::error:: | <img src=x> @here"}
    audit(0, [read("ec2", A), read("s3", status="denied")], evil, FB)
    found = overview(store, at="2026-05-01T00:00:00Z")
    text, page = render.text(found), render.document(found)
    assert text.splitlines()[0] == (
        f"since {DAYS[0]}: 2 new, 0 reopened, 0 fixed, 0 stale, 2 overdue; 2 open (2 high), 0 unknown"
    )
    assert "New (2)" in text and "Overdue (2)" in text and "due 2026-03-31" in text
    assert f"aws:{ACCOUNT}/eu-west-1/s3  denied  s3:List denied" in text
    for heading in ("By layer", "By tenet (NIST SP 800-207)", "Trend"):
        assert f"\n{heading}\n" in text
    assert "\x1b" not in text + page
    assert "<img" not in page
    assert "### New (2)" in page and "| tenet-2 | 2 | 2 |" in page.replace("tenet\\-2", "tenet-2")


def test_an_empty_store_has_an_empty_report(store):
    from scanner.audit import render

    found = overview(store)
    assert found["summary"]["open"] == 0 and found["trend"] == []
    assert render.text(found).startswith("no audit is in ")
    assert render.document(found)


# two writers, resuming


def test_two_writers_at_once(url, tmp_path):
    """Each account's audits by a writer of its own, at once: no event lost or doubled, scans numbered in turn."""
    open_store(url).close()
    faults = []

    def writer(account):
        try:
            store = open_store(url)
            for day in range(6):
                found = [volume(f"vol-{number}", account) for number in range(40)]
                run = runs.begin(store, "aws", {"account": account, "day": day}, "t", DAYS[day])
                unit = read("ec2", *found, account=account)
                runs.keep(store, run, unit)
                path = snapshot(tmp_path / f"{account}-{day}.jsonl", unit)
                half = found[:20] if day % 2 else found
                history.record(store, run, path, judged(*map(finding, half)), at=DAYS[day])
        except Exception as error:
            faults.append(error)

    writers = [threading.Thread(target=writer, args=(str(number) * 12,)) for number in (1, 2, 3)]
    for each in writers:
        each.start()
    for each in writers:
        each.join()
    assert faults == []
    store = open_store(url)
    scans = rows(store, SCANS, "id").values()
    assert sorted(each["number"] for each in scans) == list(range(1, 19))
    assert len(rows(store)) == 120
    trend = overview(store)["trend"]
    assert sum(each["new"] for each in trend) == 120
    assert sum(each["fixed"] for each in trend) == sum(each["reopened"] for each in trend) + 60 == 180
    assert trend[-1]["open"] == 60


def test_an_audit_that_was_cut_off_goes_on(store):
    scope = {"accounts": [ACCOUNT]}
    first = runs.begin(store, "aws", scope, "t")
    runs.keep(store, first, read("ec2", A, B))
    runs.keep(store, first, read("s3", status="denied"))
    again = runs.begin(store, "aws", scope, "t")
    assert (again.id, again.resumed) == (first.id, 2)
    kept = list(runs.done(store, again))
    assert kept == [read("ec2", A, B)]  # what was denied is asked again
    assert runs.begin(store, "aws", {"accounts": ["other"]}, "t").id != first.id


def test_an_old_or_running_audit_is_not_gone_on_with(store):
    first = runs.begin(store, "aws", {}, "t", "2026-03-01T06:00:00Z")
    second = runs.begin(store, "aws", {}, "t", "2026-03-02T07:00:00Z")  # a day later
    assert second.id != first.id
    assert rows(store, SCANS, "id")[first.id]["state"] == "abandoned"
    elsewhere = SCANS.update().where(SCANS.c.id == second.id).values(host="elsewhere")
    store.write(lambda connection: connection.execute(elsewhere))
    assert runs.begin(store, "aws", {}, "t", "2026-03-02T07:10:00Z").id != second.id  # gave signs 10 minutes ago
    assert runs.begin(store, "aws", {"x": 1}, "t", "2026-03-02T08:00:00Z").resumed == 0


def test_what_was_kept_for_resuming_goes_when_the_scan_is_done(store, tmp_path):
    run = runs.begin(store, "aws", {}, "t", DAYS[0])
    unit = read("ec2", A)
    runs.keep(store, run, unit)
    assert rows(store, UNITS, "unit")[str(unit.unit)]["payload"]
    history.record(store, run, snapshot(tmp_path / "s.jsonl", unit), judged(FA), at=DAYS[0])
    row = rows(store, UNITS, "unit")[str(unit.unit)]
    assert (row["payload"], row["status"], row["items"], row["calls"]) == (None, "ok", 1, 1)


def test_a_broken_snapshot_changes_nothing(store, tmp_path):
    from scanner.audit.judged import RecordError

    run = runs.begin(store, "aws", {}, "t", DAYS[0])
    path = snapshot(tmp_path / "s.jsonl", read("ec2", A), read("s3"))
    path.write_bytes(path.read_bytes()[:-60])
    with pytest.raises(RecordError):
        history.record(store, run, path, judged(FA), at=DAYS[0])
    assert rows(store) == rows(store, RESOURCES, "id") == {}


# versions and faults


def test_a_newer_store_says_so(url, monkeypatch):
    open_store(url).close()
    monkeypatch.setattr(migrations, "STEPS", (*migrations.STEPS, lambda connection: None))
    monkeypatch.setattr("scanner.audit.store.STEPS", migrations.STEPS)
    newer = open_store(url)  # migrated
    assert newer.read(migrations.version) == 2
    newer.close()
    monkeypatch.undo()
    with pytest.raises(StoreError, match=r"version 2, this layerproof knows 1; update layerproof") as told:
        open_store(url)
    assert told.value.kind == "version"


def test_a_migration_keeps_what_is_there(url, tmp_path, monkeypatch):
    from sqlalchemy import text

    store = open_store(url)
    run = runs.begin(store, "aws", {}, "t", DAYS[0])
    history.record(store, run, snapshot(tmp_path / "s.jsonl", read("ec2", A)), judged(FA), at=DAYS[0])
    store.close()
    step = lambda connection: connection.execute(text("ALTER TABLE layerproof_scans ADD COLUMN note TEXT"))  # noqa: E731 - a step
    monkeypatch.setattr(migrations, "STEPS", (*migrations.STEPS, step))
    monkeypatch.setattr("scanner.audit.store.STEPS", migrations.STEPS)
    store = open_store(url)
    assert status(store) == ("new", "")
    assert store.read(lambda connection: connection.execute(text("SELECT note FROM layerproof_scans")).all()) == [
        (None,)
    ]


def test_opening_at_once_makes_one_store(url):
    opened, faults = [], []

    def opener():
        try:
            opened.append(open_store(url).read(migrations.version))
        except Exception as error:
            faults.append(error)

    threads = [threading.Thread(target=opener) for _ in range(5)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert (opened, faults) == ([1] * 5, [])


def test_a_locked_store_says_so(url):
    holder = open_store(url)
    held, go = threading.Event(), threading.Event()

    def hold(connection):
        held.set()
        go.wait(20)

    thread = threading.Thread(target=lambda: holder.record(hold))
    thread.start()
    held.wait(10)
    try:
        store = open_store(url, patience=0.2)
        store._attempts = 2
        with pytest.raises(StoreError, match="is locked") as told:
            store.record(lambda connection: None)
        assert told.value.kind == "locked"
    finally:
        go.set()
        thread.join()


def test_a_full_store_loses_nothing(tmp_path):
    """SQLite's own limit of pages stands for a full disk: it gives the same error (SQLITE_FULL)."""
    store = open_store(str(tmp_path / "h.sqlite"))
    run = runs.begin(store, "aws", {}, "t", DAYS[0])
    runs.keep(store, run, read("ec2", A))
    many = [volume(f"vol-{number}") for number in range(3000)]
    path = snapshot(tmp_path / "s.jsonl", read("ec2", *many))

    def small(raw, _):
        raw.execute("PRAGMA max_page_count = 60")

    from sqlalchemy import event

    event.listen(store._engine, "connect", small)
    with pytest.raises(StoreError, match="is full") as told:
        history.record(store, run, path, judged(*map(finding, many)), at=DAYS[0])
    assert told.value.kind == "full"
    event.remove(store._engine, "connect", small)
    assert rows(store) == {}
    assert list(runs.done(store, run)) == [read("ec2", A)]


def test_files_are_for_their_owner_only(tmp_path):
    path = tmp_path / "deep" / "h.sqlite"
    open_store(str(path)).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("mysql://h/d", "not mysql"),
        ("https://h/d", "not https"),
        ("sqlite://", "sqlite:///FILE"),
        ("postgresql://u:secret@127.0.0.1:1/d", "cannot be used"),
    ],
)
def test_what_is_no_store(given, told):
    with pytest.raises(StoreError) as error:
        open_store(given)
    assert told in str(error.value)
    assert "secret" not in str(error.value)


def test_a_file_that_is_no_store(tmp_path):
    (tmp_path / "x").write_bytes(b"this is text, and no database of any kind at all\n" * 99)
    with pytest.raises(StoreError, match="no store of layerproof"):
        open_store(str(tmp_path / "x"))
    with pytest.raises(StoreError, match="there is no store"):
        open_store(str(tmp_path / "y"), create=False)


def test_addresses():
    assert str(address("postgres://u@h/d").drivername) == "postgresql+psycopg"
    assert address("sqlite:////var/h.sqlite").database == "/var/h.sqlite"


def test_clusters_have_a_history_too(store, tmp_path):
    """A cluster stands for an account, a type of its objects for a unit; its name may be an ARN."""
    from scanner.sources.cluster.listing import Listed, Type
    from scanner.sources.cluster.snapshot import pack

    name = "arn:aws:eks:eu-west-1:111111111111:cluster/prod"
    pod = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"namespace": "shop", "name": "web"}}

    def scan(day, status, objects, *findings):
        listed = [Listed(Type("apps", "v1", "Deployment", "deployments"), objects, status, "")]
        run = runs.begin(store, "cluster", {"day": day}, "t", DAYS[day])
        data = pack(name, listed, DAYS[day], "t", conceal=True)
        return history.record(store, run, data, judged(*findings), at=DAYS[day]).numbers

    from scanner.model.address import Address

    node_ = str(Address("k8s", name, "apps/Deployment/shop/web"))
    found = {**FA, "node": node_}
    assert scan(0, "ok", [pod], found) == {"new": 1}
    assert rows(store, RESOURCES, "id").keys() == {node_}
    assert scan(1, "denied", []) == {"stale": 1}
    assert status(store)[1] == f"k8s:{name}/apps/Deployment denied"
    assert scan(2, "ok", []) == {"fixed": 1}
    assert status(store) == ("fixed", "the resource is gone")
