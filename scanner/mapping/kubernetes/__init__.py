"""Kubernetes objects, declared and live, as nodes: one table per subject, merged here.

`TABLE` maps native types (`GROUP/KIND`) to rows; `scanner.mapping.kubernetes.connect.connect` then draws what
labels select and settles what another object decides.
"""

from scanner.mapping.kubernetes import (
    access,
    admission,
    backups,
    configured,
    delivery,
    limits,
    mesh,
    overlays,
    passed,
    plugins,
    policies,
    savers,
    storage,
    traffic,
    workloads,
)
from scanner.mapping.table import Table

TABLE: Table = {
    **passed.TABLE,
    **access.TABLE,
    **admission.TABLE,
    **backups.TABLE,
    **configured.TABLE,
    **delivery.TABLE,
    **limits.TABLE,
    **mesh.TABLE,
    **overlays.TABLE,
    **plugins.TABLE,
    **policies.TABLE,
    **savers.TABLE,
    **storage.TABLE,
    **traffic.TABLE,
    **workloads.TABLE,
}
