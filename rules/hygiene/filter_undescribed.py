"""Filter whose rules say not what they are for."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, rule, some


@rule(
    severity=Severity.INFO,
    selects="security_group",
    message="{node} has rules without a description",
    controls={
        "reference-model": ["application/documentation"],
        "nist-800-53": ["CM-2", "CM-8", "SA-5"],
        "nist-800-207": ["tenet-1"],
        "catalogue": ["DOC-001"],
        "checkov": ["CKV_AWS_23"],
        "trivy": ["AVD-AWS-0124"],
    },
)
def check(node: Node) -> Iterator[Match]:
    """An address range and a port do not say who needs them. Nobody dares to remove such a rule, so that it stays
    when its reason is gone.

    ## Remedy
    Describe each rule: who uses it and for what.
    """
    if node["default"] is True:
        return
    if some(node["rules"] or (), lambda each: "description" in each and not each["description"]):
        yield Match(node, "rules")
