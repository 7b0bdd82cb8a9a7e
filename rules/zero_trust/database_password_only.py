"""Database that knows passwords only."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, rule, text

# Engines that clouds can let people and workloads sign in to by identity.
ENGINES = ("aurora", "mysql", "mariadb", "postgres")


@rule(
    severity=Severity.LOW,
    selects="database",
    message="{node} takes passwords and no short-lived identity",
    controls={
        "reference-model": ["security/resources", "permissions/operational"],
        "nist-800-53": ["IA-2", "IA-5", "AC-3"],
        "nist-800-207": ["tenet-1", "tenet-3"],
        "catalogue": ["ZT1-001"],
        "checkov": ["CKV_AWS_161", "CKV_AWS_162"],
        "trivy": ["AVD-AWS-0176"],
        "prowler": ["rds_instance_iam_authentication_enabled", "rds_cluster_iam_authentication_enabled"],
    },
)
def check(node: Node) -> Iterator[Match]:
    """Whoever is on the network and knows a password is let in, from anywhere inside and until someone changes it;
    the identity of the workload that asks does not count.

    ## Remedy
    Switch on sign-in by identity and give each workload a database user of its own that has no password.
    """
    if node["identity_login"] is not False or node["placement"] != "managed":
        return
    if any(name in text(node["engine"] or "").lower() for name in ENGINES):
        yield Match(node, "identity_login")
