"""What the commands that collect share: whom to ask, how, and what became of it."""

from __future__ import annotations

import hmac
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scanner import __version__
from scanner.cli import common
from scanner.model.counted import counted

if TYPE_CHECKING:
    from scanner.audit.fleet import Choice, Fleet
    from scanner.sources.aws.plan import Plan, Wanted
    from scanner.sources.aws.snapshot import Writer
    from scanner.sources.aws.unit import Collected, Operation, Unit

_ACCOUNT = re.compile(r"\d{12}")
_ROLE = re.compile(r"arn:aws[\w-]*:iam::\d{12}:role/.+")
_THREADS = 16
# What diagnostics call that nothing at all can be read, by the status of the first call.
_CODES = {"denied": "denied-access", "denied_scp": "denied-scp", "expired": "denied-expired"}
_LEAST_KEY = 16  # bytes
_FILE = click.Path(path_type=Path, dir_okay=False, exists=True)


def _listed(_: click.Context, __: click.Parameter, texts: Sequence[str]) -> tuple[str, ...]:
    """Values given several times, or with commas between them."""
    return tuple(part.strip() for text in texts for part in text.split(",") if part.strip())


_OPTIONS: list[Callable[..., Any]] = [
    click.option("--profile", metavar="NAME", help="Profile of the AWS configuration."),
    click.option("--accounts", multiple=True, callback=_listed, metavar="ID[,ID]",
                 help="Audit these accounts, through --role-name in each; repeatable."),
    click.option("--organization", is_flag=True, help="Audit every active account of the organization."),
    click.option("--role-arn", metavar="ARN", help="Take this role first; all else is asked with it."),
    click.option("--role-name", default="layerproof-audit", show_default=True, metavar="NAME",
                 help="The role to take in each of several accounts."),
    click.option("--external-id", metavar="TEXT", envvar="LAYERPROOF_EXTERNAL_ID",
                 help="External id that the roles' trust asks for."),
    click.option("--session-name", default="layerproof", show_default=True, metavar="NAME",
                 help="Name of the sessions, as CloudTrail shows it."),
    click.option("--no-session-policy", is_flag=True,
                 help="Take roles whole. Default: cut every session down to reading."),
    click.option("--regions", multiple=True, callback=_listed, metavar="NAME[,NAME]",
                 help="Only these regions. Default: all that are enabled."),
    click.option("--services", multiple=True, callback=_listed, metavar="NAME[,NAME]",
                 help="Only these services (names of boto3). Default: all of the registry."),
    click.option("--hmac-key", type=click.Path(path_type=Path, dir_okay=False, exists=True), metavar="FILE",
                 help="Keep secrets as HMACs under the key in FILE. Default: drop them."),
    click.option("--threads", type=click.IntRange(1, 256), default=_THREADS, show_default=True, metavar="N",
                 help="Units that are collected side by side."),
    click.option("--executor", default="threads", show_default=True, metavar="WHO",
                 help="Who collects: threads, processes, or the workers of a Dask cluster, dask://HOST:PORT."),
    click.option("--per-account", type=click.IntRange(1, 256), default=16, show_default=True, metavar="N",
                 help="Units of one account that are collected side by side, by whatever many workers."),
    click.option("--tls-ca", type=_FILE, metavar="FILE", envvar="LAYERPROOF_TLS_CA",
                 help="Authority of the Dask cluster's certificates (PEM); needed beyond this machine."),
    click.option("--tls-cert", type=_FILE, metavar="FILE", envvar="LAYERPROOF_TLS_CERT",
                 help="Our certificate for the Dask cluster (PEM)."),
    click.option("--tls-key", type=_FILE, metavar="FILE", envvar="LAYERPROOF_TLS_KEY",
                 help="The key of our certificate (PEM)."),
    click.option("--dry-run", is_flag=True, help="Show the units, calls and actions, and collect nothing."),
]  # fmt: skip


def collecting_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that say whom to ask, and how."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


policy_option = click.option(
    "--print-policy",
    type=click.Choice(["terraform", "json", "cloudformation"]),
    help="Print the least that is needed, exports that are named included (terraform, cloudformation: with the "
    "role), and end.",
)


def print_policy(form: str, writes: dict[str, list[str]]) -> None:
    """Print the policy, with what is written by name: action to resources."""
    from scanner.sources.aws.policy import printed  # noqa: PLC0415 - only for this

    common.write(printed(form, writes))


def needs_boto3() -> None:
    """Raises ClickException where the extra is not installed."""
    from importlib.util import find_spec  # noqa: PLC0415 - only for live accounts

    if find_spec("boto3") is None:
        raise click.ClickException("live accounts need boto3: pip install 'layerproof[aws]'")


def executor(given: dict[str, Any]) -> Choice:
    """Who collects. Raises UsageError."""
    from scanner.audit.fleet import Certificates, choose  # noqa: PLC0415 - only for live accounts

    files = [given["tls_ca"], given["tls_cert"], given["tls_key"]]
    if any(files) and not all(files):
        raise click.UsageError("--tls-ca, --tls-cert and --tls-key belong together")
    try:
        return choose(
            given["executor"], Certificates(*files) if all(files) else None, given["threads"], given["per_account"]
        )
    except ValueError as error:
        raise click.UsageError(f"--executor: {error}") from error


def wanted(given: dict[str, Any]) -> Wanted:
    """The options as a request. Raises UsageError."""
    from scanner.sources.aws.plan import Wanted  # noqa: PLC0415 - only for live accounts
    from scanner.sources.aws.registry import services  # noqa: PLC0415 - as above
    from scanner.sources.aws.session import Access  # noqa: PLC0415 - as above

    for account in given["accounts"]:
        if not _ACCOUNT.fullmatch(account):
            raise click.UsageError(f"--accounts takes account ids of 12 digits, not {account!r}")
    for service in given["services"]:
        if service not in services():
            raise click.UsageError(f"--services knows {', '.join(services())}; not {service!r}")
    if given["role_arn"] and not _ROLE.fullmatch(given["role_arn"]):
        raise click.UsageError(f"--role-arn takes the ARN of a role, not {given['role_arn']!r}")
    access = Access(
        profile=given["profile"] or "",
        role=given["role_arn"] or "",
        external_id=given["external_id"] or "",
        session_name=given["session_name"],
        session_policies=not given["no_session_policy"],
    )
    return Wanted(
        access,
        given["accounts"],
        given["organization"],
        given["role_name"],
        given["regions"],
        given["services"],
        hmac_key(given),
    )


def hmac_key(given: dict[str, Any]) -> bytes | None:
    """The key that secrets are kept under, if any. Raises UsageError."""
    key = given["hmac_key"].read_bytes() if given["hmac_key"] else None
    if key is not None and len(key) < _LEAST_KEY:
        raise click.UsageError(f"--hmac-key needs a file with at least {_LEAST_KEY} bytes")
    return key


def planned(given: dict[str, Any]) -> Plan:
    """The work. Where nothing can be collected, says why and exits 3 with the coverage table."""
    from scanner.sources.aws.plan import PlanError, plan  # noqa: PLC0415 - only for live accounts

    try:
        return plan(wanted(given))
    except PlanError as error:
        click.echo(f"error[{_CODES.get(error.fault.status, 'read-aws')}]: {error}", err=True)
        click.echo(f"\ncoverage\n  aws  {error.fault.status}  nothing was read", err=True)
        click.echo(f"exit {common.INCOMPLETE}: nothing could be collected", err=True)
        raise click.exceptions.Exit(common.INCOMPLETE) from error


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a unit; what it gave lies in the snapshot, not in memory."""

    unit: Unit
    status: str
    operations: list[Operation]
    items: int


def write(
    plan: Plan, out: Path, who: Choice, through: Callable[[Iterator[Collected]], Iterator[Collected]] = iter
) -> list[Done]:
    """Do the work and write the snapshot; what was read is written also where the work is interrupted. What an
    earlier run into the same file had read when it was killed is not asked again. Every unit goes through
    `through` on its way: a store takes it there, and adds what it holds already."""
    from scanner.audit.fleet import FleetError, LostError, fleet  # noqa: PLC0415 - only for live accounts
    from scanner.sources.aws.session import forget  # noqa: PLC0415 - as above
    from scanner.sources.aws.snapshot import Writer  # noqa: PLC0415 - as above

    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    try:
        with fleet(who) as workers, Writer(out, now, __version__, terms(plan)) as writer:
            return _filled(writer, plan, workers, through)
    except FleetError as error:
        click.echo(f"error[executor]: {error}", err=True)
        told = "nothing could be collected"
        if isinstance(error, LostError):
            told = "the audit was cut off; begun again into the same file or store, it goes on with what is left"
        click.echo(f"exit {common.INCOMPLETE}: {told}", err=True)
        raise click.exceptions.Exit(common.INCOMPLETE) from error
    except OSError as error:
        raise click.ClickException(f"{out} cannot be written: {error.strerror or error}") from error
    finally:
        forget()


def terms(plan: Plan) -> str:
    """What an earlier run must have had alike for its units to be taken over: the key of secrets' HMACs."""
    key = next((work.hmac_key for work in plan.works if work.hmac_key), None)
    return hmac.new(key, b"layerproof run", "sha256").hexdigest() if key else ""


def _filled(
    writer: Writer, plan: Plan, workers: Fleet, through: Callable[[Iterator[Collected]], Iterator[Collected]]
) -> list[Done]:
    """Fill the snapshot: with what was read before, then with each unit as it is done."""
    from scanner.audit.fleet import LostError  # noqa: PLC0415 - only for live accounts
    from scanner.sources.aws.faults import Fault  # noqa: PLC0415 - as above
    from scanner.sources.aws.plan import run, unread  # noqa: PLC0415 - as above

    ready = writer.ready(work.unit for work in plan.works)
    if ready:
        text = f"going on where a run was cut off: {len(ready)} of {len(plan.works)} units were read"
        click.echo(text, err=True)
    left = replace(plan, works=tuple(work for work in plan.works if work.unit not in set(ready)))
    fresh = run(left, workers.executor, workers.most, workers.per_account)
    done: dict[Unit, Done] = {}
    try:
        for collected in through(chain((writer.read(unit) for unit in ready), fresh)):
            writer.add(collected)
            done[collected.unit] = _done(collected)
    except (KeyboardInterrupt, LostError):  # what was read is kept, and says what was not
        for work in left.works:
            if work.unit not in done:
                writer.add(unread(work, Fault("interrupted", "the audit was interrupted")))
        raise
    return [done[unit] for unit in sorted(done)]


def _done(collected: Collected) -> Done:
    return Done(collected.unit, collected.status, collected.operations, len(collected.items))


def told(plan: Plan) -> dict[str, Any]:
    """A dry run: the units, the least number of calls, and the actions that they need."""
    from scanner.sources.aws.registry import listings  # noqa: PLC0415 - only for live accounts
    from scanner.sources.aws.unit import GLOBAL  # noqa: PLC0415 - as above

    units = []
    actions: set[str] = set()
    for work in plan.works:
        scope = "global" if work.unit.region == GLOBAL else "region"
        found = listings(work.unit.service, scope)
        calls = len({(each.operation, str(each.parameters)) for each in found})
        actions.update(action for each in found for _, _, action in each.operations())
        units.append({**_unit(work.unit), "least_calls": calls})
    return {"units": units, "least_calls": sum(each["least_calls"] for each in units), "actions": sorted(actions)}


def _unit(unit: Any) -> dict[str, str]:
    return {"account": unit.account, "region": unit.region, "service": unit.service}


def dry_run(plan: Plan, form: str) -> None:
    """Print what would be done."""
    found = told(plan)
    if form == "json":
        common.write(common.dump(found))
        return
    for each in found["units"]:
        calls = counted(each["least_calls"], "call")
        click.echo(f"{each['account']}  {each['region']:<16} {each['service']:<24} {calls}")
    units, calls = counted(len(found["units"]), "unit"), counted(found["least_calls"], "call")
    click.echo(f"\n{units}, at least {calls}, and more per thing found")
    click.echo(f"{counted(len(found['actions']), 'action')}: {', '.join(found['actions'])}")


def table(done: Sequence[Done]) -> Iterator[str]:
    """The coverage table: units that are not ok, each with its reasons, then the sums."""
    statuses = Counter(each.status for each in done)
    for each in done:
        if each.status == "ok":
            continue
        yield f"  {each.unit}  {each.status}"
        for operation in each.operations:
            if operation.status != "ok":
                yield f"      {operation.action}  {operation.status}: {operation.reason[:160]}"
    items, calls = sum(each.items for each in done), sum(o.calls for each in done for o in each.operations)
    told = ", ".join(f"{number} {status}" for status, number in sorted(statuses.items()))
    yield f"  {counted(len(done), 'unit')} ({told}), {counted(items, 'item')}, {counted(calls, 'call')}"


def incomplete(done: Sequence[Done]) -> bool:
    """Whether anything failed that takes from the result."""
    quiet = ("ok", "not_enabled", "unsupported")
    return any(operation.status not in quiet for each in done for operation in each.operations)
