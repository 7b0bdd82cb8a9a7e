"""Data sources whose answer follows from the configuration: policy documents, region, partition, account,
names of services."""

from __future__ import annotations

from collections.abc import Callable

from scanner.model.value import Cause, Unknown, Value, unwrap
from scanner.sources.terraform.policy_document import document
from scanner.sources.terraform.providers import Provider


def fill(type_: str, attributes: dict[str, Value], provider: Provider, address: str) -> None:
    """Add the computed attributes of a data source that is decided by what is written."""
    filler = _FILLERS.get(type_)
    if filler is not None:
        filler(attributes, provider, address)


def _policy_document(attributes: dict[str, Value], provider: Provider, address: str) -> None:
    text = document(attributes)
    attributes["json"] = text
    attributes["minified_json"] = text


def _region(attributes: dict[str, Value], provider: Provider, address: str) -> None:
    region = unwrap(attributes.get("name") or provider.scope.region)
    if not isinstance(region, Unknown) and not region:
        told = "no region is written; write it in the provider, or as [aws] region in layerproof.toml"
        region = Unknown(told, Cause.DATA_SOURCE, (f"{address}.name",), "string")
    attributes.update(name=region, id=region, region=region)


def _partition(attributes: dict[str, Value], provider: Provider, address: str) -> None:
    region = provider.scope.region
    if not isinstance(region, str):
        told = "the provider's region decides the partition; write it there, or as [aws] region in layerproof.toml"
        why = region
        if not isinstance(why, Unknown):
            why = Unknown(told, Cause.DATA_SOURCE, (f"{address}.partition",), "string")
        attributes.update(partition=why, id=why, dns_suffix=why, reverse_dns_prefix=why)
        return
    name = next((name for lead, name in _PARTITIONS if region.startswith(lead)), "aws")
    suffix = "amazonaws.com.cn" if name == "aws-cn" else "amazonaws.com"
    reverse = ".".join(reversed(suffix.split(".")))
    attributes.update(partition=name, id=name, dns_suffix=suffix, reverse_dns_prefix=reverse)


# Leads of region names outside the standard partition (AWS General Reference, "AWS service endpoints").
_PARTITIONS = (("cn-", "aws-cn"), ("us-gov-", "aws-us-gov"), ("us-iso-", "aws-iso"), ("us-isob-", "aws-iso-b"))


def _caller(attributes: dict[str, Value], provider: Provider, address: str) -> None:
    account = provider.scope.account
    if account is None:
        told = "whoever applies it decides the account; declare it as [aws] account in layerproof.toml"
        account = Unknown(told, Cause.DATA_SOURCE, (f"{address}.account_id",), "string")
    attributes.update(account_id=account, id=account)


def _service_principal(attributes: dict[str, Value], provider: Provider, address: str) -> None:
    """In the standard partition every service is called alike; elsewhere some have other suffixes."""
    region = unwrap(attributes.get("region") or provider.scope.region)
    service = unwrap(attributes.get("service_name"))
    if not isinstance(region, str) or not isinstance(service, str):
        return
    if any(region.startswith(lead) for lead, _ in _PARTITIONS):
        return
    suffix = "amazonaws.com"
    attributes.update(name=f"{service}.{suffix}", id=f"{service}.{region}.{suffix}", suffix=suffix, region=region)


def _policy_by_name(attributes: dict[str, Value], provider: Provider, address: str) -> None:
    """A policy that is looked up by its name: how its ARN ends is known, its account (or AWS's own) is not."""
    name = unwrap(attributes.get("name"))
    if isinstance(name, str) and attributes.get("arn") is None:
        why = f"{address}.arn is read from a data source"
        attributes["arn"] = Unknown(
            why, Cause.DATA_SOURCE, (f"{address}.arn",), "string", "arn:", suffix=f"/{name}"
        )


_FILLERS: dict[str, Callable[[dict[str, Value], Provider, str], None]] = {
    "aws_iam_policy_document": _policy_document,
    "aws_region": _region,
    "aws_partition": _partition,
    "aws_caller_identity": _caller,
    "aws_iam_policy": _policy_by_name,
    "aws_service_principal": _service_principal,
}
