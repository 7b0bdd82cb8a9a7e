"""Role for every certificate of the account's trust anchors."""

import re
from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, Value, both, rule, some, text

# What says which certificate, or which anchor (IAM Roles Anywhere User Guide, "Trust policy").
NARROWING = re.compile(r"aws:(sourcearn|principaltag/x509(subject|issuer|san).*)")


@rule(
    severity=Severity.MEDIUM,
    selects="trust",
    message="{node} lets every certificate of every trust anchor assume the role",
    controls={
        "reference-model": ["security/determine-access", "privilege/least-privilege"],
        "nist-800-53": ["AC-3", "AC-6", "IA-5(2)", "IA-9"],
        "nist-800-207": ["tenet-4", "tenet-6"],
        "catalogue": ["PRV-008"],
    },
)
def check(trust: Node) -> Iterator[Match]:
    """IAM Roles Anywhere hands the role to whoever holds a certificate that one of the account's anchors has
    issued, whatever it was issued for, and to certificates of anchors that are added later.

    ## Remedy
    Add conditions on aws:SourceArn (the anchor) and on aws:PrincipalTag/x509Subject/CN (the workload).
    """
    if some(trust["statements"], is_open):
        yield Match(trust, at="statements")


def is_open(statement: Value) -> bool:
    return both(
        lambda: statement["effect"] == "Allow",
        lambda: some(statement["principals"], is_roles_anywhere),
        lambda: not some(statement["conditions"], lambda each: NARROWING.fullmatch(text(each["key"]).lower())),
    )


def is_roles_anywhere(principal: Value) -> bool:
    return both(
        lambda: principal["type"] == "Service",
        lambda: text(principal["id"]) == "rolesanywhere.amazonaws.com",
    )
