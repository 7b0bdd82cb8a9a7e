"""Management port open to the internet."""

from collections.abc import Iterator

from scanner.rule import (
    Match,
    Node,
    Severity,
    admits_all_ports,
    admits_port,
    certain,
    in_force,
    open_ports,
    open_to_world,
    rule,
    widest,
)

PORTS = {
    22: "SSH",
    23: "Telnet",
    135: "RPC",
    445: "SMB",
    2375: "Docker",
    2376: "Docker",
    3389: "RDP",
    5900: "VNC",
    5985: "WinRM",
    5986: "WinRM",
    6443: "Kubernetes API",
    10250: "kubelet",
}


@rule(
    severity=Severity.HIGH,
    selects="security_group",
    message="{node} admits the whole internet on port {ports}",
    controls={
        "reference-model": ["cluster-network/structure", "permissions/operational"],
        "nist-800-53": ["AC-17", "SC-7", "SC-7(5)"],
        "nist-800-207": ["tenet-2", "tenet-3"],
        "catalogue": ["PRM-003", "TIER-002"],
        "checkov": ["CKV_AWS_24", "CKV_AWS_25"],
        "trivy": ["AWS-0107"],
    },
)
def check(group: Node) -> Iterator[Match]:
    """Who gets through this port controls the machine. Passwords are tried on it all day, and each new fault in
    the service is used within hours.

    ## Remedy
    Close the port and sign in through a session manager or a bastion; if it must be open, to named addresses.
    """
    rules = group["rules"]
    if certain(lambda: open_to_world(rules, admits_all_ports)):
        return  # tiers/all-ports-open says so
    found = open_ports(rules, PORTS)
    if found:
        named = ", ".join(f"{port} ({PORTS[port]})" for port in found)
        first, *others = dict.fromkeys(at for port in found for at in widest(rules, admits_port(port)))
        if at := in_force(group, f"rules[{first}]"):
            yield Match(
                group,
                at=at,
                related=[group.at(f"rules[{other}]", "admits it too") for other in others],
                values={"ports": named},
            )
