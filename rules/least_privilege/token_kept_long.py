"""Token of a pod that lives for days."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, rule

# A day: what EKS asks for at most (Amazon EKS User Guide, "IAM roles for service accounts": 86400 seconds).
LONGEST = 86_400
DAY = 86_400


@rule(
    severity=Severity.LOW,
    selects="workload",
    message="{node} asks for a token that lives for {days} days",
    controls={
        "reference-model": ["permissions/operational", "security/per-session"],
        "nist-800-53": ["AC-12", "IA-5", "SC-23"],
        "nist-800-207": ["tenet-3"],
        "catalogue": ["ZT3-001"],
    },
)
def check(workload: Node) -> Iterator[Match]:
    """Who copies the token out of the pod acts as it for as long as the token lives, unless the pod is deleted.
    The machine's agent renews it long before its end, so a long life serves nobody. An API server may cut it.

    ## Remedy
    Leave expirationSeconds out, which means an hour, and read the file again for each connection.
    """
    seconds = workload["token_seconds"]
    if seconds is not None and seconds > LONGEST:
        yield Match(workload, "token_seconds", values={"days": round(seconds / DAY, 1)})
