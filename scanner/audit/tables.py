"""The tables of the store, as the newest version has them. Times are ISO 8601 texts in UTC, to the second.

Every name begins with `layerproof_`, so that a PostgreSQL database may be shared with others. How a store of an
earlier version becomes one of these: `migrations.py`.
"""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, LargeBinary, MetaData, String, Table, Text

META = MetaData()

# One row: the version of the schema. Whoever records a scan locks it (see `Store.recording`).
VERSION = Table("layerproof_store", META, Column("version", Integer, nullable=False))

# One audit. `state` is collecting, done or abandoned; `number` counts those that are done; `scope` and `counts`
# are JSON. `scope_key` hashes what was asked for: an audit that was cut off is taken up by one that asks the same.
SCANS = Table(
    "layerproof_scans",
    META,
    Column("id", String(32), primary_key=True),
    Column("number", Integer, unique=True),
    Column("kind", String(16), nullable=False),
    Column("state", String(16), nullable=False),
    Column("scope_key", String(64), nullable=False),
    Column("scope", Text, nullable=False),
    Column("began", String(20), nullable=False),
    Column("beat", String(20), nullable=False),
    Column("ended", String(20)),
    Column("host", String(255), nullable=False),
    Column("pid", Integer, nullable=False),
    Column("tool", String(32), nullable=False),
    Column("ruleset", String(64), nullable=False, default=""),
    Column("counts", Text, nullable=False, default="{}"),
)

# What became of each unit of a scan; `payload` is what was read of it, gzip, until the scan is done.
UNITS = Table(
    "layerproof_units",
    META,
    Column("scan", String(32), primary_key=True),
    Column("unit", String(255), primary_key=True),
    Column("account", String(255), nullable=False),
    Column("region", String(64), nullable=False),
    Column("service", String(64), nullable=False),
    Column("status", String(32), nullable=False),
    Column("reason", Text, nullable=False, default=""),
    Column("items", Integer, nullable=False, default=0),
    Column("calls", Integer, nullable=False, default=0),
    Column("at", String(20), nullable=False),
    Column("payload", LargeBinary),
)

# What was seen. `digest` hashes what was read of it, `changed` is when that last became another; `gone` is when
# its unit was read ok without it.
RESOURCES = Table(
    "layerproof_resources",
    META,
    Column("id", String(2048), primary_key=True),
    Column("type", String(255), nullable=False),
    Column("account", String(255), nullable=False, index=True),
    Column("region", String(64), nullable=False),
    Column("unit", String(255), nullable=False),
    Column("digest", String(32), nullable=False),
    Column("first_seen", String(20), nullable=False),
    Column("last_seen", String(20), nullable=False),
    Column("changed", String(20), nullable=False),
    Column("gone", String(20)),
)

# `units` (JSON) are those that the finding rests on; `why` says why it is stale, fixed or suppressed; `detail` is
# the finding as the JSON report shapes it. `since` is when it last came up, `due` when it should be gone.
FINDINGS = Table(
    "layerproof_findings",
    META,
    Column("fingerprint", String(64), primary_key=True),
    Column("rule", String(255), nullable=False),
    Column("principle", String(64), nullable=False),
    Column("layer", String(32), nullable=False),
    Column("severity", String(16), nullable=False),
    Column("verdict", String(16), nullable=False),
    Column("status", String(16), nullable=False, index=True),
    Column("why", Text, nullable=False, default=""),
    Column("node", Text, nullable=False),
    Column("account", String(255), nullable=False, index=True),
    Column("region", String(64), nullable=False),
    Column("units", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("first_seen", String(20), nullable=False),
    Column("last_seen", String(20), nullable=False),
    Column("since", String(20), nullable=False),
    Column("due", String(20)),
    Column("closed", String(20)),
    Column("reopened", Integer, nullable=False, default=0),
    Column("updated", String(20), nullable=False),
    Column("scan", String(32), nullable=False),
)

# What happened to findings: new, fixed, reopened, stale, suppressed; ids rise in the order of the scans.
EVENTS = Table(
    "layerproof_events",
    META,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("scan", String(32), nullable=False, index=True),
    Column("at", String(20), nullable=False, index=True),
    Column("what", String(16), nullable=False),
    Column("fingerprint", String(64), nullable=False),
    sqlite_autoincrement=True,
)

# The rules that findings name, as they last ran; `controls` is JSON.
RULES = Table(
    "layerproof_rules",
    META,
    Column("id", String(255), primary_key=True),
    Column("title", Text, nullable=False),
    Column("severity", String(16), nullable=False),
    Column("description", Text, nullable=False),
    Column("remedy", Text, nullable=False),
    Column("controls", Text, nullable=False),
)

# How far each target of notifications has been told.
DELIVERIES = Table(
    "layerproof_deliveries",
    META,
    Column("target", String(64), primary_key=True),
    Column("event", Integer, nullable=False),
    Column("at", String(20), nullable=False),
)

Index("layerproof_scans_by_scope", SCANS.c.scope_key, SCANS.c.state)
