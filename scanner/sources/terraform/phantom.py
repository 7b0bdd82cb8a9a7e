"""Values of resources in expressions: what is written is known, the rest is the provider's to fill in."""

from __future__ import annotations

from scanner.hcl.partial import present
from scanner.hcl.values import type_of
from scanner.model.value import Cause, Unknown, Value


class ResourceValue(dict[str, Value]):
    """A resource instance as other expressions see it.

    An attribute that the configuration does not set, or sets to null, is the provider's: it is Unknown and
    refers back to this instance, so that the edge between two resources survives every local, variable, output
    and function on the way.
    """

    __slots__ = ("address", "cause")

    def __init__(self, address: str, attributes: dict[str, Value], cause: Cause) -> None:
        super().__init__((name, value) for name, value in attributes.items() if value is not None)
        self.address = address
        self.cause = cause
        for name, value in attributes.items():
            if isinstance(value, list) and any(isinstance(each, dict) for each in value):
                self[name] = [self._nested(name, each) for each in value]

    def _nested(self, name: str, value: Value) -> Value:
        """A nested block, whose unwritten attributes are the provider's too."""
        return _Nested(self, name, value) if isinstance(value, dict) else value

    def computed(self, name: str) -> Unknown:
        """The value of an attribute that is not written down."""
        told = "is read from a data source" if self.cause is Cause.DATA_SOURCE else "is known after apply"
        reference = f"{self.address}.{name}"
        return Unknown(f"{reference} {told}", self.cause, (reference,))

    def __missing__(self, name: str) -> Unknown | None:
        return self.computed(name)


class DataValue(ResourceValue):
    """An instance of `terraform_data`, which Terraform brings itself: `output` will be what `input` is."""

    __slots__ = ()

    def __missing__(self, name: str) -> Unknown | None:
        if name == "id":
            return present(self._typed(name, "string"))
        if name == "output" and "input" in self:
            have = type_of(self["input"])
            return self._typed(name, "" if have.is_any else str(have))
        return None

    def _typed(self, name: str, told: str) -> Unknown:
        found = self.computed(name)
        return Unknown(found.reason, found.cause, found.references, told)


class _Nested(dict[str, Value]):
    """A nested block of a resource instance as other expressions see it."""

    __slots__ = ("_block", "_owner")

    def __init__(self, owner: ResourceValue, block: str, attributes: dict[str, Value]) -> None:
        super().__init__(attributes)
        self._owner = owner
        self._block = block

    def __missing__(self, name: str) -> Unknown:
        whole = self._owner.computed(self._block)
        return Unknown(f"{self._block}.{name} of {whole.reason}", whole.cause, whole.references)
