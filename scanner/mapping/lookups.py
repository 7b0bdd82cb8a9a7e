"""Data sources that look up one thing by its exact name: joined to it, where the scan holds exactly one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from scanner.graph.columns import Graph
from scanner.model.address import Address
from scanner.model.resource import Resource
from scanner.model.value import Value, first_unknown, unwrap

_GLOBAL = ("aws_iam_", "aws_s3_")  # what has no region of its own
# What a data source finds its thing by, besides tags (provider documentation, "Argument Reference").
_NAMES: dict[str, tuple[str, ...]] = {
    "aws_cloudwatch_log_group": ("name",),
    "aws_db_instance": ("db_instance_identifier",),
    "aws_dynamodb_table": ("name",),
    "aws_ecr_repository": ("name",),
    "aws_ecs_cluster": ("cluster_name",),
    "aws_efs_file_system": (),
    "aws_eks_cluster": ("name",),
    "aws_iam_policy": ("name",),
    "aws_iam_role": ("name",),
    "aws_iam_user": ("user_name",),
    "aws_kms_key": ("key_id",),
    "aws_lambda_function": ("function_name",),
    "aws_lb": ("name",),
    "aws_rds_cluster": ("cluster_identifier",),
    "aws_s3_bucket": ("bucket",),
    "aws_secretsmanager_secret": ("name",),
    "aws_security_group": ("name",),
    "aws_sns_topic": ("name",),
    "aws_sqs_queue": ("name",),
    "aws_subnet": (),
    "aws_vpc": (),
}
_SAME = {"data.aws_alb": "aws_lb", "data.aws_kms_alias": "aws_kms_key"}
_TAG = "tag:"


class Lookup(NamedTuple):
    """What one data source asks for: a native type, a name or tags, an account and region where these are told."""

    address: Address
    type: str
    name: str
    tags: Mapping[str, str]
    account: Value
    region: Value


def lookup(resource: Resource) -> Lookup | None:
    """What a data source looks up, where that is one name or some tags, all known; None for any other question."""
    type_ = _SAME.get(resource.type) or resource.type.removeprefix("data.")
    if not resource.type.startswith("data.") or type_ not in _NAMES or resource.presence is not None:
        return None
    paths = ("name",) if resource.type in _SAME else _NAMES[type_]
    asked = [unwrap(resource.attributes.get(path)) for path in paths]
    names = [each for each in asked if each is not None]
    tags = _tags(resource.attributes)
    if tags is None or len(names) > 1 or not all(isinstance(each, str) for each in names) or not (names or tags):
        return None
    scope = resource.scope
    return Lookup(resource.address, type_, names[0] if names else "", tags, scope.account, scope.region)


def _tags(attributes: Mapping[str, Value]) -> dict[str, str] | None:
    """The tags that are asked for, `tag:KEY` filters among them; None where something else or unknown is."""
    tags = unwrap(attributes.get("tags")) or {} if first_unknown(attributes.get("tags")) is None else None
    if not isinstance(tags, dict) or any(name in attributes for name in ("id", "vpc_id", "default", "cidr_block")):
        return None
    found = {str(key): str(unwrap(value)) for key, value in tags.items()}
    for block in attributes.get("filter") or ():
        if first_unknown(block) is not None or not isinstance(block, dict):
            return None
        name, values = unwrap(block.get("name")), unwrap(block.get("values"))
        if (
            not isinstance(name, str)
            or not name.startswith(_TAG)
            or not isinstance(values, list)
            or len(values) != 1
        ):
            return None
        found[name.removeprefix(_TAG)] = str(unwrap(values[0]))
    return None if any("*" in value for value in found.values()) else found


def meant(
    graph: Graph, found: Sequence[Lookup], named: Mapping[str, Sequence[int]]
) -> Iterator[tuple[Lookup, int]]:
    """Each look-up with the node that it means, where exactly one does; `named` are the nodes by what they are
    called.
    """
    by_type: dict[str, list[int]] = {}
    wanted = {each.type for each in found}
    for index in range(len(graph) if wanted else 0):
        native = graph.peek(index, "type")
        if isinstance(native, str) and native in wanted and index not in graph.stand_ins:
            by_type.setdefault(native, []).append(index)
    for each in found:
        nodes = by_type.get(each.type, ())
        if each.name:
            called = named.get(each.name, ())
            nodes = [index for index in nodes if index in called or _called(graph, index, each.name)]
        hits = [index for index in nodes if _carries(graph, index, each) and _reachable(graph, index, each)]
        whole = _without_parts(graph, hits)
        if len(whole) == 1:
            yield each, whole[0]


def _without_parts(graph: Graph, nodes: Sequence[int]) -> list[int]:
    """The nodes that are no part of another one among them (`x/trust` of `x`)."""
    addresses = {graph.addresses[index] for index in nodes}
    kept = []
    for index in nodes:
        address = graph.addresses[index]
        owner = address._replace(name=address.name.rpartition("/")[0])
        if owner not in addresses:
            kept.append(index)
    return kept


def _called(graph: Graph, index: int, name: str) -> bool:
    own = unwrap(graph.peek(index, "name"))
    return isinstance(own, str) and own == name


def _carries(graph: Graph, index: int, asked: Lookup) -> bool:
    tags = unwrap(graph.peek(index, "tags"))
    if not asked.tags:
        return True
    if not isinstance(tags, dict):
        return False
    own = {key: unwrap(tags.get(key)) for key in asked.tags}
    return all(isinstance(own[key], str) and own[key] == each for key, each in asked.tags.items())


def _reachable(graph: Graph, index: int, asked: Lookup) -> bool:
    """Whether a node may lie in the account and region that is asked: what is not told may be anywhere."""
    pairs = [(graph.peek(index, "account"), asked.account)]
    if not asked.type.startswith(_GLOBAL):
        pairs.append((graph.peek(index, "region"), asked.region))
    return all(one == other for one, other in pairs if isinstance(one, str) and isinstance(other, str))
