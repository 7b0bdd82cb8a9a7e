"""Step that every run repeats."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, rule


@rule(
    severity=Severity.LOW,
    selects="step",
    message="{node} is done anew by every run",
    controls={
        "reference-model": ["source-of-truth/idempotent"],
        "nist-800-53": ["CM-2", "CM-3"],
        "nist-800-207": ["tenet-7"],
        "catalogue": ["SOT-001"],
    },
)
def check(node: Node) -> Iterator[Match]:
    """A trigger or an argument that differs each time, such as timestamp() or uuid(), makes every plan show a
    change: nobody can tell any more whether there is one, and the step runs when nothing asked for it.

    ## Remedy
    Let the trigger be what the step depends on, such as the hash of the file that it uses; keep the time of the
    first run in a time_static, or name the argument under ignore_changes.
    """
    if node["always"] is True:
        yield Match(node, "always")
