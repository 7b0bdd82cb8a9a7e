"""Callers as documents name them: enough of them that every combination of principals is met."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

_ARN = re.compile(r"^arn:[^:]*:(?:iam|sts)::([^:]*):(.+)$")
_ACCOUNT = re.compile(r"^\d{12}$")


class Stranger(NamedTuple):
    """A caller: its type (AWS, Service, Federated, CanonicalUser), its id, and its account (AWS only)."""

    type: str
    text: str
    account: str = ""

    def named_by(self, principal: tuple[str, str]) -> bool:
        """Whether a principal element means this caller. An account means all its principals; `*` everyone, which
        as `{"AWS": "*"}` is everyone but services and federated users."""
        type_, name = principal
        if type_ == "*" or (name == "*" and type_ == self.type):
            return True
        if type_ != self.type:
            return False
        if self.type == "AWS" and self.account and account_of(name) == self.account:
            return _is_account(name) or _same(name, self.text)
        return _same(name, self.text)


def _same(one: str, other: str) -> bool:
    return one == other


def _is_account(name: str) -> bool:
    return bool(_ACCOUNT.match(name)) or name.endswith(":root")


def account_of(name: str) -> str:
    """The account that an ARN or account id names; "" where none does."""
    if _ACCOUNT.match(name):
        return name
    found = _ARN.match(name)
    return found.group(1) if found else ""


def callers(named: Iterable[tuple[str, str]]) -> list[Stranger]:
    """Everyone who is named, another principal of each account, and a stranger of each type."""
    found = [Stranger("AWS", "arn:aws:iam::999999999999:role/anyone", "999999999999")]
    for type_, name in dict.fromkeys(named):
        if type_ == "AWS" and name != "*":
            account = account_of(name)
            if not _is_account(name):
                found.append(Stranger("AWS", name, account))
            if account:
                found.append(Stranger("AWS", f"arn:aws:iam::{account}:role/another", account))
        elif type_ != "*" and name != "*":
            found.append(Stranger(type_, name))
    kinds = {type_ for type_, _ in named} - {"*", "AWS"}
    found += [Stranger(type_, f"another {type_}") for type_ in sorted(kinds)]
    return list(dict.fromkeys(found))
