"""What the audits share that keep history: where the store is, going on where one was cut off, and the end."""

from __future__ import annotations

import os
import tempfile
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scanner import __version__
from scanner import config as configuration
from scanner.cli import common
from scanner.cli.audit.collecting import terms

if TYPE_CHECKING:
    from scanner.audit.history import Outcome
    from scanner.audit.runs import Run
    from scanner.audit.store import Store
    from scanner.audit.targets import Target
    from scanner.sources.aws.plan import Plan
    from scanner.sources.aws.session import Access
    from scanner.sources.aws.unit import Collected

# Variables that say where history and news go, perhaps with a password: not for the process that judges.
SECRET = ("PG", "LAYERPROOF_STORE", "LAYERPROOF_EXPORT", "LAYERPROOF_AUDIT", "LAYERPROOF_WEBHOOK",
          "LAYERPROOF_SLACK", "LAYERPROOF_SMTP")  # fmt: skip
OWN = "default"  # --store alone: the user's data directory


def store_option(told: str) -> Callable[..., Any]:
    """`--store`, of which the help says what is done with it."""
    where = "SQLite file or postgresql:// database"
    return click.option(
        "--store", is_flag=False, flag_value=OWN, envvar="LAYERPROOF_STORE", metavar="[FILE|URL]",
        help=f"{told} this {where}. Alone: in your data directory.",
    )  # fmt: skip


_OPTIONS: list[Callable[..., Any]] = [
    store_option("Keep history in"),
    click.option("--due", metavar="SEVERITY=DAYS[,...]",
                 help="Days until a finding is due. Default: critical=15,high=30,medium=90,low=180."),
    click.option("--export", "exports", multiple=True, metavar="KIND[=WHERE]",
                 help="Tell others, with --store: asff (Security Hub), ocsf=FILE|s3://BUCKET/KEY; of what is new "
                 "or reopened webhook=URL, slack=URL, mail=smtp://HOST/?to=ADDRESS. Repeatable."),
]  # fmt: skip


def storing_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that say what is kept and who is told."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def needs_sqlalchemy() -> None:
    """Raises ClickException where the extra is not installed."""
    from importlib.util import find_spec  # noqa: PLC0415 - only with a store

    if find_spec("sqlalchemy") is None:
        raise click.ClickException("history needs SQLAlchemy: pip install 'layerproof[store]'")


def trusted_config(file: Path | None) -> configuration.Config:
    """The configuration that may name a store: --config, or the user's own; never one of a scanned tree."""
    path = file or common.user_config()
    try:
        return configuration.load(path, trusted=True) if path is not None else configuration.Config()
    except configuration.ConfigError as error:
        raise click.UsageError(str(error)) from error


def named(given: dict[str, Any]) -> str | None:
    """The store that is asked for ("": the user's own), or None."""
    text: str | None = given["store"] or trusted_config(given.get("config_file")).store or None
    return "" if text == OWN else text


def failed(error: Exception) -> click.exceptions.Exit:
    """Say what is wrong with the store, and exit 3."""
    click.echo(f"error[store]: {error}", err=True)
    click.echo(f"exit {common.INCOMPLETE}: the store cannot be used", err=True)
    return click.exceptions.Exit(common.INCOMPLETE)


def opened(text: str, *, create: bool = True) -> Store:
    """The store, or exit 3 with the reason."""
    needs_sqlalchemy()
    from scanner.audit.store import StoreError, open_store  # noqa: PLC0415 - only with a store

    try:
        return open_store(text, create=create)
    except StoreError as error:
        raise failed(error) from error


def storing(given: dict[str, Any]) -> Storing | None:
    """The store that the options ask for; None where no history is kept. Raises UsageError, Exit."""
    text = named(given)
    if text is None and given["exports"]:
        raise click.UsageError("--export needs --store: what is new is told by the history")
    return None if text is None else kept_in(text, given)


def kept_in(text: str, given: dict[str, Any]) -> Storing:
    """The store of that name ("": the user's own), for an audit. Raises UsageError, Exit."""
    needs_sqlalchemy()
    from scanner.audit import terms as deadlines  # noqa: PLC0415 - only with a store

    try:
        days = deadlines.parse(given["due"]) if given["due"] else deadlines.DAYS
    except ValueError as error:
        raise click.UsageError(f"--due: {error}") from error
    from scanner.audit.runs import Run  # noqa: PLC0415 - only with a store

    return Storing(opened(text), dict(days), Run(""), _targets(given))


def _targets(given: dict[str, Any]) -> tuple[Target, ...]:
    """Who is told: the command line, else the configuration. Raises UsageError."""
    texts = given["exports"] or trusted_config(given.get("config_file")).exports
    if not texts:
        return ()
    from scanner.audit import targets  # noqa: PLC0415 - only with exports

    try:
        return tuple(targets.parse(text, os.environ) for text in texts)
    except ValueError as error:
        raise click.UsageError(f"--export: {error}") from error


def writes(given: dict[str, Any]) -> dict[str, list[str]]:
    """The actions that the exports need, each with its resources. Raises UsageError."""
    found: dict[str, list[str]] = {}
    for target in _targets(given):
        for action, resources in target.actions.items():
            found.setdefault(action, []).extend(resources)
    return found


@dataclass(slots=True)
class Storing:
    """A store while an audit fills it. A store that fails does not end the audit; what was read is kept."""

    store: Store
    days: dict[str, int]
    run: Run
    targets: tuple[Target, ...] = ()
    accesses: dict[str, Access] = field(default_factory=dict)
    own: Access | None = None
    error: Exception | None = None

    def begin(self, plan: Plan, own: Access) -> Plan:
        """Begin, or go on where the same audit was cut off; gives what is left to do. Raises Exit."""
        from scanner.audit import runs  # noqa: PLC0415 - only with a store

        self.own = own
        self.accesses = {work.unit.account: work.access for work in plan.works}
        units = sorted(str(work.unit) for work in plan.works)
        parts = [work.unit for work in plan.works]
        scope = {
            "accounts": sorted({each.account for each in parts} | {each.unit.account for each in plan.failed}),
            "regions": sorted({each.region for each in parts}),
            "services": sorted({each.service for each in parts}),
            "units": len(units),
            "terms": terms(plan),
        }
        try:
            self.run = runs.begin(self.store, "aws", scope, __version__)
            ready = {str(each.unit) for each in runs.done(self.store, self.run)} if self.run.resumed else set()
        except runs.StoreError as error:
            raise failed(error) from error
        if ready:
            click.echo(
                f"going on where an audit was cut off: {len(ready)} of {len(units)} units were read", err=True
            )
        return replace(plan, works=tuple(work for work in plan.works if str(work.unit) not in ready))

    def begin_read(self, kind: str, scope: dict[str, Any]) -> None:
        """Begin with what is collected at once, or was elsewhere: there is nothing to go on with. Raises Exit."""
        from scanner.audit import runs  # noqa: PLC0415 - only with a store

        try:
            self.run = runs.begin(self.store, kind, scope, __version__)
        except runs.StoreError as error:
            raise failed(error) from error

    def through(self, fresh: Iterable[Collected]) -> Iterator[Collected]:
        """Every unit: those that were stored before, and those that are read now, stored before they go on."""
        from scanner.audit import runs  # noqa: PLC0415 - only with a store

        if self.run.resumed:
            yield from runs.done(self.store, self.run)
        for collected in fresh:
            if self.error is None:
                try:
                    runs.keep(self.store, self.run, collected)
                except runs.StoreError as error:
                    self.error = error
            yield collected

    def finish(self, snapshot: Path | bytes, record: Path, code: int) -> int:
        """Store the verdicts and say what changed; gives the exit code. 1 wins over 3."""
        from scanner.audit import history, judged  # noqa: PLC0415 - only with a store
        from scanner.audit.store import StoreError  # noqa: PLC0415 - as above

        if not record.exists():  # the scan ended before it judged; what was read waits for the next run
            return code
        try:
            if self.error is not None:
                raise self.error
            found = judged.judged(record.read_bytes())
            outcome = history.record(self.store, self.run, snapshot, found, self.days)
        except (StoreError, judged.RecordError) as error:
            return self._kept(snapshot, error, code)
        click.echo(changes(outcome, self.store.shown), err=True)
        return self._export(code)

    def _export(self, code: int) -> int:
        """Tell every target; a fault is said, and makes the run incomplete."""
        if not self.targets:
            return code
        from scanner.audit.exports import Sending, send  # noqa: PLC0415 - only with exports
        from scanner.sources.aws.session import Access  # noqa: PLC0415 - as above

        sending = Sending(self.store, self.run.id, self.accesses, self.own or Access())
        whole = True
        for target, became, sent in send(sending, self.targets):
            whole = whole and sent
            click.echo(f"{'export' if sent else 'error[export]'}: {target}: {became}", err=True)
        if not whole and code == common.CLEAN:
            click.echo(f"exit {common.INCOMPLETE}: not all exports were made", err=True)
        return common.INCOMPLETE if not whole and code == common.CLEAN else code

    def _kept(self, snapshot: Path | bytes, error: Exception, code: int) -> int:
        """The store failed at the end: the snapshot is kept where it can be recorded later."""
        where = _keep(snapshot)
        click.echo(f"error[store]: {error}", err=True)
        click.echo(
            f"what was read is kept in {where}; layerproof audit record {where} --store stores it", err=True
        )
        if code in (common.CLEAN, common.INCOMPLETE):
            click.echo(f"exit {common.INCOMPLETE}: the history could not be written", err=True)
            return common.INCOMPLETE
        return code


def changes(outcome: Outcome, store: str) -> str:
    """One line on what a scan changed."""
    told = ", ".join(f"{outcome.number(what)} {what}" for what in ("new", "fixed", "reopened", "stale"))
    return f"history: {told}; {outcome.counts.get('open', 0)} open in {store}"


def _keep(snapshot: Path | bytes) -> Path:
    """A copy that outlives the audit, for its owner only: beside the user's store, or among temporary files."""
    from scanner.audit.store import default_file  # noqa: PLC0415 - only with a store

    if isinstance(snapshot, Path) and not snapshot.parent.name.startswith("layerproof-"):
        return snapshot  # --keep has it already
    data = snapshot if isinstance(snapshot, bytes) else snapshot.read_bytes()
    name = f"audit-{uuid.uuid4().hex[:12]}.jsonl.gz"
    try:
        return _private(default_file().parent / "kept", name, data)
    except OSError:
        return _private(Path(tempfile.mkdtemp(prefix="layerproof-kept-")), name, data)


def _private(folder: Path, name: str, data: bytes) -> Path:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
    return folder / name
