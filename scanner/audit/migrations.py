"""From one version of the schema to the next, one step each; a new store takes them all in turn.

A step never changes once it was released: what the tables became later is a later step's business.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection, inspect, text

from scanner.audit.tables import META, VERSION


class OtherVersion(Exception):
    """The store was written by a newer layerproof; the argument is its version."""


def _first(connection: Connection) -> None:
    """All tables of version 1."""
    META.create_all(connection, tables=[each for each in META.sorted_tables if each is not VERSION])


# Version that a step leads to = its place in this list, counted from 1.
STEPS: tuple[Callable[[Connection], None], ...] = (_first,)


def version(connection: Connection) -> int:
    """The version of a store; 0 where there is none yet."""
    if not inspect(connection).has_table(VERSION.name):
        return 0
    found = connection.execute(VERSION.select()).scalar()
    return int(found) if found is not None else 0


def migrate(connection: Connection) -> None:
    """Bring a store to the newest version. Raises OtherVersion where it is newer than we know."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(7012024)"))  # one at a time makes the tables
    now = version(connection)
    if now > len(STEPS):
        raise OtherVersion(now)
    if now == len(STEPS):
        return
    VERSION.create(connection, checkfirst=True)
    for step in STEPS[now:]:
        step(connection)
    if now:
        connection.execute(VERSION.update().values(version=len(STEPS)))
    else:
        connection.execute(VERSION.delete())
        connection.execute(VERSION.insert().values(version=len(STEPS)))
