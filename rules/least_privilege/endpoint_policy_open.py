"""Private way to storage that leads to everyone's stores."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, rule, some, text

_STORES = (".s3", ".dynamodb", ".s3express")


@rule(
    severity=Severity.LOW,
    selects="endpoint",
    message="{node} lets anything be done in any store, those of other accounts included",
    controls={
        "reference-model": ["privilege/least-privilege", "storage/locality"],
        "nist-800-53": ["AC-4", "AC-6", "SC-7(10)"],
        "nist-800-207": ["tenet-3", "tenet-4"],
        "catalogue": ["STO-004"],
    },
)
def check(endpoint: Node) -> Iterator[Match]:
    """Who runs code in the network can carry data into a store of his own, past every filter on the way out:
    without a policy of its own the endpoint allows every principal everything.

    ## Remedy
    Give the endpoint a policy that names your buckets or tables, or your organization.
    """
    statements = endpoint["statements"]
    if statements and not some(statements, _everything):
        return
    if endpoint["service"] is not None and text(endpoint["service"]).endswith(_STORES):
        yield Match(endpoint, at=("statements", "service"))


def _everything(statement: dict[str, list[object]]) -> bool:
    if statement["effect"] != "Allow" or statement["conditions"]:
        return False
    return "*" in statement["resources"] and some(statement["actions"], lambda each: each == "*")
