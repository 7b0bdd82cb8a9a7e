"""AWS search: OpenSearch domains, their older name, and serverless collections."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.mapping.aws.automatic import hourly, restorable
from scanner.mapping.aws.keys import key_join, own_key
from scanner.mapping.aws.policy import folded_statements
from scanner.mapping.aws.protection import copies, elsewhere
from scanner.mapping.aws.volumes import MANAGED
from scanner.mapping.defaults import written_or_default
from scanner.mapping.extract import EMPTY, FALSE, NONE, TRUE, flag, told, truth
from scanner.mapping.reader import Extract, Reader
from scanner.mapping.table import Fixed, Fold, Join, Row, Skip, Table
from scanner.model.logic import both, some
from scanner.model.value import Cause, Unknown, Value

_NETWORK_POLICIES = Unknown("network policies by pattern decide who may reach a collection", Cause.UNSUPPORTED)


def _search_logged(reader: Reader) -> Value:
    return some(reader.blocks("log_publishing_options"), flag("enabled", absent=True))


def _log_groups(reader: Reader) -> Iterator[Value]:
    for block in reader.blocks("log_publishing_options"):
        value = block.peek("cloudwatch_log_group_arn")
        yield value.removesuffix(":*") if isinstance(value, str) else value


def _no_vpc(reader: Reader) -> Value:
    """A domain outside a VPC has a public endpoint (OpenSearch Service Developer Guide, "VPC support")."""
    return not some(reader.blocks("vpc_options"), lambda _block: True)


def _https_only(reader: Reader) -> Value:
    """Not without the block; inside it, true unless told otherwise (provider documentation)."""
    return some(reader.blocks("domain_endpoint_options"), flag("enforce_https", absent=True))


def _tls_policy(reader: Reader) -> Value:
    """Domains take TLS 1.0 unless a newer policy is chosen (OpenSearch Service API, TLSSecurityPolicy)."""
    return reader.get("domain_endpoint_options.tls_security_policy", "Policy-Min-TLS-1-0-2019-07")


def _search_flag(path: str) -> Extract:
    """An option of a domain that is off unless it is switched on."""
    given = written_or_default("aws_opensearch_domain", path)
    return told(path, lambda reader: truth(given(reader)))


def _search_key(reader: Reader) -> Value:
    return both(
        lambda: truth(reader.get("encrypt_at_rest.enabled", False)),
        lambda: own_key(reader.peek("encrypt_at_rest.kms_key_id")),
    )


_NEWEST = Unknown("its service chose the version when it was made", Cause.OUTSIDE_SCAN)


def _search_release(reader: Reader) -> Value:
    """`OpenSearch_2.11`, or `Elasticsearch_7.10`; the older resource writes the version of Elasticsearch alone."""
    version = reader.get("engine_version", reader.get("elasticsearch_version"))
    if version is None:
        # provider documentation: 1.5 is the default of the older resource; the service decides of the newer
        return "elasticsearch 1.5" if reader.resource.type == "aws_elasticsearch_domain" else _NEWEST
    name, _, number = str(version).rpartition("_")
    return f"{name.lower() or 'elasticsearch'} {number}"


def _search(policy: str) -> Row:
    statements = folded_statements("access_policies", (policy, "access_policies"))
    return Row(
        "database",
        {
            "encrypted": flag("encrypt_at_rest.enabled"),
            "customer_key": _search_key,
            "placement": MANAGED,
            "engine": Fixed("opensearch"),
            "engine_release": _search_release,
            "selectable": NONE,  # AWS Backup takes no domains
            "own_copies": copies(hourly, elsewhere("a repository of its own may be registered inside the domain")),
            "public_access": _no_vpc,
            "tls_required": _https_only,
            # Hourly snapshots last 14 days (OpenSearch Service Developer Guide, "Creating index snapshots").
            "backup_days": Fixed(14),
            "deletion_protected": NONE,  # the service knows no such thing
            "final_snapshot": NONE,
            "multi_zone": flag("cluster_config.zone_awareness_enabled"),
            "identity_login": TRUE,  # requests are signed with IAM credentials
            "logged": _search_logged,
            "upgraded": NONE,  # versions of an engine are raised by hand; updates of the service are another thing
            "part_of": NONE,
            "statements": statements,
            "tls_policy": _tls_policy,
            "fine_grained": _search_flag("advanced_security_options.enabled"),
            "internal_tls": _search_flag("node_to_node_encryption.enabled"),
        },
        {
            "encrypted_with": key_join("encrypt_at_rest.kms_key_id"),
            "in_subnet": Join("vpc_options.subnet_ids", ("subnet",)),
            "uses": Join("vpc_options.security_group_ids", ("security_group",)),
            "logs_to": Join("log_publishing_options", ("log_group",), values=_log_groups),
        },
        identity=("domain_name", "arn", "id"),
        name="domain_name",
    )


_COLLECTION = Row(
    "database",
    {
        # Serverless collections always encrypt and speak TLS only (OpenSearch Service Developer Guide, "OpenSearch
        # Serverless").
        "encrypted": TRUE,
        "customer_key": Fixed(Unknown("encryption policies by pattern decide the key", Cause.UNSUPPORTED)),
        "placement": MANAGED,
        "engine": Fixed("opensearch"),
        "selectable": NONE,
        "own_copies": copies(restorable),
        "public_access": Fixed(_NETWORK_POLICIES),
        "tls_required": TRUE,
        "backup_days": Fixed(14),
        "deletion_protected": NONE,  # the service knows no such thing
        "final_snapshot": NONE,
        "multi_zone": lambda reader: reader.get("standby_replicas", "ENABLED") == "ENABLED",
        "identity_login": TRUE,
        "logged": FALSE,
        "upgraded": TRUE,
        "part_of": NONE,
        "statements": EMPTY,
    },
)


_BESIDE = Skip("has no data and decides nothing that rules ask")


def _of_domain(domain: str) -> Fold:
    return Fold((domain,), "domain_name")


TABLE: Table = {
    "aws_opensearch_domain": _search("aws_opensearch_domain_policy"),
    "aws_elasticsearch_domain": _search("aws_elasticsearch_domain_policy"),
    "aws_opensearch_domain_policy": _of_domain("aws_opensearch_domain"),
    "aws_opensearch_domain_saml_options": _of_domain("aws_opensearch_domain"),
    "aws_opensearch_authorize_vpc_endpoint_access": _of_domain("aws_opensearch_domain"),
    "aws_opensearch_vpc_endpoint": _BESIDE,
    "aws_opensearch_package": _BESIDE,
    "aws_opensearch_package_association": _of_domain("aws_opensearch_domain"),
    "aws_opensearch_inbound_connection_accepter": _BESIDE,
    "aws_opensearch_outbound_connection": _BESIDE,
    "aws_elasticsearch_domain_policy": _of_domain("aws_elasticsearch_domain"),
    "aws_elasticsearch_domain_saml_options": _of_domain("aws_elasticsearch_domain"),
    "aws_elasticsearch_vpc_endpoint": _BESIDE,
    "data.aws_opensearch_domain": Skip("a domain kept outside the configuration"),
    "data.aws_elasticsearch_domain": Skip("a domain kept outside the configuration"),
    "aws_opensearchserverless_collection": _COLLECTION,
    "aws_opensearchserverless_access_policy": _BESIDE,
    "aws_opensearchserverless_security_policy": _BESIDE,
    "aws_opensearchserverless_security_config": _BESIDE,
    "aws_opensearchserverless_lifecycle_policy": _BESIDE,
    "aws_opensearchserverless_vpc_endpoint": _BESIDE,
    "aws_osis_pipeline": _BESIDE,
}
