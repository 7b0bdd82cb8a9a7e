"""What services add to the wiring of their nodes: ports, policies of core networks, targets of VPC Lattice."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from scanner.mapping.extract import whole
from scanner.mapping.reader import Reader
from scanner.model.value import Unknown, Value

_Get = str | Callable[[Reader], Value]

_DATABASE_PORTS = {"mysql": 3306, "mariadb": 3306, "postgres": 5432, "aurora-mysql": 3306, "aurora": 3306,
                   "aurora-postgresql": 5432, "oracle": 1521, "sqlserver": 1433, "docdb": 27017, "neptune": 8182,
                   "db2": 50000}  # fmt: skip


def database_port(default: int | None = None) -> _Get:
    """The port that is written, else the engine's (RDS User Guide, "Settings for DB instances")."""

    def read(reader: Reader) -> Value:
        asked = whole(reader.peek("port"))
        if isinstance(asked, Unknown) or asked is not None:
            return asked
        engine = reader.peek("engine")
        if default is not None or isinstance(engine, Unknown) or engine is None:
            return default if default is not None else engine
        return next((port for name, port in sorted(_DATABASE_PORTS.items(), reverse=True)
                     if str(engine).startswith(name)), None)  # fmt: skip

    return read


# By family of engines (RDS User Guide, "RDS Proxy concepts": a proxy listens on the port of its engine).
_PROXY_PORTS = {"POSTGRESQL": 5432, "MYSQL": 3306, "SQLSERVER": 1433}


def proxy_port(reader: Reader) -> Value:
    family = reader.peek("engine_family")
    return family if isinstance(family, Unknown) else _PROXY_PORTS.get(str(family).upper())


def workgroup_port(reader: Reader) -> Value:
    """The port of the workgroup that serves a namespace (Redshift Serverless API, CreateWorkgroup: 5439)."""
    for workgroup in reader.folded("aws_redshiftserverless_workgroup"):
        asked = whole(workgroup.peek("port"))
        return asked if isinstance(asked, Unknown) or asked is not None else 5439
    return 5439


def cache_port(reader: Reader) -> Value:
    asked = whole(reader.peek("port"))
    if isinstance(asked, Unknown) or asked is not None:
        return asked
    engine = reader.peek("engine")
    return engine if isinstance(engine, Unknown) else 11211 if engine == "memcached" else 6379


def _network_type(reader: Reader) -> Value:
    value = reader.peek("network_type")
    return value if isinstance(value, Unknown) else str(value or "IPV4").upper().startswith(("DUAL", "IPV6"))


def service(port: _Get) -> Mapping[str, _Get]:
    return {"port": port, "six": _network_type}


def fixed(port: int) -> _Get:
    return lambda _reader: port


# core networks, VPC Lattice


def policy_document(reader: Reader) -> Value:
    """The policy of a core network, decoded; None where the scan does not say one."""
    for fold in reader.folded("aws_networkmanager_core_network_policy_attachment"):
        return _decoded(fold.peek("policy_document"))
    return _decoded(reader.peek("base_policy_document"))


def _decoded(value: Value) -> Value:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return None


def lattice_attached(reader: Reader) -> Value:
    attached = reader.folded("aws_vpclattice_target_group_attachment")
    return [
        {"target": each.peek("target.id"), "port": whole(each.peek("target.port")), "zone": None}
        for each in attached
    ]
