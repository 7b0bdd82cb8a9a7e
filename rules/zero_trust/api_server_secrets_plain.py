"""API server that keeps secrets in the clear."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, flag, rule


@rule(
    severity=Severity.MEDIUM,
    selects="component",
    message="{node} writes secrets to etcd unencrypted",
    controls={
        "reference-model": ["storage/persistence"],
        "nist-800-53": ["SC-28", "SC-28(1)"],
        "nist-800-207": ["tenet-2"],
        "catalogue": ["ZT2-004"],
        "checkov": ["CKV_K8S_104"],
        "kubescape": ["C-0141"],
    },
)
def check(component: Node) -> Iterator[Match]:
    """Whoever reads a disk, a snapshot or a backup of etcd has every secret of the cluster.

    ## Remedy
    Write an EncryptionConfiguration with a KMS provider and name it in --encryption-provider-config.
    """
    if component["program"] == "kube-apiserver" and flag(component, "encryption-provider-config") is None:
        yield Match(component, "flags")
