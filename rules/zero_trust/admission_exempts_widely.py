"""Admission check that looks away from more than it may."""

import re
from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, rule, text

# Accounts that make pods for others: to exempt one exempts everyone who may make a Deployment or a Job
# (Kubernetes documentation, "Pod Security Admission", exemptions).
CONTROLLERS = re.compile(r"system:serviceaccount:kube-system:[a-z-]+-controller$|system:kube-controller-manager$")
ALL = ("namespace *", "namespace default")


@rule(
    severity=Severity.MEDIUM,
    selects="webhook",
    message="{node} never looks at {what}",
    controls={
        "reference-model": ["security/fail-closed"],
        "nist-800-53": ["AC-3", "CM-5", "CM-7"],
        "nist-800-207": ["tenet-6"],
        "catalogue": ["ZT5-002", "ZT5-006"],
    },
)
def check(webhook: Node) -> Iterator[Match]:
    """An exemption is meant for the cluster's own parts. One for every namespace leaves no check, one for the
    default namespace is for whatever names none, and one for a controller is for everyone whose pods it makes.

    ## Remedy
    Exempt the namespaces of the cluster's own parts by name, and no user that makes pods for others.
    """
    if webhook["purpose"] == "mutating":
        return
    for position, each in enumerate(webhook["exempts"]):
        what = text(each)
        if what in ALL or CONTROLLERS.search(what):
            yield Match(webhook, f"exempts[{position}]", values={"what": worded(what)})
            return


def worded(what: str) -> str:
    if what == "namespace *":
        return "any namespace"
    return "the namespace default" if what.startswith("namespace") else f"what {what.partition(' ')[2]} makes"
