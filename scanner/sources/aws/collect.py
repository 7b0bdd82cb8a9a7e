"""One unit collected: every listing's pages, the details of every item, and what failed."""

from __future__ import annotations

import base64
import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any, NamedTuple

from scanner.sources.aws import bulk, faults
from scanner.sources.aws.faults import OK, Fault
from scanner.sources.aws.operation import Detail, Listing, action
from scanner.sources.aws.rate import Bucket
from scanner.sources.aws.registry import listings
from scanner.sources.aws.secrecy import Secrecy
from scanner.sources.aws.session import session
from scanner.sources.aws.template import Context
from scanner.sources.aws.unit import GLOBAL, Collected, Item, Operation, Work

THREADS = 8  # of one unit, for details of many items; the rate holds them together
WORTH_THREADS = 16  # calls
MOST_PAGES = 10_000  # of one listing; more is `truncated`
WAITS = (0.2, 0.5, 1.0, 2.0, 4.0, 8.0)  # seconds between questions for what is made on demand
MOST_REFUSALS = 3  # of a detail that never once succeeded; then it is no longer asked in this unit


def collect(work: Work) -> Collected:
    """Do one unit of work. Never raises for what a service answers: that is the operations' status."""
    started = time.monotonic()
    scope = "global" if work.unit.region == GLOBAL else "region"
    wanted = listings(work.unit.service, scope)
    collector = _Collector(work)
    try:
        client = session(work.access).client(work.unit.service, collector.region)
    except Exception as error:  # no credentials, no such region, a role that cannot be assumed
        return collector.nothing(wanted, faults.classify(error))
    try:
        for group in _same_call(wanted):
            collector.listing(client, group, None)
    finally:
        client.close()
    return collector.result(time.monotonic() - started)


def _same_call(wanted: Sequence[Listing]) -> Iterator[tuple[Listing, ...]]:
    """Listings that ask the same are asked together (IAM gives users, roles and policies in one answer)."""
    groups: dict[str, list[Listing]] = {}
    for listing in wanted:
        asked = json.dumps([listing.service, listing.operation, listing.parameters], sort_keys=True, default=str)
        groups.setdefault(asked, []).append(listing)
    yield from (tuple(group) for group in groups.values())


class _Asked(NamedTuple):
    """The items that one call of a detail is about, and what they were listed under."""

    items: list[Item]
    parent: Item | None


class _Collector:
    """The state of one unit while it is collected."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self.region = work.home if work.unit.region == GLOBAL else work.unit.region
        self._whose = work.whose._replace(region=self.region)
        self._bucket = Bucket(work.unit.service)
        self._tags = Bucket(bulk.SERVICE)
        self._secrecy = Secrecy(work.hmac_key)
        self._items: dict[tuple[str, str], Item] = {}
        self._operations: dict[tuple[str, str], Operation] = {}
        self._gone: dict[str, Fault] = {}
        self._answered: set[str] = set()
        self._refusals: dict[str, int] = {}
        self._lock = threading.Lock()

    def nothing(self, wanted: Sequence[Listing], fault: Fault) -> Collected:
        """The unit that could not even be begun."""
        for listing in wanted:
            self._note(self._operation(listing), fault)
        return self.result(0.0)

    def result(self, seconds: float) -> Collected:
        operations = sorted(self._operations.values(), key=lambda each: (each.name, each.types))
        return Collected(self._work.unit, list(self._items.values()), operations, seconds, self._bucket.waited)

    # listings

    def listing(self, client: Any, group: tuple[Listing, ...], parent: Item | None) -> None:
        """Ask one listing to its last page; what was read before a fault is kept."""
        first = group[0]
        told = [self._operation(each) for each in group]
        found: dict[int, list[Item]] = {position: [] for position in range(len(group))}
        try:
            for page in self._pages(client, first, parent, told[0]):
                for position, listing in enumerate(group):
                    found[position].extend(self._of_page(listing, page, parent))
        except Exception as error:  # whatever the service or the network did: the unit goes on
            fault = self._fault(error, first.absent)
            if fault is not None:
                for operation in told:
                    self._note(operation, fault)
        for position, listing in enumerate(group):
            told[position].items += len(found[position])
            self._keep(client, listing, found[position], parent)

    def _pages(
        self, client: Any, listing: Listing, parent: Item | None, told: Operation
    ) -> Iterator[Mapping[str, Any]]:
        asked = self._context(parent.attributes if parent else {}, parent).fill(dict(listing.parameters))
        method = _method(listing.operation)
        if client.can_paginate(method):
            if listing.page:
                asked["PaginationConfig"] = {"PageSize": listing.page}
            pages = iter(client.get_paginator(method).paginate(**asked))
        else:
            pages = _by_token(getattr(client, method), asked)
        for _ in range(MOST_PAGES):
            self._bucket.take()
            told.calls += 1
            page = next(pages, None)
            if page is None:
                told.calls -= 1
                return
            yield page
        self._note(told, Fault(faults.TRUNCATED, f"more than {MOST_PAGES:,} pages"))

    def _of_page(self, listing: Listing, page: Mapping[str, Any], parent: Item | None) -> Iterator[Item]:
        import jmespath  # noqa: PLC0415 - comes with boto3

        for raw in jmespath.search(listing.items, page) or ():
            if raw is None or raw == {}:
                continue
            attributes = _plain(raw) if isinstance(raw, dict) else {listing.wrap: _plain(raw)}
            if parent is not None and listing.carries:
                attributes = {**Context(self._whose, parent.attributes).fill(dict(listing.carries)), **attributes}
            try:
                name = self._context(attributes, parent).fill(listing.id)
            except KeyError:  # a classic address without allocation id, for example: known by its text
                name = f"{listing.type}:{json.dumps(attributes, sort_keys=True)}"
            unit = self._work.unit
            under = parent.id if parent else ""
            yield Item(listing.type, name, unit.account, unit.region, attributes, under)

    def _keep(self, client: Any, listing: Listing, found: list[Item], parent: Item | None) -> None:
        for detail in listing.details:
            self._detail(client, listing, detail, found, parent)
        for item in found:
            self._secrecy.clean(item.attributes, listing.secret)
        for item in found if listing.type else ():
            known = self._items.setdefault((item.type, item.id), item)
            if known is not item:  # two listings tell of one thing: what the second adds is kept
                known.attributes.update({**item.attributes, **known.attributes})
                known.unread.update(item.unread)
        for child in listing.children:
            self._operation(child)
            for item in found:
                self.listing(client, (child,), item)

    def _context(self, attributes: Mapping[str, Any], parent: Item | None) -> Context:
        if parent is None:
            return Context(self._whose, attributes)
        return Context(self._whose, attributes, parent.id, parent.attributes)

    # details

    def _detail(
        self, client: Any, listing: Listing, detail: Detail, found: list[Item], parent: Item | None
    ) -> None:
        from jmespath import search  # noqa: PLC0415 - comes with boto3

        told = self._operation(detail, listing.service)
        wanted = [each for each in found if not detail.when or search(detail.when, each.attributes)]
        if detail.tagged and len(wanted) >= bulk.LEAST and self._tagged(detail, wanted):
            return
        size = detail.batch or 1
        groups = [_Asked(wanted[start : start + size], parent) for start in range(0, len(wanted), size)]
        if len(groups) < WORTH_THREADS:
            for asked in groups:
                self._ask(client, detail, asked, told)
            return
        with ThreadPoolExecutor(THREADS, "detail") as pool:  # clients are safe among threads
            for _ in pool.map(lambda asked: self._ask(client, detail, asked, told), groups):
                pass

    def _tagged(self, detail: Detail, wanted: Sequence[Item]) -> bool:
        """Ask the tags of all of them at once; False where that is not allowed: then each is asked for its own."""
        if bulk.OPERATION in self._gone:
            return False
        key = (bulk.OPERATION, "")
        told = self._operations.setdefault(key, Operation(bulk.OPERATION, bulk.ACTION))

        def count() -> None:
            self._tags.take()
            told.calls += 1

        try:
            found = bulk.tags(self._work.access, self.region, detail.tagged, count)
        except Exception as error:  # another way is left
            self._gone[bulk.OPERATION] = faults.classify(error)
            return False
        for item in wanted:
            item.attributes[detail.key] = bulk.of(found, item.id)
        return True

    def _ask(self, client: Any, detail: Detail, asked: _Asked, told: Operation) -> None:
        """One call, for one item or a batch of them."""
        from jmespath import search  # noqa: PLC0415 - comes with boto3

        fault = self._gone.get(detail.operation)  # denied once is denied for all of the unit
        if fault is None:
            try:
                answer = self._call(client, detail, asked, told)
                value = search(detail.answer, answer) if detail.answer else answer
            except Exception as error:  # the item goes on without this detail
                fault = self._fault(error, detail.absent)
            else:
                self._share(detail, asked, _plain(value))
                self._answered.add(detail.operation)
                return
        if fault is None:
            for item in asked.items:
                item.attributes[detail.key] = None
            return
        self._note(told, fault)
        self._give_up(detail.operation, fault)
        for item in asked.items:
            item.unread[detail.key] = {"status": fault.status, "action": told.action, "reason": fault.reason}

    def _give_up(self, operation: str, fault: Fault) -> None:
        """A permission that is missing altogether is asked for only a few times; one resource's own policy may
        deny what others allow."""
        if operation in self._answered:
            return
        self._refusals[operation] = self._refusals.get(operation, 0) + 1
        denied = fault.status in (faults.DENIED, faults.DENIED_SCP)
        if fault.status == faults.UNSUPPORTED or (denied and self._refusals[operation] >= MOST_REFUSALS):
            self._gone[operation] = fault

    def _call(self, client: Any, detail: Detail, asked: _Asked, told: Operation) -> Any:
        about = asked.items[0].attributes
        if detail.order:
            return self._ordered(client, detail, self._context(about, asked.parent), told)
        given = self._context(about, asked.parent).fill(dict(detail.parameters))
        if detail.batch:
            given[detail.batch_parameter] = [self._value(detail, each) for each in asked.items]
        method = _method(detail.operation)
        if not client.can_paginate(method) or detail.batch:
            self._count(told)
            return getattr(client, method)(**given)
        pages = client.get_paginator(method).paginate(**given)
        seen: list[Any] = []
        for page in pages:
            self._count(told)
            seen.append(page)
        return seen[0] if len(seen) == 1 else _merged(seen)

    def _ordered(self, client: Any, detail: Detail, about: Context, told: Operation) -> Any:
        """What is made on demand: ordered, and asked for until it is there."""
        self._count(told)
        order = getattr(client, _method(detail.order))(**about.fill(dict(detail.order_parameters)))
        given = about._replace(item={**about.item, **order}).fill(dict(detail.parameters))
        for wait in WAITS:
            self._count(told)
            answer = getattr(client, _method(detail.operation))(**given)
            if detail.pending not in answer.values():
                return answer
            time.sleep(wait)
        raise TimeoutError(f"{detail.order} was not done after {sum(WAITS):.0f} seconds")

    def _count(self, told: Operation) -> None:
        """Wait for a token, and note the call."""
        self._bucket.take()
        with self._lock:
            told.calls += 1

    def _value(self, detail: Detail, item: Item) -> str:
        return str(self._context(item.attributes, None).fill(detail.batch_value))

    def _share(self, detail: Detail, asked: _Asked, value: Any) -> None:
        if not detail.batch:
            asked.items[0].attributes[detail.key] = value
            return
        by_key = {each.get(detail.batch_key): each for each in value or ()}
        for item in asked.items:
            item.attributes[detail.key] = by_key.get(self._value(detail, item))

    # what became of it

    def _operation(self, asked: Listing | Detail, service: str = "") -> Operation:
        kind = asked.type if isinstance(asked, Listing) else ""
        key = (asked.operation, kind)
        found = self._operations.get(key)
        if found is None:
            if isinstance(asked, Listing):
                found = Operation(asked.operation, asked.needs, tuple(dict.fromkeys(asked.types())))
            else:
                found = Operation(asked.operation, asked.action or action(service, asked.operation))
            self._operations[key] = found
        return found

    def _note(self, told: Operation, fault: Fault) -> None:
        if told.status == OK:
            told.status, told.reason = fault

    def _fault(self, error: Exception, absent: tuple[str, ...]) -> Fault | None:
        """What a failed call means; None where the service says that there is nothing."""
        code = faults.code_of(error)
        fault = faults.classify(error)
        if type(error).__name__ == "EndpointConnectionError" and not self._served():
            return Fault(faults.UNSUPPORTED, f"{self._work.unit.service} has no endpoint in {self.region}")
        if fault.status == faults.DENIED and self._member():
            return Fault(faults.NOT_ENABLED, "only the organization's management account may list this")
        if code and (code in absent or any(fault.reason.startswith(each) for each in absent)):
            return None
        return fault

    def _member(self) -> bool:
        """Whether the account is a member of an organization, which other than its own account tells nothing."""
        if self._work.unit.service != "organizations":
            return False
        told = [each for (type_, _), each in self._items.items() if type_ == "AWS::Organizations::Organization"]
        return any(each.attributes.get("MasterAccountId") != self._work.unit.account for each in told)

    def _served(self) -> bool:
        return session(self._work.access).serves(self._work.unit.service, self.region)


def _by_token(call: Callable[..., Mapping[str, Any]], asked: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The pages of what botocore has no paginator for (DescribeLockedSnapshots, for example)."""
    token: dict[str, Any] = {}
    while True:
        page = call(**asked, **token)
        yield page
        if not page.get("NextToken"):
            return
        token = {"NextToken": page["NextToken"]}


def _method(operation: str) -> str:
    from botocore import xform_name  # noqa: PLC0415 - only for live accounts

    return str(xform_name(operation))


def _merged(pages: list[Any]) -> dict[str, Any]:
    """The pages of a detail as one answer: lists are joined, the rest is the first page's."""
    whole: dict[str, Any] = dict(pages[0])
    for page in pages[1:]:
        for name, value in page.items():
            if isinstance(value, list) and isinstance(whole.get(name), list):
                whole[name] = [*whole[name], *value]
    return whole


def _plain(value: Any) -> Any:
    """An answer as JSON: times as ISO 8601 in UTC, bytes as base64, without the response's own metadata."""
    if isinstance(value, dict):
        return {str(name): _plain(each) for name, each in value.items() if name != "ResponseMetadata"}
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, (bytes, bytearray)):
        return base64.b64encode(value).decode()
    return value
