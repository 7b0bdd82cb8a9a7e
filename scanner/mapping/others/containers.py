"""Containers as the Terraform provider `kubernetes` writes them."""

from __future__ import annotations

from scanner.mapping.extract import (
    elements,
    flag,
    is_written,
    strings,
    text,
    truth,
    whole,
)
from scanner.mapping.reader import Extract, Reader
from scanner.mapping.secrets import variable_secrets
from scanner.mapping.starting import fetches_code, verbose_options, verbose_variables
from scanner.mapping.table import Fixed, Row
from scanner.model.value import Value, unwrap


def _image(reader: Reader) -> str:
    return str(reader.get("image", ""))


def _tagged(reader: Reader) -> Value:
    """A tag other than latest; a digest counts as one."""
    name = _image(reader)
    tag = name.rpartition("/")[2].partition(":")[2]
    return "@" in name or tag not in ("", "latest")


def _runs_as_root(pod: str) -> Extract:
    """User 0, or nothing that says otherwise; the container's word goes before the pod's."""

    def extract(reader: Reader) -> Value:
        for place, lead in ((reader, ""), (Reader(reader.resource), f"{pod}.")):
            user = place.get(f"{lead}security_context.run_as_user")
            if user is not None:
                return whole(user) == 0
            asked = place.get(f"{lead}security_context.run_as_non_root")
            if asked is not None:
                return not truth(asked)
        return True

    return extract


def _seccomp(pod: str) -> Extract:
    def extract(reader: Reader) -> Value:
        own = reader.get("security_context.seccomp_profile.type")
        return own or Reader(reader.resource).get(f"{pod}.security_context.seccomp_profile.type")

    return extract


def _limit(reader: Reader) -> Value:
    limits = reader.get("resources.limits")
    return isinstance(limits, dict) and is_written(unwrap(limits.get("memory")))


def _amounts(value: Value) -> dict[str, Value]:
    return value if isinstance(value, dict) else {}  # Terraform refuses anything else


def _requested(*amounts: str) -> Extract:
    def extract(reader: Reader) -> Value:
        asked, limits = (_amounts(reader.get(f"resources.{name}")) for name in ("requests", "limits"))
        return all(is_written(unwrap(asked.get(name, limits.get(name)))) for name in amounts)

    return extract


def _probe(path: str, *, init: bool) -> Extract:
    return lambda reader: None if init else reader.block(path) is not None


def _variables(reader: Reader) -> Value:
    return variable_secrets(reader.blocks("env"))


def _secret_variables(reader: Reader) -> Value:
    single = [
        str(block.get("name"))
        for block in reader.blocks("env")
        if any(source.block("secret_key_ref") is not None for source in block.blocks("value_from"))
    ]
    return single + [
        str(reference.get("name"))
        for block in reader.blocks("env_from")
        for reference in block.blocks("secret_ref")
    ]


def _host_ports(reader: Reader) -> Value:
    return [str(port) for block in reader.blocks("port") for port in elements(block.peek("host_port"))]


def _ports(reader: Reader) -> Value:
    return [
        {
            "name": block.peek("name"),
            "port": whole(block.peek("container_port")),
            "protocol": str(block.get("protocol", "TCP")).lower(),
            "host_port": whole(block.peek("host_port")),
            "host_address": block.peek("host_ip"),
        }
        for block in reader.blocks("port")
    ]


def _escalation(reader: Reader) -> Value:
    """Allowed unless forbidden; a privileged container always may."""
    if truth(reader.get("security_context.privileged", False)):
        return True
    return truth(reader.get("security_context.allow_privilege_escalation", True))


def _line(reader: Reader) -> list[str]:
    return [str(each) for path in ("command", "args") for each in strings(path)(reader)]


def _verbose(reader: Reader) -> Value:
    pairs = [(str(each.peek("name")), each.peek("value")) for each in reader.blocks("env")]
    return [*verbose_variables(pairs), *verbose_options(" ".join(_line(reader)))]


def token_seconds(pod: str) -> Extract:
    """Of projected tokens; an hour where a source does not say."""
    return lambda reader: max(
        (
            int(str(token.get("expiration_seconds", 3600)))
            for volume in reader.blocks(f"{pod}.volume")
            for source in volume.blocks("projected.sources")
            for token in source.blocks("service_account_token")
        ),
        default=None,
    )


def container(pod: str, *, init: bool) -> Row:
    return Row(
        "container",
        {
            "image": text("image"),
            "pinned": lambda reader: "@sha256:" in _image(reader),
            "tagged": _tagged,
            "privileged": flag("security_context.privileged"),
            "escalation_allowed": _escalation,
            "runs_as_root": _runs_as_root(pod),
            "read_only": flag("security_context.read_only_root_filesystem"),
            "added_capabilities": strings("security_context.capabilities.add"),
            "dropped_capabilities": strings("security_context.capabilities.drop"),
            "seccomp": _seccomp(pod),
            "memory_limited": _limit,
            "requests_set": _requested("cpu", "memory"),
            "processor_requested": _requested("cpu"),
            "live_checked": _probe("liveness_probe", init=init),
            "ready_checked": _probe("readiness_probe", init=init),
            "literal_secrets": _variables,
            "verbose": _verbose,
            "fetches_code": lambda reader: fetches_code("\n".join(_line(reader))),
            "secret_variables": _secret_variables,
            "host_ports": _host_ports,
            "ports": _ports,
            "init": Fixed(init),
        },
        identity=(),
        tags=lambda reader: {},
    )
