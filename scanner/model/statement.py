"""Questions about one normalized policy statement (its form: `scanner.model.kinds`), three-valued.

Each raises Undetermined where the answer hangs on something unknown.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from ipaddress import ip_network

from scanner.model.logic import both, every, some, text
from scanner.model.value import Cause, Undetermined, Unknown, Value

# Condition keys that say who calls, or from where. Sources: IAM User Guide, "AWS global condition context
# keys"; KMS Developer Guide, "Condition keys"; S3 User Guide, "The meaning of public"; EFS User Guide, "Using
# IAM to control file system data access".
_CALLER = re.compile(
    r"aws:(source(arn|account|owner|orgid|orgpaths|vpc|vpce|ip|vpcarn)|vpcsourceip"
    r"|vpce(account|orgid|orgpaths)|principal(arn|account|orgid|orgpaths|isawsservice|servicename|tag/.*)|userid|username)"
    r"|kms:calleraccount|s3:dataaccesspoint(arn|account)|lambda:eventsourcetoken"
    r"|elasticfilesystem:(accesspointarn|accessedviamounttarget)"
)
_EQUAL = frozenset(
    {"stringequals", "stringequalsignorecase", "stringlike", "arnequals", "arnlike", "ipaddress", "bool"}
)
_IDENTIFIER = re.compile(r"(^|\.)data\.aws_.*(\.|_)(arn|account_id|unique_id)$")
_WIDEST = 8  # prefix length: a longer list of addresses than 10.0.0.0/8 names nobody


def allows(statement: Value, *, everywhere: bool = True) -> bool:
    """Whether a statement allows without conditions and, with `everywhere`, on every resource."""
    return both(
        lambda: statement["effect"] == "Allow",
        lambda: not statement["conditions"],
        lambda: not everywhere or some(statement["resources"], is_everything),
    )


def is_everything(pattern: Value) -> bool:
    """Whether a pattern of resources or actions is `*`. What a provider computes is a name, never that."""
    if isinstance(pattern, Unknown):
        return _decide_name(pattern)
    return pattern in ("*", "*:*")


def _decide_name(pattern: Unknown) -> bool:
    if pattern.prefix.strip("*") or (pattern.cause is Cause.PROVIDER_COMPUTED and pattern.references):
        return False
    if pattern.references and all(map(_IDENTIFIER.search, pattern.references)):
        return False  # whatever is looked up, an account or an ARN has a name
    raise Undetermined(pattern)


def narrows(statement: Value) -> bool:
    """Whether a statement of a guardrail takes something away: it denies, or allows less than everything."""
    return not both(
        lambda: statement["effect"] == "Allow",
        lambda: some(statement["actions"], is_everything),
        lambda: not statement["conditions"],
    )


def names_anyone(statement: Value) -> bool:
    """Whether a statement speaks of every principal, strangers included."""
    return not both(
        lambda: not statement["not_principals"],
        lambda: not some(statement["principals"], _is_anyone),
    )


def _is_anyone(principal: Value) -> bool:
    return both(lambda: principal["type"] in ("*", "AWS"), lambda: is_everything(principal["id"]))


def open_to_anyone(statement: Value) -> bool:
    """Whether a statement allows every principal and no condition says who or from where."""
    return both(
        lambda: statement["effect"] == "Allow",
        lambda: names_anyone(statement),
        lambda: not some(statement["conditions"], limits_caller),
    )


def limits_caller(condition: Value) -> bool:
    """Whether a condition narrows who calls or from where. `...IfExists`, `ForAllValues:` and negated operators
    hold where the key is missing, and narrow nothing."""
    operator = text(condition["operator"]).lower().removeprefix("foranyvalue:")
    if operator not in _EQUAL or not _CALLER.fullmatch(text(condition["key"]).lower()):
        return False
    return every(condition["values"], lambda value: _narrows(operator, value))


def _narrows(operator: str, value: Value) -> bool:
    if isinstance(value, Unknown):
        if operator in ("stringlike", "arnlike", "arnequals") and not value.prefix and not value.references:
            raise Undetermined(value)
        return True  # one fixed value, whatever it is
    if operator == "bool":
        return str(value).lower() == "true"
    if operator == "ipaddress":
        return _is_narrow(str(value))
    if operator.startswith("stringequals"):
        return True
    return _is_specific_arn(str(value)) if str(value).startswith("arn:") else bool(str(value).strip("*?:"))


def _is_specific_arn(text: str) -> bool:
    """Whether an ARN pattern names an account or, for S3 whose ARNs hold none, a bucket: anyone can own a topic or
    a role of any name."""
    parts = text.split(":", 5)
    if len(parts) < 6:
        return False
    return bool((parts[5] if parts[2] == "s3" else parts[4]).strip("*?/"))


def _is_narrow(text: str) -> bool:
    try:
        network = ip_network(text, strict=False)
    except ValueError:
        return True
    return network.is_private or network.prefixlen >= _WIDEST


def permits(statement: Value, wanted: Callable[[str], bool]) -> bool:
    """Whether one of the statement's actions is wanted; an action that is unknown leaves it open."""
    return some(statement["actions"], lambda action: wanted(text(action).lower()))
