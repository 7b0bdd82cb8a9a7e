"""Role of an administrator that is taken on without a condition."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, Unknown, Value, both, certain, rule, some, text


@rule(
    severity=Severity.LOW,
    selects="trust",
    message="{node} lets {who} act as an administrator, from anywhere and without a second factor",
    controls={
        "reference-model": ["security/client-properties", "privilege/least-privilege"],
        "nist-800-53": ["AC-2(11)", "AC-6(3)", "IA-2(1)"],
        "nist-800-207": ["tenet-4", "tenet-6"],
        "catalogue": ["ZT4-001"],
        "prowler": ["iam_administrator_access_with_mfa"],
    },
)
def check(trust: Node) -> Iterator[Match]:
    """The stolen key of one user, or of a machine that acts as the role, is all there is between an attacker and
    the account. A condition on the second factor, the address, the network or the organization asks for one thing
    more. Roles that services or outside identities take on are judged by rules of their own.

    ## Remedy
    Add a condition to the statement of the trust: aws:MultiFactorAuthPresent for people, aws:SourceVpc,
    aws:SourceIp or aws:PrincipalOrgID for machines.
    """
    found: list[str] = []
    roles = [Node(trust.graph, index, trust.watch) for index in trust.graph.sources("trusts", trust.index)]
    if both(
        lambda: some(roles, is_admin),
        lambda: some(trust["statements"], lambda statement: lets_in(trust, statement, found)),
    ):
        role = next(filter(lambda each: certain(lambda: is_admin(each)), roles))
        yield Match(trust, "statements", [role.at("", "what it may do")], values={"who": found[0]})


def is_admin(role: Node) -> bool:
    return bool(role["admin"] == "yes")


def lets_in(trust: Node, statement: Value, found: list[str]) -> bool:
    """Whether a statement lets in a named user or role, and asks for nothing else; `found` gets the name."""
    return both(
        lambda: statement["effect"] == "Allow",
        lambda: not statement["conditions"],
        lambda: some(statement["principals"], lambda principal: is_named(trust, principal, found)),
    )


def is_named(trust: Node, principal: Value, found: list[str]) -> bool:
    held = principal["id"]
    if principal["type"] != "AWS" or (isinstance(held, Unknown) and held.suffix == ":root"):
        return False  # all of an account is judged by rules of its own
    if isinstance(held, Unknown) and not held.prefix and not held.suffix:
        meant = [Node(trust.graph, each, trust.watch) for each in trust.graph.meant(trust.index, held)]
        if len(meant) == 1 and meant[0].kind in ("role", "user"):
            found.append(meant[0].id.partition("#")[2])
            return True
    name = text(held)
    if ":user/" in name or ":role/" in name:
        found.append(name)
        return True
    return False
