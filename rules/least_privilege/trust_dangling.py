"""Role that trusts a principal which no longer exists."""

import re
from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, Unknown, Value, rule, some

# What AWS puts into a policy in place of the ARN of a user (AIDA), role (AROA) or group (AGPA) that was deleted
# (IAM User Guide, "Unique identifiers").
DELETED = re.compile(r"(?:AIDA|AROA|AGPA|ANPA|ASCA)[A-Z0-9]{12,}")


@rule(
    severity=Severity.LOW,
    selects="trust",
    message="{node} trusts {ids}, which no longer exists",
    controls={
        "reference-model": ["privilege/least-privilege"],
        "nist-800-53": ["AC-2(3)", "AC-6"],
        "nist-800-207": ["tenet-3"],
        "catalogue": ["PRV-008"],
    },
)
def check(trust: Node) -> Iterator[Match]:
    """AWS keeps the id of a principal that was deleted; one that is made anew under the same name has another.
    The line trusts nobody, and whoever reads the policy believes that it does.

    ## Remedy
    Take the id out of the trust policy, or name the principal that is meant.
    """
    found: list[str] = []
    if some(
        trust["statements"], lambda statement: some(statement["principals"], lambda each: is_gone(each, found))
    ):
        yield Match(trust, at="statements", values={"ids": ", ".join(found)})


def is_gone(principal: Value, found: list[str]) -> bool:
    name = principal["id"]
    if isinstance(name, Unknown) or not DELETED.fullmatch(str(name)):
        return False  # what is not known is looked up or computed: the id of something that is there
    found.append(str(name))
    return True
