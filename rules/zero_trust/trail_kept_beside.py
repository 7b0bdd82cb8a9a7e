"""Trail of an organization whose records lie in the account that makes it."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, rule, text, undecided


@rule(
    severity=Severity.LOW,
    selects="trail",
    message="{node} keeps the records of a whole organization in its own account, in {store}",
    controls={
        "reference-model": ["security/logging", "privilege/accounts"],
        "nist-800-53": ["AU-9", "AU-9(2)", "AU-9(4)"],
        "nist-800-207": ["tenet-7"],
        "catalogue": ["ZT7-004"],
    },
)
def check(trail: Node) -> Iterator[Match]:
    """Whoever takes over the account that everybody is recorded by deletes what he is recorded in. An organization
    has other accounts: one that nobody works in keeps records out of the reach of those who make them.

    ## Remedy
    Let the trail write to a bucket in an account for logs alone, which refuses deletion.
    """
    if trail["organization_wide"] is not True:
        return
    for store in trail.out("logs_to"):
        if store.kind == "object_store" and account(store) == account(trail):
            name = store.id.partition("#")[2]
            yield Match(
                trail, "organization_wide", [store.at("account", "the same account")], values={"store": name}
            )
            return


def account(node: Node) -> str:
    held = node["account"]
    if held is None:
        raise undecided("the code does not say in which account it is applied")
    return text(held)
