"""The layers of the reference model, and the tiers that cut across them (reference model; DESIGN section 2)."""

from enum import Enum


class Layer(Enum):
    """One floor of the reference model; every node stands on exactly one."""

    BILLING = "billing"
    PRIVILEGE = "privilege"
    CLUSTER_NETWORK = "cluster-network"
    PERMISSIONS = "permissions"
    COMPUTE = "compute"
    STORAGE = "storage"
    APPLICATION_NETWORK = "application-network"
    APPLICATION = "application"
    INTEGRATION = "integration"

    @property
    def number(self) -> float:
        """The number the reference model gives: -1 to 6, and 6.5."""
        return _NUMBERS[self]

    @classmethod
    def parse(cls, text: str) -> "Layer":
        """A layer from its name or its number (`storage`, `4`, `6.5`). Raises ValueError."""
        for layer in cls:
            if text in (layer.value, f"{layer.number:g}"):
                return layer
        names = ", ".join(f"{layer.number:g} {layer.value}" for layer in cls)
        raise ValueError(f"no layer {text!r}; the layers are {names}")


_NUMBERS = dict(zip(Layer, (-1, 0, 1, 2, 3, 4, 5, 6, 6.5), strict=True))


class Tier(Enum):
    """Where in the cluster network a node stands (reference model, layer 1)."""

    CORE = "core"
    INTERNAL = "internal"
    EXTERNAL = "external"
    UNDECLARED = "undeclared"
