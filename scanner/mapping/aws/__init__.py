"""AWS: one table of native types, merged from the services' own."""

from scanner.mapping.aws import (
    accounts,
    analytics,
    backup,
    clusters,
    compute,
    databases,
    delivery,
    events,
    functions,
    identity,
    keys,
    logging,
    messaging,
    network,
    objects,
    records,
    tables,
    volumes,
)
from scanner.mapping.table import Table

TABLE: Table = {
    **accounts.TABLE,
    **identity.TABLE,
    **keys.TABLE,
    **logging.TABLE,
    **network.TABLE,
    **compute.TABLE,
    **clusters.TABLE,
    **functions.TABLE,
    **objects.TABLE,
    **volumes.TABLE,
    **databases.TABLE,
    **tables.TABLE,
    **analytics.TABLE,
    **messaging.TABLE,
    **backup.TABLE,
    **records.TABLE,
    **delivery.TABLE,
    **events.TABLE,
}
