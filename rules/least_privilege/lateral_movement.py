"""Permission that takes over another principal."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, Undetermined, Unknown, rule


@rule(
    severity=Severity.MEDIUM,
    selects=("group", "permission_set", "policy", "role", "user"),
    message="{node} lets {names} become another principal: it {way}",
    controls={
        "reference-model": ["privilege/least-privilege"],
        "nist-800-53": ["AC-6", "AC-5"],
        "nist-800-207": ["tenet-3"],
        "catalogue": ["PRV-005"],
    },
)
def check(holder: Node) -> Iterator[Match]:
    """Whoever makes a key or a password for another user, or writes a role's trust policy, acts under that name:
    with its permissions, and with its traces in the logs. Here no administrator is reached; where one is, another
    rule says so.

    ## Remedy
    Name the users or roles in the statement's resources (`${aws:username}` for one's own keys), and leave the
    rest to whoever administers identities.
    """
    pending: Unknown | None = None
    for way in holder["escalations"]:
        if isinstance(way, Unknown):
            pending = way
        elif way["admin"] == "no":
            yield Match(
                holder,
                at=f"statements[{way['number']}]" if holder.kind == "policy" else "managed_policies",
                related=holder.trail(way["because"]),
                cut=way["cut"],
                values={"names": way["names"], "way": way["way"]},
                assumptions=tuple(way["conditions"]),
            )
    if pending is not None:
        raise Undetermined(pending)
