"""Policy that lets a service act for anyone."""

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

# What ties a request of a service to one resource, account or organization (IAM User Guide, "The confused deputy
# problem"); for keys also the encryption context, which names the resource, and for functions the event's token.
TIES = re.compile(
    r"aws:(sourcearn|sourceaccount|sourceorgid|sourceorgpaths|sourcevpc|sourcevpce|principalorgid)"
    r"|kms:(calleraccount|encryptioncontext.*|viaservice|grantisforawsresource)|lambda:eventsourcetoken"
)
# What tells of a thing and neither reads nor changes what is in it.
HARMLESS = ("kms:describekey", "s3:getbucketacl", "s3:getbucketlocation", "s3:getbucketpolicy", "s3:listbucket")
# Where services write: /AWSLogs/ACCOUNT/ (CloudTrail and Config User Guides); what a template fills in there.
LOGS_OF = re.compile(r"/AWSLogs/(\d{12}|o-[a-z0-9]+)/")
ACCOUNT = re.compile(r"account_?id$|organizations_organization")
# These act only for the account that holds the resource, or ask for a session of it.
OWN = re.compile(
    r"(ec2|ecs|ecs-tasks|lambda|eks|autoscaling|elasticloadbalancing|rds|dynamodb|backup)[.]amazonaws[.]com"
)


@rule(
    severity=Severity.MEDIUM,
    selects=("function", "key", "object_store", "queue", "secret", "topic"),
    message="{node} lets {service} in for whatever account asks it to",
    controls={
        "reference-model": ["privilege/least-privilege", "security/determine-access"],
        "nist-800-53": ["AC-3", "AC-4", "SC-3"],
        "nist-800-207": ["tenet-4", "tenet-6"],
        "catalogue": ["PRV-008"],
        "checkov": ["CKV_AWS_364"],
        "trivy": ["AWS-0067"],
    },
)
def check(resource: Node) -> Iterator[Match]:
    """The service serves every account. Without a condition on whose resource it acts for, another customer can
    have it write to this one or read from it (the confused deputy).

    ## Remedy
    Add a condition on aws:SourceArn, or on aws:SourceAccount where the ARN names no account, as it is with
    buckets.
    """
    named: set[str] = set()
    pending: Unknown | None = None
    for statement in resource["statements"]:
        try:
            if acts_for_anyone(statement):
                named |= services(statement)
        except Undetermined as undetermined:
            pending = pending or undetermined.unknown
    if named:
        yield Match(resource, at="statements", values={"service": ", ".join(sorted(named))})
    elif pending is not None:
        raise Undetermined(pending)


def acts_for_anyone(statement: Value) -> bool:
    return both(
        lambda: statement["effect"] == "Allow",
        lambda: permits(statement, lambda action: action not in HARMLESS),
        lambda: some([is_deputy(each) for each in statement["principals"]]),
        lambda: not some(statement["conditions"], lambda each: TIES.fullmatch(text(each["key"]).lower())),
        lambda: not (statement["resources"] and every(statement["resources"], within_account)),
    )


def services(statement: Value) -> set[str]:
    return {text(each["id"]) for each in statement["principals"] if is_deputy(each)}


def is_deputy(principal: Value) -> bool:
    return principal["type"] == "Service" and not OWN.fullmatch(text(principal["id"]))


def within_account(resource: Value) -> bool:
    """Whether a path names the account (or organization) whose logs go there: services write those of others
    below another name. Undetermined where the whole text is not known."""
    if not isinstance(resource, Unknown):
        return LOGS_OF.search(str(resource)) is not None
    if resource.suffix is None and not resource.references:
        raise Undetermined(resource)
    return any(ACCOUNT.search(each) for each in resource.references)
