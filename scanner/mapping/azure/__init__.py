"""Azure: Terraform's azurerm_* and azuread_* types as kinds."""

from __future__ import annotations

from scanner.mapping.azure import access, compute, databases, delivery, network, stores
from scanner.mapping.table import Table

TABLE: Table = {
    **access.TABLE,
    **network.TABLE,
    **compute.TABLE,
    **stores.TABLE,
    **databases.TABLE,
    **delivery.TABLE,
}
