"""What things are called in policies: ARNs of nodes, also where parts of them are not known yet.

A text that is known in part is a string in which each unknown piece is one sign of its own (from a plane for
private use), the same sign wherever the same thing is meant: a variable, the name that a provider will fill in,
the account that the code is applied to. So patterns compare exactly wherever the unknown does not matter."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from scanner.analysis.access import globs, resources
from scanner.analysis.access.formats import ARNS, IDENTIFIERS
from scanner.analysis.access.policy import plain
from scanner.graph.columns import Graph
from scanner.hcl.partial import PartialText
from scanner.model.address import Address
from scanner.model.value import Cause, Unknown, Value, unwrap

_FIRST, _LAST = 0x100000, 0x10FFFD
_OWN_ACCOUNT, _OWN_REGION = "the account it is applied to", "the region it is applied to"
_OF_ALIAS = "the account of provider "
_ACCOUNT = re.compile(r"(^|\.)data\.aws_caller_identity\.[^.]+\.(account_id|id)$")
_IAM_ARN = re.compile(r"arn:aws[a-z-]*:iam::(\d{12}):(role|user|group|policy)/(?:[^'\"*?]*/)?([^'\"/*?]+)['\"]")
_OTHER_ARN = re.compile(r"arn:aws[a-z-]*:([a-z0-9-]+):[^:'\"]*:(\d{12}):(?:[A-Za-z-]+[:/])?([^'\"/:*?]+)")
_PROVIDER_ARN = re.compile(r"arn:aws[a-z-]*:iam::(\d{12}):(?:oidc|saml)-provider/")
_REGION = re.compile(r"(^|\.)data\.aws_region\.[^.]+\.(name|id|region)$")
_PARTITION = re.compile(r"(^|\.)data\.aws_partition\.[^.]+\.(partition|id)$")
_KEYS = re.compile(r'\[(?:\d+|"(?:[^"\\]|\\.)*")\]$')

ARN_TYPES = frozenset(ARNS)
FREE, NAME, PLACE, DIGITS = "free", "name", "place", "digits"
_SIXTEEN = "?" * 16
_ACCOUNT_PART = 4  # of an ARN
_DIGITS = re.compile(r"\d{12}")
_NOBODY = "000000000000"  # an account; `aws`, which owns the managed policies, is none


# A name that no policy can have written: what fits it fits any name.
ANY_NAME = "\U0010fffe"


class Hole(NamedTuple):
    """An unknown piece: what it is called, and of what sort: FREE may be any text, wildcards too; NAME is one
    identifier of a thing of the scan, no other's; PLACE is an account or a region; DIGITS are the sixteen
    after the name of a role of Identity Center."""

    label: str
    sort: str
    reason: str


# The aliases that things are made through, by root, what they are, and name.
_Called = dict[tuple[str, str, str], set[str]]

_holes: dict[str, Hole] = {}
_signs: dict[tuple[str, str], str] = {}


def hole(key: tuple[str, str], label: str, sort: str, reason: str) -> str:
    """The sign of an unknown piece; the same for the same key."""
    sign = _signs.get(key)
    if sign is None:
        sign = _signs[key] = chr(min(_FIRST + len(_signs), _LAST))
        _holes[sign] = Hole(label, sort, reason)
    return sign


def holes_in(text: str) -> list[Hole]:
    """The unknown pieces of a text."""
    return [] if text.isascii() else [_holes[sign] for sign in text if sign in _holes]


def called(account: str) -> str:
    """A symbolic account in words."""
    held = holes_in(account)
    return held[0].label if len(held) == 1 and len(account) == 1 else readable(account)


def readable(text: str) -> str:
    """A symbolic text for people."""
    if text.isascii():
        return text
    return plain("".join("${" + _holes[sign].label + "}" if sign in _holes else sign for sign in text))


def own_account() -> str:
    """The account that code is applied to where nothing names one."""
    return hole(("", _OWN_ACCOUNT), "account", PLACE, "whoever applies the code decides the account")


def own_region() -> str:
    """The region that code is applied to where nothing names one."""
    return hole(("", _OWN_REGION), "region", PLACE, "whoever applies the code decides the region")


def _alias(account: Value) -> str:
    """What the account of a provider's alias is called where it is not written, else ""."""
    if not isinstance(account, Unknown) or len(account.references) != 1:
        return ""
    named, _, attribute = account.references[0].rpartition(".")
    return account.references[0] if attribute == "account" and named.startswith("provider.") else ""


def apart(account: str) -> bool:
    """Whether a symbolic account is that of a provider's alias, which may be any account, also the root's own."""
    return len(account) == 1 and account in _holes and _holes[account].label.startswith(_OF_ALIAS)


class Names:
    """The names of one graph's nodes."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self._arns: dict[int, str] = {}
        self._written: dict[tuple[str, str], set[str]] | None = None
        self._by_root: dict[str, set[str]] | None = None
        self._by_block: dict[tuple[str, str, str], list[int]] = {}
        for index, address in enumerate(graph.addresses):
            if (bare := _KEYS.sub("", address.name)) != address.name:
                self._by_block.setdefault((address.scheme, address.root, bare), []).append(index)

    def arn(self, index: int) -> str:
        """The ARN of a node; where its form is not known, one sign for the whole of it."""
        found = self._arns.get(index)
        if found is None:
            found = self._arns[index] = self._arn(index)
        return found

    def _arn(self, index: int) -> str:
        graph = self.graph
        address = graph.addresses[index]
        if address.scheme == "aws" and address.name.startswith("arn:"):
            return address.name
        form = ARNS.get(str(graph.peek(index, "type")))
        if form is None:
            return self._whole(index, "arn")
        parts = {"account": self.account(index), "region": self.region(index), "path": self._path(index)}
        name = self.name(index) if "{name}" in form else ""
        return form.format(name=name, id=self._whole(index, "id") if "{id}" in form else "", **parts)

    def _whole(self, index: int, what: str) -> str:
        address = str(self.graph.addresses[index])
        return hole(
            (address, what), f"{self.graph.addresses[index].name}.{what}", NAME, "the provider fills it in"
        )

    def _path(self, index: int) -> str:
        kind = self.graph.kind(index)
        if not any(each.name == "path" for each in kind.attributes):
            return "/"
        path = self.graph.peek(index, "path")
        return path if isinstance(path, str) else self._text(path, index) if isinstance(path, Unknown) else "/"

    def name(self, index: int) -> str:
        """The thing's own name."""
        value = unwrap(self.graph.peek(index, "name"))
        if isinstance(value, str):
            return value
        if isinstance(value, Unknown) and value.cause not in (Cause.UNSUPPORTED, Cause.PROVIDER_COMPUTED):
            return self._text(value, index)
        prefix = value.prefix if isinstance(value, Unknown) else ""
        return prefix + self._whole(index, "name")

    def _text(self, value: Value, index: int) -> str:
        return self.text(value, self.graph.addresses[index].root)

    def account(self, index: int) -> str:
        """The account that holds a node."""
        return self._place(index, "account", self._own(self.graph.addresses[index].root))

    def _own(self, root: str, alias: str = "") -> str:
        """The account that a root is applied to, or one that an alias of its provider works in, where nothing says
        so: the one that its policies give to its own principals when they write them out; else a sign for it."""
        if self._written is None:
            self._written = self._written_accounts()
        found = self._written.get((root, alias), set())
        if len(found) == 1:
            return next(iter(found))
        if not alias or self._aliases(root) == {alias}:  # all of it lies in one account, whatever that is called
            return own_account()
        label = _OF_ALIAS + alias.removeprefix("provider.").removesuffix(".account")
        return hole((root, alias), label, PLACE, f"{label} is not written")

    def _aliases(self, root: str) -> set[str]:
        """The aliases whose accounts hold the things of a root; "" for the account that it is applied to."""
        if self._by_root is None:
            self._by_root = {}
            for index, address in enumerate(self.graph.addresses):
                if self.graph.peek(index, "provider") == "aws":
                    self._by_root.setdefault(address.root, set()).add(_alias(self.graph.peek(index, "account")))
        return self._by_root.get(root, set())

    def _written_accounts(self) -> dict[tuple[str, str], set[str]]:
        """By root and alias, the accounts in ARNs that policies hold of its roles, users, groups and policies, of
        its other things, and of the providers that its roles trust: those lie in the role's own account."""
        graph = self.graph
        known: _Called = {}
        for kind in ("role", "user", "group", "policy"):
            for index in graph.nodes(kind):
                self._called(known, index, kind)
        others: _Called = {}
        for index in range(len(graph)):
            form = ARNS.get(str(graph.peek(index, "type")), "")
            if form and "{account}" in form:
                self._called(others, index, form.split(":")[2])
        found: dict[tuple[str, str], set[str]] = {}
        for kind in ("policy", "trust", "permission_set"):
            for index in graph.nodes(kind):
                for alias, account in self._told(index, known, others):
                    found.setdefault((graph.addresses[index].root, alias), set()).add(account)
        return found

    def _told(self, index: int, known: _Called, others: _Called) -> Iterator[tuple[str, str]]:
        """What one policy says of accounts: (alias, account)."""
        root, text = self.graph.addresses[index].root, repr(self.graph.peek(index, "statements"))
        for account, type_, name in _IAM_ARN.findall(text):
            yield from ((alias, account) for alias in known.get((root, type_, name), ()))
        if self.graph.kind(index).name == "trust" and not isinstance(self.graph.peek(index, "account"), str):
            alias = _alias(self.graph.peek(index, "account"))
            yield from ((alias, account) for account in _PROVIDER_ARN.findall(text))
        for service, account, name in _OTHER_ARN.findall(text):
            yield from ((alias, account) for alias in others.get((root, service, name), ()))

    def _called(self, found: _Called, index: int, what: str) -> None:
        """Enter a thing whose name is known and whose account is not."""
        name, account = self.graph.peek(index, "name"), self.graph.peek(index, "account")
        if isinstance(name, str) and not isinstance(account, str):
            alias = _alias(account)
            found.setdefault((self.graph.addresses[index].root, what, name), set()).add(alias)

    def identifier(self, index: int) -> str:
        """What AWS makes up to tell a thing from others: the text, or one sign for it."""
        return self._whole(index, "id")

    def is_account(self, index: int, account: str) -> bool:
        """Whether a symbolic account is the one that a node declares."""
        return account in (self.name(index), self._whole(index, "id"))

    def region(self, index: int) -> str:
        """The region that a node stands in."""
        return self._place(index, "region", own_region())

    def _place(self, index: int, attribute: str, own: str) -> str:
        value = unwrap(self.graph.peek(index, attribute))
        if isinstance(value, str) and value:
            return value
        if not isinstance(value, Unknown) or not value.references:
            return own
        for reference in value.references:  # an account of the scan, by its id in the ARN of a role in it
            found = self._node(reference.rpartition(".")[0], self.graph.addresses[index].root)
            if found is not None and self.graph.kind(found).name == "account":
                return self._whole(found, "id")
        return self._text(value, index)

    # texts of documents

    def text(self, value: Value, root: str) -> str:
        """The symbolic text of a value that stands in code of this root."""
        value = unwrap(value)
        if isinstance(value, PartialText):
            found = "".join(each if isinstance(each, str) else self._piece(each, root) for each in value.parts)
        elif isinstance(value, Unknown):
            found = self._piece(value, root)
        else:
            return str(value)
        return _plain_partition(found)

    def _piece(self, value: Unknown, root: str) -> str:
        if isinstance(value, PartialText):
            return self.text(value, root)
        if len(value.references) == 1 and not value.prefix and not value.suffix:
            found = self._referenced(value, value.references[0], root)
            if found is not None:
                return found
        single = not value.prefix and not value.suffix
        label = value.references[0] if value.references else value.reason
        key = "|".join(value.references) or value.reason if single else str(id(value))
        return value.prefix + hole((root, key), label, FREE, value.reason) + (value.suffix or "")

    def _referenced(self, value: Unknown, reference: str, root: str) -> str | None:
        if alias := _alias(value):
            return self._own(root, alias)
        if _ACCOUNT.search(reference):
            return self._own(root)
        if _REGION.search(reference):
            return own_region()
        if _PARTITION.search(reference):
            return "aws"
        if value.cause is not Cause.PROVIDER_COMPUTED:
            return None
        named, _, attribute = reference.rpartition(".")
        index = self._node(named, root)
        return None if index is None else self._of(index, attribute)

    def _node(self, named: str, root: str) -> int | None:
        """The one node that a reference means."""
        try:
            address = Address.parse(named)
        except ValueError:
            address = Address("tf", root, named)
        found = self.graph.find(address)
        if found is not None:
            return found
        several = self._by_block.get((address.scheme, address.root, address.name), [])
        return several[0] if len(several) == 1 else None

    def _of(self, index: int, attribute: str) -> str | None:
        """What a computed attribute of a node is called."""
        if attribute == "arn":
            return self.arn(index)
        meaning = IDENTIFIERS.get(str(self.graph.peek(index, "type")), {}).get(attribute)
        if meaning == "arn":
            return self.arn(index)
        if meaning == "name" or attribute == "name":
            return self.name(index)
        return self._whole(index, attribute)


def _plain_partition(text: str) -> str:
    """An ARN whose partition is an unknown stands in the usual one."""
    if text.startswith("arn:") and len(text) > 5 and text[4] in _holes and text[5] == ":":
        return f"arn:aws{text[5:]}"
    return text


# Matching

YES, NO, MAYBE = "yes", "no", "maybe"


@lru_cache(maxsize=262144)
def match(pattern: str, resource: str) -> str:
    """Whether a resource fits a pattern, both symbolic: YES whatever the holes are, NO, or MAYBE."""
    if resources.fits(pattern, resource):
        return YES
    if pattern.isascii() and resource.isascii():
        return NO
    if resource == resources.NOWHERE:
        return MAYBE if any(each.sort == FREE for each in holes_in(pattern)) else NO
    return MAYBE if _meet(pattern, resource) else NO


def could_meet(pattern: str, text: str) -> bool:
    """Whether there are texts for the holes with which one fits the other."""
    return _meet(pattern, text)


def _meet(pattern: str, resource: str) -> bool:
    """Whether there are texts for the holes with which the resource fits the pattern."""
    named = {sign for text in (pattern, resource) for sign in text if sign in _holes and _holes[sign].sort == NAME}
    keep = named if all(any(sign in named for sign in text) for text in (pattern, resource)) else set()
    one, other = _open(pattern, keep, resource), _open(resource, keep, pattern, named=True)
    try:
        found = globs.vectors((one, other))
    except globs.TooMany:
        return True
    return any(mask == 3 for mask, _ in found)


def _open(text: str, keep: set[str], other: str, *, named: bool = False) -> globs.Pattern:
    """The tokens of a text, any number of characters for what may be anything; a hole that the other holds too
    stays what it is. What stands for an account or another early part of an ARN holds no colon, nor does a part of
    a thing's own name (`named`)."""
    text = _with_account(text, other)
    arn, colons = text.startswith("arn:"), 0
    found: list[globs.Token] = []
    for sign in text:
        colons += sign == ":"
        hole_ = _holes.get(sign)
        if hole_ is None or sign in keep or (sign in other and hole_.sort != FREE):
            found += globs.tokens(sign)
        elif hole_.sort == DIGITS:
            found += globs.tokens(_SIXTEEN)
        else:
            early = colons < resources.SEGMENTS - 1 and hole_.sort != FREE
            inside = arn and (early or (named and hole_.sort == FREE))
            found += globs.tokens("*", crossing=not inside)
    return globs.joined(found)


def _with_account(text: str, other: str) -> str:
    """The account of an ARN is twelve digits: the other's, where that names one."""
    account = own_account()
    if f":{account}:" in text and account not in other:
        parts = other.split(":")
        theirs = parts[_ACCOUNT_PART] if len(parts) > _ACCOUNT_PART else ""
        if theirs == "*" or not set("*?") & set(theirs):
            return text.replace(f":{account}:", f":{theirs if _DIGITS.fullmatch(theirs) else _NOBODY}:")
    return text
