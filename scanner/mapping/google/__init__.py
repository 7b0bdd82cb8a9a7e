"""Google Cloud: Terraform's google_* types as kinds."""

from __future__ import annotations

from scanner.mapping.google import compute, grants, network, services, stores
from scanner.mapping.table import Table

TABLE: Table = {**grants.TABLE, **network.TABLE, **compute.TABLE, **stores.TABLE, **services.TABLE}
