"""Metadata service without session tokens."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, certain, rule, some


@rule(
    severity=Severity.HIGH,
    selects=("instance", "node_group"),
    message="{node} hands out {what} without a session token (IMDSv1)",
    controls={
        "reference-model": ["compute/nodes", "security/per-session"],
        "nist-800-53": ["AC-3", "AC-6", "IA-2"],
        "nist-800-207": ["tenet-3"],
        "catalogue": ["CMP-001"],
        "checkov": ["CKV_AWS_79"],
        "trivy": ["AWS-0028", "AWS-0130"],
        "prowler": ["ec2_instance_imdsv2_enabled"],
    },
)
def check(machine: Node) -> Iterator[Match]:
    """Any request that an application can be tricked into making from the machine (server-side request forgery)
    reads the credentials of the machine's role. A machine that is given no role has its start-up script and its
    own identity to lose.

    ## Remedy
    Require session tokens (http_tokens = required; at Oracle, are_legacy_imds_endpoints_disabled = true) and keep
    the hop limit at 1.
    """
    if machine["tokens_required"] is not False:
        return
    plain = certain(lambda: not some(machine.out("assumes"), lambda _role: True))
    what = "its metadata" if plain else "its role's credentials"
    yield Match(machine, at="tokens_required", values={"what": what}, severity=Severity.MEDIUM if plain else None)
