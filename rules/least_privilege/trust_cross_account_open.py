"""Role that a whole foreign account may assume."""

import re
from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, Undetermined, Unknown, Value, both, rule, some, text

ACCOUNT = re.compile(r"(?:arn:[^:]*:iam::)?(\d{12})(?::root)?")

IDENTITY = re.compile(r"(^|[._])caller_identity\.[^.]+\.(account_id|id)$")

# Conditions that make the foreign account prove more than its number.
PROOFS = re.compile(
    r"sts:externalid|aws:(principal(orgid|orgpaths|arn|tag/.*)|multifactorauth(present|age)|sourceip|sourcevpce?)"
)


@rule(
    severity=Severity.MEDIUM,
    selects="trust",
    message="{node} lets all of account {account} assume the role",
    controls={
        "reference-model": ["privilege/least-privilege"],
        "nist-800-53": ["AC-6", "AC-20", "IA-9"],
        "nist-800-207": ["tenet-3", "tenet-4"],
        "catalogue": ["PRV-008", "ZT4-001"],
    },
)
def check(trust: Node) -> Iterator[Match]:
    """The other account alone decides who of it comes. Where it belongs to a vendor who serves many customers,
    another customer can make the vendor assume this role (the confused deputy).

    ## Remedy
    Name the role of the other account, and ask for an external id (vendors) or for membership of the
    organization (accounts of your own).
    """
    pending: Undetermined | None = None
    for statement in trust["statements"]:
        try:
            for account in foreign_accounts(statement, trust):
                yield Match(trust, at="statements", values={"account": account})
                return
        except Undetermined as undetermined:
            pending = pending or undetermined
    if pending is not None:
        raise pending


def foreign_accounts(statement: Value, trust: Node) -> list[str]:
    """Accounts other than the role's own that a statement trusts as a whole."""
    found: list[str] = []
    if both(
        lambda: some(statement["principals"], lambda principal: names_account(principal, trust, found)),
        lambda: statement["effect"] == "Allow",
        lambda: not some(statement["conditions"], asks_for_proof),
    ):
        return found
    return []


def names_account(principal: Value, trust: Node, found: list[str]) -> bool:
    name = principal["id"]
    if principal["type"] != "AWS" or is_narrower(name):
        return False
    match = ACCOUNT.fullmatch(text(name))
    if match is None or match[1] == own_account(trust):
        return False
    found.append(match[1])
    return True


def own_account(trust: Node) -> str:
    account = trust["account"]
    if account is None:
        raise Undetermined(Unknown("the account that holds the role is not written"))
    return str(account)


def is_narrower(name: Value) -> bool:
    """Whether a name that is not known in full is certainly that of a role, a user or a resource, or the own
    account, of which another rule tells."""
    if not isinstance(name, Unknown):
        return False
    if name.references and name.suffix in (":root", "") and all(map(IDENTITY.search, name.references)):
        return True
    return bool(name.suffix and "/" in name.suffix) or any(each.endswith(".arn") for each in name.references)


def asks_for_proof(condition: Value) -> bool:
    return PROOFS.fullmatch(text(condition["key"]).lower()) is not None
