"""Application that is brought up to date by hand."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, rule


@rule(
    severity=Severity.INFO,
    selects="module",
    message="{node} is not brought back to what is written by itself",
    controls={
        "reference-model": ["source-of-truth/consistent"],
        "nist-800-53": ["CM-2(2)", "CM-3", "CM-6"],
        "nist-800-207": ["tenet-7"],
        "catalogue": ["SOT-002"],
    },
)
def check(module: Node) -> Iterator[Match]:
    """What is changed by hand in the cluster stays until someone looks, and what is merged waits until someone
    syncs: the text no longer says what runs.

    ## Remedy
    Switch on automated sync with self-healing, and let the merge be the approval.
    """
    if module["reconciled"] is False:
        yield Match(module, "reconciled")
