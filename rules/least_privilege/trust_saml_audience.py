"""Role that takes SAML assertions made for anyone."""

from collections.abc import Iterator

from scanner.rule import (
    Match,
    Node,
    Severity,
    Value,
    both,
    every,
    is_everything,
    permits,
    rule,
    some,
    text,
)

OPERATORS = ("stringequals", "stringequalsignorecase", "stringlike")
# Keys that say for whom an assertion was made (IAM User Guide, "Available keys for SAML-based federation").
AUDIENCE = ("saml:aud", "saml:recipient")


@rule(
    severity=Severity.MEDIUM,
    selects="trust",
    message="{node} does not ask for whom a SAML assertion was made",
    controls={
        "reference-model": ["security/determine-access", "privilege/least-privilege"],
        "nist-800-53": ["AC-3", "IA-8", "IA-9"],
        "nist-800-207": ["tenet-4", "tenet-6"],
        "catalogue": ["PRV-008"],
    },
)
def check(trust: Node) -> Iterator[Match]:
    """An identity provider signs assertions for many services. Without a condition on the audience, one that was
    made for another endpoint, and stolen or passed on there, is as good as one that was made for this account.

    ## Remedy
    Add a condition with StringEquals on SAML:aud and the sign-in endpoint, https://signin.aws.amazon.com/saml or
    that of a Region.
    """
    if some(trust["statements"], is_open):
        yield Match(trust, at="statements")


def is_open(statement: Value) -> bool:
    return both(
        lambda: statement["effect"] == "Allow",
        lambda: takes_assertions(statement),
        lambda: not some(statement["conditions"], names_audience),
    )


def takes_assertions(statement: Value) -> bool:
    """Whether a statement lets in by SAML: it names that action, or all actions and a SAML provider."""
    if permits(statement, lambda action: action in ("sts:assumerolewithsaml", "sts:assumerolewith*")):
        return some(statement["principals"], lambda principal: principal["type"] == "Federated")
    return both(
        lambda: permits(statement, lambda action: action in ("sts:*", "*", "sts:assumerole*")),
        lambda: some(statement["principals"], is_provider),
    )


def is_provider(principal: Value) -> bool:
    return both(lambda: principal["type"] == "Federated", lambda: ":saml-provider/" in text(principal["id"]))


def names_audience(condition: Value) -> bool:
    operator = text(condition["operator"]).lower().removeprefix("foranyvalue:")
    if operator not in OPERATORS or text(condition["key"]).lower() not in AUDIENCE:
        return False
    return every(condition["values"], lambda value: not is_everything(value))
