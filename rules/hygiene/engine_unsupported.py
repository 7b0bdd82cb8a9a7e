"""Store on a version of its engine past its end."""

import re
from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, rule, text

# The oldest version in standard support on 2026-11-23, by provider and engine. Sources: the release calendars of
# Amazon RDS and Aurora, DocumentDB, ElastiCache, OpenSearch Service and MSK; Cloud SQL's and Azure's pages on
# extended support; all as collected by endoflife.date on 2026-08-22.
OLDEST = {
    ("aws", "postgres"): (14,),
    ("aws", "mysql"): (8, 4),
    ("aws", "mariadb"): (10, 6),
    ("aws", "aurora"): (8, 0),
    ("aws", "aurora-mysql"): (8, 0),
    ("aws", "aurora-postgresql"): (14,),
    ("aws", "docdb"): (4, 0),
    ("aws", "redis"): (6,),
    ("aws", "kafka"): (3, 8),
    ("aws", "activemq"): (5, 18),
    ("aws", "rabbitmq"): (3, 13),
    ("google", "postgres"): (13,),
    ("google", "mysql"): (8, 0),
    ("azure", "postgresql"): (14,),
    ("azure", "mysql"): (8, 0),
}
# Servers of a generation that Azure closed: MySQL in September 2024, PostgreSQL in March 2025, then MariaDB.
CLOSED = frozenset(("postgresql-single", "mysql-single", "mariadb-single"))
# Versions of Amazon OpenSearch Service past their standard support since 2025-11-07.
SEARCH = {
    "opensearch": frozenset(((1, 0), (1, 1), (1, 2), (2, 3), (2, 5), (2, 7), (2, 9))),
    "elasticsearch": frozenset(
        ((1, 5), (2, 3), (5, 1), (5, 3), (5, 5), (6, 0), (6, 2), (6, 3), (6, 4), (6, 5), (6, 7), (7, 1), (7, 4),
         (7, 7), (7, 8))
    ),
}  # fmt: skip
# RDS writes SQL Server 2016 as 13.00 and Oracle 19c as 19.0.0.0.
LICENSED = {"sqlserver": (14,), "oracle": (19,)}


@rule(
    severity=Severity.MEDIUM,
    selects=("cache", "database", "stream"),
    message="{node} runs {release}, whose standard support has ended",
    controls={
        "reference-model": ["lifecycle/out-of-date", "security/patching"],
        "nist-800-53": ["SI-2", "SA-22"],
        "nist-800-207": ["tenet-5"],
        "catalogue": ["LIF-001"],
        "prowler": ["rds_instance_deprecated_engine_version", "rds_instance_extended_support"],
    },
)
def check(store: Node) -> Iterator[Match]:
    """Holes that are found from now on are fixed late, at a surcharge, or not at all, and one day the provider
    raises the version by itself, in a window that it chooses. The calendar is as of 2026-11-23.

    ## Remedy
    Try the next major version on a copy, then raise engine_version.
    """
    release = store["engine_release"]
    if release is None:
        return
    engine, _, version = text(release).rpartition(" ")
    if ended(text(store["provider"]), engine, numbers(version)):
        yield Match(store, "engine_release", values={"release": release})


def ended(provider: str, engine: str, version: tuple[int, ...]) -> bool:
    """Whether a version is past its end; one that we know nothing of is not."""
    if engine in CLOSED:
        return True
    if not version:
        return False
    if engine in SEARCH:
        return provider == "aws" and version[:2] in SEARCH[engine]
    family = engine.partition("-")[0]
    oldest = LICENSED.get(family) if provider == "aws" else None
    oldest = oldest or OLDEST.get((provider, engine))
    if oldest is None or version == oldest[: len(version)]:
        return False  # of a version of one number it is not told which of its minors it means
    return version[: len(oldest)] < oldest


def numbers(version: str) -> tuple[int, ...]:
    """The leading numbers of a version: (8, 0) of `8.0.mysql_aurora.3.04.0`."""
    found = re.match(r"\d+(?:\.\d+)*", version)
    return tuple(int(each) for each in found.group().split(".")) if found else ()
