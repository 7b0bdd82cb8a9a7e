"""Account whose users' passwords follow the provider's defaults."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, Undetermined, both, certain, rule, some, unlisted


@rule(
    severity=Severity.MEDIUM,
    selects="root_user",
    message="the account of {node} has no password policy, and {user} signs in with a password",
    controls={
        "reference-model": ["billing/passwords"],
        "nist-800-53": ["IA-5(1)"],
        "nist-800-207": ["tenet-6"],
        "catalogue": ["BIL-006"],
        "prowler": ["iam_password_policy_minimum_length_14", "iam_password_policy_reuse_24"],
    },
)
def check(root: Node) -> Iterator[Match]:
    """Without a policy of its own an account takes passwords of eight characters, and the same one again and again
    (IAM User Guide, "Default password policy"). It is told of accounts that were read live and have a user with a
    console password; code may keep the policy elsewhere.

    ## Remedy
    Give the account a password policy with at least 14 characters that refuses earlier passwords; better, let
    people sign in by single sign-on and take the passwords away.
    """
    account = root["account"]
    if any(each["account"] == account for each in _all(root, "password_policy")):
        return
    users = list(_all(root, "user"))
    held = next(filter(lambda each: certain(lambda: _signs_in(each, account)), users), None)
    why = unlisted(root, "password policies", *(() if held else ("users",)))
    if why is not None:
        raise Undetermined(why)
    if held is not None:
        values = {"user": held.id.partition("#")[2]}
        yield Match(root, "account", [held.at("console", "signs in with a password")], values=values)
    else:
        some(users, lambda each: _signs_in(each, account))  # raises where that was not told


def _all(root: Node, kind: str) -> Iterator[Node]:
    return (Node(root.graph, each, root.watch) for each in root.graph.nodes(kind))


def _signs_in(user: Node, account: str) -> bool:
    return both(lambda: user["account"] == account, lambda: user["console"] is True)
