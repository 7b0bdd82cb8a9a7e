"""Database with a public address."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, rule, some


@rule(
    severity=Severity.HIGH,
    selects="database",
    message="{node} ({engine}) can be reached from anywhere",
    controls={"checkov": ["CKV_AWS_17"]},
)
def check(database: Node) -> Iterator[Match]:
    """A public address invites everyone to try.

    ## Remedy
    Take the public address away.
    """
    if database["public_access"]:
        yield Match(
            database,
            at="public_access",
            related=[group.at("rules", "its filter", "uses") for group in database.known("uses")],
            values={"engine": database["engine"]},
        )
    elif some(database.out("uses"), lambda group: group["default"]):
        yield Match(database, at="uses", values={"engine": "behind the default group"})
