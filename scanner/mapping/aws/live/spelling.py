"""How a live resource is spelled in Terraform's words: what a spelling is given, and what it makes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from types import MappingProxyType
from typing import Any, NamedTuple

from scanner.model.address import Address
from scanner.model.resource import Resource
from scanner.model.value import Cause, Unknown, Value

UNDER = "$under"  # the id of what the item was listed under
_NOT_COLLECTED = Unknown("this was not collected", Cause.OUTSIDE_SCAN)


class World:
    """Everything that was read of one account, to look things up in while spelling one of them."""

    def __init__(self, resources: Iterable[Resource]) -> None:
        self.by_type: dict[str, list[Resource]] = {}
        self.by_id: dict[str, Resource] = {}
        self.account = ""
        for resource in resources:
            self.account = self.account or str(resource.scope.account)
            self.by_type.setdefault(resource.type, []).append(resource)
            self.by_id[resource.address.name] = resource
        self._keys: dict[str, str] = {}
        self._profiles: dict[str, str] = {}
        self.disks: set[str] = set()  # volumes that go with the machine they are attached to
        self.imaged: set[str] = set()  # snapshots that images are made of
        self.worn: set[str] = set()  # security groups of interfaces, also of those that are part of something
        self._index()

    def _index(self) -> None:
        for index in (self._images, self._machines, self._named_keys, self._aliases, self._carried,
                      self._interfaces):  # fmt: skip
            with suppress(AttributeError, KeyError, TypeError):  # told where the thing itself is spelled
                index()

    def _machines(self) -> None:
        for machine in self.by_type.get("AWS::EC2::Instance", ()):
            for each in machine.attributes.get("BlockDeviceMappings") or ():
                if each.get("Ebs", {}).get("DeleteOnTermination"):
                    self.disks.add(each["Ebs"].get("VolumeId", ""))

    def _images(self) -> None:
        for image in self.by_type.get("AWS::EC2::Image", ()):
            for each in image.attributes.get("BlockDeviceMappings") or ():
                self.imaged.add(str((each.get("Ebs") or {}).get("SnapshotId")))

    def _interfaces(self) -> None:
        for interface in self.by_type.get("AWS::EC2::NetworkInterface", ()):
            self.worn.update(each["GroupId"] for each in interface.attributes.get("Groups") or ())

    def _named_keys(self) -> None:
        for key in self.by_type.get("AWS::KMS::Key", ()):
            told = key.attributes.get("DescribeKey")
            manager = told.get("KeyManager") if isinstance(told, dict) else None
            arn = key.address.name
            shown = "alias/aws/service" if manager == "AWS" else arn
            self._keys[arn] = self._keys[str(key.attributes.get("KeyId"))] = shown

    def _aliases(self) -> None:
        for alias in self.by_type.get("AWS::KMS::Alias", ()):
            name, target = alias.attributes.get("AliasName"), alias.attributes.get("TargetKeyId")
            if isinstance(name, str) and name.startswith("alias/aws/") and isinstance(target, str):
                arn = alias.address.name.rpartition(":alias/")[0] + f":key/{target}"
                self._keys[arn] = self._keys[target] = name

    def _carried(self) -> None:
        for profile in self.by_type.get("AWS::IAM::InstanceProfile", ()):
            roles = profile.attributes.get("Roles")
            if isinstance(roles, list) and roles:
                role = roles[0]["Arn"]
                self._profiles[profile.address.name] = role
                self._profiles[str(profile.attributes.get("InstanceProfileName"))] = role

    def key(self, value: Value) -> Value:
        """A KMS key as others name it: the alias where AWS manages it, so that it does not count as the customer's
        own; the ARN where it is the customer's, or another account's (AWS shares none of its own); Unknown where
        it was not read, None where there is none."""
        if not isinstance(value, str) or "alias/" in value:
            return value
        if not value:
            return None
        known = self._keys.get(value)
        if known is None and self._of_ours(value):
            return Unknown(f"the key {value} was not read: who manages it is not known", Cause.OUTSIDE_SCAN)
        return known or value

    def _of_ours(self, key: str) -> bool:
        return not key.startswith("arn:") or key.split(":")[4] == self.account

    def role_of(self, profile: Value) -> Value:
        """The role that an instance profile (by ARN or name) carries; the profile itself where it was not read."""
        return self._profiles.get(profile, profile) if isinstance(profile, str) else profile


class Live(NamedTuple):
    """One live resource while it is spelled."""

    resource: Resource
    world: World

    @property
    def arn(self) -> str:
        return self.resource.address.name

    @property
    def account(self) -> str:
        return str(self.resource.scope.account)

    @property
    def region(self) -> str:
        return str(self.resource.scope.region or "")

    @property
    def under(self) -> str:
        """The id of what it was listed under."""
        return str(self.resource.attributes.get(UNDER, ""))

    def get(self, path: str, default: Value = None) -> Value:
        """The value at a dotted path of the answer; `default` where it is absent or null, an Unknown as it is."""
        value: Value = self.resource.attributes
        for step in path.split("."):
            if isinstance(value, Unknown):
                return value
            if not isinstance(value, Mapping):
                return default
            value = value.get(step)
        return default if not isinstance(value, Unknown) and value is None else value

    def list(self, path: str) -> list[Any]:
        """The list at a path; [] where there is none or it is unknown (see `unread` for that)."""
        value = self.get(path)
        return value if isinstance(value, list) else []

    def none(self, detail: str) -> bool:
        """Whether a detail was read, and there is none."""
        return self.resource.attributes.get(detail, _NOT_COLLECTED) is None

    def key(self, path: str) -> Value:
        """The KMS key at a path, as `World.key` has it."""
        return self.world.key(self.get(path))

    def made(self, type_: str, attributes: dict[str, Value]) -> Resource:
        """The resource itself in Terraform's words."""
        return self._fold(type_, "", attributes)

    def beside(
        self, type_: str, detail: str, attributes: Callable[[Any], dict[str, Value]], **by: Value
    ) -> Resource | None:
        """A resource that folds into this one, made of a detail: None where the service says there is none; where
        the detail could not be read, one of which is unknown whether it is there. `by` names this one in it."""
        value = self.resource.attributes.get(detail, _NOT_COLLECTED)
        part = f"/{type_}"
        if isinstance(value, Unknown):
            return replace(self._fold(type_, part, dict(by)), presence=value)
        if value is None:
            return None
        return self._fold(type_, part, {**by, **attributes(value)})

    def fold(self, type_: str, part: str, attributes: dict[str, Value]) -> Resource:
        """A resource that folds into this one or ties it to another."""
        return self._fold(type_, f"/{type_}/{part}", attributes)

    def _fold(self, type_: str, part: str, attributes: dict[str, Value]) -> Resource:
        address = self.resource.address
        return replace(
            self.resource,
            address=Address(address.scheme, address.root, self.arn + part),
            type=type_,
            attributes={name: value for name, value in attributes.items() if _said(value)},
            native=self.resource.type,
        )


Spell = Callable[[Live], Iterator[Resource | None]]


class Spelling(NamedTuple):
    """How one CloudFormation type is spelled, and which Terraform types may come of it.

    `opens` says, by detail, of which Terraform types there may be more where that detail could not be read.
    """

    types: tuple[str, ...]
    spell: Spell
    opens: Mapping[str, str] = MappingProxyType({})


Spellings = Mapping[str, Spelling]


def nothing(_: Live) -> Iterator[Resource | None]:
    """For what only other resources' spellings read."""
    return iter(())


QUIET = Spelling((), nothing)


def tags(value: Value, key: str = "Key", held: str = "Value") -> Value:
    """Tags as a map, from a list of pairs (or a map already); an Unknown as it is."""
    if isinstance(value, Unknown):
        return value
    if isinstance(value, dict):
        return dict(value)
    return {each[key]: each.get(held, "") for each in value or () if isinstance(each, dict) and key in each}


def block(**fields: Value) -> list[Value]:
    """A nested block: a list of one object, without what is null."""
    return [{name: value for name, value in fields.items() if _said(value)}]


def either(condition: Value, yes: Value, no: Value = None) -> Value:
    """`yes` or `no` by a condition that may be unknown, which then is the answer."""
    if isinstance(condition, Unknown):
        return condition
    return yes if condition else no


def equal(value: Value, *wanted: str) -> Value:
    """Whether a value is one of these texts; an Unknown as it is."""
    return value if isinstance(value, Unknown) else value in wanted


def _said(value: Value) -> bool:
    return isinstance(value, Unknown) or value is not None
