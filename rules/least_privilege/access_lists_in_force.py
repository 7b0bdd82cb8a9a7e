"""Object store with two sorts of permissions."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, certain, rule, some


@rule(
    severity=Severity.LOW,
    selects="object_store",
    message="{node} has access lists of single objects beside its policy",
    controls={
        "reference-model": ["permissions/centralize"],
        "nist-800-53": ["AC-3", "AC-6"],
        "nist-800-207": ["tenet-3", "tenet-6"],
        "catalogue": ["PRM-001"],
        "checkov": ["CKV_GCP_29", "CKV2_AWS_65"],
        "trivy": ["GCP-0002"],
    },
)
def check(store: Node) -> Iterator[Match]:
    """Beside the policy of the store every object has an access list of its own, which whoever writes it can open.
    No policy shows who may read what. A store to which a content delivery network sends its logs needs the lists.

    ## Remedy
    Switch the lists off (uniform bucket-level access, BucketOwnerEnforced) and grant by policy only.
    """
    if store["lists_in_force"] is not True:
        return
    # CloudFront Developer Guide, "Permissions required for standard logging (legacy)": it writes by an access list
    if not certain(lambda: some(store.into("logs_to"), lambda each: each.kind == "distribution")):
        yield Match(store, at="lists_in_force")
