"""Values of resources in expressions: what is written is known, the rest is the provider's to fill in."""

from __future__ import annotations

from scanner.model.value import Cause, Unknown, Value


class ResourceValue(dict[str, Value]):
    """A resource instance as other expressions see it.

    An attribute that the configuration does not set is Unknown and refers back to this instance, so that the
    edge between two resources survives every local, variable, output and function on the way.
    """

    __slots__ = ("address", "cause")

    def __init__(self, address: str, attributes: dict[str, Value], cause: Cause) -> None:
        super().__init__(attributes)
        self.address = address
        self.cause = cause

    def computed(self, name: str) -> Unknown:
        """The value of an attribute that is not written down."""
        told = "is read from a data source" if self.cause is Cause.DATA_SOURCE else "is known after apply"
        reference = f"{self.address}.{name}"
        return Unknown(f"{reference} {told}", self.cause, (reference,))

    def __missing__(self, name: str) -> Unknown:
        return self.computed(name)


class Document(Unknown):
    """A text that is not known as a whole although its parsed content (JSON) is known in part."""

    __slots__ = ("document",)

    def __init__(self, why: Unknown, document: Value) -> None:
        super().__init__(why.reason, why.cause, why.references, "string", why.prefix)
        self.document = document
