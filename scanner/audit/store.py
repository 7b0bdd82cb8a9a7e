"""The store: SQLite in a file, or PostgreSQL by URL; transactions, retries, and what is said when it fails."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, select
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.pool import NullPool

from scanner.audit.migrations import STEPS, OtherVersion, migrate, version
from scanner.audit.tables import VERSION

T = TypeVar("T")
PATIENCE = 30.0  # seconds that a writer waits for another one, per attempt
ATTEMPTS = 5
# SQLSTATE of PostgreSQL (manual, appendix A): serialization failure, deadlock, lock not available.
_AGAIN = ("40001", "40P01", "55P03")
_FULL = ("53100", "53200", "54000")  # disk full, out of memory, a limit exceeded


class StoreError(Exception):
    """The store cannot be used; the text says why and what to do. `kind`: locked, full, version, other."""

    def __init__(self, told: str, kind: str = "other") -> None:
        super().__init__(told)
        self.kind = kind


class Store:
    """An open store of the newest version. Use `write` and `read`; a Store may be used by several threads."""

    def __init__(self, url: URL, patience: float = PATIENCE, attempts: int = ATTEMPTS) -> None:
        self.shown = _shown(url)
        self._patience = patience
        self._attempts = attempts
        self._engine = _engine(url, patience)

    def close(self) -> None:
        self._engine.dispose()

    def write(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in one transaction that excludes other writers where it must (SQLite), again where it lost
        against one. All of it is kept or nothing. Raises StoreError."""
        for attempt in range(1, self._attempts + 1):
            try:
                with self._begun("BEGIN IMMEDIATE", "READ COMMITTED") as connection:
                    return work(connection)
            except DBAPIError as error:
                if not _again(error) or attempt == self._attempts:
                    raise self._told(error) from error
            time.sleep(random.uniform(0.05, 0.2) * 2**attempt)  # noqa: S311 - spreads two writers, no secret
        raise AssertionError("unreachable")

    def record(self, work: Callable[[Connection], T]) -> T:
        """As `write`, one at a time among all who record a scan. Raises StoreError."""

        def alone(connection: Connection) -> T:
            connection.execute(select(VERSION).with_for_update())
            return work(connection)

        return self.write(alone)

    def read(self, work: Callable[[Connection], T]) -> T:
        """Run `work` over one state of the store. Raises StoreError."""
        try:
            with self._begun("BEGIN", "REPEATABLE READ") as connection:
                return work(connection)
        except DBAPIError as error:
            raise self._told(error) from error

    @contextmanager
    def _begun(self, how: str, isolation: str) -> Iterator[Connection]:
        """A transaction: SQLite's by its BEGIN, PostgreSQL's by isolation (whoever waited for the lock of `record`
        must see what the other wrote, so writers read what is committed)."""
        with self._engine.connect() as connection:
            if connection.dialect.name == "sqlite":
                connection.execution_options(layerproof_begin=how)
            else:
                connection.execution_options(isolation_level=isolation)
            with connection.begin():
                yield connection

    def migrate(self) -> None:
        """Bring the store to the newest version. Raises StoreError."""
        try:
            if self.read(version) != len(STEPS):
                self.write(migrate)
        except OtherVersion as newer:
            told = f"it has version {newer}, this layerproof knows {len(STEPS)}; update layerproof"
            raise StoreError(f"the store {self.shown} cannot be used: {told}", "version") from None

    def _told(self, error: DBAPIError) -> StoreError:
        state = _state(error)
        said = " ".join(str(error.orig).split())[:200]
        if _again(error):
            remedy = "another audit is writing to it; try again when that is done"
            return StoreError(f"the store {self.shown} is locked ({said}): {remedy}", "locked")
        if state in _FULL or "is full" in said:
            return StoreError(f"the store {self.shown} is full ({said}): make room and repeat the audit", "full")
        if "readonly" in said or "read-only" in said:
            return StoreError(f"the store {self.shown} cannot be written ({said}): check its permissions")
        if "not a database" in said:
            return StoreError(f"{self.shown} is no store of layerproof ({said}); give another file")
        return StoreError(f"the store {self.shown} cannot be used: {said}")


def _state(error: DBAPIError) -> str:
    return str(getattr(error.orig, "sqlstate", "") or "")


def _again(error: DBAPIError) -> bool:
    """Whether another writer was in the way."""
    said = str(error.orig)
    return _state(error) in _AGAIN or "database is locked" in said or "database table is locked" in said


def _engine(url: URL, patience: float) -> Engine:
    engine = create_engine(url, poolclass=NullPool, connect_args=_connect_arguments(url, patience))
    if url.get_backend_name() == "sqlite":

        @event.listens_for(engine, "connect")
        def _connect(raw: Any, _: Any) -> None:
            raw.isolation_level = None  # we say BEGIN ourselves
            raw.execute(f"PRAGMA busy_timeout = {int(patience * 1000)}")
            raw.execute("PRAGMA journal_mode = WAL")

        @event.listens_for(engine, "begin")
        def _begin(connection: Connection) -> None:
            connection.exec_driver_sql(connection.get_execution_options().get("layerproof_begin", "BEGIN"))

    return engine


def _connect_arguments(url: URL, patience: float) -> dict[str, Any]:
    if url.get_backend_name() == "sqlite":
        return {"timeout": patience}
    options = f"-c lock_timeout={int(patience * 1000)}"
    return {"connect_timeout": 10, "options": options, "application_name": "layerproof"}


def address(given: str) -> URL:
    """A file or URL as a URL. Raises StoreError for databases that we do not know."""
    if "://" not in given:
        return URL.create("sqlite", database=str(Path(given).expanduser().resolve()))
    try:
        url = make_url(given)
        backend = url.get_backend_name()
    except (ArgumentError, NoSuchModuleError) as error:
        raise StoreError("--store takes a file, sqlite:///FILE or postgresql://USER@HOST/DATABASE") from error
    if backend in ("postgres", "postgresql"):
        return url.set(drivername="postgresql+psycopg")
    if backend == "sqlite" and url.database and url.database != ":memory:":
        return url
    raise StoreError(f"--store knows sqlite:///FILE and postgresql://, not {url.drivername}://")


def _shown(url: URL) -> str:
    """A store's name for messages: never with a password."""
    if url.get_backend_name() == "sqlite":
        return str(url.database)
    return url.set(drivername="postgresql", query={}).render_as_string(hide_password=True)


def default_file() -> Path:
    """Where the store is when none is named: the user's data directory (XDG base directories)."""
    base = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(base) / "layerproof" / "history.sqlite"


def open_store(given: str = "", *, create: bool = True, patience: float = PATIENCE) -> Store:
    """The store that a file or URL names ("": the user's own), made where there is none.

    Raises StoreError; without `create` also where a file does not exist.
    """
    url = address(given or str(default_file()))
    if url.get_backend_name() == "sqlite":
        _make_file(Path(str(url.database)), create=create)
    try:
        store = Store(url, patience)
    except ImportError as error:
        raise StoreError("PostgreSQL needs a driver: pip install 'layerproof[store]'") from error
    store.migrate()
    return store


def _make_file(path: Path, *, create: bool) -> None:
    """A file that its owner alone may read; SQLite gives its journals the same mode."""
    if not create and not path.exists():
        raise StoreError(f"there is no store {path}; an audit with --store makes one")
    try:
        if create:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise StoreError(f"the store {path} cannot be made: {error.strerror or error}") from error
