"""Container that logs at level debug."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, rule, text

TESTS = frozenset(("demo", "dev", "development", "e2e", "local", "qa", "sandbox", "staging", "test", "tests"))


@rule(
    severity=Severity.LOW,
    selects="container",
    message="{node} asks for logs of level debug or trace: {what}",
    controls={
        "reference-model": ["monitoring/logging"],
        "nist-800-53": ["AU-3(3)", "AU-4", "SI-11"],
        "nist-800-207": ["tenet-7"],
        "catalogue": ["MON-004"],
    },
)
def check(container: Node) -> Iterator[Match]:
    """Debug logs are many times the volume, and they hold what requests carry: tokens, addresses, bodies.
    Namespaces that are called after development or tests are left out.

    ## Remedy
    Log warnings and above, and switch to debug for as long as someone looks.
    """
    asked = container["verbose"]
    if asked and not made_for_tests(text(container["region"] or "")):
        yield Match(container, "verbose[0]", values={"what": ", ".join(text(each) for each in asked)})


def made_for_tests(namespace: str) -> bool:
    """Whether a namespace is called after development or tests."""
    return not TESTS.isdisjoint(namespace.lower().replace("_", "-").split("-"))
