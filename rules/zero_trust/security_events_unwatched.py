"""Audit trail whose telling events nobody watches."""

from collections.abc import Iterator

from scanner.rule import Cause, Match, Node, Severity, Undetermined, Unknown, rule, unread_beside

# Events on which an alarm is asked for by the CIS benchmark for AWS (5.1 to 5.15), one word each.
WANTED = (
    "refused calls", "sign-in without a second factor", "use of the root user", "changes of permissions",
    "changes of the audit trail", "failed sign-in", "loss of keys", "changes of bucket policies",
    "changes of the configuration recorder", "changes of security groups", "changes of network access lists",
    "changes of gateways", "changes of routes", "changes of networks", "changes of the organization",
)  # fmt: skip
_ELSEWHERE = Unknown("alarms may be kept in another configuration, or another product", Cause.OUTSIDE_SCAN)


@rule(
    severity=Severity.LOW,
    selects="trail",
    message="{node} is watched for {found} of {wanted} events that ask for attention; not for {missing}",
    controls={
        "reference-model": ["billing/monitoring", "security/logging"],
        "nist-800-53": ["AU-6", "SI-4(5)"],
        "nist-800-207": ["tenet-7"],
        "catalogue": ["BIL-003", "BIL-004"],
        "prowler": ["cloudwatch_log_metric_filter_root_usage", "cloudwatch_log_metric_filter_sign_in_without_mfa"],
        "trivy": ["AWS-0147", "AWS-0148", "AWS-0149", "AWS-0150"],
    },
)
def check(trail: Node) -> Iterator[Match]:
    """The trail holds what an intruder did; an alarm is what makes somebody read it while it can still be stopped.

    ## Remedy
    Add filters or event rules for what is missing and lead them to people; or say in an ignore which product
    watches the trail.
    """
    if not trail["active"] or not trail["management_events"]:
        return
    seen = {word for watch in _watches(trail) for word in watch["watches"]}
    missing = [word for word in WANTED if word not in seen]
    if not missing:
        return
    why = unread_beside(trail)
    if why is not None or not _listed(trail, some=bool(seen)):
        raise Undetermined(why or _ELSEWHERE)
    values = {"found": len(WANTED) - len(missing), "wanted": len(WANTED), "missing": ", ".join(missing)}
    yield Match(trail, values=values)


def _watches(trail: Node) -> Iterator[Node]:
    """Filters and event rules of the trail's own account, or of the same code."""
    graph = trail.graph
    for kind in ("log_filter", "event_rule"):
        for index in graph.nodes(kind):
            watch = Node(graph, index, trail.watch)
            if graph.addresses[index].root == graph.addresses[trail.index].root:
                yield watch


def _listed(trail: Node, *, some: bool) -> bool:
    """Whether what watches it was read to the end: of an account its services; code that holds some watches of the
    trail holds the others too."""
    account, region = trail.peek("account"), trail.peek("region")
    read = {service for each, where, service in trail.graph.read_whole if (each, where) == (account, region)}
    return {"logs", "events"} <= read if read else some
