"""The form of the registry: what is asked of a service, what it yields, and which action that needs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

# IAM prefixes of services whose boto3 name is another.
_PREFIXES = {
    "amp": "aps",
    "apigatewayv2": "apigateway",
    "application-autoscaling": "application-autoscaling",
    "accessanalyzer": "access-analyzer",
    "ce": "ce",
    "docdb": "rds",
    "efs": "elasticfilesystem",
    "elb": "elasticloadbalancing",
    "elbv2": "elasticloadbalancing",
    "emr": "elasticmapreduce",
    "events": "events",
    "neptune": "rds",
    "opensearch": "es",
    "resourcegroupstaggingapi": "tag",
    "sesv2": "ses",
    "sso-admin": "sso",
    "stepfunctions": "states",
    "timestream-write": "timestream",
}


@dataclass(frozen=True, slots=True)
class Detail:
    """One more call about an item, whose answer becomes the item's attribute `name` (or the operation's name).

    `parameters` are templates over the item (`{Name}`), lists and maps allowed. `answer` is a JMESPath into the
    answer ("" keeps all of it). `absent` are error codes that say "there is none": the attribute is then None.
    With `batch` the call is made once for up to that many items: the parameter named by `batch_parameter` takes
    the list of the template `batch_value`, and each element of `answer` goes to the item whose `batch_value`
    equals its `batch_key`. With `when` it is asked only where that JMESPath holds something in the item.
    What is made on demand is ordered first: `order` is that operation, with `order_parameters`; `parameters` may
    name the fields of its answer, and the detail is asked again while `pending` is among the texts of its answer.
    With `tagged` the answer is the item's tags, and `tagged` what the Resource Groups Tagging API calls its type:
    of several items they are asked there, many at once, and kept as a map.
    """

    operation: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    name: str = ""
    answer: str = ""
    absent: tuple[str, ...] = ()
    action: str = ""
    when: str = ""
    batch: int = 0
    batch_parameter: str = ""
    batch_value: str = ""
    batch_key: str = ""
    order: str = ""
    order_parameters: Mapping[str, Any] = field(default_factory=dict)
    pending: str = ""
    tagged: str = ""

    @property
    def key(self) -> str:
        """The attribute that takes the answer."""
        return self.name or self.operation


@dataclass(frozen=True, slots=True)
class Listing:
    """One listing operation of a service: every item on its pages becomes one resource.

    `service` is the boto3 name, `operation` the API's. `items` is a JMESPath over a page; an item that is a plain
    text becomes `{wrap: text}`. `type` is the CloudFormation name ("" keeps nothing: the items only lead to
    children). `id` is a template of the item's ARN: fields of the item, `{@partition}`, `{@region}`, `{@account}`
    and `{^}` for the ARN of the item it was listed under. `parameters` may use the parent item's fields.
    `scope` is "region" or "global" (asked once per account, in us-east-1). `secret` are paths whose values are
    never written (`Environment.Variables.*`). `children` are listings asked once per item.
    `page` is the page size to ask for, where the service's own is smaller than the most it gives.
    `carries` are further fields of each item, templates over the item it was listed under.
    """

    service: str
    operation: str
    type: str
    items: str
    id: str
    scope: str = "region"
    parameters: Mapping[str, Any] = field(default_factory=dict)
    details: tuple[Detail, ...] = ()
    children: tuple[Listing, ...] = ()
    action: str = ""
    wrap: str = "Id"
    secret: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    page: int = 0
    carries: Mapping[str, str] = field(default_factory=dict)

    @property
    def needs(self) -> str:
        """The IAM action that the listing needs."""
        return self.action or action(self.service, self.operation)

    def operations(self) -> Iterator[tuple[str, str, str]]:
        """(service, operation, action) of everything that this listing may call."""
        yield self.service, self.operation, self.needs
        for detail in self.details:
            yield self.service, detail.operation, detail.action or action(self.service, detail.operation)
            if detail.order:
                yield self.service, detail.order, action(self.service, detail.order)
        for child in self.children:
            yield from child.operations()

    def types(self) -> Iterator[str]:
        """The types of resource that this listing yields, its children's included."""
        if self.type:
            yield self.type
        for child in self.children:
            yield from child.types()


def action(service: str, operation: str) -> str:
    """The IAM action of an operation that bears its name."""
    return f"{_PREFIXES.get(service, service)}:{operation}"
