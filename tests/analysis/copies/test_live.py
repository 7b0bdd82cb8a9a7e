"""Letters of a table as a live account shows it: T15, T16, T19, T20 and the reads that were denied.

Letters as in test_scenarios. Expected values: shared/facts, copies-and-live.md, sections 1.2 (valid points, grace
time, evidence ladder) and 2.4.
"""

from __future__ import annotations

import pytest

from scanner.config import Config
from tests.analysis.copies.built import answered
from tests.analysis.copies.live import (
    ACCOUNT,
    HERE,
    THERE,
    Item,
    ago,
    copy_job,
    database,
    key,
    plan,
    point,
    snapshot,
    vault,
)
from tests.analysis.copies.test_scenarios import spelled

_KEY = f"arn:aws:kms:{THERE}:{ACCOUNT}:key/k"
BOTH = [*plan(), vault(THERE), point(5), point(5, THERE)]
LOCKED = {"Locked": True, "MinRetentionDays": 30}
_POINTS = (THERE, "ListRecoveryPointsByBackupVault", "AWS::Backup::RecoveryPoint")
_JOBS = (HERE, "ListRestoreJobs", "AWS::Backup::RestoreJob")
Unread = tuple[tuple[str, str, str], ...]
SCENARIOS: list[tuple[str, list[Item], Unread, str]] = [
    # name, items beside table and vault, what was denied, letters
    ("both points", BOTH, (), "PPP PP FF FU P"),
    ("T4 a plan that does not copy", [*plan(copied=False), point(5)], (), "FPF PP FF FU F"),
    ("T15 the newest copy is stale", [*plan(), vault(THERE), point(5), point(90, THERE)], (), "PPP FP FF FU F"),
    ("T15 every job failed", [*plan(), vault(THERE), point(5), copy_job("FAILED")], (), "FPF PP FF FU F"),
    ("T15 a point that expired", [*plan(), vault(THERE), point(5), point(5, THERE, "EXPIRED")], (),
     "FPF PP FF FU F"),
    ("T16 saved once, by no plan any more", [point(24 * 200)], (), "FPF FP FF FU F"),
    ("T16 saved this morning, by no plan", [point(5)], (), "FPF PP FF FU F"),
    ("T19 the lock is in its grace time", [*plan(), vault(THERE, **LOCKED, LockDate=ago(-48)), point(5),
                                           point(5, THERE)], (), "PPP PP FF FU P"),
    ("T19 its grace time has ended", [*plan(), vault(THERE, **LOCKED, LockDate=ago(48)), point(5),
                                      point(5, THERE)], (), "PPP PP PP FU P"),
    ("T19 a lock without a date", [*plan(), vault(THERE, **LOCKED), point(5), point(5, THERE)], (),
     "PPP PP FF FU P"),
    ("T20 the key of the copy awaits its deletion", [
        *plan(), vault(THERE), point(5), point(5, THERE, EncryptionKeyArn=_KEY), key("PendingDeletion")], (),
     "FPF PP FF FU F"),
    ("T20 it is disabled", [*plan(), vault(THERE), point(5), point(5, THERE, EncryptionKeyArn=_KEY),
                            key("Disabled")], (), "FPF PP FF FU F"),
    ("T20 it is in use", [*plan(), vault(THERE), point(5), point(5, THERE, EncryptionKeyArn=_KEY),
                          key("Enabled")], (), "PPP PP FF FU P"),
    ("points of the copy may not be listed", [*plan(), vault(THERE), point(5)], (_POINTS,), "UPU PP FF FU U"),
    ("but a copy job tells", [*plan(), vault(THERE), point(5), copy_job("COMPLETED")], (_POINTS,),
     "PPP PP FF FU P"),
    ("restore jobs may not be listed", BOTH, (_JOBS,), "PPP PP FF UU P"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "items", "unread", "expected"), SCENARIOS, ids=[each[0] for each in SCENARIOS])
def test_letters(name: str, items: list[Item], unread: Unread, expected: str) -> None:
    (asset,) = answered(snapshot(*items, unread=unread), Config()).assets

    assert asset.verdict == spelled(expected), name


def test_a_denied_read_names_the_missing_action() -> None:
    (asset,) = answered(snapshot(*plan(), vault(THERE), point(5), unread=(_POINTS,)), Config()).assets

    wanted = f"backup:ListRecoveryPointsByBackupVault is denied in account {ACCOUNT}, {THERE}"
    assert wanted in asset.reasons["copies"]
    assert wanted in asset.reasons["offsite"]


def test_a_failed_job_is_told() -> None:
    items = [*plan(), vault(THERE), point(5), copy_job("FAILED", "the key is not shared")]
    (asset,) = answered(snapshot(*items), Config()).assets

    assert (
        "its last copy job on 2026-06-15 ended as failed: the key is not shared" in asset.observations[-1]["why"]
    )


@pytest.mark.parametrize(("hours", "fresh", "evidence"), [(0.1, "pass", "observed"), (90, "fail", "observed"),
                                                          (None, "pass", "planned")])  # fmt: skip
def test_a_database_tells_how_late_it_can_be_restored(hours: float | None, fresh: str, evidence: str) -> None:
    """RDS API, DBInstance, LatestRestorableTime: the latest time to which it can be restored."""
    found = {each.node: each for each in answered(snapshot(database(hours)), Config()).assets}
    (asset,) = (each for name, each in found.items() if ":db:x" in name)
    (copy,) = (each for each in asset.observations[1:] if each["counts"])

    assert (asset.verdict["fresh"], copy["evidence"]) == (fresh, evidence)
