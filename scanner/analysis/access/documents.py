"""Policy documents as people hand them over: read, checked against the grammar, with each fault at its place.

Grammar: IAM User Guide, "Grammar of the IAM JSON policy language" and "IAM JSON policy elements reference".
What AWS would refuse is an error, and the statement is left out; what it accepts and nobody can have meant (an
action that does not exist) is a warning."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from scanner.analysis.access import jsontext
from scanner.analysis.access.catalogue import catalogue
from scanner.analysis.access.conditions import clause
from scanner.analysis.access.keys import GLOBAL, is_global, misfit
from scanner.analysis.access.normal import normal
from scanner.analysis.access.policy import Policy
from scanner.model.diagnostic import Diagnostic, Level
from scanner.model.location import Span

IDENTITY, RESOURCE, TRUST = "identity", "resource", "trust"
_TOP = {"Version", "Id", "Statement"}
_ELEMENTS = {
    "Sid",
    "Effect",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Principal",
    "NotPrincipal",
    "Condition",
}
_VERSIONS = ("2012-10-17", "2008-10-17")
_PRINCIPALS = {"AWS", "Service", "Federated", "CanonicalUser"}
_SID = re.compile(r"^[A-Za-z0-9]*$")
_SERVICE = 2  # of the parts of an ARN
_ACTION = re.compile(r"^(\*|[A-Za-z0-9-]+:[A-Za-z0-9*?]+)$")
_RESOURCE = re.compile(r"^(\*|arn:[^:]*:.+)$|^\*")


class Document(NamedTuple):
    """What was read: the policy (None where the text is no policy at all), whether a statement was left out, and
    the diagnostics."""

    policy: Policy | None
    partial: bool
    diagnostics: list[Diagnostic]


def read(text: str, name: str, form: str) -> Document:
    """A document of a form (identity, resource, trust) from its text; `name` is the file's, for places."""
    found = jsontext.read(text)
    if isinstance(found, jsontext.Fault):
        at = len(text[: found.at].encode())
        told = Diagnostic(Level.ERROR, "policy-json", f"not valid JSON: {found.reason}", Span(name, at, at + 1))
        return Document(None, partial=True, diagnostics=[told])
    return _Checker(text, name, form, found).document()


class _Checker:
    """Walks one document."""

    def __init__(self, text: str, name: str, form: str, found: jsontext.Read) -> None:
        self.text, self.name, self.form, self.found = text, name, form, found
        self.diagnostics: list[Diagnostic] = []
        self.bad = False

    def document(self) -> Document:
        value = self.found.value
        for path in self.found.doubled:
            self._tell((*path, "key"), f"{path[-1]} stands twice in one object; the last counts", error=False)
        if not isinstance(value, dict) or "Statement" not in value:
            self._tell((), "no policy document: a JSON object with Statement is expected")
            return Document(None, partial=True, diagnostics=self.diagnostics)
        for key in value.keys() - _TOP:
            self._tell((key, "key"), f"no element of a policy: {key}{_meant(key, _TOP)}")
        version = value.get("Version", "2008-10-17")
        if version not in _VERSIONS:
            self._tell(("Version",), f"Version is 2012-10-17 or 2008-10-17, not {version!r}")
        faulty = self.bad  # as a whole, whatever its statements say
        several = isinstance(value["Statement"], list)
        listed = value["Statement"] if several else [value["Statement"]]
        self._labels(listed, several=several)
        kept, partial = [], faulty or self.bad
        for number, each in enumerate(listed):
            self.bad = False
            self._statement(each, ("Statement", number) if several else ("Statement",))
            partial = partial or self.bad
            if not self.bad:
                kept.append(each)
        labels = [str(each.get("Sid", "")) for each in kept]
        variables = version == "2012-10-17"
        policy = Policy.of(
            normal({"Statement": kept}, str), attribute=self.name, labels=labels, variables=variables
        )
        return Document(policy, partial, self.diagnostics)

    def _labels(self, listed: list[Any], *, several: bool) -> None:
        """Sids: one of each; of letters and digits alone, but in policies of resources ("Sid")."""
        seen = set()
        for number, each in enumerate(listed):
            sid = each.get("Sid") if isinstance(each, dict) else None
            path: jsontext.Path = ("Statement", number, "Sid") if several else ("Statement", "Sid")
            if sid is None:
                continue
            if sid in seen:
                self._tell(path, f"two statements have the Sid {sid!r}")
            elif self.form != RESOURCE and not (isinstance(sid, str) and _SID.match(sid)):
                self._tell(path, f"a Sid is made of letters and digits: {sid!r}")
            seen.add(sid)

    def _statement(self, value: Any, path: jsontext.Path) -> None:
        if not isinstance(value, dict):
            self._tell(path, "a statement is a JSON object")
            return
        for key in value.keys() - _ELEMENTS:
            self._tell((*path, key, "key"), f"no element of a statement: {key}{_meant(key, _ELEMENTS)}")
        if value.get("Effect") not in ("Allow", "Deny"):
            self._tell((*path, "Effect"), "Effect is Allow or Deny, in this case of letters")
        self._pair(value, path, "Action", required=True)
        self._pair(value, path, "Resource", required=self.form == IDENTITY)
        self._pair(value, path, "Principal", required=self.form != IDENTITY)
        self._places_of_principals(value, path)
        for name in ("Action", "NotAction"):
            for place, each in _texts(value.get(name), (*path, name)):
                self._action(each, place)
            if value.get(name) == []:
                self._tell((*path, name), f"an empty {name}: the statement speaks of nothing", error=False)
        for name in ("Resource", "NotResource"):
            for place, each in _texts(value.get(name), (*path, name)):
                if not isinstance(each, str) or not _RESOURCE.match(each):
                    self._tell(place, f"no ARN and not *: {each!r}")
                elif "*" in "".join(each.split(":")[_SERVICE : _SERVICE + 1]) and not each.startswith("*"):
                    self._tell(place, f"the service of an ARN takes no wildcard: {each}")
            if value.get(name) == []:
                self._tell((*path, name), f"an empty {name}: the statement speaks of nothing", error=False)
        if "Condition" in value:
            self._conditions(value["Condition"], (*path, "Condition"))

    def _pair(self, value: dict[str, Any], path: jsontext.Path, name: str, *, required: bool) -> None:
        """Exactly one of NAME and NotNAME, or at most one."""
        both = [each for each in (name, f"Not{name}") if each in value]
        if len(both) > 1:
            self._tell((*path, both[1], "key"), f"{both[0]} and {both[1]} exclude each other")
        elif required and not both:
            self._tell(path, f"the statement has neither {name} nor Not{name}")

    def _places_of_principals(self, value: dict[str, Any], path: jsontext.Path) -> None:
        for name in ("Principal", "NotPrincipal"):
            if name not in value:
                continue
            if self.form == IDENTITY:
                self._tell((*path, name, "key"), f"an identity policy has no {name}: whoever holds it is meant")
            held = value[name]
            if held == "*":
                continue
            if not isinstance(held, dict):
                self._tell((*path, name), f"{name} is * or an object of AWS, Service, Federated or CanonicalUser")
                continue
            for type_ in held.keys() - _PRINCIPALS:
                self._tell(
                    (*path, name, type_, "key"), f"no type of principal: {type_}{_meant(type_, _PRINCIPALS)}"
                )
            for type_, listed in held.items():
                for place, each in _texts(listed, (*path, name, type_)):
                    if not isinstance(each, str):
                        self._tell(place, f"no principal: {each!r}")
                    elif "*" in each and each != "*" and type_ == "AWS":
                        self._tell(place, f"a principal takes no part of a wildcard: {each}")
        if self.form == TRUST and ("Resource" in value or "NotResource" in value):
            key = "Resource" if "Resource" in value else "NotResource"
            self._tell((*path, key, "key"), f"a trust policy has no {key}: the role itself is meant")

    def _action(self, value: Any, place: jsontext.Path) -> None:
        if not isinstance(value, str) or not _ACTION.match(value):
            # AWS stores some of these; they match no action (nor does it help to guess).
            self._tell(place, f"no action: {value!r}; the form is SERVICE:ACTION")
        elif not catalogue().bits(value):
            service = value.partition(":")[0].lower()
            what = "action" if service in catalogue().services else "service"
            self._tell(place, f"unknown {what}: {value} (actions of {catalogue().date})", error=False)

    def _conditions(self, value: Any, path: jsontext.Path) -> None:
        if not isinstance(value, dict):
            self._tell(path, "Condition is an object of operators")
            return
        for operator, keys in value.items():
            if clause(operator, "aws:x", ["x"]) is None:
                self._tell((*path, operator, "key"), f"no condition operator: {operator}")
            elif not isinstance(keys, dict):
                self._tell((*path, operator), f"{operator} is an object of condition keys")
            else:
                for key, values in keys.items():
                    self._key(operator, key, values, (*path, operator, key))

    def _key(self, operator: str, key: str, values: Any, path: jsontext.Path) -> None:
        """A condition key, and values of its operator's type (those that are none never match)."""
        service, colon, _ = key.partition(":")
        if not colon:
            self._tell((*path, "key"), f"a condition key has the form SERVICE:KEY: {key}", error=False)
        elif service.lower() == "aws" and not is_global(key):
            self._tell((*path, "key"), f"unknown condition key: {key}{_meant_key(key)}", error=False)
        for place, each in _texts(values, path):
            why = misfit(operator, each)
            if why:
                self._tell(place, f"{operator} compares with {why}, not {each!r}: it never matches", error=False)

    def _tell(self, path: jsontext.Path, summary: str, *, error: bool = True) -> None:
        self.bad = self.bad or error
        while path and path not in self.found.places:
            path = path[:-1]
        start, end = (len(self.text[:at].encode()) for at in self.found.places.get(path, (0, 1)))
        level = Level.ERROR if error else Level.WARNING
        self.diagnostics.append(Diagnostic(level, "policy", summary, Span(self.name, start, end)))


def _texts(value: Any, path: jsontext.Path) -> Iterator[tuple[jsontext.Path, Any]]:
    if isinstance(value, list):
        yield from (((*path, number), each) for number, each in enumerate(value))
    elif value is not None:
        yield path, value


def _meant_key(key: str) -> str:
    from difflib import get_close_matches  # noqa: PLC0415 - only for a fault

    found = get_close_matches(key.lower(), GLOBAL, 1, 0.8)
    return f" ({found[0]}?)" if found else ""


def _meant(key: str, known: set[str]) -> str:
    """What a misspelt element was meant to be."""
    from difflib import get_close_matches  # noqa: PLC0415 - only for a fault

    found = get_close_matches(key.capitalize(), sorted(known), 1, 0.7)
    return f" ({found[0]}?)" if found else ""
