"""Selects what does not exist."""

from scanner.rule import Severity, rule


@rule(severity=Severity.LOW, selects="bucket", message="{node}")
def check(node):
    """No such kind."""
    return iter(())
