"""Role that every principal of its own account may be allowed to assume."""

import re
from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, Undetermined, Unknown, Value, both, rule, some, text

ACCOUNT = re.compile(r"(?:arn:[^:]*:iam::)?(\d{12})(?::root)?")
IDENTITY = re.compile(r"(^|[._])caller_identity\.[^.]+\.(account_id|id)$")


@rule(
    severity=Severity.LOW,
    selects="trust",
    message="{node} leaves it to every policy of the account who assumes the role",
    controls={
        "reference-model": ["privilege/least-privilege"],
        "nist-800-53": ["AC-6"],
        "nist-800-207": ["tenet-3"],
        "catalogue": ["PRV-008", "ZT4-001"],
        "checkov": ["CKV_AWS_61"],
    },
)
def check(trust: Node) -> Iterator[Match]:
    """The account's root in a trust policy means every user and role of the account whose own policy allows
    sts:AssumeRole on this role, or on all roles. Who that is cannot be read from the role.

    ## Remedy
    Name the roles or users that assume it; where it must stay open, add a condition on aws:PrincipalArn or on a
    tag of the principal.
    """
    if some(trust["statements"], lambda statement: leaves_open(statement, trust)):
        yield Match(trust, at="statements")


def leaves_open(statement: Value, trust: Node) -> bool:
    return both(
        lambda: statement["effect"] == "Allow",
        lambda: not statement["conditions"],
        lambda: some(statement["principals"], lambda principal: is_own_account(principal, trust)),
    )


def is_own_account(principal: Value, trust: Node) -> bool:
    if principal["type"] != "AWS":
        return False
    name = principal["id"]
    if isinstance(name, Unknown):
        own_id = bool(name.references) and all(map(IDENTITY.search, name.references))
        if own_id and name.suffix is None and name.prefix:
            raise Undetermined(name)  # an ARN of the account, of whom is not known
        return own_id and name.suffix in (":root", "") and not name.prefix.endswith("/")
    found = ACCOUNT.fullmatch(text(name))
    if found is None:
        return False
    own = trust["account"]
    return own is not None and found[1] == str(own)
