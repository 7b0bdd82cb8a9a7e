"""Store of audit records whose own reads are not recorded."""

from collections.abc import Iterator

from scanner.rule import Match, Node, Severity, rule, some


@rule(
    severity=Severity.LOW,
    selects="object_store",
    message="{node} keeps audit records, and nobody records who reads or removes them",
    controls={
        "reference-model": ["security/logging"],
        "nist-800-53": ["AU-9", "AU-2"],
        "nist-800-207": ["tenet-7"],
        "catalogue": ["ZT7-004"],
        "prowler": ["cloudtrail_logs_s3_bucket_access_logging_enabled"],
    },
)
def check(store: Node) -> Iterator[Match]:
    """Who covers his tracks begins with the audit trail. Its store is the place where a look is worth a record.

    ## Remedy
    Switch access logs of the store on, into another store.
    """
    if store["access_logged"] is not False:
        return
    for source in store.into("logs_to"):
        if source.kind == "trail" and not some(store.out("logs_to"), lambda _target: True):
            yield Match(store, "access_logged", [source.at("", "records here", "logs_to")])
            return
