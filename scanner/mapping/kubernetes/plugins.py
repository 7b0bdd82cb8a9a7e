"""Network plugins: whether packets between machines are encrypted."""

from __future__ import annotations

from scanner.mapping.defaults import DEFAULTS
from scanner.mapping.kubernetes.reading import entry, row
from scanner.mapping.reader import Reader
from scanner.mapping.table import Part, Table
from scanner.model.value import Value

_FELIX = "crd.projectcalico.org/FelixConfiguration"


def _cilium_encrypted(reader: Reader) -> Value:
    """By IPsec or WireGuard, as the settings of its agents say; off unless one is switched on."""
    for name in ("enable-ipsec", "enable-wireguard"):
        said = entry(reader, "data", name)
        if said is not None and str(said).lower() == "true":
            return True
    return DEFAULTS["cilium", "enable-wireguard"]


def _felix_encrypted(reader: Reader) -> Value:
    return bool(
        reader.get("spec.wireguardEnabled", DEFAULTS[_FELIX, "spec.wireguardEnabled"])
        or reader.get("spec.wireguardEnabledV6", False)
    )


# The settings of Cilium's agents, a ConfigMap of this name.
CILIUM = Part(
    row("network_plugin", {"encrypted": _cilium_encrypted}),
    "plugin",
    when=lambda reader: reader.get("metadata.name") == "cilium-config",
)

_CALICO = row("network_plugin", {"encrypted": _felix_encrypted})
TABLE: Table = {_FELIX: _CALICO, "projectcalico.org/FelixConfiguration": _CALICO}
