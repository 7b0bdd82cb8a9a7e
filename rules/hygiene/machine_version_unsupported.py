"""Machine of a cluster on a version past its end."""

import re
from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, rule, text

# Oldest minor version in standard support on 2026-11-22, as for clusters (release calendar of Amazon EKS).
OLDEST = 34


@rule(
    severity=Severity.MEDIUM,
    selects="machine",
    message="{node} runs the agent of Kubernetes {version}, whose standard support has ended",
    controls={
        "reference-model": ["lifecycle/out-of-date", "compute/nodes"],
        "nist-800-53": ["SI-2", "SA-22"],
        "nist-800-207": ["tenet-5"],
        "catalogue": ["CMP-002", "LIF-001"],
    },
)
def check(machine: Node) -> Iterator[Match]:
    """Holes found since are open on the machine that runs the pods, whatever the control plane was moved to.

    ## Remedy
    Replace the machine by one of a current image, one minor version behind the control plane at most.
    """
    if machine["agent_version"] is None:
        return
    found = re.match(r"v?1\.(\d+)", text(machine["agent_version"]))
    if found and int(found[1]) < OLDEST:
        yield Match(machine, "agent_version", values={"version": f"1.{found[1]}"})
