"""Identity that several workloads share."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, Undetermined, Value, both, rule, some

LEAST, SHOWN = 2, 3


@rule(
    severity=Severity.LOW,
    selects=("role", "service_account"),
    message="{node} is the identity of {count} workloads: {names}",
    controls={
        "reference-model": ["security/per-session", "privilege/least-privilege"],
        "nist-800-53": ["AC-6", "IA-9"],
        "nist-800-207": ["tenet-3"],
        "catalogue": ["ZT3-002"],
    },
)
def check(identity: Node) -> Iterator[Match]:
    """What one of them needs all of them may do, whoever breaks into one speaks for the others, and the logs name
    none of them. Told of functions, of deployments and the like where permissions of a cluster or a cloud role are
    given to their service account. The account `default` has a rule of its own.

    ## Remedy
    Give each workload a role or service account of its own, with the permissions that it uses.
    """
    users: dict[str, Node] = {}
    pending: Undetermined | None = None
    try:
        for each in identity.into("assumes"):
            if each.kind == "function" or (each.kind == "workload" and each["controller"] != "Job"):
                users.setdefault(called(each), each)
    except Undetermined as told:
        pending = told  # there may be more
    if pending is None and len(users) < LEAST:
        return
    if identity.kind == "service_account" and not holds_permissions(identity):
        return
    if len(users) >= LEAST:
        related = [user.at("service_account_name" if user.kind == "workload" else "") for user in users.values()]
        shown = ", ".join(list(users)[:SHOWN]) + (f" and {len(users) - SHOWN} more" if len(users) > SHOWN else "")
        yield Match(identity, related=related, values={"count": len(users), "names": shown})
    elif pending is not None:
        raise pending


def holds_permissions(account: Node) -> bool:
    """Whether a service account is more than a name: bound by its own name, or the name of a cloud role."""
    if account["name"] == "default":
        return False
    return account["role"] is not None or both(lambda: account["token_mounted"], lambda: bound_by_name(account))


def bound_by_name(account: Node) -> bool:
    name = account["name"]
    return some(account.into("grants_to"), lambda grant: grant.kind == "binding" and names_account(grant, name))


def names_account(binding: Node, name: Value) -> bool:
    """Whether a binding names an account by its own name, and not by a group that every account is in."""
    return some(binding["subjects"], lambda each: each["kind"] == "ServiceAccount" and each["name"] == name)


def called(user: Node) -> str:
    name = user.peek("name")
    return name if isinstance(name, str) else user.id.rpartition("#")[2]
