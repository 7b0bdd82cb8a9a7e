"""User that is not root, but only by good will."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, rule, some, together, violations


@rule(
    severity=Severity.INFO,
    selects="workload",
    message="{node} names a user other than root, but nothing refuses root",
    controls={
        "reference-model": ["application/encapsulation"],
        "nist-800-53": ["AC-6"],
        "nist-800-207": ["tenet-3"],
        "pod-security-standards": ["restricted/runAsNonRoot"],
        "catalogue": ["K8S-PSS"],
    },
)
def check(workload: Node) -> Iterator[Match]:
    """The user is given by number today; a change of that number to 0 would pass unseen. The level restricted asks
    for runAsNonRoot as well.

    ## Remedy
    Set runAsNonRoot to true beside runAsUser.
    """
    found = [each for each in violations(workload, "runAsNonRoot") if user_set(workload, each)]
    if found:
        yield together(workload, found)


def user_set(workload: Node, position: int) -> bool:
    """Whether the container's user is given by a number other than 0; what may be root has a rule of its own."""
    name = workload["pod_security"][position]["container"]
    return some(workload.out("contains"), lambda each: each["name"] == name and each["runs_as_root"] is False)
