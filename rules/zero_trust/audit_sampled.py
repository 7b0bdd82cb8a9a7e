"""Audit events of which a share is dropped."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, rule, text


@rule(
    severity=Severity.MEDIUM,
    selects="log_pipeline",
    message="{node} passes on only a share of audit or sign-in events: {flows}",
    controls={
        "reference-model": ["monitoring/sampling", "security/monitoring"],
        "nist-800-53": ["AU-2", "AU-9", "AU-12"],
        "nist-800-207": ["tenet-7"],
        "catalogue": ["MON-001", "MON-006"],
    },
)
def check(node: Node) -> Iterator[Match]:
    """Sampling is for logs that can be lost without consequence. Of the events that say who did what, the one that
    is dropped is the one that is looked for.

    ## Remedy
    Take the sampler out of the pipeline of audit, sign-in and security events, and sample the others.
    """
    flows = node["sampled_audit"]
    if flows:
        yield Match(node, "sampled_audit", values={"flows": ", ".join(text(each) for each in flows)})
