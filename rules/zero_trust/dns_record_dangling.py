"""Name that points at a bucket which is not there."""

import re
from collections.abc import Iterator

from scanner.rule import Cause, Match, Node, Severity, Undetermined, Unknown, rule

# Endpoints of buckets that serve a site; the bucket has the name of the site.
_SITE = re.compile(r"^(?P<bucket>.+)\.s3-website[.-](?P<region>[a-z0-9-]+)\.amazonaws\.com\.?$")
_ELSEWHERE = Unknown("the bucket may be kept outside this scan", Cause.OUTSIDE_SCAN)


@rule(
    severity=Severity.HIGH,
    selects="dns_record",
    message="{node} points at the bucket {bucket}, which is not there",
    controls={
        "reference-model": ["application-network/dns"],
        "nist-800-53": ["SC-20", "CM-8"],
        "nist-800-207": ["tenet-1"],
        "catalogue": ["APN-002"],
        "checkov": ["CKV2_AWS_23"],
        "prowler": ["route53_dangling_ip_subdomain_takeover"],
    },
)
def check(record: Node) -> Iterator[Match]:
    """Names of buckets belong to whoever makes them first: a stranger makes this one and serves his pages under
    your name, with your cookies.

    ## Remedy
    Delete the record, or make the bucket.
    """
    for value in record["values"] or ():
        found = None if isinstance(value, Unknown) else _SITE.match(str(value))
        if found is None or _there(record, found["bucket"]):
            continue
        if not _listed(record, found["region"]):
            raise Undetermined(_ELSEWHERE)
        yield Match(record, "values", values={"bucket": found["bucket"]})


def _there(record: Node, bucket: str) -> bool:
    graph = record.graph
    return any(graph.peek(each, "name") == bucket for each in graph.nodes("object_store"))


def _listed(record: Node, region: str) -> bool:
    """Whether every bucket that the record's account has in a Region was read."""
    account = record.peek("account")
    return isinstance(account, str) and (account, region, "s3") in record.graph.read_whole
