"""Role that every workload of an identity provider may assume."""

import re
from collections.abc import Iterator

from scanner.rule import (
    Match,
    Node,
    Severity,
    Undetermined,
    Unknown,
    Value,
    both,
    every,
    permits,
    rule,
    some,
    text,
)

# Claims that say which repository, project or service account a token was made for.
CLAIMS = re.compile(r".*:(sub|repository|repository_id|job_workflow_ref|project_path|project_id)")

# Providers for whom the audience is the application that the token was made for.
BY_AUDIENCE = re.compile(
    r"(cognito-identity\.amazonaws\.com|accounts\.google\.com|www\.amazon\.com|graph\.facebook\.com):(aud|oaud|app_id)"
)
EXACT = ("stringequals", "stringequalsignorecase")
PATTERN = ("stringlike",)

# What must stand before the first wildcard: an organization, a group or a namespace, in full.
OWNER = re.compile(r"system:serviceaccount:[^:]+:|(?!system:)[^:]+:[^:/]+[:/]")


@rule(
    severity=Severity.HIGH,
    selects="trust",
    message="{node} trusts every token of its identity provider",
    controls={
        "reference-model": ["security/determine-access", "privilege/least-privilege"],
        "nist-800-53": ["AC-3", "AC-6", "IA-8", "IA-9"],
        "nist-800-207": ["tenet-4", "tenet-6"],
        "catalogue": ["PRV-008", "ZT3-002"],
        "checkov": ["CKV_AWS_358", "CKV_AWS_393"],
    },
)
def check(trust: Node) -> Iterator[Match]:
    """Providers such as GitHub, GitLab or a cluster issue tokens to everyone who uses them. Without a condition
    on the subject, or with one that a wildcard fills, anyone's pipeline or any pod gets the role.

    ## Remedy
    Add a condition that compares the subject with the repository and branch, or with the namespace and service
    account, that may assume the role; and one on the audience.
    """
    if some(trust["statements"], is_unscoped):
        yield Match(trust, at="statements")


def is_unscoped(statement: Value) -> bool:
    return both(
        lambda: permits(statement, lambda action: action in ("sts:assumerolewithwebidentity", "sts:*", "*")),
        lambda: statement["effect"] == "Allow",
        lambda: some(statement["principals"], lambda principal: principal["type"] == "Federated"),
        lambda: (
            not some(
                statement["conditions"],
                lambda each: names_subject(each) or all_named(each, statement["conditions"]),
            )
        ),
    )


def all_named(condition: Value, conditions: Value) -> bool:
    """Whether a condition holds for all subjects that a token names, and another asks that it names one
    (ForAllValues alone holds of a token without any: IAM User Guide, "Multivalued context keys")."""
    operator, mark = text(condition["operator"]).lower(), "forallvalues:"
    if not operator.startswith(mark) or not names_subject({**condition, "operator": operator.removeprefix(mark)}):
        return False
    key = key_of(condition)
    return some(conditions, lambda each: asks_for(each, key))


def asks_for(condition: Value, key: str) -> bool:
    operator = text(condition["operator"]).lower().removeprefix("foranyvalue:")
    return operator in (*EXACT, *PATTERN) and key_of(condition) == key


def names_subject(condition: Value) -> bool:
    """Whether a condition holds only for subjects of one owner."""
    operator, key = text(condition["operator"]).lower().removeprefix("foranyvalue:"), key_of(condition)
    if BY_AUDIENCE.fullmatch(key):
        return operator in EXACT or operator in PATTERN
    if not CLAIMS.fullmatch(key):
        return False
    if operator in EXACT:
        return True
    return operator in PATTERN and every(condition["values"], is_owned)


def key_of(condition: Value) -> str:
    """The condition's key; of one that is known in part, the claim behind the issuer."""
    key = condition["key"]
    if isinstance(key, Unknown):
        if not key.suffix or ":" not in key.suffix:
            raise Undetermined(key)
        return key.suffix.lower()
    return text(key).lower()


def is_owned(pattern: Value) -> bool:
    if isinstance(pattern, Unknown):
        if OWNER.match(re.split(r"[*?]", pattern.prefix)[0]):
            return True
        raise Undetermined(pattern)
    literal = re.split(r"[*?]", pattern)[0]
    return literal == pattern or OWNER.match(literal) is not None
