"""Who changed a thing: CloudTrail's record of the last 90 days, by the name of what was changed.

Source: CloudTrail API reference, LookupEvents (two calls per second, account and region; one attribute to look up
by; 50 events to a page, newest first), and user guide, "CloudTrail record contents" (sessionCredentialFromConsole,
userAgent, sessionContext). Of an event only its name, who, when and by what are kept.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from scanner.sources.aws import faults
from scanner.sources.aws.faults import OK, Fault
from scanner.sources.aws.rate import Bucket
from scanner.sources.aws.session import Access, session

MOST = 40  # things that are asked about, per account and region: a call each, or two
_PAGE = 50


class Event(NamedTuple):
    """One call that changed a thing, as CloudTrail tells it. `via` is console, terraform, cloudformation, the AWS
    service that called, or the program."""

    name: str
    who: str
    at: str
    via: str


class Told(NamedTuple):
    """What is known of one thing: its changes, newest first; or why nothing is (`status` other than ok)."""

    events: tuple[Event, ...] = ()
    status: str = OK
    reason: str = ""


class Trail:
    """The record of one account in one region; asks no more once it was refused."""

    def __init__(self, access: Access, region: str) -> None:
        self._access = access
        self._region = region
        self._client: Any = None
        self._bucket = Bucket("cloudtrail")
        self._asked = 0
        self._fault: Fault | None = None

    def of(self, names: Sequence[str], service: str = "") -> Told:
        """The changes of what goes by one of these names; the first that is known counts. `service` is that of
        its CloudFormation type (`S3`): things of others may bear the same name."""
        for name in names:
            if self._fault is None and self._asked >= MOST:
                return Told((), faults.TRUNCATED, f"not asked: more than {MOST} in this account and region")
            found = self._look(name, service) if self._fault is None else []
            if self._fault is not None:
                return Told((), *self._fault)
            if found:
                return Told(tuple(found))
        return Told()

    def close(self) -> None:
        if self._client is not None:
            self._client.close()

    def _look(self, name: str, service: str) -> list[Event]:
        self._asked += 1
        self._bucket.take()
        try:
            if self._client is None:
                self._client = session(self._access).client("cloudtrail", self._region)
            asked = [{"AttributeKey": "ResourceName", "AttributeValue": name}]
            answer = self._client.lookup_events(LookupAttributes=asked, MaxResults=_PAGE)
        except Exception as error:  # whatever it was, drift is told without it
            self._fault = faults.classify(error)
            return []
        told = [each for each in answer.get("Events") or () if _of(each, name, service)]
        return list(events(told))


def events(told: Sequence[Mapping[str, Any]]) -> Iterator[Event]:
    """The changes among the events of an answer; what only read is left out."""
    for each in told:
        if str(each.get("ReadOnly")).lower() == "true":
            continue
        record = _record(each.get("CloudTrailEvent"))
        if record.get("readOnly") is True or record.get("errorCode"):
            continue  # a call that was refused changed nothing
        at = each.get("EventTime")
        stamp = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if isinstance(at, datetime) else ""
        yield Event(str(each.get("EventName") or ""), _who(each, record), stamp, _via(record))


def _of(event: Mapping[str, Any], name: str, service: str) -> bool:
    """Whether an event is about the thing of that name of a service, as far as it says."""
    types = [
        str(each.get("ResourceType")) for each in event.get("Resources") or () if each.get("ResourceName") == name
    ]
    services = {each.split("::")[1].lower() for each in types if each.count("::") == 2}
    return not service or not services or any(each.startswith(service.lower()[:8]) for each in services)


def _record(text: Any) -> Mapping[str, Any]:
    try:
        record = json.loads(text)
    except (TypeError, ValueError):
        return {}
    return record if isinstance(record, dict) else {}


def _who(event: Mapping[str, Any], record: Mapping[str, Any]) -> str:
    identity = record.get("userIdentity")
    identity = identity if isinstance(identity, dict) else {}
    return str(identity.get("arn") or identity.get("invokedBy") or event.get("Username") or "not told")


def _via(record: Mapping[str, Any]) -> str:
    agent = str(record.get("userAgent") or "")
    identity = record.get("userIdentity")
    invoked = identity.get("invokedBy") if isinstance(identity, dict) else None
    if str(record.get("sessionCredentialFromConsole")).lower() == "true":
        return "console"
    if agent.startswith(("console.amazonaws.com", "signin.amazonaws.com", "S3Console/")):
        return "console"
    if "terraform" in agent.lower():
        return "terraform"
    if "cloudformation.amazonaws.com" in (agent, invoked):
        return "cloudformation"
    return str(invoked or agent.partition(" ")[0] or "not told")
