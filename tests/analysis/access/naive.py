"""A second evaluator of AWS policies, slow and plain, for one concrete request at a time.

It shares nothing with the product: JSON documents in, True or False out, step by step as the documentation has it.
Sources, IAM User Guide unless said otherwise: [order] "How AWS enforcement code logic evaluates requests to allow
or deny access"; [cross] "Cross-account policy evaluation logic"; [boundary] "Evaluating effective permissions with
boundaries", its paragraphs on resource-based policies; [principal] "AWS JSON policy elements: Principal";
[notprincipal] "NotPrincipal"; [condition] "Condition operators", "Multivalued context keys"; [scp] AWS
Organizations User Guide, "SCP evaluation"; [rcp] the same, "Resource control policies (RCPs)"; [kms] KMS Developer
Guide, "Key policies in AWS KMS"; [trust] AWS Security Blog, "Announcing an update to IAM role trust policy
behavior".
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Document = dict[str, Any]
Context = dict[str, Any]  # key (as written) to a text, a list of texts, or None where it is absent


@dataclass
class Asker:
    """Who asks: a user (with its groups' policies), or a session of a role."""

    kind: str
    name: str
    account: str
    identity: list[Document]
    boundary: Document | None = None
    session: Document | None = None
    scps: list[list[Document]] = field(default_factory=list)  # by level, from the root down

    @property
    def arn(self) -> str:
        return f"arn:aws:iam::{self.account}:{self.kind}/{self.name}"


@dataclass
class Thing:
    """What is asked of; `sort` is plain, key or role."""

    arn: str
    account: str
    policy: Document | None
    sort: str = "plain"
    rcps: list[Document] = field(default_factory=list)


# Matching


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def globbed(pattern: str, text: str) -> bool:
    expression = "".join(".*" if sign == "*" else "." if sign == "?" else re.escape(sign) for sign in pattern)
    return re.fullmatch(expression, text, re.DOTALL) is not None


def about_action(statement: Document, action: str) -> bool:
    if "NotAction" in statement:
        return not any(globbed(each.lower(), action.lower()) for each in listed(statement["NotAction"]))
    return any(globbed(each.lower(), action.lower()) for each in listed(statement["Action"]))


def about_resource(statement: Document, arn: str) -> bool:
    if "NotResource" in statement:
        return not any(globbed(each, arn) for each in listed(statement["NotResource"]))
    if "Resource" not in statement:
        return True  # a trust policy speaks of its role
    return any(globbed(each, arn) for each in listed(statement["Resource"]))


def holds(statement: Document, context: Context) -> bool:
    return all(
        one(operator, context.get(key), [str(each) for each in listed(values)])
        for operator, keys in statement.get("Condition", {}).items()
        for key, values in keys.items()
    )


def one(operator: str, held: Any, values: list[str]) -> bool:
    """[condition] One operator on one key."""
    qualifier, _, rest = operator.rpartition(":")
    if rest == "Null":
        return any((held is None) is (value.lower() == "true") for value in values)
    exists = rest.endswith("IfExists")
    rest = rest.removesuffix("IfExists")
    negated = "Not" in rest
    test = rest.replace("Not", "", 1)
    if held is None or held == []:
        if qualifier == "ForAllValues":
            return True
        if qualifier == "ForAnyValue":
            return exists
        return negated or exists
    texts = [str(each) for each in listed(held)]
    results = [any(compared(test, text, value) for value in values) is not negated for text in texts]
    if qualifier == "ForAllValues":
        return all(results)
    if qualifier == "ForAnyValue":
        return any(results)
    assert len(results) == 1
    return results[0]


def compared(test: str, held: str, value: str) -> bool:
    if test in ("StringEquals", "Bool"):
        return held == value if test == "StringEquals" else held.lower() == value.lower()
    if test == "StringEqualsIgnoreCase":
        return held.lower() == value.lower()
    if test == "StringLike":
        return globbed(value, held)
    if test in ("ArnLike", "ArnEquals"):
        mine, theirs = held.split(":", 5), value.split(":", 5)
        return len(mine) == len(theirs) and all(map(globbed, theirs, mine))
    if test == "IpAddress":
        return ipaddress.ip_address(held) in ipaddress.ip_network(value)
    if test.startswith("Numeric"):
        return ordered(test.removeprefix("Numeric"), float(held), float(value))
    assert test.startswith("Date"), test
    left, right = (datetime.fromisoformat(each).timestamp() for each in (held, value))
    return ordered(test.removeprefix("Date"), left, right)


def ordered(sign: str, left: float, right: float) -> bool:
    return {"Equals": left == right, "LessThan": left < right, "LessThanEquals": left <= right,
            "GreaterThan": left > right, "GreaterThanEquals": left >= right}[sign]  # fmt: skip


# Policies


def matches(statement: Document, effect: str, action: str, arn: str, context: Context) -> bool:
    return (
        statement["Effect"] == effect
        and about_action(statement, action)
        and about_resource(statement, arn)
        and holds(statement, context)
    )


def says(document: Document | None, effect: str, action: str, arn: str, context: Context) -> bool:
    """Whether a policy without principals has such a statement."""
    return document is not None and any(
        matches(each, effect, action, arn, context) for each in document["Statement"]
    )


def names(statement: Document, asker: Asker, element: str = "Principal") -> set[str]:
    """[principal] In which ways an element means the asker: self, account, anyone."""
    held = statement[element]
    found = set()
    for type_, values in ({"*": "*"} if held == "*" else held).items():
        for value in listed(values):
            if type_ in ("*", "AWS") and value == "*":
                found.add("anyone")
            elif type_ == "AWS" and value in (asker.account, f"arn:aws:iam::{asker.account}:root"):
                found.add("account")
            elif type_ == "AWS" and value == asker.arn:
                found.add("self")
    return found


def excluded(statement: Document, asker: Asker) -> bool:
    """[notprincipal] Whether a Deny with NotPrincipal hits the asker: always one who has a boundary. Documents
    here list a principal with its account or not at all."""
    return asker.boundary is not None or not names(statement, asker, "NotPrincipal") & {"self", "anyone"}


def resource_denies(thing: Thing, asker: Asker, action: str, context: Context) -> bool:
    for each in thing.policy["Statement"] if thing.policy else []:
        if matches(each, "Deny", action, thing.arn, context):
            if "NotPrincipal" in each:
                if excluded(each, asker):
                    return True
            elif names(each, asker):
                return True
    return False


def resource_grants(thing: Thing, asker: Asker, action: str, context: Context) -> set[str]:
    found: set[str] = set()
    for each in thing.policy["Statement"] if thing.policy else []:
        if "Principal" in each and matches(each, "Allow", action, thing.arn, context):
            found |= names(each, asker)
    return found


# The decision


def allowed(asker: Asker, action: str, thing: Thing, context: Context, guarded: bool = True) -> bool:
    """Whether a request is allowed. `guarded`: whether RCPs apply to the service."""
    everything = [
        *asker.identity,
        asker.boundary,
        asker.session,
        *(each for level in asker.scps for each in level),
    ]
    # [order] an explicit Deny in any policy that applies ends it
    if any(says(each, "Deny", action, thing.arn, context) for each in everything):
        return False
    if guarded and any(says(each, "Deny", action, thing.arn, context) for each in thing.rcps):
        return False
    if resource_denies(thing, asker, action, context):
        return False
    # [scp] each level must allow
    for level in asker.scps:
        if not any(says(each, "Allow", action, thing.arn, context) for each in level):
            return False
    bounded = asker.boundary is None or says(asker.boundary, "Allow", action, thing.arn, context)
    in_session = asker.session is None or says(asker.session, "Allow", action, thing.arn, context)
    within = bounded and in_session
    own = within and any(says(each, "Allow", action, thing.arn, context) for each in asker.identity)
    grants = resource_grants(thing, asker, action, context)
    if asker.account != thing.account:  # [cross] both sides must allow
        return own and bool(grants)
    # [boundary] naming the user, or anyone, is limited by neither; naming the role is limited by both
    if "anyone" in grants or ("self" in grants and (asker.kind == "user" or within)):
        return True
    if thing.sort in (
        "key",
        "role",
    ):  # [kms], [trust] the resource's policy must allow, or leave it to the account
        return own and "account" in grants
    return own
