"""Credentials and clients: the default chain, or a role in another account cut down to reading."""

from __future__ import annotations

import json
import os
import threading
import time
from dataclasses import dataclass
from typing import Any

from scanner import __version__
from scanner.sources.aws.guard import Guard
from scanner.sources.aws.registry import allowed
from scanner.sources.aws.template import Whose

_ATTEMPTS = 8
_HOME = "us-east-1"
_LIFE = 3600  # seconds; the most that a role assumed from a role may last
_SPARE = 600  # seconds before the end at which credentials are made anew

# What the managed policies SecurityAudit and ViewOnlyAccess lack of what we ask (both are passed as session
# policies; the whole of ours would not fit into the 2,048 characters that an inline session policy may have).
SESSION_POLICIES = ("SecurityAudit", "job-function/ViewOnlyAccess")


@dataclass(frozen=True, slots=True)
class Access:
    """How to reach an account; never credentials themselves, so that it may travel to another process.

    Without `role` the default credential chain's own account is meant (or the profile's). `through` is the role
    to take first, from which `role` is taken.
    """

    profile: str = ""
    role: str = ""
    external_id: str = ""
    session_name: str = "layerproof"
    region: str = ""
    session_policies: bool = True
    through: str = ""


class Session:
    """Makes clients for one access; one lock, because boto3's sessions are not safe among threads."""

    def __init__(self, access: Access) -> None:
        self._access = access
        self._lock = threading.Lock()
        self._own = _boto3_session(access)
        self._guard = Guard(allowed())
        self._guard.attach(self._own.events)
        self._assumed: tuple[float, dict[str, str]] | None = None

    @property
    def region(self) -> str:
        """The region that the user's configuration names, else us-east-1."""
        return self._access.region or str(self._own.region_name or _HOME)

    def client(self, service: str, region: str) -> Any:
        """A new client. Raises botocore's errors where credentials or the role cannot be had."""
        with self._lock:
            return self._own.client(service, region_name=region, config=_config(), **self._credentials())

    def serves(self, service: str, region: str) -> bool:
        """Whether botocore's table of endpoints knows the service in a region; True where it has no table."""
        known = self._own.get_available_regions(service, self._own.get_partition_for_region(region))
        return not known or region in known

    def whose(self) -> Whose:
        """The partition and account that the credentials are of (region: the configured one)."""
        answer = self.client("sts", self.region).get_caller_identity()
        return Whose(str(answer["Arn"]).split(":")[1], str(answer["Account"]), self.region)

    def _credentials(self) -> dict[str, str]:
        if not self._access.role:
            return {}
        if self._assumed is None or self._assumed[0] < time.time():
            self._assumed = self._assume()
        return self._assumed[1]

    def _assume(self) -> tuple[float, dict[str, str]]:
        access = self._access
        asked: dict[str, Any] = {
            "RoleArn": access.role,
            "RoleSessionName": access.session_name,
            "DurationSeconds": _LIFE,
        }
        if access.external_id:
            asked["ExternalId"] = access.external_id
        if access.session_policies:
            asked.update(_session_policies(access.role.split(":")[1]))
        sts = self._own.client("sts", region_name=self.region, config=_config())
        if access.through:
            first = hop(sts, access)
            sts = self._own.client("sts", region_name=self.region, config=_config(), **first)
        given = sts.assume_role(**asked)["Credentials"]
        return given["Expiration"].timestamp() - _SPARE, keys(given)


def hop(sts: Any, access: Access) -> dict[str, str]:
    """The credentials of the role that another is taken from, cut down to taking that one."""
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": access.role}
    asked: dict[str, Any] = {
        "RoleArn": access.through,
        "RoleSessionName": access.session_name,
        "Policy": json.dumps({"Version": "2012-10-17", "Statement": [statement]}, separators=(",", ":")),
    }
    if access.external_id:
        asked["ExternalId"] = access.external_id
    return keys(sts.assume_role(**asked)["Credentials"])


def keys(given: Any) -> dict[str, str]:
    """The credentials that STS gives, as clients take them."""
    return {
        "aws_access_key_id": given["AccessKeyId"],
        "aws_secret_access_key": given["SecretAccessKey"],
        "aws_session_token": given["SessionToken"],
    }


_MODELS: list[Any] = []  # botocore's loader: the models of the services, read once per process, not per session
_MAKING = threading.Lock()


def _boto3_session(access: Access) -> Any:
    import boto3  # noqa: PLC0415 - only for live accounts
    import botocore.session  # noqa: PLC0415 - as above

    own = botocore.session.Session(profile=access.profile or None)
    with _MAKING:
        if _MODELS:
            own.register_component("data_loader", _MODELS[0])
        else:
            _MODELS.append(own.get_component("data_loader"))
        made = boto3.session.Session(botocore_session=own, region_name=access.region or None)
        _MODELS[0].search_paths[:] = dict.fromkeys(_MODELS[0].search_paths)  # each session of boto3 adds its own
    return made


def _session_policies(partition: str) -> dict[str, Any]:
    """Reading only, however broad the role is: what a session may do is at most what these allow."""
    from scanner.sources.aws.policy import beyond_managed  # noqa: PLC0415 - only where a role is assumed

    statement = {"Effect": "Allow", "Action": beyond_managed(), "Resource": "*"}
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    arns = [{"arn": f"arn:{partition}:iam::aws:policy/{name}"} for name in SESSION_POLICIES]
    return {"PolicyArns": arns, "Policy": json.dumps(policy, separators=(",", ":"))}


def _config() -> Any:
    from botocore.config import Config  # noqa: PLC0415 - only for live accounts

    attempts = int(os.environ.get("AWS_MAX_ATTEMPTS") or _ATTEMPTS)
    return Config(
        retries={"mode": "adaptive", "total_max_attempts": attempts},
        connect_timeout=5,
        read_timeout=60,
        max_pool_connections=8,
        parameter_validation=True,
        user_agent_extra=f"layerproof/{__version__}",
    )


_SESSIONS: dict[Access, Session] = {}
_MOST_SESSIONS = 64  # of a process; a run asks few accounts at a time, in order


def session(access: Access) -> Session:
    """The session of an access, made once per process as long as it is needed."""
    found = _SESSIONS.get(access)
    if found is not None:
        return found
    made = Session(access)
    with _MAKING:
        found = _SESSIONS.setdefault(access, made)
        while len(_SESSIONS) > _MOST_SESSIONS:
            del _SESSIONS[next(iter(_SESSIONS))]
    return found


def forget() -> None:
    """Drop every session with its credentials: the end of collecting."""
    _SESSIONS.clear()
