"""Live search domains in Terraform's words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scanner.mapping.aws.live.spelling import Live, Spelling, Spellings, block, tags
from scanner.model.resource import Resource
from scanner.model.value import Cause, Unknown, Value


def _search(live: Live) -> Iterator[Resource]:
    about = live.get("DescribeDomain")
    name = live.get("DomainName")
    told: dict[str, Value] = {"id": live.arn, "arn": live.arn, "domain_name": name,
                              "tags": tags(live.get("ListTags"))}  # fmt: skip
    if isinstance(about, dict):
        told.update(_of_domain(live, about))
    else:
        untold = Unknown("es:DescribeDomains did not tell of it", Cause.OUTSIDE_SCAN)
        why = about if isinstance(about, Unknown) else untold
        told.update(dict.fromkeys(("encrypt_at_rest", "domain_endpoint_options", "vpc_options", "access_policies",
                                   "cluster_config", "log_publishing_options", "advanced_security_options",
                                   "node_to_node_encryption"), why))  # fmt: skip
    yield live.made("aws_opensearch_domain", told)


def _of_domain(live: Live, about: dict[str, Any]) -> dict[str, Value]:
    rest, network = about.get("EncryptionAtRestOptions", {}), about.get("VPCOptions") or {}
    logs = about.get("LogPublishingOptions") or {}
    inside = network.get("SubnetIds") or network.get("VPCId")
    return {
        "engine_version": about.get("EngineVersion"),
        "access_policies": about.get("AccessPolicies"),
        "encrypt_at_rest": block(
            enabled=rest.get("Enabled", False), kms_key_id=live.world.key(rest.get("KmsKeyId"))
        ),
        "advanced_security_options": block(enabled=about.get("AdvancedSecurityOptions", {}).get("Enabled", False)),
        "node_to_node_encryption": block(
            enabled=about.get("NodeToNodeEncryptionOptions", {}).get("Enabled", False)
        ),
        "domain_endpoint_options": block(
            enforce_https=about.get("DomainEndpointOptions", {}).get("EnforceHTTPS", False),
            tls_security_policy=about.get("DomainEndpointOptions", {}).get("TLSSecurityPolicy"),
        ),
        "cluster_config": block(
            zone_awareness_enabled=about.get("ClusterConfig", {}).get("ZoneAwarenessEnabled", False)
        ),
        "vpc_options": block(
            subnet_ids=network.get("SubnetIds", []), security_group_ids=network.get("SecurityGroupIds", [])
        )
        if inside
        else [],
        "log_publishing_options": [
            {
                "log_type": kind,
                "enabled": each.get("Enabled", False),
                "cloudwatch_log_group_arn": each.get("CloudWatchLogsLogGroupArn"),
            }
            for kind, each in logs.items()
        ],
    }


SPELLINGS: Spellings = {"AWS::OpenSearchService::Domain": Spelling(("aws_opensearch_domain",), _search)}
