"""Counts of a store at one moment: what trends are drawn from."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, func, select

from scanner.audit.tables import FINDINGS, RESOURCES, RULES

STANDING = ("new", "open", "reopened", "stale")  # statuses of a finding that is not over
FRAMEWORK = "nist-800-207"


def counts(connection: Connection, events: Mapping[str, int]) -> dict[str, Any]:
    """What stands open now (verdict fail), in all and by severity, layer and tenet; unknown verdicts, resources;
    and how many findings the scan made new, fixed, reopened or stale."""
    columns = (FINDINGS.c.rule, FINDINGS.c.severity, FINDINGS.c.layer, FINDINGS.c.verdict)
    asked = select(*columns, func.count()).where(FINDINGS.c.status.in_(STANDING)).group_by(*columns)
    tenets = tenets_of(connection)
    by: dict[str, Counter[str]] = {"severity": Counter(), "layer": Counter(), "tenet": Counter()}
    unknown = 0
    for rule, severity, layer, verdict, number in connection.execute(asked):
        if verdict != "fail":
            unknown += number
            continue
        by["severity"][severity] += number
        by["layer"][layer] += number
        by["tenet"].update(dict.fromkeys(tenets.get(rule, ()), number))
    there = select(func.count()).select_from(RESOURCES).where(RESOURCES.c.gone.is_(None))
    return {
        "open": sum(by["severity"].values()),
        **{what: events.get(what, 0) for what in ("new", "fixed", "reopened", "stale")},
        "unknown": unknown,
        "resources": connection.execute(there).scalar_one(),
        **{f"by_{name}": dict(sorted(counted.items())) for name, counted in by.items()},
    }


def tenets_of(connection: Connection) -> dict[str, list[str]]:
    """The tenets of NIST SP 800-207 (section 2.1) that each rule serves."""
    rows = connection.execute(select(RULES.c.id, RULES.c.controls))
    return {row.id: list(json.loads(row.controls).get(FRAMEWORK, ())) for row in rows}
