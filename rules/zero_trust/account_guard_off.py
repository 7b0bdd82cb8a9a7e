"""Guard of a whole account that is switched off."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, rule


@rule(
    severity=Severity.MEDIUM,
    selects="account_guard",
    message="{node} is off: nothing keeps the account from having {guards}",
    controls={
        "reference-model": ["privilege/least-privilege", "security/fail-closed"],
        "nist-800-53": ["AC-3", "CM-6", "SC-28"],
        "nist-800-207": ["tenet-3", "tenet-6"],
        "catalogue": ["PRV-007", "STO-006"],
        "checkov": ["CKV_AWS_106"],
        "prowler": ["ec2_ebs_default_encryption", "ec2_ebs_snapshot_account_block_public_access",
                    "s3_account_level_public_access_blocks", "emr_cluster_account_public_block_enabled"],
    },
)  # fmt: skip
def check(guard: Node) -> Iterator[Match]:
    """It would hold for everything in the account, whoever makes it and however; without it each resource has to
    be right by itself.

    ## Remedy
    Switch it on in every account and Region, best from the account that makes the others.
    """
    if guard["active"] is False:
        yield Match(guard, at=("active", "guards"), values={"guards": guard["guards"]})
