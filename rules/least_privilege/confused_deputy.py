"""Policy that lets a service act for anyone."""

import re
from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, Value, both, permits, rule, some, text

# What ties a request of a service to one resource, account or organization (IAM User Guide, "The confused deputy
# problem"); for keys also the encryption context, which names the resource, and for functions the event's token.
TIES = re.compile(
    r"aws:(sourcearn|sourceaccount|sourceorgid|sourceorgpaths|sourcevpc|sourcevpce|principalorgid)"
    r"|kms:(calleraccount|encryptioncontext.*|viaservice|grantisforawsresource)|lambda:eventsourcetoken"
)
# What tells of a thing and neither reads nor changes what is in it.
HARMLESS = ("kms:describekey", "s3:getbucketacl", "s3:getbucketlocation", "s3:listbucket")
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
    if some(resource["statements"], lambda statement: acts_for_anyone(statement, named)):
        yield Match(resource, at="statements", values={"service": ", ".join(sorted(named)) or "a service"})


def acts_for_anyone(statement: Value, named: set[str]) -> bool:
    return both(
        lambda: statement["effect"] == "Allow",
        lambda: permits(statement, lambda action: action not in HARMLESS),
        lambda: some([is_deputy(each, named) for each in statement["principals"]]),
        lambda: not some(statement["conditions"], lambda each: TIES.fullmatch(text(each["key"]).lower())),
    )


def is_deputy(principal: Value, named: set[str]) -> bool:
    if principal["type"] != "Service" or OWN.fullmatch(text(principal["id"])):
        return False
    named.add(text(principal["id"]))
    return True
