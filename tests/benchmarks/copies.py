"""20,000 stores against 200 plans that select by tag, wildcard and exclusion: python -m tests.benchmarks.copies.

Half of the plans name types by wildcard and leave some out, half go by tags and conditions; every store has a name
and tags of its own. The limit is issue 5's: under two seconds.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from typing import Any

from scanner.analysis.copies.estate import Estate
from scanner.config import Config
from scanner.graph.columns import Facts, Graph
from scanner.model.address import Address
from scanner.model.location import Span
from scanner.model.resource import Plane

STORES, PLANS, LIMIT = 20_000, 200, 2.0
TYPES = (
    ("database", "RDS", "arn:{partition}:rds:eu-central-1:111122223333:db:"),
    ("object_store", "S3", "arn:{partition}:s3:::"),
    ("table", "DynamoDB", "arn:{partition}:dynamodb:eu-central-1:111122223333:table/"),
    ("volume", "EBS", "arn:{partition}:ec2:eu-central-1:111122223333:volume/"),
)
TEAMS = 50


def made(stores: int, plans: int) -> Graph:
    """A graph of so many stores and plans, in one account and Region."""
    graph = Graph()
    for number in range(stores):
        kind, type_, arn = TYPES[number % len(TYPES)]
        tags = {
            "team": f"t{number % TEAMS}",
            "backup": ("daily", "weekly", "none")[number % 3],
            "Name": f"n{number}",
        }
        name = f"team{number % TEAMS}-{number}"
        _add(
            graph,
            f"aws_store.s{number}",
            kind,
            name=name,
            tags=tags,
            selectable={"type": type_, "arn": f"{arn}{name}"},
            own_copies=[],
            customer_key=False,
            statements=[],
            type="aws_store",
            versioned=True,
        )
    for number in range(plans):
        _add(
            graph,
            f"aws_backup_plan.p{number}",
            "backup_plan",
            name=f"p{number}",
            tags={},
            opted_in=None,
            managed=None,
            type="aws_backup_plan",
            selections=list(_selections(number)),
            rules=[_rule(number)],
        )
    return graph


def _add(graph: Graph, address: str, kind: str, **attributes: Any) -> None:
    common = {"provider": "aws", "account": "111122223333", "region": "eu-central-1"}
    known = graph.tables[kind].columns.keys() if kind in graph.tables else None
    given = {key: value for key, value in {**common, **attributes}.items() if known is None or key in known}
    if known is None:
        from scanner.model.kinds import COMMON, KINDS

        names = {each.name for each in (*COMMON, *KINDS[kind].attributes)}
        given = {key: value for key, value in given.items() if key in names}
    graph.add(Facts(Address("tf", ".", address), kind, Plane.DECLARED, Span("a.tf", 0, 0), given, {}))


def _selections(number: int) -> Iterator[dict[str, Any]]:
    team = number % TEAMS
    empty: dict[str, Any] = {"name": None, "resources": [], "not_resources": [], "tags": [], "conditions": []}
    if number % 2:
        equal = {"operator": "StringEquals", "key": "aws:ResourceTag/backup", "value": "daily"}
        unlike = {"operator": "StringNotLike", "key": "aws:ResourceTag/Name", "value": f"n{number}*"}
        yield {**empty, "tags": [{"key": "team", "value": f"t{team}"}], "conditions": [equal, unlike]}
    else:
        wild = [
            f"arn:{{partition}}:rds:*:*:db:team{team}-*",
            f"arn:{{partition}}:s3:::team{team}-*",
            f"arn:{{partition}}:dynamodb:*:*:table/*{number}",
        ]
        out = [f"arn:{{partition}}:rds:*:*:db:team{team}-{number}*", f"arn:{{partition}}:s3:::*{number}"]
        yield {**empty, "resources": wild, "not_resources": out}


def _rule(number: int) -> dict[str, Any]:
    copies = [
        {"vault": "arn:aws:backup:eu-west-1:111122223333:backup-vault:dr", "keep_days": 35, "cold_days": None}
    ]
    return {
        "name": "r",
        "schedule": "cron(0 5 * * ? *)",
        "keep_days": 35,
        "cold_days": None,
        "continuous": False,
        "vault": "main",
        "air_gapped": None,
        "copies": copies if number % 3 else [],
    }


def measured(stores: int = STORES, plans: int = PLANS) -> float:
    """Seconds of one processor to count every store."""
    graph = made(stores, plans)
    start = time.process_time()
    estate = Estate(graph, Config(complete=("backup",)))
    estate.judge()
    return time.process_time() - start


if __name__ == "__main__":
    for count in (STORES // 4, STORES // 2, STORES):
        print(f"{count} stores, {PLANS} plans: {measured(count):.2f} s")
    seconds = measured()
    print(f"{STORES} stores against {PLANS} plans: {seconds:.2f} s (limit {LIMIT} s)")
    sys.exit(seconds > LIMIT)
