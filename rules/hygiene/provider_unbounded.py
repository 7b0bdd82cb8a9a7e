"""Provider that is taken in any version."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, rule, text


@rule(
    severity=Severity.LOW,
    selects="provider_config",
    message="{node} takes any version of the provider {names}",
    controls={
        "reference-model": ["source-of-truth/consistent"],
        "nist-800-53": ["CM-2", "SR-4"],
        "nist-800-207": ["tenet-5"],
        "catalogue": ["SOT-003"],
    },
)
def check(node: Node) -> Iterator[Match]:
    """The first run without a lock file, and every upgrade, takes whatever is newest, with changes that break or
    that nobody has read.

    ## Remedy
    Give each entry of required_providers a version with an end, such as ~> 5.0.
    """
    names = node["unbounded"]
    if names:
        yield Match(node, "unbounded[0]", values={"names": ", ".join(text(each) for each in names)})
