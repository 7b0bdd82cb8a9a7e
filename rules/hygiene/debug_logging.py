"""Something in production that logs at level debug."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, rule, text

TESTS = frozenset(("demo", "dev", "development", "e2e", "local", "qa", "sandbox", "staging", "test", "tests"))
STAGES = ("environment", "env", "stage")


@rule(
    severity=Severity.LOW,
    selects=("api", "config", "container", "container_service", "function"),
    message="{node} asks for logs of level debug or trace: {what}",
    controls={
        "reference-model": ["monitoring/logging"],
        "nist-800-53": ["AU-3(3)", "AU-4", "SI-11"],
        "nist-800-207": ["tenet-7"],
        "catalogue": ["MON-004"],
        "checkov": ["CKV_AWS_276"],
    },
)
def check(node: Node) -> Iterator[Match]:
    """Debug logs are many times the volume, and they hold what requests carry: tokens, addresses, bodies.
    What is called or tagged after development or tests is left out.

    ## Remedy
    Log warnings and above, and switch to debug for as long as someone looks.
    """
    asked = node["verbose"]
    if asked and not for_tests(node):
        yield Match(node, "verbose[0]", values={"what": ", ".join(text(each) for each in asked)})


def for_tests(node: Node) -> bool:
    """Whether its namespace, its name or the tag of its environment says so."""
    if made_for_tests(text(node["region"] or "")):
        return True
    if node.kind in ("container", "config"):
        return False
    tags = node["tags"] or {}
    stages = [text(value) for key, value in tags.items() if text(key).lower() in STAGES]
    return any(made_for_tests(each) for each in (text(node["name"] or ""), *stages))


def made_for_tests(name: str) -> bool:
    """Whether a name is called after development or tests."""
    return not TESTS.isdisjoint(name.lower().replace("_", "-").split("-"))
