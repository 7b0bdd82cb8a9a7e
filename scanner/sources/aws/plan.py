"""Which units there are to collect: accounts, their enabled regions, the services asked."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from typing import Any

from scanner.sources.aws import faults
from scanner.sources.aws.collect import collect
from scanner.sources.aws.faults import Fault
from scanner.sources.aws.registry import listings, services
from scanner.sources.aws.session import Access, session
from scanner.sources.aws.template import Whose
from scanner.sources.aws.unit import GLOBAL, Collected, Operation, Unit, Work

_HOMES = {"aws": "us-east-1", "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"}
_ENTERED = 8  # accounts that are entered side by side
_ENABLED = ("opt-in-not-required", "opted-in")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the user asks to be collected; empty means all."""

    access: Access
    accounts: tuple[str, ...] = ()
    organization: bool = False
    role_name: str = ""
    regions: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    hmac_key: bytes | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """One account to collect, and how it is reached."""

    whose: Whose
    access: Access


@dataclass(frozen=True, slots=True)
class Plan:
    """The work to be done, and the units of which is known beforehand that they cannot be."""

    works: tuple[Work, ...]
    failed: tuple[Collected, ...]


class PlanError(Exception):
    """Nothing can be collected; the text says why and what to do."""

    def __init__(self, fault: Fault, text: str) -> None:
        super().__init__(text)
        self.fault = fault


def plan(wanted: Wanted) -> Plan:
    """The units of everything that is wanted. Raises PlanError where there are no usable credentials, an
    account is the wrong one, or a region is unknown."""
    own = _who(wanted.access)
    accounts, failed = _accounts(wanted, own)
    works: list[Work] = []
    with ThreadPoolExecutor(_ENTERED, "enter") as pool:
        every = pool.map(lambda each: _enter(each, wanted, own), accounts)
        for account, entered in zip(accounts, every, strict=True):
            if isinstance(entered, PlanError):
                failed.append(_unreached(account.whose.account, entered.fault))
            else:
                works.extend(_works(replace(account, whose=entered[0]), entered[1], wanted))
    if not works and failed:
        raise PlanError(Fault(failed[0].status, ""), failed[0].operations[0].reason)
    return Plan(tuple(works), tuple(failed))


def run(planned: Plan, executor: Executor, most: int = 64, per_account: int = 64) -> Iterator[Collected]:
    """Every unit as it is done: an executor of threads, processes or many machines.

    At most `most` units are under way, and `per_account` of each account, so that memory does not grow with their
    number. Accounts are begun in order: an executor needs the sessions of few of them at a time.
    """
    yield from planned.failed
    waiting: dict[str, deque[Work]] = {}
    for work in planned.works:
        waiting.setdefault(work.unit.account, deque()).append(work)
    busy: dict[Future[Collected], Work] = {}
    while True:
        for work in _next(waiting, Counter(each.unit.account for each in busy.values()), most, per_account):
            busy[executor.submit(collect, work)] = work
        if not busy:
            return
        for done in wait(busy, return_when=FIRST_COMPLETED).done:
            work = busy.pop(done)
            try:
                yield done.result()
            except Exception as error:  # a worker that died takes its unit, and no other
                yield unread(work, Fault(faults.ERROR, f"{type(error).__name__}: {error}"))


def _next(waiting: dict[str, deque[Work]], busy: Counter[str], most: int, per_account: int) -> Iterator[Work]:
    """What may be begun now; it is taken from what waits."""
    room = most - busy.total()
    for account, works in list(waiting.items()):
        for _ in range(min(room, per_account - busy[account], len(works))):
            room -= 1
            yield works.popleft()
        if not works:
            del waiting[account]
        if room <= 0:
            return


def _enter(account: Account, wanted: Wanted, own: Whose) -> tuple[Whose, list[str]] | PlanError:
    """Whose an account is, and its regions; or why it cannot be entered."""
    try:
        whose = _who(account.access) if account.access != wanted.access else own
        return whose, _regions(account.access, wanted.regions)
    except PlanError as error:
        return error


def unread(work: Work, fault: Fault) -> Collected:
    """A unit of which nothing was read."""
    scope = "global" if work.unit.region == GLOBAL else "region"
    told = [
        Operation(each.operation, each.needs, tuple(dict.fromkeys(each.types())), *fault)
        for each in listings(work.unit.service, scope)
    ]
    return Collected(work.unit, [], told)


def _who(access: Access) -> Whose:
    try:
        return session(access).whose()
    except Exception as error:
        fault = faults.classify(error)
        raise PlanError(fault, _no_access(access, fault)) from error


def _no_access(access: Access, fault: Fault) -> str:
    whom = f"the role {access.role}" if access.role else f"profile {access.profile}" if access.profile else ""
    if fault.status == faults.EXPIRED:
        return f"the credentials have expired{f' ({whom})' if whom else ''}: {fault.reason}"
    if whom:
        return f"{whom} cannot be used: {fault.reason}"
    return f"there are no usable AWS credentials: {fault.reason} (name a --profile, or run aws sso login)"


def _accounts(wanted: Wanted, own: Whose) -> tuple[list[Account], list[Collected]]:
    """Our own account, those that were named, or those of the organization."""
    asked = list(wanted.accounts)
    if wanted.organization:
        asked = [each for each in _organization(wanted.access) if not asked or each in asked]
    if not asked:
        return [Account(own, wanted.access)], []
    found: list[Account] = []
    for account in dict.fromkeys(asked):
        access = wanted.access
        if account != own.account:
            role = f"arn:{own.partition}:iam::{account}:role/{wanted.role_name}"
            access = replace(wanted.access, role=role, through=wanted.access.role)
        found.append(Account(own._replace(account=account), access))
    return found, []


def _organization(access: Access) -> list[str]:
    """The active accounts of the organization. Raises PlanError where they cannot be listed."""
    try:
        client = session(access).client("organizations", session(access).region)
        pages = client.get_paginator("list_accounts").paginate()
        found = [each["Id"] for page in pages for each in page["Accounts"] if each["Status"] == "ACTIVE"]
    except Exception as error:
        fault = faults.classify(error)
        text = f"the accounts of the organization cannot be listed: {fault.reason}"
        raise PlanError(fault, text) from error
    return sorted(found)


def _regions(access: Access, wanted: Sequence[str]) -> list[str]:
    """The enabled regions, or those asked for. Raises PlanError for one that there is not."""
    try:
        every = _listed(access)
    except Exception as error:
        fault = faults.classify(error)
        if wanted and fault.status in (faults.DENIED, faults.DENIED_SCP):
            return sorted(wanted)  # whether they are enabled, their own answers will tell
        raise PlanError(fault, f"the regions cannot be listed: {fault.reason}") from error
    if not wanted:
        return sorted(name for name, status in every.items() if status in _ENABLED)
    for name in wanted:
        if name not in every:
            text = f"there is no region {name!r}; there are {', '.join(sorted(every))}"
            raise PlanError(Fault(faults.ERROR, text), text)
    return sorted(set(wanted))


def _listed(access: Access) -> dict[str, str]:
    """Every region with its opt-in status, from EC2 or else from the account service."""
    own = session(access)
    try:
        answer = own.client("ec2", own.region).describe_regions(AllRegions=True)
        return {each["RegionName"]: each["OptInStatus"] for each in answer["Regions"]}
    except Exception as first:
        if faults.classify(first).status not in (faults.DENIED, faults.DENIED_SCP):
            raise
        try:
            pages: Any = own.client("account", own.region).get_paginator("list_regions").paginate()
            found = [each for page in pages for each in page["Regions"]]
            return {each["RegionName"]: _opted(each["RegionOptStatus"]) for each in found}
        except Exception:
            raise first from None


def _opted(status: str) -> str:
    known = {"ENABLED_BY_DEFAULT": "opt-in-not-required", "ENABLED": "opted-in"}
    return known.get(status, "not-opted-in")


def _works(account: Account, regions: Sequence[str], wanted: Wanted) -> Iterator[Work]:
    whose = account.whose
    home = _HOMES.get(whose.partition, "us-east-1")
    for service in services():
        if wanted.services and service not in wanted.services:
            continue
        places = [GLOBAL] if listings(service, "global") else []
        if listings(service, "region"):
            places.extend(regions)
        for place in places:
            unit = Unit(whose.account, place, service)
            yield Work(unit, account.access, whose.partition, home, wanted.hmac_key)


def _unreached(account: str, fault: Fault) -> Collected:
    """An account that could not be entered: one unit that says so."""
    told = Operation("AssumeRole", "sts:AssumeRole", ("AWS::*",), fault.status, fault.reason)
    return Collected(Unit(account, GLOBAL, "sts"), [], [told])
