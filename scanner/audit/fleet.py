"""Who does the units of an audit: threads, processes, or the workers of a Dask cluster on many machines.

Each is an Executor of concurrent.futures. A unit carries the names of roles, never credentials: a worker takes the
role with the credentials that it finds where it runs.
"""

from __future__ import annotations

import ipaddress
import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from scanner import __version__
from scanner.sources.aws import faults
from scanner.sources.aws.faults import Fault
from scanner.sources.aws.plan import unread
from scanner.sources.aws.session import Access, session
from scanner.sources.aws.unit import Collected, Unit, Work

THREADS, PROCESSES, DASK = "threads", "processes", "dask"
PER_ACCOUNT = 16  # units of one account side by side
_ATTEMPTS = 3  # a unit whose worker died so often is itself suspected
_ANSWER = 30  # seconds for the scheduler and the first worker to show themselves
_GONE = "the scheduler of the cluster is gone"
_PORT = 8786  # of Dask's scheduler


class FleetError(Exception):
    """The executor cannot be used; the text says why and what to do."""


class LostError(FleetError):
    """The executor ended before the work; what was done is kept."""


@dataclass(frozen=True, slots=True)
class Certificates:
    """Files in PEM: the authority that all of the cluster trust, and our own certificate and key."""

    authority: Path
    certificate: Path
    key: Path


@dataclass(frozen=True, slots=True)
class Choice:
    """What the user asked for: who does the units, and how many side by side."""

    kind: str = THREADS
    address: str = ""
    certificates: Certificates | None = None
    threads: int = 16
    per_account: int = PER_ACCOUNT


@dataclass(frozen=True, slots=True)
class Fleet:
    """An executor at work, and how many units it should be given at a time."""

    executor: Executor
    most: int
    per_account: int


def choose(text: str, certificates: Certificates | None, threads: int, per_account: int) -> Choice:
    """`threads`, `processes`, or `dask://HOST:PORT`. Raises ValueError with what is wrong."""
    if text in (THREADS, PROCESSES):
        if certificates:
            raise ValueError("certificates are for dask://HOST:PORT")
        return Choice(text, threads=threads, per_account=per_account)
    parts = urlsplit(text)
    if parts.scheme not in (DASK, "tls") or not parts.hostname or parts.path.strip("/"):
        raise ValueError(f"it is threads, processes or dask://HOST:PORT; not {text!r}")
    host, port = parts.hostname, parts.port or _PORT
    if certificates is None and (parts.scheme == "tls" or not _local(host)):
        raise ValueError(f"{host} is reached by TLS alone: give --tls-ca, --tls-cert and --tls-key")
    shown = f"[{host}]" if ":" in host else host
    address = f"{'tls' if certificates else 'tcp'}://{shown}:{port}"
    return Choice(DASK, address, certificates, threads, per_account)


def _local(host: str) -> bool:
    """Whether a host is this machine whatever a name server says."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@contextmanager
def fleet(choice: Choice) -> Iterator[Fleet]:
    """The executor, until the end of the block. Raises FleetError where it cannot be had."""
    if choice.kind == DASK:
        with _dask(choice) as found:
            yield found
        return
    executor: Executor
    if choice.kind == PROCESSES:
        number = min(choice.threads, 2 * (os.cpu_count() or 1))
        executor = Processes(number)
    else:
        number = choice.threads
        executor = ThreadPoolExecutor(number, "collect")
    try:
        yield Fleet(executor, 2 * number, choice.per_account)
    finally:
        executor.shutdown(wait=False, cancel_futures=True)


class Processes(Executor):
    """A pool of processes that is made anew when one of them dies; what was under way is done again.

    (The pool of the standard library is broken for good by the first death, with all that it was given.)
    """

    def __init__(self, number: int) -> None:
        self._number = number
        self._lock = threading.Lock()
        self._pool = self._made()
        self._closed = False

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        outer: Future[Any] = Future()
        self._begin(outer, lambda pool: pool.submit(fn, *args, **kwargs), 1)
        return outer

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002 - Executor's
        self._closed = True
        self._pool.shutdown(wait, cancel_futures=cancel_futures)

    def _made(self) -> ProcessPoolExecutor:
        from multiprocessing import get_context  # noqa: PLC0415 - only for processes

        return ProcessPoolExecutor(self._number, get_context("spawn"))  # a fork would copy threads' locks

    def _begin(self, outer: Future[Any], start: Callable[[Executor], Future[Any]], attempt: int) -> None:
        pool = self._pool
        try:
            inner = start(pool)
        except BrokenExecutor as error:
            self._again(outer, start, attempt, pool, error)
        else:
            inner.add_done_callback(lambda done: self._end(outer, start, attempt, pool, done))

    def _end(
        self, outer: Future[Any], start: Callable[[Executor], Future[Any]], attempt: int, pool: Executor,
        done: Future[Any],
    ) -> None:  # fmt: skip
        if done.cancelled():
            outer.cancel()
            outer.set_running_or_notify_cancel()
            return
        error = done.exception()
        if isinstance(error, BrokenExecutor):
            self._again(outer, start, attempt, pool, error)
        elif error is not None:
            outer.set_exception(error)
        else:
            outer.set_result(done.result())

    def _again(
        self, outer: Future[Any], start: Callable[[Executor], Future[Any]], attempt: int, pool: Executor,
        error: BaseException,
    ) -> None:  # fmt: skip
        with self._lock:
            if self._pool is pool and not self._closed:
                self._pool = self._made()
        if attempt >= _ATTEMPTS or self._closed:
            outer.set_exception(error)
        else:
            self._begin(outer, start, attempt + 1)


class Workers(Executor):
    """The workers of a Dask cluster; its scheduler gives a dead worker's units to others.

    A unit's key is its name, so that the scheduler never has it twice. However many audits use the cluster, a
    semaphore of the scheduler holds the units of one account to `per_account`.
    """

    def __init__(self, client: Any, per_account: int) -> None:
        self._client = client
        self._inner = client.get_executor(pure=False)
        self._per_account = per_account
        self._run = os.urandom(6).hex()
        self._lock = threading.Lock()
        self._open: set[Future[Any]] = set()
        self._over = threading.Event()
        threading.Thread(target=self._watch, name="watch", daemon=True).start()

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        work: Work = args[0]
        key = f"{work.unit}#{self._run}"
        if self._lost():
            raise LostError(_GONE)
        try:
            inner = self._inner.submit(done_by_worker, fn, work, self._per_account, __version__, key=key)
        except Exception as error:
            if self._lost():
                raise LostError(_GONE) from error
            raise
        outer: Future[Any] = Future()
        with self._lock:
            self._open.add(outer)
        inner.add_done_callback(lambda done: self._end(outer, done))
        return outer

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002 - Executor's
        self._over.set()
        if not self._lost():  # a client whose scheduler is gone has nothing to cancel, and waits for ever
            self._inner.shutdown(wait and not cancel_futures)

    def _end(self, outer: Future[Any], inner: Future[Any]) -> None:
        with self._lock:
            if outer not in self._open:
                return
            self._open.remove(outer)
        error = LostError("the cluster gave the unit back") if inner.cancelled() else inner.exception()
        if error is not None:
            outer.set_exception(error)
        else:
            outer.set_result(inner.result())

    def _lost(self) -> bool:
        return self._client.status not in ("running", "connecting")

    def _watch(self) -> None:
        """Dask leaves what is under way open for ever where its scheduler is gone; here it ends."""
        while not self._over.wait(1):
            if self._lost():
                with self._lock:
                    left, self._open = self._open, set()
                for each in left:
                    each.set_exception(LostError(_GONE))


@contextmanager
def _dask(choice: Choice) -> Iterator[Fleet]:
    if find_spec("distributed") is None:
        raise FleetError("dask://HOST:PORT needs Dask: pip install 'layerproof[fleet]'")
    import logging  # noqa: PLC0415 - only for a cluster

    from distributed import Client  # noqa: PLC0415 - as above

    for name in [each for each in logging.root.manager.loggerDict if each.startswith("distributed")]:
        logging.getLogger(name).setLevel(logging.CRITICAL)  # what goes wrong, we say ourselves
    try:
        client = Client(choice.address, security=_security(choice.certificates), timeout=_ANSWER,
                        set_as_default=False, name="layerproof")  # fmt: skip
    except (OSError, ValueError) as error:  # a timeout is an OSError; a certificate that cannot be read too
        raise FleetError(f"no scheduler answers at {choice.address}: {error}") from error
    executor: Workers | None = None
    try:
        threads = _checked(client, choice)
        executor = Workers(client, choice.per_account)
        yield Fleet(executor, 2 * threads, choice.per_account)
    finally:
        if executor is not None:
            executor.shutdown(wait=False, cancel_futures=True)
        if client.status == "running":
            client.close(timeout=5)


def _security(certificates: Certificates | None) -> Any:
    if certificates is None:
        return None
    from distributed.security import Security  # noqa: PLC0415 - only for a cluster

    return Security(
        tls_ca_file=str(certificates.authority),
        tls_client_cert=str(certificates.certificate),
        tls_client_key=str(certificates.key),
        require_encryption=True,
    )


def _checked(client: Any, choice: Choice) -> int:
    """The threads of all workers. Raises FleetError where there are none, or where they are not fit."""
    try:
        client.wait_for_workers(1, timeout=_ANSWER)
    except TimeoutError as error:
        told = f"no worker shows itself at {choice.address}: start some with `dask worker {choice.address}`"
        raise FleetError(told) from error
    workers = client.scheduler_info(n_workers=-1)["workers"]
    for address in workers:
        if not address.startswith("tls://") and not _local(urlsplit(address).hostname or ""):
            raise FleetError(f"the worker {address} is not on this machine and not reached by TLS")
    for address, answer in client.run(equipped, on_error="return").items():
        if isinstance(answer, BaseException):
            raise FleetError(f"the worker {address} has no layerproof: {answer}")
        if answer != (__version__, True):
            told = answer[0] if answer[1] else "no boto3"
            raise FleetError(f"the worker {address} has {told}; it needs layerproof[aws,fleet]=={__version__}")
    return sum(int(each["nthreads"]) for each in workers.values())


# On the worker


def equipped() -> tuple[str, bool]:
    """Our version on a worker, and whether it can ask AWS."""
    return __version__, find_spec("boto3") is not None


def done_by_worker(fn: Callable[[Work], Collected], work: Work, per_account: int, version: str) -> Collected:
    """One unit, on a worker: with its account's lease, and never with credentials of another account."""
    if version != __version__:
        return unread(work, Fault(faults.ERROR, f"a worker has layerproof {__version__}, the audit is {version}"))
    other = _other_account(work)
    if other:
        told = f"the credentials of the worker are of account {other}, not {work.unit.account}"
        return unread(work, Fault(faults.ERROR, told))
    with _lease(work.unit, per_account):
        return fn(work)


_HERE = threading.Lock()
_ACCOUNTS: dict[Access, str] = {}
_LEASES: dict[tuple[str, int], Any] = {}


def _other_account(work: Work) -> str:
    """The account that a worker's own credentials are of where it is another; "" where a role says the account."""
    access = work.access
    if access.role:
        return ""
    if access not in _ACCOUNTS:
        try:
            _ACCOUNTS[access] = session(access).whose().account
        except Exception:
            return ""  # no credentials: the unit itself tells it in its own words
    found = _ACCOUNTS[access]
    return "" if found == work.unit.account else found


def _lease(unit: Unit, most: int) -> Any:
    """The semaphore of an account: one object per worker, because each renews its leases by a timer of its own."""
    from distributed import Semaphore  # noqa: PLC0415 - only on a worker

    with _HERE:
        found = _LEASES.get((unit.account, most))
        if found is None:
            found = _LEASES[unit.account, most] = Semaphore(most, f"layerproof-{unit.account}-{most}")
    return found
