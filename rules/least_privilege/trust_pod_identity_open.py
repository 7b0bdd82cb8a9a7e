"""Role for every pod identity of the account."""

import re
from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, Value, both, rule, some, text

# What says which cluster, namespace or service account (EKS User Guide, "Assign an IAM role to a Kubernetes
# service account", "Session tags added by EKS Pod Identity").
NARROWING = re.compile(
    r"aws:(sourcearn|requesttag/(eks-cluster-(arn|name)|kubernetes-(namespace|service-account|pod-name|pod-uid)))"
)


@rule(
    severity=Severity.LOW,
    selects="trust",
    message="{node} lets the pods of any cluster of the account be given the role",
    controls={
        "reference-model": ["security/determine-access", "privilege/least-privilege"],
        "nist-800-53": ["AC-3", "AC-6", "IA-9"],
        "nist-800-207": ["tenet-4", "tenet-6"],
        "catalogue": ["PRV-008"],
    },
)
def check(trust: Node) -> Iterator[Match]:
    """EKS Pod Identity hands the role to whatever service account an association names, in every cluster of the
    account: whoever may write associations and pass the role chooses the pods.

    ## Remedy
    Add conditions on aws:RequestTag/eks-cluster-arn, aws:RequestTag/kubernetes-namespace and
    aws:RequestTag/kubernetes-service-account.
    """
    if some(trust["statements"], is_open):
        yield Match(trust, at="statements")


def is_open(statement: Value) -> bool:
    return both(
        lambda: statement["effect"] == "Allow",
        lambda: some(statement["principals"], is_pod_identity),
        lambda: not some(statement["conditions"], lambda each: NARROWING.fullmatch(text(each["key"]).lower())),
    )


def is_pod_identity(principal: Value) -> bool:
    return both(
        lambda: principal["type"] == "Service",
        lambda: text(principal["id"]) == "pods.eks.amazonaws.com",
    )
